"""A file that is what it was stays closed, and one that is not is read, whatever hides it."""

import os
import shutil
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.scanners import stat_cache
from tidegate.scanners.cache import Cache
from tidegate.scanners.interface import Context, Kind
from tidegate.scanners.memory import tree_key
from tidegate.scanners.run import content_digest
from tidegate.scanners.stat_cache import Entry, Reading, StatCache, decode, encode, load
from tidegate.scanners.targets.walk import walk
from tidegate.tests.real import GitRepo
from tidegate.tests.scanners.targets.walking import put

LIMIT = 1000
OLD = "import aaa\n"
NEW = "import bbb\n"
LATER = 10.0
"""Seconds that a file has to be old in these tests, without anybody waiting for them."""


@dataclass
class Tree:
    """A folder, and a cache beside it."""

    root: Path
    now: Callable[[], float] = lambda: time.time() + LATER
    read: list[str] = field(default_factory=list)
    """What the last scan read for its digest."""

    @property
    def file(self) -> Path:
        return self.root / "a.py"

    def scan(self, limit: int = LIMIT) -> dict[str, tuple[Kind, bytes | None]]:
        """Kind and digest of each file, the digest of those without code left out."""
        cache = Cache(self.root.with_name("scan.db"), 1)
        context = Context(database=Path("x"), max_file_bytes=limit)
        seen = load(tree_key([self.root], self.root, context), cache)
        walked = walk([self.root], self.root, limit, seen, self.now)
        kinds = {file.path: file.kind for file in walked.target.files}
        code = [path for path, kind in kinds.items() if kind is not Kind.OTHER]
        self.read = []

        def read(paths: Sequence[str]) -> list[Reading]:
            self.read += paths
            return list(walked.target.readings(paths))

        digests = dict(zip(code, seen.digests(code, read), strict=True))
        cache.store(seen.row())
        assert cache.notices == []
        self.skipped = {gap.what: gap.reason for gap in walked.skipped}
        return {path: (kind, digests.get(path)) for path, kind in kinds.items()}


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    put(tmp_path, "root/a.py", text=OLD)
    return Tree(tmp_path / "root")


def test_what_is_as_it_was_is_not_read(tree: Tree) -> None:
    put(tree.root, "sub/b.py", "sub/run", "sub/words.md", os.fsdecode("sub/ü.py"), text=OLD)
    (tree.root / "link.py").symlink_to("sub/words.md")
    first = tree.scan()
    assert len(tree.read) == 5
    assert first["sub/words.md"] == (Kind.PYTHON, content_digest(OLD.encode()))
    row = tree.root.with_name("scan.db").read_bytes()
    assert tree.scan() == first
    assert tree.read == []
    assert tree.root.with_name("scan.db").read_bytes() == row


