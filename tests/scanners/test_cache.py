"""The cache file: whatever becomes of it, rows are all that is lost."""

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tidegate.scanners.cache import APPLICATION_ID, DAY, Cache, cache_at

ROWS = {bytes([n]) * 32: b"value %d" % n for n in range(200)}


def opened(path: Path, today: int = 1, *, is_own: bool = True) -> Cache:
    return Cache(path, today, is_own=is_own)


def filled(path: Path, today: int = 1) -> Path:
    cache = opened(path, today)
    cache.store(ROWS)
    assert cache.notices == []
    return path


def query(path: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        return database.execute(sql).fetchall()


def test_what_is_stored_is_found_by_whoever_looks_next(tmp_path: Path) -> None:
    path = filled(tmp_path / "a" / "scan.db")
    cache = opened(path)
    assert cache.lookup([*ROWS, b"unknown"]) == ROWS
    cache.store({b"k": b"new"})
    assert opened(path).lookup([b"k", b"\0" * 32]) == {b"k": b"new", b"\0" * 32: b"value 0"}
    assert cache.notices == []


def test_looking_makes_no_file(tmp_path: Path) -> None:
    cache = opened(tmp_path / "a" / "scan.db")
    assert cache.lookup(ROWS) == {}
    cache.store({})
    assert list(tmp_path.iterdir()) == []


def test_only_its_user_can_read_it(tmp_path: Path) -> None:
    path = filled(tmp_path / "a" / "scan.db")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_changed_row_is_no_row(tmp_path: Path) -> None:
    path = filled(tmp_path / "scan.db")
    query(path, "UPDATE answer SET value = value || x'00' WHERE key < x'10'")
    query(path, "UPDATE answer SET value = 'text' WHERE key > x'f0'")
    query(path, "UPDATE answer SET value = NULL WHERE key > x'80'")
    other = "(SELECT value FROM answer WHERE key > x'20' LIMIT 1)"
    query(path, f"UPDATE answer SET value = {other} WHERE key > x'70'")
    assert opened(path).lookup(ROWS) == {k: v for k, v in ROWS.items() if b"\x10" <= k < b"\x70"}


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(cut=st.integers(0, 25_000), at=st.integers(0, 25_000), noise=st.binary(max_size=40))
def test_damage_costs_rows_only(tmp_path: Path, cut: int, at: int, noise: bytes) -> None:
    whole = tmp_path / "whole.db"
    content = (whole if whole.exists() else filled(whole)).read_bytes()
    damaged = tmp_path / "damaged.db"
    damaged.write_bytes((content[:at] + noise + content[at + len(noise) :])[: max(cut, 1)])
    cache = opened(damaged)
    assert cache.lookup(ROWS).items() <= ROWS.items()
    cache.store(ROWS)
    last = opened(damaged)
    last.lookup(ROWS)
    last.store(ROWS)
    assert opened(damaged).lookup(ROWS) == ROWS
    assert all("was made anew" in notice for notice in cache.notices + last.notices)


@pytest.mark.parametrize("cut", [50, 100, 4096, 9000])
def test_a_cut_file_is_made_anew_with_a_word(tmp_path: Path, cut: int) -> None:
    path = filled(tmp_path / "scan.db")
    path.write_bytes(path.read_bytes()[:cut])
    cache = opened(path)
    assert cache.lookup(ROWS) == {}
    (notice,) = cache.notices
    assert "was made anew" in notice
    cache.store(ROWS)
    assert opened(path).lookup(ROWS) == ROWS


def test_an_empty_file_of_somebody_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "empty.rc"
    path.touch()
    cache = opened(path, is_own=False)
    cache.store({b"key": b"value"})
    assert path.read_bytes() == b""
    assert "no cache of Tidegate" in cache.notices[0]


@pytest.mark.parametrize(
    "sql",
    [
        "PRAGMA user_version = 99",
        "ALTER TABLE answer ADD COLUMN more",
        "CREATE TRIGGER t AFTER UPDATE ON answer BEGIN DELETE FROM answer; END",
        "DROP TABLE answer",
        "CREATE VIEW v AS SELECT 1",
    ],
)
@pytest.mark.parametrize("is_own", [True, False])
def test_a_cache_of_another_shape_is_made_anew(tmp_path: Path, sql: str, is_own: bool) -> None:
    path = filled(tmp_path / "scan.db")
    query(path, sql)
    cache = opened(path, is_own=is_own)
    assert cache.lookup(ROWS) == {}
    assert ["was made anew" in notice for notice in cache.notices] == [True]
    cache.store(ROWS)
    assert opened(path).lookup(ROWS) == ROWS


@pytest.mark.parametrize("kind", ["text", "database"])
def test_what_is_no_cache_is_left_alone_unless_its_place_is_ours(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "notes"
    if kind == "text":
        path.write_bytes(b"my notes\n" * 100)
    else:
        query(path, "CREATE TABLE notes (text)")
    before = path.read_bytes()
    cache = opened(path, is_own=False)
    assert cache.lookup(ROWS) == {}
    cache.store(ROWS)
    assert path.read_bytes() == before
    (notice,) = cache.notices
    assert "no cache of Tidegate" in notice
    ours = opened(path)
    ours.store(ROWS)
    assert opened(path).lookup(ROWS) == ROWS
    assert query(path, "PRAGMA application_id") == [(APPLICATION_ID,)]


def test_a_locked_file_is_waited_for_and_then_left(tmp_path: Path) -> None:
    path = filled(tmp_path / "scan.db")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        cache = opened(path)
        assert cache.lookup(ROWS) == {}
        cache.store(ROWS)
    (notice,) = cache.notices
    assert "locked" in notice
    assert opened(path).lookup(ROWS) == ROWS


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_what_is_no_file_is_not_waited_for(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "scan.db")
    cache = opened(tmp_path / "scan.db")
    assert cache.lookup(ROWS) == {}
    cache.store(ROWS)
    (notice,) = cache.notices
    assert "is no file" in notice


def test_a_file_in_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "folder").write_text("")
    cache = opened(tmp_path / "folder" / "scan.db")
    assert cache.lookup(ROWS) == {}
    cache.store(ROWS)
    (notice,) = cache.notices
    assert "is not used" in notice


@pytest.fixture
def anyones_folder() -> Iterator[Path]:
    """A folder that a user without rights can reach; root gives its rights up meanwhile."""
    folder = Path(tempfile.mkdtemp()).resolve()
    rights = os.geteuid()
    if rights == 0:
        os.chown(folder, 65534, 65534)
    try:
        yield folder
    finally:
        os.seteuid(rights)
        folder.chmod(0o700)
        shutil.rmtree(folder)


def test_a_folder_that_may_not_be_written_is_read_still(anyones_folder: Path) -> None:
    if os.geteuid() == 0:
        os.seteuid(65534)
    path = filled(anyones_folder / "scan.db")
    anyones_folder.chmod(0o555)
    cache = opened(path)
    assert cache.lookup(ROWS) == ROWS
    cache.store({b"k": b"v"})
    (notice,) = cache.notices
    assert "is not used" in notice
    for place in (anyones_folder / "other.db", anyones_folder / "a" / "scan.db"):
        absent = opened(place)
        absent.store(ROWS)
        assert len(absent.notices) == 1
        assert not place.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="nobody else's file can be made without root")
