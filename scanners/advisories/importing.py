"""Build the advisory database from files of OSV records; the old one stays until it is whole."""

import json
import os
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ...errors import UsageError
from .database import APPLICATION_ID, SCHEMA
from .documents import content_digest, encode
from .osv_files import Limits, records
from .osv_records import MalformedRecord, OsvRecord, read_record

MAX_EXAMPLES = 5

_TABLES = f"""
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {SCHEMA};
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE advisory (
    id TEXT PRIMARY KEY, modified TEXT NOT NULL, withdrawn INTEGER NOT NULL, document BLOB NOT NULL
);
CREATE TABLE package (name TEXT, id TEXT, PRIMARY KEY (name, id)) WITHOUT ROWID;
CREATE INDEX package_id ON package (id);
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportSummary:
    """What became of every record read: the parts add up to `read`."""

    read: int
    records: int
    """In the database and matched."""
    withdrawn: int
    duplicates: int
    """The same id again; the one modified last was kept."""
    other_ecosystems: int
    malformed: int
    packages: int
    examples: tuple[str, ...]
    """The first malformed records: file, number in it, what is wrong."""


def import_files(
    files: Sequence[Path],
    database: Path,
    *,
    limits: Limits | None = None,
    on_record: Callable[[int], None] = lambda _read: None,
) -> ImportSummary:
    """Replace `database` by one built from all `files`; readers of the old one go on with it.

    `on_record` hears the number of records read so far. Raises UsageError where a file
    cannot be read, none has a PyPI advisory, or the database cannot be written; the old
    database is then untouched.
    """
    try:
        with _replacing(database) as new, closing(sqlite3.connect(new)) as connection:
            connection.executescript(_TABLES)
            tally = _Tally()
            for file in files:
                tally.add_file(connection, file, limits, on_record)
            return _finish(connection, tally, files)
    except (OSError, sqlite3.Error) as error:
        raise UsageError(
            f"cannot write {database}: {error}",
            "the old database, if any, is kept; make room there or name a file with --database",
        ) from error


class _Tally:
    """Counts while records are stored."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.examples: list[str] = []

    def add_file(
        self,
        connection: sqlite3.Connection,
        file: Path,
        limits: Limits | None,
        on_record: Callable[[int], None],
    ) -> None:
        """Store the records of one file."""
        for number, value in enumerate(records(file, limits), start=1):
            self.counts["read"] += 1
            on_record(self.counts["read"])
            try:
                self.counts[_store(connection, read_record(value))] += 1
            except (MalformedRecord, ValueError) as error:
                self.counts["malformed"] += 1
                if len(self.examples) < MAX_EXAMPLES:
                    self.examples.append(f"{file.name}, record {number}: {error}")


def _store(connection: sqlite3.Connection, record: OsvRecord) -> str:
    """Store one record unless a newer one of its id is there; what became of it."""
    advisory = record.advisory
    if not advisory.affected:
        return "other_ecosystems"
    row = (advisory.id, record.modified, int(record.withdrawn), encode(advisory))
    old = connection.execute("SELECT * FROM advisory WHERE id = ?", row[:1]).fetchone()
    # The whole row decides among equal dates, so that the order of files does not.
    if old is None or row[1:] > old[1:]:
        connection.execute("DELETE FROM package WHERE id = ?", row[:1])
        connection.execute("INSERT OR REPLACE INTO advisory VALUES (?, ?, ?, ?)", row)
        names = set() if record.withdrawn else {part.name for part in advisory.affected}
        connection.executemany(
            "INSERT INTO package VALUES (?, ?)", [(name, advisory.id) for name in names]
        )
    return "stored" if old is None else "duplicates"


def _finish(connection: sqlite3.Connection, tally: _Tally, files: Sequence[Path]) -> ImportSummary:
    """Note what the database holds, and make sure that it holds something."""
    count = "SELECT COUNT(*), COALESCE(MAX(modified), '') FROM advisory WHERE withdrawn = ?"
    [(withdrawn, _)] = connection.execute(count, (1,))
    [(advisories, newest)] = connection.execute(count, (0,))
    [(packages,)] = connection.execute("SELECT COUNT(DISTINCT name) FROM package")
    if not advisories:
        raise UsageError(
            f"no PyPI advisory among {tally.counts['read']} records",
            "give a file of OSV records for PyPI; the old database, if any, is kept",
        )
    meta = {
        "records": advisories,
        "packages": packages,
        "withdrawn": withdrawn,
        "malformed": tally.counts["malformed"],
        "modified": newest,
        "built_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "sources": json.dumps([file.name for file in files]),
        "digest": content_digest(connection),
    }
    connection.executemany("INSERT INTO meta VALUES (?, ?)", list(meta.items()))
    connection.commit()
    return ImportSummary(
        read=tally.counts["read"],
        records=advisories,
        withdrawn=withdrawn,
        duplicates=tally.counts["duplicates"],
        other_ecosystems=tally.counts["other_ecosystems"],
        malformed=tally.counts["malformed"],
        packages=packages,
        examples=tuple(tally.examples),
    )


@contextmanager
def _replacing(target: Path) -> Iterator[Path]:
    """A new file beside `target` that takes its place when the block ends without error."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{target.name}-", suffix=".tmp", dir=target.parent)
    os.close(handle)
    new = Path(name)
    try:
        yield new
        new.chmod(0o644)
        with new.open("rb") as written:
            os.fsync(written.fileno())
        new.replace(target)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