def times_of(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_atime_ns, found.st_mtime_ns


def written_over(path: Path) -> None:
    path.write_text(NEW)


def copied_over(path: Path) -> None:
    new = path.with_name("new.txt")
    new.write_text(NEW)
    os.utime(new, ns=times_of(path))
    shutil.copy2(new, path)
    new.unlink()


def renamed_over(path: Path) -> None:
    new = path.with_name("new.txt")
    new.write_text(NEW)
    os.utime(new, ns=times_of(path))
    new.replace(path)


def unpacked_over(path: Path) -> None:
    new = path.with_name("new.txt")
    new.write_text(NEW)
    os.utime(new, ns=times_of(path))
    with tarfile.open(path.with_name("t.tar"), "w") as archive:
        archive.add(new, path.name)
    with tarfile.open(path.with_name("t.tar")) as archive:
        archive.extractall(path.parent, filter="data")
    new.unlink()


def written_through_another_name(path: Path) -> None:
    other = path.with_name("other.txt")
    other.hardlink_to(path)
    other.write_text(NEW)
    other.unlink()


def moved_folder(path: Path) -> None:
    other = path.parent.with_name("other")
    shutil.copytree(path.parent, other)
    (other / path.name).write_text(NEW)
    os.utime(other / path.name, ns=times_of(path))
    path.parent.rename(path.parent.with_name("old"))
    other.rename(path.parent)


@pytest.mark.parametrize(
    "change",
    [
        written_over,
        copied_over,
        renamed_over,
        unpacked_over,
        written_through_another_name,
        moved_folder,
    ],
)
def test_a_change_that_keeps_size_and_time_is_seen(
    tree: Tree, change: Callable[[Path], None]
) -> None:
    before = times_of(tree.file)
    tree.scan()
    change(tree.file)
    os.utime(tree.file, ns=before)
    found = tree.file.stat()
    assert (found.st_size, found.st_mtime_ns) == (len(OLD), before[1])
    assert tree.scan()["a.py"] == (Kind.PYTHON, content_digest(NEW.encode()))


def test_a_checkout_is_seen(repo: GitRepo) -> None:
    tree = Tree(repo.path)
    old = repo.commit({"a.py": OLD})
    repo.commit({"a.py": NEW})
    before = times_of(tree.file)
    assert tree.scan()["a.py"][1] == content_digest(NEW.encode())
    subprocess.run(["git", "checkout", "-q", old], cwd=repo.path, check=True)
    os.utime(tree.file, ns=before)
    assert tree.scan()["a.py"][1] == content_digest(OLD.encode())


def test_a_link_that_leads_elsewhere_is_seen(tree: Tree) -> None:
    put(tree.root, "old.txt", text=OLD)
    put(tree.root, "new.txt", text=NEW)
    os.utime(tree.root / "new.txt", ns=times_of(tree.root / "old.txt"))
    for name, text in (("old.txt", OLD), ("new.txt", NEW)):
        (tree.root / "link.py").unlink(missing_ok=True)
        (tree.root / "link.py").symlink_to(name)
        assert tree.scan()[name] == (Kind.PYTHON, content_digest(text.encode()))


def test_other_rights_are_looked_at(tree: Tree) -> None:
    tree.scan()
    tree.file.chmod(0o600)
    tree.scan()
    assert tree.read == ["a.py"]


@pytest.mark.parametrize("name", ["words", "words.md"])
def test_what_becomes_a_script_is_seen(tree: Tree, name: str) -> None:
    path = tree.root / name
    script = "#!/usr/bin/env python\nimport os\n"
    path.write_text("x" * len(script))
    before = times_of(path)
    for _ in range(2):
        assert tree.scan()[name] == (Kind.OTHER, None)
    path.write_text(script)
    os.utime(path, ns=before)
    for _ in range(2):
        assert tree.scan()[name] == (Kind.PYTHON, content_digest(script.encode()))


def test_what_cannot_be_looked_at_is_told_each_time(tree: Tree) -> None:
    put(tree.root, "big.py", text="#" * (LIMIT + 1))
    put(tree.root, "pointer", text="version https://git-lfs.github.com/spec/v1\n")
    for _ in range(2):
        tree.scan()
        assert tree.skipped == {"big.py": "too large", "pointer": "LFS pointer"}
    tree.scan(limit=LIMIT + 1)
    assert tree.skipped == {"pointer": "LFS pointer"}
    tree.scan()
    assert set(tree.skipped) == {"big.py", "pointer"}


@pytest.mark.parametrize("name", ["a.py", "a.md"])
@pytest.mark.parametrize(("age", "is_kept"), [(-10, False), (0, False), (1.9, False), (2.1, True)])
def test_a_file_that_changed_just_now_is_read_again(
    tree: Tree, name: str, age: float, is_kept: bool
) -> None:
    """A second change in the same tick of the clock would show nowhere; nor if it went back."""
    path = tree.file.rename(tree.root / name)
    os.utime(path, (0, 0))
    tree.now = lambda: path.stat().st_ctime + age
    tree.scan()
    assert tree.root.with_name("scan.db").exists() is is_kept


def test_a_time_of_modification_to_come_is_not_trusted(tree: Tree) -> None:
    os.utime(tree.file, (time.time() + 100, time.time() + 100))
    tree.scan()
    tree.scan()
    assert tree.read == ["a.py"]


def test_a_file_that_changes_while_it_is_read_is_not_kept(tree: Tree) -> None:
    with tree.file.open() as file:
        before = os.fstat(file.fileno())
        later = time.time() + LATER
        state = stat_cache.settled_state(file.fileno(), before, later)
        assert state == stat_cache.state_of(before)
        tree.file.write_text(NEW + NEW)
        assert stat_cache.settled_state(file.fileno(), before, later) is None


@pytest.mark.parametrize("place", range(6))
def test_any_difference_of_the_states_counts(tree: Tree, place: int) -> None:
    found = tree.file.stat()
    times = (found.st_mtime_ns, found.st_ctime_ns)
    state = [found.st_size, *times, found.st_ino, found.st_dev, found.st_mode]
    for change, kind in ((0, Kind.OTHER), (1, None)):
        state[place] += change
        first = StatCache(b"k")
        first.meet("a", Kind.OTHER, tuple(state))  # type: ignore[arg-type]  # six of them
        (row,) = first.row().values()
        assert StatCache(b"k", decode(row)).kind("a", found) is kind


def test_kind_and_digest_are_of_one_state(tree: Tree) -> None:
    state = stat_cache.state_of(tree.file.stat())
    for judged, rows in ((state, 1), ((*state[:5], 0), 0)):
        seen = StatCache(b"k")
        seen.meet("a", Kind.PYTHON, judged)
        assert seen.digests(["a"], lambda _: [(b"d" * 32, state)]) == [b"d" * 32]
        assert len(seen.row()) == rows


READ_ONLY = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"'
SETTLED = """
import os, sys
from tidegate.scanners.stat_cache import settled_state
file = open(sys.argv[1])
print(settled_state(file.fileno(), os.fstat(file.fileno()), float(sys.argv[2])))
"""


def test_a_read_only_image_is_always_read(tree: Tree) -> None:
    argv = [sys.executable, "-P", "-c", SETTLED, str(tree.file), str(time.time() + LATER)]
    mounted = ["unshare", "--user", "--map-root-user", "--mount"]
    mounted += ["sh", "-c", READ_ONLY, str(tree.root), *argv]
    assert b"None" not in subprocess.run(argv, capture_output=True, check=True).stdout
    if not shutil.which("unshare"):
        pytest.skip("nothing can be mounted here")
    done = subprocess.run(mounted, capture_output=True, check=False)
    if done.returncode:
        pytest.skip("nothing can be mounted here")
    assert done.stdout == b"None\n"


def test_a_row_holds_for_one_call_and_one_python(tree: Tree) -> None:
    context = Context(database=Path("x"))
    other = Context(database=Path("x"), max_file_bytes=1)
    sub = tree.root / "sub"
    keys = {
        tree_key([tree.root], tree.root, context),
        tree_key([tree.root], tree.root, other),
        tree_key([sub], tree.root, context),
        tree_key([tree.root], sub, context),
    }
    assert len(keys) == 4


def test_a_tree_with_more_than_fits_is_read() -> None:
    seen = StatCache(b"k")
    seen.meet("x" * stat_cache.MAX_BYTES, Kind.OTHER, (1, 1, 1, 1, 1, 1))
    assert seen.row() == {}


WORDS = st.text(st.characters(blacklist_characters="\0"), max_size=8)
NUMBERS = st.integers(0, 2**63 - 1)
ENTRIES: st.SearchStrategy[Entry] = st.tuples(
    *(NUMBERS, NUMBERS, NUMBERS, NUMBERS, NUMBERS, st.integers(0, 2**32 - 1)),
    st.integers(0, len(Kind) - 1),
    st.binary(min_size=32, max_size=32),
)


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(WORDS, ENTRIES, max_size=5))
def test_entries_come_back(entries: dict[str, Entry]) -> None:
    assert decode(encode(entries)) == entries


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(WORDS, ENTRIES, min_size=1, max_size=3), st.integers(0), st.binary())
def test_damage_is_no_entry_of_another_kind(
    entries: dict[str, Entry], at: int, noise: bytes
) -> None:
    value = encode(entries)
    at %= len(value)
    for damaged in (value[:at] + noise + value[at + len(noise) :], value[:at], noise):
        for name, entry in decode(damaged).items():
            assert isinstance(name, str)
            assert entry[6] < len(Kind)


def test_what_no_file_can_be_is_left_out() -> None:
    good: Entry = (1, 2, 3, 4, 5, 6, 0, bytes(32))
    beyond: Entry = (1, 2**63, 3, 4, 5, 6, 0, bytes(32))
    assert decode(encode({"a": good, "b": beyond})) == {"a": good}
    assert decode(encode({})) == {}
    assert decode(encode({"a": (*good[:6], len(Kind), bytes(32))})) == {}
