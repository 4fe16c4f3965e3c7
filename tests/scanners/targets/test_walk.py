import errno
import warnings
from pathlib import Path

import pytest

from tidegate.errors import UsageError
from tidegate.scanners.interface import Kind, Target
from tidegate.scanners.targets.walk import (
    LEADS_NOWHERE,
    LEADS_OUT,
    UNREAD_KIND,
    walk,
)
from tidegate.tests.scanners.targets.walking import LIMIT, gaps, kinds, put, walked


def test_every_file_is_met_in_sorted_order(tmp_path: Path) -> None:
    put(tmp_path, "b.py", "a/c.py", "a.py", "x.ipynb", "requirements.txt", "n.md", "a/pylock.toml")
    put(tmp_path, "run", text="#!/usr/bin/env python3\n")
    put(tmp_path, "tool", ".ignored/deep/er/z.py", ".github/h.py", "uv.lock")
    found = walked(tmp_path)
    assert kinds(found) == {
        ".github/h.py": Kind.PYTHON,
        ".ignored/deep/er/z.py": Kind.PYTHON,
        "a.py": Kind.PYTHON,
        "a/c.py": Kind.PYTHON,
        "a/pylock.toml": Kind.PYLOCK,
        "b.py": Kind.PYTHON,
        "n.md": Kind.OTHER,
        "requirements.txt": Kind.REQUIREMENTS,
        "run": Kind.PYTHON,
        "tool": Kind.PYTHON,
        "uv.lock": Kind.UV_LOCK,
        "x.ipynb": Kind.NOTEBOOK,
    }
    assert list(kinds(found)) == sorted(kinds(found))
    assert found.skipped == ()


def test_the_target_reads_what_was_met(tmp_path: Path) -> None:
    put(tmp_path, "a/b.py", text="x = 1\n")
    target: Target = walked(tmp_path).target
    assert target.read("a/b.py") == target.read("a/../a/./b.py") == b"x = 1\n"


