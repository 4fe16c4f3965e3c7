import errno
import os
import shutil
import socket
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tidegate.errors import UsageError
from tidegate.scanners.interface import Kind, Target
from tidegate.scanners.targets.walk import (
    LEADS_NOWHERE,
    LEADS_OUT,
    NOT_A_FILE,
    TOO_LARGE,
    UNREAD_KIND,
    UNREADABLE,
    UNREADABLE_FOLDER,
    Walked,
    walk,
)

LIMIT = 1000


def put(folder: Path, *names: str, text: str = "import os\n") -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def walked(root: Path, *paths: str) -> Walked:
    return walk([Path(path) for path in paths or (".",)], root, LIMIT)


def kinds(found: Walked) -> dict[str, Kind]:
    files = {file.path: file.kind for file in found.target.files}
    assert len(files) == len(found.target.files)
    return files


def read_paths(found: Walked) -> list[str]:
    return [file.path for file in found.target.files if file.kind is not Kind.OTHER]


def gaps(found: Walked) -> dict[str, str]:
    return {gap.what: gap.reason for gap in found.skipped}


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
        "uv.lock": Kind.UNREAD_LOCK,
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


def test_a_named_file_that_nobody_reads(tmp_path: Path) -> None:
    put(tmp_path, "notes.md", "a.py")
    found = walked(tmp_path, "notes.md", "a.py")
    assert gaps(found) == {"notes.md": UNREAD_KIND}
    assert list(kinds(found)) == ["a.py"]


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


def test_links_that_lead_away_are_gaps_where_their_name_is_read(tmp_path: Path) -> None:
    root = tmp_path / "root"
    put(tmp_path, "root/a.py", "secret.py")
    for name, end in [
        ("out.py", "../secret.py"),
        ("out.md", "../secret.py"),
        ("out", "../secret.py"),
        ("requirements.txt", "/etc/passwd"),
        ("dangling.py", "none"),
        ("dangling.md", "none"),
        ("loop.py", "loop2.py"),
        ("loop2.py", "loop.py"),
        ("self.ipynb", "self.ipynb"),
    ]:
        (root / name).symlink_to(end)
    found = walked(root)
    assert gaps(found) == {
        "out.py": LEADS_OUT,
        "requirements.txt": LEADS_OUT,
        "dangling.py": LEADS_NOWHERE,
        "loop.py": LEADS_NOWHERE,
        "loop2.py": LEADS_NOWHERE,
        "self.ipynb": LEADS_NOWHERE,
    }
    assert list(kinds(found)) == ["a.py"]
    assert all(gap.path == gap.what and gap.remedy for gap in found.skipped)
    with pytest.raises(FileNotFoundError):
        found.target.read("out.py")


def test_linked_folders_are_not_entered(tmp_path: Path) -> None:
    root = tmp_path / "root"
    put(tmp_path, "root/sub/a.py", "outside/b.py")
    (root / "loop").symlink_to(".")
    (root / "up").symlink_to("..")
    (root / "out").symlink_to("../outside")
    (root / "twin").symlink_to("sub")
    found = walked(root)
    assert list(kinds(found)) == ["sub/a.py"]
    for path in ["out/b.py", "twin/a.py", "up/outside/b.py", "loop/sub/a.py"]:
        with pytest.raises(FileNotFoundError):
            found.target.read(path)


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


@pytest.mark.parametrize("end", ["../secret.py", "b.py", "/dev/zero"])
def test_a_file_that_became_a_link_is_not_followed(tmp_path: Path, end: str) -> None:
    root = tmp_path / "root"
    put(tmp_path, "root/a.py", "root/b.py", "secret.py")
    target = walked(root).target
    (root / "a.py").unlink()
    (root / "a.py").symlink_to(end)
    with pytest.raises(FileNotFoundError):
        target.read("a.py")


def test_a_folder_that_became_a_link_is_not_followed(tmp_path: Path) -> None:
    root = tmp_path / "root"
    put(tmp_path, "root/sub/a.py", "outside/a.py")
    target = walked(root).target
    shutil.rmtree(root / "sub")
    (root / "sub").symlink_to("../outside")
    with pytest.raises(FileNotFoundError):
        target.read("sub/a.py")


def test_what_is_no_regular_file_is_never_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "dev.py").symlink_to("/dev/zero")
    (tmp_path / "to-pipe.py").symlink_to("pipe")
    listener = socket.socket(socket.AF_UNIX)
    here = Path.cwd()
    os.chdir(tmp_path)  # the path of a socket is limited to about 100 bytes
    try:
        listener.bind("socket.py")
    finally:
        os.chdir(here)
        listener.close()
    found = walked(tmp_path)
    assert found.target.files == ()
    assert gaps(found) == {
        "dev.py": LEADS_OUT,
        "pipe.py": NOT_A_FILE,
        "socket.py": NOT_A_FILE,
        "to-pipe.py": NOT_A_FILE,
    }
    assert gaps(walked(tmp_path, "pipe", "socket.py")) == {
        "pipe": NOT_A_FILE,
        "socket.py": NOT_A_FILE,
    }
    with pytest.raises(FileNotFoundError):
        found.target.read("pipe.py")


