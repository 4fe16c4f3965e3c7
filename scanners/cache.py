"""The cache of `tidegate scan`: one SQLite file that maps keys to bytes.

A failure of it costs time and never an answer: what cannot be read is not known, what
cannot be written is scanned again, and a notice says so. Each row bears a checksum with
its key, so that a damaged row is a row that is not there; the file is not defended against
who may write in the folder of its user, whom nothing is defended against.
"""

import os
import stat
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from .user_folders import user_folder

if TYPE_CHECKING:
    import sqlite3

Result = TypeVar("Result")

APPLICATION_ID = 0x54444343
"""Tells the file from any other SQLite database."""
SCHEMA = 1
MAX_BYTES = 256 * 1024 * 1024
"""Over this the rows that were unused longest go."""
PATIENCE = 2.0
"""Seconds to wait for another scan that is writing."""
DAY = 24 * 60 * 60
ROW_BYTES = 150
"""What a row takes beside its value, and the tree that holds it."""
_CHECK_BYTES = 8
_BATCH = 500
_TABLE = "CREATE TABLE answer (key BLOB PRIMARY KEY, value BLOB, used INTEGER)"
_STATEMENTS = "SELECT sql FROM sqlite_schema ORDER BY sql"
"""Of the table, and none for the index that its key has."""
_DAMAGE = frozenset({1, 11, 26})
"""SQLITE_ERROR, which a table of another shape makes of our statements, SQLITE_CORRUPT and
SQLITE_NOTADB."""


def default_path(env: Mapping[str, str]) -> Path:
    """Where the cache lives unless another place is named.

    `$XDG_CACHE_HOME/tidegate/scan.db`, below `~/.cache` where that variable is unset,
    empty or relative.
    """
    return user_folder(env, "XDG_CACHE_HOME", ".cache") / "tidegate" / "scan.db"


def cache_at(
    setting: str, env: Mapping[str, str], scanned: Sequence[Path], here: Path, now: float
) -> "Cache":
    """The cache that the settings name, the default one for none; `now` is since the epoch.

    It is off, with a notice, where it lies in what is `scanned`, in a checkout that this or
    the current folder, `here`, is a part of, or was named and lies `here`: who wrote the
    tree could have filled it.
    """
    path = Path(setting).expanduser().absolute() if setting else default_path(env)
    cache = Cache(path, int(now // DAY), is_own=not setting)
    folders = [_real(here / folder) for folder in (here, *scanned)]
    within = [*(folders if setting else folders[1:]), *filter(None, map(_checkout, folders))]
    if any(_real(path).is_relative_to(folder) for folder in within):
        cache.turn_off("it lies in the tree that is scanned; name a file outside of it")
    return cache


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))


def _checkout(folder: Path) -> Path | None:
    """The top of the checkout around a folder."""
    return next((top for top in (folder, *folder.parents) if (top / ".git").exists()), None)


class _Replaceable(Exception):
    """The file is a cache that cannot be read."""


class _Foreign(Exception):
    """What stands there is no cache of Tidegate."""


