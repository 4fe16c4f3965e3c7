"""Build the advisory database from files; the old one stays until the new one is whole.

Advisories, CISA's KEV and EPSS are parts of it: those that the files bring replace their like,
the others are taken over from the old database.
"""

import json
import os
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ...errors import UsageError
from .database import NO_DATABASE, TABLES, AdvisoryDatabaseError, opened
from .digests import digest_of
from .sources.epss import EpssScores
from .sources.files import UnreadableSource, values
from .sources.kev import is_kev, read_kev
from .sources.limits import BrokenFile, Limits
from .staging import Staging
from .status import PARTS, DatabaseStatus, noted_parts, status_of

# What is built is thrown away if the process dies, so that no journal is wanted.
_PRAGMAS = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
_COPIES = {
    "advisories": ("record", "advisory"),
    "kev": ("exploited",),
    "epss": ("epss",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportSummary:
    """What became of every record read: the parts add up to `read`."""

    read: int
    records: int
    """Kept and matched."""
    withdrawn: int
    duplicates: int
    """The same id again; the one modified last was kept."""
    other_ecosystems: int
    malformed: int
    examples: tuple[str, ...]
    """The first malformed records: file, number in it, what is wrong."""
    status: DatabaseStatus
    """What the new database says of itself."""
    imported: tuple[str, ...]
    """The parts that the files brought; the others were kept."""
    lost: tuple[str, ...]
    """Parts of an old database that could not be read to be kept."""


OnRecord = Callable[[int, float], None]
"""Hears how many records are read so far, and how much of all files, from 0 to 1."""
Accept = Callable[[sqlite3.Connection, DatabaseStatus], None]
"""Raises where the new database, which is whole, is not to take the place of the old one."""


def import_files(
    files: Sequence[Path],
    database: Path,
    *,
    limits: Limits | None = None,
    on_record: OnRecord = lambda _read, _share: None,
    names: Mapping[Path, str] | None = None,
    accept: Accept = lambda _new, _status: None,
    now: Callable[[], float] = time.time,
) -> ImportSummary:
    """Replace `database` by one built from all `files`; readers of the old one go on with it.

    `on_record` hears what is read so far; `names` are what files are noted as instead of
    their own; `now` is in seconds since the epoch. Raises UsageError where a
    file cannot be read, none has anything for PyPI, or the database cannot be written, and
    AdvisoryDatabaseError where advisories were to be kept that cannot be read; the old
    database is then untouched.
    """
    try:
        with _replacing(database) as new, closing(sqlite3.connect(new, uri=True)) as connection:
            connection.executescript(_PRAGMAS + TABLES)
            build = _Build(connection, datetime.fromtimestamp(now(), UTC))
            for file, part in zip(files, _parts(files), strict=True):
                heard = _of_all(on_record, *part)
                build.add_file(file, (names or {}).get(file), limits, heard)
            summary = build.finish(database)
            accept(connection, summary.status)
            connection.commit()
            return summary
    except (OSError, sqlite3.Error) as error:
        raise UsageError(
            f"cannot write {database}: {error}",
            "the old database, if any, is kept; make room there or name a file with --database",
        ) from error


def _parts(files: Sequence[Path]) -> Iterator[tuple[float, float]]:
    """Where each file begins in all of them, and its part; a folder, of no known size, is none."""
    sizes = [file.stat().st_size if file.is_file() else 0 for file in files]
    whole = sum(sizes) or 1
    before = 0
    for size in sizes:
        yield before / whole, size / whole
        before += size


def _of_all(on_record: OnRecord, begins: float, part: float) -> OnRecord:
    return lambda read, share: on_record(read, begins + share * part)


class _Build:
    """A new database while files are read into it."""

    def __init__(self, connection: sqlite3.Connection, moment: datetime) -> None:
        self._connection = connection
        self._moment = moment.isoformat(timespec="seconds")
        self._staging = Staging(connection)
        self._dates: dict[str, str] = {}
        self._sources: dict[str, list[str]] = {part: [] for part in PARTS}

    def add_file(
        self,
        file: Path,
        given: str | None,
        limits: Limits | None,
        on_record: OnRecord,
    ) -> None:
        """Keep what one file brings."""
        name, shown = given or file.name or file.resolve().name, given or str(file)
        share = 0.0

        def on_share(read: float) -> None:
            nonlocal share
            share = read

        found = values(file, shown, limits, on_share)
        try:
            for number, (where, value) in enumerate(found, start=1):
                part = self._add(value, f"{name}, {where or f'record {number}'}")
                if name not in self._sources[part][-1:]:
                    self._sources[part].append(name)
                if part == "advisories":
                    on_record(self._staging.counts["read"], share)
        except BrokenFile as error:
            raise UnreadableSource(f"cannot read {shown}: {error}") from error

    def _add(self, value: object, where: str) -> str:
        """Keep one value; the part of the database that it belongs to."""
        if isinstance(value, EpssScores):
            self._dates["epss"] = max(value.scored, self._dates.get("epss", ""))
            self._connection.executemany(
                "INSERT OR REPLACE INTO epss VALUES (?, ?)", value.probabilities.items()
            )
            return "epss"
        if is_kev(value) and isinstance(value, dict):
            catalogue = read_kev(value)
            self._dates["kev"] = max(catalogue.released, self._dates.get("kev", ""))
            self._connection.executemany(
                "INSERT OR IGNORE INTO exploited VALUES (?)", [(cve,) for cve in catalogue.cves]
            )
            return "kev"
        self._staging.add(value, where)
        return "advisories"

    def finish(self, old: Path) -> ImportSummary:
        """Join the records, take over what was not brought, and note what there is."""
        counts = self._staging.counts
        brought = [part for part in PARTS if self._sources[part]]
        if not brought:
            raise _no_advisory(0)
        lost = self._take_over(old, [part for part in PARTS if part not in brought])
        for part in brought:
            noted = self._advisories() if part == "advisories" else self._catalogue(part)
            self._note(part, noted)
        status = status_of(noted_parts(self._connection))
        return ImportSummary(
            read=counts["read"],
            records=status.records if counts["read"] else 0,
            withdrawn=status.withdrawn if counts["read"] else 0,
            duplicates=counts["duplicates"],
            other_ecosystems=counts["other_ecosystems"],
            malformed=counts["malformed"],
            examples=tuple(self._staging.examples),
            status=status,
            imported=tuple(brought),
            lost=lost,
        )

    def _advisories(self) -> dict[str, object]:
        """Join the records, and make sure that there are any."""
        vulnerabilities = self._staging.join()
        count = "SELECT COUNT(*), MAX(modified) FROM record WHERE withdrawn = ?"
        [(withdrawn, _)] = self._connection.execute(count, (1,))
        [(records, _)] = self._connection.execute(count, (0,))
        # A date to come, by mistake or malice, would keep the database young for ever.
        [(newest,)] = self._connection.execute(
            "SELECT MAX(modified) FROM record WHERE withdrawn = 0 AND modified <= ?",
            (self._moment,),
        )
        [(packages,)] = self._connection.execute("SELECT COUNT(DISTINCT name) FROM advisory")
        if not records:
            raise _no_advisory(self._staging.counts["read"])
        return {
            "records": records,
            "vulnerabilities": vulnerabilities,
            "packages": packages,
            "withdrawn": withdrawn,
            "malformed": self._staging.counts["malformed"],
            "modified": newest or self._moment,
        }

    def _catalogue(self, part: str) -> dict[str, object]:
        [table] = _COPIES[part]
        [(entries,)] = self._connection.execute(f"SELECT COUNT(*) FROM {table}")  # noqa: S608 - ours
        return {"entries": entries, "dated": self._dates[part]}

    def _note(self, part: str, noted: Mapping[str, object]) -> None:
        more = {
            "sources": self._sources[part],
            "built_at": self._moment,
            "digest": digest_of(self._connection, part),
        }
        value = json.dumps({**noted, **more})
        self._connection.execute("INSERT INTO meta VALUES (?, ?)", (part, value))

    def _take_over(self, old: Path, parts: Sequence[str]) -> tuple[str, ...]:
        """Copy `parts` from the old database; those that were there and cannot be read."""
        try:
            with opened(old) as database:
                database.check(parts)
        except AdvisoryDatabaseError as error:
            if "advisories" in parts:
                # KEV and EPSS only add to advisories: alone they would say that none is known.
                remedy = "import advisories first, or together with these files"
                raise AdvisoryDatabaseError(error.reason, error.detail, remedy) from error
            return () if error.reason == NO_DATABASE else tuple(parts)
        self._connection.commit()
        where = f"{old.absolute().as_uri()}?mode=ro&immutable=1"
        self._connection.execute("ATTACH ? AS old", (where,))
        for part in parts:
            for table in _COPIES[part]:
                self._connection.execute(f"INSERT INTO {table} SELECT * FROM old.{table}")  # noqa: S608 - ours
            self._connection.execute(
                "INSERT INTO meta SELECT * FROM old.meta WHERE part = ?", (part,)
            )
        self._connection.commit()
        self._connection.execute("DETACH old")
        return ()


def _no_advisory(read: int) -> UnreadableSource:
    return UnreadableSource(
        f"no PyPI advisory among {read} records",
        "give a file of OSV records for PyPI; the old database, if any, is kept",
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