def test_too_large_is_a_gap_where_the_file_would_be_read(tmp_path: Path) -> None:
    put(tmp_path, "big.py", "big.md", "big", text="x = f(1)\n" * LIMIT)
    put(tmp_path, "fits.py", text="#" * LIMIT)
    found = walked(tmp_path)
    assert gaps(found) == {"big.py": TOO_LARGE, "big": TOO_LARGE}
    assert kinds(found) == {"big.md": Kind.OTHER, "fits.py": Kind.PYTHON}
    assert str(LIMIT) in found.skipped[0].detail
    assert len(found.target.read("fits.py")) == LIMIT
    with pytest.raises(OSError, match=TOO_LARGE):
        found.target.read("big.md")


@pytest.fixture
def closed_folder() -> Iterator[Path]:
    """A folder that a user without rights can reach; root gives its rights up meanwhile."""
    folder = Path(tempfile.mkdtemp()).resolve()
    folder.chmod(0o755)
    rights = os.geteuid()
    try:
        yield folder
    finally:
        os.seteuid(rights)
        shutil.rmtree(folder)


def test_what_may_not_be_read_is_a_gap(closed_folder: Path) -> None:
    put(closed_folder, "a.py", "shut.py", "shut.md", "sub/b.py")
    for name in ["shut.py", "shut.md", "sub"]:
        (closed_folder / name).chmod(0)
    if os.geteuid() == 0:
        os.seteuid(65534)
    found = walked(closed_folder)
    assert gaps(found) == {
        "shut.py": UNREADABLE,
        "shut.md": UNREADABLE,
        "sub": UNREADABLE_FOLDER,
    }
    assert {gap.what: gap.path for gap in found.skipped}["sub"] == ""
    assert list(kinds(found)) == ["a.py"]
    with pytest.raises(PermissionError):
        found.target.read("shut.py")


@pytest.mark.skipif(sys.platform == "darwin", reason="its file names are UTF-8")
def test_names_that_are_not_utf8(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"n\xff.py")).write_text("x = 1\n")
    (tmp_path / os.fsdecode(b"l\xfe.py")).symlink_to("none")
    found = walked(tmp_path)
    assert list(kinds(found)) == ["n\udcff.py"]
    assert gaps(found) == {"l\udcfe.py": LEADS_NOWHERE}
    assert found.target.read("n\udcff.py") == b"x = 1\n"
    assert list(kinds(walked(tmp_path, os.fsdecode(b"n\xff.py")))) == ["n\udcff.py"]


def test_line_breaks_and_spaces_in_names(tmp_path: Path) -> None:
    put(tmp_path, "a\nb.py", " .py", "-rf.py", "c d/e.py")
    assert list(kinds(walked(tmp_path))) == sorted(["a\nb.py", " .py", "-rf.py", "c d/e.py"])


def test_a_very_deep_tree(tmp_path: Path) -> None:
    put(tmp_path, "/".join(["d"] * 400) + "/a.py")
    found = walked(tmp_path)
    assert len(found.target.files) == 1
    assert found.target.read(found.target.files[0].path)


def test_ten_thousand_files_within_a_second(tmp_path: Path) -> None:
    for number in range(100):
        folder = tmp_path / str(number)
        folder.mkdir()
        for name in range(25):
            for ending in (".py", ".md", "", ".png"):
                (folder / f"{name}{ending}").write_bytes(b"words (and) more words\n")
    start = time.process_time()
    found = walked(tmp_path)
    spent = time.process_time() - start
    assert len(found.target.files) == 10_000
    assert spent < 1.0


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.sampled_from(["a.py", "b.md", "s/c.py", "s/d", "t/e.txt"]), unique=True),
    st.lists(
        st.tuples(
            st.sampled_from(["l.py", "m.md", "s/n.py", "o"]),
            st.sampled_from(["a.py", "b.md", "s", "s/c.py", "t/e.txt", "..", "../x.py", "l.py"]),
        ),
        unique_by=lambda link: link[0],
    ),
)
def test_every_read_name_is_a_file_or_a_gap(
    tmp_path: Path, files: Sequence[str], links: Sequence[tuple[str, str]]
) -> None:
    root = Path(tempfile.mkdtemp(dir=tmp_path))
    put(root, *files)
    (root / "s").mkdir(exist_ok=True)
    for name, end in links:
        (root / name).symlink_to(root / end)
    found = walked(root)
    told = set(kinds(found)) | set(gaps(found))
    assert set(files) <= told
    for name, _ in links:
        if name.endswith(".py") and not (root / name).is_dir():
            end = os.path.relpath(os.path.realpath(root / name), root.resolve())
            assert name in gaps(found) or kinds(found)[end] is Kind.PYTHON
    for path in read_paths(found):
        assert found.target.read(path) == b"import os\n"
