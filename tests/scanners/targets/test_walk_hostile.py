"""Trees that want to lead a walk astray, or to keep it waiting."""

import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tidegate.repository.regular_files import TOO_LARGE
from tidegate.scanners.interface import Kind
from tidegate.scanners.targets.walk import (
    LEADS_NOWHERE,
    LEADS_OUT,
    NOT_A_FILE,
    UNREADABLE,
    UNREADABLE_FOLDER,
    Walked,
)
from tidegate.tests.scanners.targets.walking import LIMIT, gaps, kinds, put, walked


def read_paths(found: Walked) -> list[str]:
    return [file.path for file in found.target.files if file.kind is not Kind.OTHER]


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
