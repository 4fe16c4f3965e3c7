"""The digest of a file says what reading it would say."""

import os
from pathlib import Path

import pytest

from tidegate.scanners.run import UNREADABLE, content_digest
from tidegate.scanners.targets.tree_target import TreeTarget
from tidegate.tests.scanners.targets.walking import LIMIT, put, walked

STRANGE = ["", ".", "..", "sub", "sub/", "sub/..", "a.py/b", "/etc/passwd", "../out.py", "a\0b"]
STRANGE += ["none.py", "none/a.py", "link.py", "sub/link.py", "linked/b.py", "pipe.py", "big.py"]


@pytest.fixture
def target(tmp_path: Path) -> TreeTarget:
    root = tmp_path / "root"
    put(tmp_path, "root/a.py", "root/sub/b.py", "root/sub/deep/c.py", "out.py", "other/d.py")
    put(tmp_path, "root/big.py", text="#" * (LIMIT + 1))
    put(tmp_path, "root/full.py", text="#" * LIMIT)
    put(tmp_path, "root/empty.py", text="")
    (root / "link.py").symlink_to("a.py")
    (root / "sub" / "link.py").symlink_to("../../out.py")
    (root / "linked").symlink_to("sub")
    os.mkfifo(root / "pipe.py")
    return walked(root, ".", "../other").target


def digests(target: TreeTarget, *paths: str) -> list[bytes | None]:
    return [digest for digest, _ in target.readings(paths)]


def by_reading(target: TreeTarget, path: str) -> bytes | None:
    try:
        return content_digest(target.read(path))
    except FileNotFoundError:
        return None
    except OSError:
        return UNREADABLE


def test_each_file_has_the_digest_of_what_is_read(target: TreeTarget) -> None:
    paths = [file.path for file in target.files]
    assert {"a.py", "sub/b.py", "sub/deep/c.py", "../other/d.py", "full.py"} <= set(paths)
    found = digests(target, *paths)
    assert found == [by_reading(target, path) for path in paths]
    assert all(found)
    assert digests(target, *reversed(paths)) == found[::-1]


@pytest.mark.parametrize("path", STRANGE)
def test_what_is_no_file_has_no_digest(target: TreeTarget, path: str) -> None:
    (digest,) = digests(target, path)
    # Where a path names a folder it cannot tell, which is never taken for an answer.
    assert digest in (by_reading(target, path), UNREADABLE)
    assert not digest
    assert digests(target, "a.py", path, "a.py")[::2] == [by_reading(target, "a.py")] * 2


def test_a_folder_that_became_a_link_is_not_followed(target: TreeTarget, tmp_path: Path) -> None:
    sub = tmp_path / "root" / "sub"
    sub.rename(tmp_path / "moved")
    sub.symlink_to("../moved")
    assert digests(target, "sub/b.py") == [None]
