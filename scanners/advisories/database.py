"""The advisory database: one SQLite file, read here and built by `importing`."""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import IncompleteError
from ..user_folders import user_folder
from .status import PARTS, DatabaseStatus, noted_parts, status_of

if TYPE_CHECKING:
    import sqlite3

    from .matching import Advisory

APPLICATION_ID = 0x54444144
"""Tells the file from any other SQLite database."""
SCHEMA = 2
NO_DATABASE = "no advisory database"
TABLES = f"""
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {SCHEMA};
CREATE TABLE meta (part TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE record (
    id TEXT PRIMARY KEY, modified TEXT NOT NULL, withdrawn INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE advisory (
    name TEXT, id TEXT, document BLOB NOT NULL, PRIMARY KEY (name, id)
) WITHOUT ROWID;
CREATE TABLE exploited (cve TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE epss (cve TEXT PRIMARY KEY, probability REAL NOT NULL) WITHOUT ROWID;
"""
"""A record is what a source wrote; an advisory what all of them say of one package."""
_LOOKUP = "SELECT document FROM advisory WHERE name = ? ORDER BY id"


def _filling(place: str) -> str:
    return (
        f"run `tidegate advisories update{place}`, or"
        f" `tidegate advisories import{place} FILE` without a network"
    )


IMPORT_REMEDY = _filling("")


class AdvisoryDatabaseError(IncompleteError):
    """The database cannot answer; `reason` is short and the same for the same cause."""

    def __init__(self, reason: str, detail: str, remedy: str = IMPORT_REMEDY) -> None:
        super().__init__(f"{reason}: {detail}", remedy)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Exploitation:
    """What is known of the exploitation of one vulnerability."""

    kev: bool | None
    """Whether CISA knows of any; None without its catalogue."""
    epss: float | None
    """Probability within thirty days; None without a score."""


def default_path(env: Mapping[str, str]) -> Path:
    """Where the database lives unless another place is named.

    `$XDG_DATA_HOME/tidegate/advisories.db`, below `~/.local/share` where that variable
    is unset, empty or relative.
    """
    return user_folder(env, "XDG_DATA_HOME", ".local/share") / "tidegate" / "advisories.db"


def import_remedy(path: Path) -> str:
    """How to make the database at `path`: a place that is not the usual one is named."""
    import shlex

    usual = path == default_path(os.environ)
    return _filling("" if usual else f" --database {shlex.quote(str(path))}")


class AdvisoryDatabase:
    """Answers from one open database. Every method raises AdvisoryDatabaseError."""

    def __init__(self, connection: "sqlite3.Connection", path: Path) -> None:
        self._connection = connection
        self._path = path
        self._has_kev: bool | None = None

    def lookup(self, names: Iterable[str]) -> dict[str, tuple["Advisory", ...]]:
        """The advisories of each canonical name that has any, in the order of their ids."""
        from .documents import decode

        found: dict[str, tuple[Advisory, ...]] = {}
        with _readable(self._path):
            for name in sorted(set(names)):
                rows = self._connection.execute(_LOOKUP, (name,))
                if advisories := tuple(decode(document) for (document,) in rows):
                    found[name] = advisories
        return found

    def exploitation(self, ids: Iterable[str]) -> Exploitation:
        """What is known of a vulnerability by any of its names."""
        cves = [name for name in ids if name.startswith("CVE-")]
        with _readable(self._path):
            if self._has_kev is None:
                self._has_kev = "kev" in noted_parts(self._connection)
            kev = any(self._one("SELECT 1 FROM exploited WHERE cve = ?", cve) for cve in cves)
            found = (self._one("SELECT probability FROM epss WHERE cve = ?", cve) for cve in cves)
            epss = max((float(row[0]) for row in found if row), default=None)
        return Exploitation(kev if self._has_kev else None, epss)

    def _one(self, query: str, cve: str) -> tuple[Any, ...] | None:
        row: tuple[Any, ...] | None = self._connection.execute(query, (cve,)).fetchone()
        return row

    def records(self) -> dict[str, bool]:
        """The id of every record, and whether it is matched: not withdrawn."""
        with _readable(self._path):
            rows = self._connection.execute("SELECT id, withdrawn FROM record")
            return {str(id_): not withdrawn for id_, withdrawn in rows}

    def status(self) -> DatabaseStatus:
        """What was noted when it was built."""
        with _readable(self._path):
            return status_of(noted_parts(self._connection))

    def check(self, parts: Iterable[str] = PARTS) -> None:
        """Read all content of `parts` and compare it with the digests noted when it was built."""
        from .digests import NO_ROWS, digest_of

        with _readable(self._path):
            noted = noted_parts(self._connection)
            for part in parts:
                expected = noted[part]["digest"] if part in noted else NO_ROWS
                if digest_of(self._connection, part) != expected:
                    raise ValueError("its content is not what was imported")
            status_of(noted)


@contextmanager
def opened(path: Path) -> Iterator[AdvisoryDatabase]:
    """The database at `path`, read only; raises AdvisoryDatabaseError where it cannot answer."""
    connection = _connect(path)
    try:
        yield AdvisoryDatabase(connection, path)
    finally:
        connection.close()


def read_status(path: Path) -> DatabaseStatus:
    """What the database at `path` says of itself; raises AdvisoryDatabaseError."""
    with opened(path) as database:
        return database.status()


def _connect(path: Path) -> "sqlite3.Connection":
    import sqlite3

    with _readable(path):
        if not path.exists():
            raise AdvisoryDatabaseError(NO_DATABASE, str(path), import_remedy(path))
        # Imports replace the file as a whole, so that what is open never changes.
        uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        connection = sqlite3.connect(uri, uri=True)
        try:
            _check_header(connection)
        except BaseException:
            connection.close()
            raise
        return connection


def _check_header(connection: "sqlite3.Connection") -> None:
    [(application,)] = connection.execute("PRAGMA application_id")
    [(schema,)] = connection.execute("PRAGMA user_version")
    if application != APPLICATION_ID:
        raise ValueError("not an advisory database")
    if schema > SCHEMA:
        raise AdvisoryDatabaseError(
            "advisory database too new",
            f"schema {schema}, this version of Tidegate reads {SCHEMA}",
            f"upgrade Tidegate, or {IMPORT_REMEDY}",
        )
    if schema < SCHEMA:
        raise ValueError(f"schema {schema}, this version of Tidegate reads {SCHEMA}")


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Turn what a missing, broken or foreign file makes of a query into one error."""
    import sqlite3
    import zlib

    broken = (sqlite3.Error, zlib.error, OSError, ValueError, KeyError, TypeError, RecursionError)
    try:
        yield
    except broken as error:
        raise AdvisoryDatabaseError(
            "advisory database unreadable", f"{path}: {error}", import_remedy(path)
        ) from error