def test_the_file_of_another_user_is_not_trusted(anyones_folder: Path) -> None:
    path = filled(anyones_folder / "scan.db")
    os.chown(path, 65534, 65534)
    cache = opened(path)
    assert cache.lookup(ROWS) == {}
    (notice,) = cache.notices
    assert "somebody else" in notice


FULL = """
import resource, sys
from pathlib import Path
from tidegate.scanners.cache import Cache
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
cache = Cache(Path(sys.argv[1]), 1, is_own=True)
cache.lookup([b"x"])
cache.store({n.to_bytes(32, "big"): b"v" * 900 for n in range(500)})
print(*cache.notices, sep="\\n")
"""


@pytest.mark.parametrize("room", [0, 1000, 5000, 30_000])
@pytest.mark.parametrize("exists", [True, False])
def test_a_full_disk_costs_the_new_rows_only(tmp_path: Path, room: int, exists: bool) -> None:
    path = tmp_path / "scan.db"
    if exists:
        filled(path)
    done = subprocess.run(
        [sys.executable, "-P", "-c", FULL, path, str(room)], capture_output=True, check=True
    )
    assert b"is not used" in done.stdout
    cache = opened(path)
    assert cache.lookup(ROWS) == (ROWS if exists else {})
    cache.store(ROWS)
    assert opened(path).lookup(ROWS) == ROWS


TOGETHER = """
import sys
from pathlib import Path
from tidegate.scanners.cache import Cache
first = int(sys.argv[2])
for turn in range(20):
    cache = Cache(Path(sys.argv[1]), 1, is_own=True)
    keys = [n.to_bytes(32, "big") for n in range(first, first + 20)]
    cache.lookup(keys)
    cache.store({key + b"%d" % turn: b"v" * 500 for key in keys})
    print(*cache.notices, sep="\\n", end="")
"""


def test_two_scans_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "scan.db"
    children = [
        subprocess.Popen(
            [sys.executable, "-P", "-c", TOGETHER, path, str(first)], stdout=subprocess.PIPE
        )
        for first in (0, 1000)
    ]
    assert [child.communicate(timeout=60)[0] for child in children] == [b"", b""]
    assert query(path, "SELECT count(*) FROM answer") == [(800,)]
    assert query(path, "PRAGMA integrity_check") == [("ok",)]


def test_a_scan_killed_while_it_writes_leaves_the_rows_of_before(tmp_path: Path) -> None:
    path = filled(tmp_path / "scan.db")
    child = """
import os, signal, sys, sqlite3
database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.execute("PRAGMA cache_size = 2")
database.execute("BEGIN IMMEDIATE")
rows = [(n.to_bytes(32, "big"), b"v" * 900, 1) for n in range(2000)]
database.executemany("INSERT OR REPLACE INTO answer VALUES (?, ?, ?)", rows)
os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-P", "-c", child, path], check=False)
    assert path.with_name("scan.db-journal").exists()
    cache = opened(path)
    assert cache.lookup(ROWS) == ROWS
    cache.store({b"k": b"v"})
    assert cache.notices == []


@pytest.mark.parametrize(
    ("setting", "scanned", "used"),
    [
        ("", ["."], True),
        ("{root}/.cache/scan.db", ["."], False),
        ("{root}/link.db", ["."], False),
        ("{root}/.cache/scan.db", ["src"], False),
        ("{root}/../other.db", ["."], True),
        ("{root}/../other.db", [".."], False),
        ("", [".."], False),
    ],
)
def test_a_cache_that_the_tree_could_hold_is_not_used(
    tmp_path: Path, setting: str, scanned: list[str], used: bool
) -> None:
    root = tmp_path / "root"
    (root / "src").mkdir(parents=True)
    env = {"HOME": str(tmp_path)}
    named = setting.format(root=root)
    paths = [Path(path) for path in scanned]
    cache = cache_at(named, env, paths, root, now=3.5 * DAY)
    cache.store(ROWS)
    assert (cache.lookup(ROWS) == ROWS) is used
    assert (cache.notices == []) is used
    assert cache.today == 3
