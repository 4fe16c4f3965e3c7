"""The advisory database: one SQLite file, read here and built by `advisory_import`."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import IncompleteError
from ..user_folders import user_folder

if TYPE_CHECKING:
    import sqlite3

    from .matching import Advisory

APPLICATION_ID = 0x54444144
"""Tells the file from any other SQLite database."""
SCHEMA = 1
NO_DATABASE = "no advisory database"
IMPORT_REMEDY = "run `tidegate advisories import FILE`"
_LOOKUP = (
    "SELECT advisory.document FROM package JOIN advisory ON advisory.id = package.id"
    " WHERE package.name = ? ORDER BY package.id"
)


class AdvisoryDatabaseError(IncompleteError):
    """The database cannot answer; `reason` is short and the same for the same cause."""

    def __init__(self, reason: str, detail: str, remedy: str = IMPORT_REMEDY) -> None:
        super().__init__(f"{reason}: {detail}", remedy)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseStatus:
    """What the database says of itself."""

    records: int
    """Advisories that are matched."""
    packages: int
    withdrawn: int
    """Advisories that their source took back: kept out of matching."""
    malformed: int
    """Records that the import could not read."""
    modified: str
    """When its newest advisory was modified, ISO 8601 in UTC."""
    built_at: str
    sources: tuple[str, ...]
    digest: str
    """sha256 over the content, the same whatever the order it was imported in."""


def default_path(env: Mapping[str, str]) -> Path:
    """Where the database lives unless another place is named.

    `$XDG_DATA_HOME/tidegate/advisories.db`, below `~/.local/share` where that variable
    is unset, empty or relative.
    """
    return user_folder(env, "XDG_DATA_HOME", ".local/share") / "tidegate" / "advisories.db"


class AdvisoryDatabase:
    """Answers from one open database. Every method raises AdvisoryDatabaseError."""

    def __init__(self, connection: "sqlite3.Connection", path: Path) -> None:
        self._connection = connection
        self._path = path

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

    def status(self) -> DatabaseStatus:
        """What was noted when it was built."""
        import json
        from datetime import datetime

        with _readable(self._path):
            meta = dict(self._connection.execute("SELECT key, value FROM meta"))
            return DatabaseStatus(
                records=int(meta["records"]),
                packages=int(meta["packages"]),
                withdrawn=int(meta["withdrawn"]),
                malformed=int(meta["malformed"]),
                modified=datetime.fromisoformat(meta["modified"]).isoformat(),
                built_at=str(meta["built_at"]),
                sources=tuple(str(name) for name in json.loads(meta["sources"])),
                digest=str(meta["digest"]),
            )

    def check(self) -> None:
        """Read everything and compare it with the digest noted when it was built."""
        from .documents import content_digest

        with _readable(self._path):
            if content_digest(self._connection) != self.status().digest:
                raise ValueError("its content is not what was imported")


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
            raise AdvisoryDatabaseError(NO_DATABASE, str(path))
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
        raise AdvisoryDatabaseError("advisory database unreadable", f"{path}: {error}") from error