@dataclass(slots=True)
class Cache:
    """Rows of one file. Nothing here raises for what becomes of the file: see `notices`."""

    path: Path
    today: int
    """Days since the epoch."""
    is_own: bool = False
    """The place is Tidegate's: whatever stands there may be replaced."""
    max_bytes: int = MAX_BYTES
    notices: list[str] = field(default_factory=list)
    _unused_today: list[bytes] = field(default_factory=list)
    _is_off: bool = False

    def lookup(self, keys: Collection[bytes]) -> dict[bytes, bytes]:
        """The values of those keys that are there, undamaged."""
        if not keys or not os.path.exists(self.path):  # noqa: PTH110 - Path's raises EACCES
            return {}
        return self._attempt(lambda database: self._select(database, list(keys)), {})

    def store(self, rows: Mapping[bytes, bytes]) -> None:
        """Add rows, and note that those that were looked up were used today."""
        if rows or self._unused_today:
            self._attempt(lambda database: self._write(database, rows), None)

    def turn_off(self, why: str) -> None:
        """Neither read nor write it from here on."""
        self._is_off = True
        self.notices.append(f"the cache {self.path} is not used: {why}")

    def _select(self, database: "sqlite3.Connection", keys: Sequence[bytes]) -> dict[bytes, bytes]:
        found = {}
        for start in range(0, len(keys), _BATCH):
            batch = keys[start : start + _BATCH]
            marks = ",".join("?" * len(batch))
            query = f"SELECT key, value, used FROM answer WHERE key IN ({marks})"  # noqa: S608 - marks only
            for key, value, used in database.execute(query, batch):
                if isinstance(value, bytes) and value == _checked(key, value[_CHECK_BYTES:]):
                    found[key] = value[_CHECK_BYTES:]
                    if used != self.today:
                        self._unused_today.append(key)
        return found

    def _write(self, database: "sqlite3.Connection", rows: Mapping[bytes, bytes]) -> None:
        sizes = accumulate(len(value) + ROW_BYTES for value in rows.values())
        fitting = [
            row for row, size in zip(rows.items(), sizes, strict=True) if size <= self.max_bytes
        ]
        database.execute("BEGIN IMMEDIATE")
        database.executemany(
            "UPDATE answer SET used = ? WHERE key = ?",
            [(self.today, key) for key in self._unused_today],
        )
        self._make_room(database, sum(len(value) + ROW_BYTES for _, value in fitting))
        database.executemany(
            "INSERT OR REPLACE INTO answer VALUES (?, ?, ?)",
            [(key, _checked(key, value), self.today) for key, value in fitting],
        )
        database.execute("COMMIT")

    def _make_room(self, database: "sqlite3.Connection", incoming: int) -> None:
        """Drop enough for what comes, and some more, so that the next scan need not."""
        size, pages, free, count = (
            database.execute(query).fetchone()[0]
            for query in (
                "PRAGMA page_size",
                "PRAGMA page_count",
                "PRAGMA freelist_count",
                "SELECT count(*) FROM answer",
            )
        )
        excess = size * (pages - free) + incoming - self.max_bytes
        if excess <= 0 or not count:
            return
        share = min(1.0, (excess + self.max_bytes / 4) / (size * (pages - free)))
        database.execute(
            "DELETE FROM answer WHERE key IN (SELECT key FROM answer ORDER BY used LIMIT ?)",
            (int(count * share) + 1,),
        )

    def _attempt(self, work: Callable[["sqlite3.Connection"], Result], otherwise: Result) -> Result:
        """What `work` makes of the file, anew if it is damaged; else a notice, and no more."""
        if self._is_off:
            return otherwise
        import sqlite3

        try:
            try:
                return self._opened(work)
            except _Replaceable as damage:
                self._remove()
                self.notices.append(f"the cache {self.path} was made anew: {damage}")
                self._unused_today.clear()
                return self._opened(work)
        except (OSError, ValueError, sqlite3.Error, _Foreign, _Replaceable) as error:
            self.turn_off(str(error.strerror if isinstance(error, OSError) else error))
            return otherwise

    def _opened(self, work: Callable[["sqlite3.Connection"], Result]) -> Result:
        import sqlite3

        is_ours = self._create() or self.is_own
        try:
            with closing(
                sqlite3.connect(self.path, timeout=PATIENCE, isolation_level=None)
            ) as database:
                _prepare(database)
                _check(database, is_ours=is_ours)
                return work(database)
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGE:
                raise self._damaged(str(error)) from error
            raise
        except _Replaceable as error:
            raise self._damaged(str(error)) from error

    def _damaged(self, why: str) -> Exception:
        """Only what is ours is replaced: a path may have been named by mistake."""
        if self.is_own or _head(self.path)[68:72] == APPLICATION_ID.to_bytes(4, "big"):
            return _Replaceable(why)
        return _Foreign("it is no cache of Tidegate; name another file or remove it")

    def _create(self) -> bool:
        """An empty file that nobody else can read, in a folder likewise, if there is none.

        Whether there was none. Raises OSError, and _Foreign for what is no file or is
        another user's.
        """
        is_new = not self.path.exists()
        if is_new:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
        found = self.path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise _Foreign("it is no file; name another place or remove it")
        if found.st_uid != os.geteuid():
            raise _Foreign("it belongs to somebody else; name another file")
        return is_new

    def _remove(self) -> None:
        for name in (f"{self.path}-journal", self.path):
            with suppress(FileNotFoundError):
                os.unlink(name)  # noqa: PTH108 - a Path cannot be named from a suffixed one


def _checked(key: bytes, value: bytes) -> bytes:
    """The value after a checksum of it and its key."""
    return blake2b(key + value, digest_size=_CHECK_BYTES).digest() + value


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(100)


def _prepare(database: "sqlite3.Connection") -> None:
    """Raises sqlite3.DatabaseError where the file is none."""
    database.text_factory = bytes  # nothing is decoded that somebody may have put there
    # Rows are all that a power failure can take.
    database.execute("PRAGMA synchronous = OFF")


def _check(database: "sqlite3.Connection", *, is_ours: bool) -> None:
    """Make the table in a file of ours that is empty. Raises _Replaceable for another shape."""
    shape = _shape(database)
    if is_ours and shape == (0, 0, []):
        database.execute("BEGIN IMMEDIATE")
        if _shape(database) == shape:  # no other scan was quicker
            database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            database.execute(f"PRAGMA user_version = {SCHEMA}")
            database.execute(_TABLE)
        database.execute("COMMIT")
        shape = _shape(database)
    if shape != (APPLICATION_ID, SCHEMA, [(None,), (_TABLE.encode(),)]):
        raise _Replaceable("it was made by another version")


def _shape(database: "sqlite3.Connection") -> tuple[int, int, list[tuple[bytes | None]]]:
    [(application,)] = database.execute("PRAGMA application_id")
    [(schema,)] = database.execute("PRAGMA user_version")
    return application, schema, database.execute(_STATEMENTS).fetchall()