def test_bandits_default_exclusions_are_kept(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        from bandit.core.constants import EXCLUDE

    for name in EXCLUDE:
        put(tmp_path, f"sub/{name.replace('*', 'some')}/a.py")
    put(tmp_path, "git/a.py", ".gitty/b.py", "CVS2/c.py", "egg/d.py")
    assert list(kinds(walked(tmp_path))) == [".gitty/b.py", "CVS2/c.py", "egg/d.py", "git/a.py"]


def test_an_excluded_folder_named_outright_is_walked(tmp_path: Path) -> None:
    put(tmp_path, ".git/hooks/a.py")
    assert list(kinds(walked(tmp_path, ".git"))) == [".git/hooks/a.py"]


def test_no_name_is_met_twice(tmp_path: Path) -> None:
    put(tmp_path, "src/a.py")
    paths = [".", "src", "src/a.py", "./src/../src", str(tmp_path / "src")]
    assert list(kinds(walked(tmp_path, *paths))) == ["src/a.py"]


def test_a_root_below_a_link(tmp_path: Path) -> None:
    put(tmp_path, "real/a.py")
    (tmp_path / "link").symlink_to("real")
    found = walk([tmp_path / "link" / "a.py", Path()], tmp_path / "link", LIMIT)
    assert set(kinds(found)) <= {"a.py", (tmp_path / "link" / "a.py").as_posix()}
    assert all(found.target.read(path) for path in kinds(found))


def test_paths_outside_are_called_as_given(tmp_path: Path) -> None:
    put(tmp_path, "root/a.py", "other/sub/b.py", "c.py", "d.py")
    root = tmp_path / "root"
    given = str(tmp_path / "d.py")
    found = walked(root, "../other", "../c.py", given)
    assert list(kinds(found)) == sorted(["../other/sub/b.py", "../c.py", given])
    for path in kinds(found):
        assert found.target.read(path) == b"import os\n"


def test_what_is_outside_cannot_be_read(tmp_path: Path) -> None:
    put(tmp_path, "root/a.py", "secret.py", "rooted/b.py")
    target = walked(tmp_path / "root").target
    absolute = str(tmp_path / "secret.py")
    for path in ["../secret.py", absolute, "a/../../secret.py", "../rooted/b.py", "/etc/passwd"]:
        with pytest.raises(FileNotFoundError):
            target.read(path)


@pytest.mark.parametrize(
    "path", ["", ".", "/", "sub", "none.py", "a.py/b", "a\0b", "\ud800", "x" * 300]
)
def test_what_is_no_file_cannot_be_read(tmp_path: Path, path: str) -> None:
    put(tmp_path, "a.py", "sub/a.py")
    with pytest.raises(OSError, match=r".") as raised:
        walked(tmp_path).target.read(path)
    assert isinstance(raised.value, FileNotFoundError) or raised.value.errno == errno.ENAMETOOLONG


@pytest.mark.parametrize("path", ["none", "none/a.py", "a\0b", "../none"])
def test_a_path_that_does_not_exist(tmp_path: Path, path: str) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        walked(tmp_path, path)


def test_a_named_program_of_another_language_is_searched_for_secrets_alone(tmp_path: Path) -> None:
    put(tmp_path, "page.js", "a.py")
    found = walked(tmp_path, "page.js", "a.py")
    assert gaps(found) == {"page.js": UNREAD_KIND}
    assert kinds(found) == {"a.py": Kind.PYTHON, "page.js": Kind.OTHER}


@pytest.mark.parametrize("name", [".env", "notes.md", "settings.yaml"])
def test_of_a_named_file_that_is_no_program_nothing_more_is_to_be_looked_at(
    tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_text("a: b - c\n")
    found = walked(tmp_path, name)
    assert gaps(found) == {}
    assert kinds(found) == {name: Kind.OTHER}


def test_links_to_files_inside_are_not_read_twice(tmp_path: Path) -> None:
    put(tmp_path, "a.py")
    (tmp_path / "b.py").symlink_to("a.py")
    (tmp_path / "c.py").symlink_to(tmp_path / "a.py")
    (tmp_path / "d.py").symlink_to("c.py")
    assert list(kinds(walked(tmp_path))) == ["a.py"]


def test_a_links_name_tells_what_its_target_is(tmp_path: Path) -> None:
    put(tmp_path, "notes.txt", "other.txt")
    put(tmp_path, "lib/x.txt", "lib/y.txt")
    (tmp_path / "evil.py").symlink_to("notes.txt")
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "p.txt").symlink_to("../lib/x.txt")
    (tmp_path / "readme.md").symlink_to("lib/y.txt")
    expected = {
        "lib/x.txt": Kind.REQUIREMENTS,
        "lib/y.txt": Kind.OTHER,
        "notes.txt": Kind.PYTHON,
        "other.txt": Kind.OTHER,
    }
    assert kinds(walked(tmp_path)) == expected


def test_a_link_into_a_part_that_is_not_walked(tmp_path: Path) -> None:
    put(tmp_path, "lib/a.py", "lib/n.md", "src/b.py", ".tox/c.py")
    for name, end in [("a.py", "lib/a.py"), ("n.md", "lib/n.md"), ("c.py", ".tox/c.py")]:
        (tmp_path / "src" / name).symlink_to(tmp_path / end)
    found = walked(tmp_path, "src")
    assert list(kinds(found)) == [".tox/c.py", "lib/a.py", "src/b.py"]
    assert found.target.read("lib/a.py") == b"import os\n"


def test_named_links(tmp_path: Path) -> None:
    root = tmp_path / "root"
    put(tmp_path, "root/sub/a.py", "outside/b.py")
    (root / "twin").symlink_to("sub")
    (root / "link.py").symlink_to("sub/a.py")
    (root / "out").symlink_to("../outside")
    (root / "none.py").symlink_to("nothing")
    (tmp_path / "current").symlink_to("outside")
    assert list(kinds(walked(root, "twin", "link.py"))) == ["sub/a.py"]
    assert gaps(walked(root, "out", "out/b.py", "none.py")) == {
        "out": LEADS_OUT,
        "out/b.py": LEADS_OUT,
        "none.py": LEADS_NOWHERE,
    }
    (tmp_path / "c.py").symlink_to("outside/b.py")
    assert [walked(root, "../c.py").target.read(p) for p in kinds(walked(root, "../c.py"))]
    found = walked(root, "../current")
    assert list(kinds(found)) == ["../current/b.py"]
    assert found.target.read("../current/b.py") == b"import os\n"
