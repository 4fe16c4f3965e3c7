"""The cache stays below its bound, and what was used last stays in it."""

import sqlite3
from contextlib import closing
from pathlib import Path

from tidegate.scanners.cache import Cache


def used(path: Path) -> object:
    """The day that stands at the only row."""
    with closing(sqlite3.connect(path)) as database:
        ((day,),) = database.execute("SELECT used FROM answer")
        return day


def test_what_a_scan_uses_outlives_what_it_does_not(tmp_path: Path) -> None:
    path = tmp_path / "scan.db"
    rows = {b"%d" % n: b"v" * 400 for n in range(300)}
    Cache(path, 1, max_bytes=400_000).store(rows)
    cache = Cache(path, 2, max_bytes=400_000)
    half = list(rows)[:20]
    cache.lookup(half)
    cache.store({b"new/%d" % n: b"v" * 400 for n in range(500)})
    assert set(Cache(path, 2).lookup(rows)) >= set(half)
    assert len(Cache(path, 2).lookup(rows)) < 300


def test_over_its_bound_the_rows_unused_longest_go(tmp_path: Path) -> None:
    path = tmp_path / "scan.db"
    bound = 200_000
    for day in range(30):
        cache = Cache(path, day, is_own=True, max_bytes=bound)
        kept = cache.lookup([b"kept"])
        assert kept == ({b"kept": b"v"} if day else {})
        rows = {b"%d/%d" % (day, n): b"v" * 400 for n in range(50)}
        cache.store({b"kept": b"v", **rows} if not day else rows)
        assert path.stat().st_size < bound * 1.2
    last = Cache(path, 30, max_bytes=bound)
    assert last.lookup(rows) == rows
    assert last.lookup([b"0/%d" % n for n in range(50)]) == {}


def test_more_than_fits_is_not_stored(tmp_path: Path) -> None:
    path = tmp_path / "scan.db"
    cache = Cache(path, 1, max_bytes=100_000)
    cache.store({b"%d" % n: b"v" * 1000 for n in range(1000)})
    assert path.stat().st_size < 150_000
    assert 0 < len(Cache(path, 1).lookup([b"%d" % n for n in range(1000)])) < 100


def test_use_is_noted_once_a_day(tmp_path: Path) -> None:
    path = tmp_path / "scan.db"
    Cache(path, 5).store({b"k": b"v"})
    for today, changes in ((5, False), (6, True), (6, False), (3, True)):
        before = path.read_bytes()
        cache = Cache(path, today)
        cache.lookup([b"k"])
        cache.store({})
        assert (path.read_bytes() != before) is changes
        assert used(path) == today
