"""What a pass over a history leaves behind, so that the next one reads new commits only.

One SQLite file: the origins of the lines of live files and of those replaced last, the counters
of files and authors, the commits with their numbers, and the rows. It is written in whole steps:
a run that is interrupted goes on from the last of them.
"""

import json
import sqlite3
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, field
from operator import attrgetter
from pathlib import Path

from .exclusions import exclusion
from .experience import AuthorRecord, Experience, FileRecord
from .features import Features
from .labels.labeller import Labeller
from .labels.saved import NotSaved, restored, saved
from .origins import Lines, Origins, Version
from .replay import Fault, Landed, Replay
from .roll import Entry, Roll
from .state_file import COLUMNS, opened

KEPT_LINES = 1_000_000
"""Lines of replaced versions that are kept: a branch may have begun before they were replaced."""
MAX_HELD = 15_000
"""Files whose counters are held between two steps."""
UNITS = ("change", "commit")
_values = attrgetter(*COLUMNS)


@dataclass(frozen=True, slots=True)
class Row:
    """A change or a commit with its features."""

    change: int
    """The number of the change on the first-parent line."""
    unit: str
    """`change`, or `commit` for a commit of a change that has several."""
    sha: str
    author: str
    time: int
    """When it was committed, in seconds since the epoch; never after the reading."""
    skipped: str
    excluded: str
    """Why it trains no model; empty where it does, and for a commit of several."""
    features: Features


@dataclass(slots=True)
class State:
    """The file, open for one run."""

    database: sqlite3.Connection
    rows: list[tuple[object, ...]] = field(default_factory=list)
    labels: list[tuple[object, ...]] = field(default_factory=list)
    saved: int = 0
    """Of the commits of this run, how many are in the file."""

    @property
    def tip(self) -> str:
        """The last commit that was read; empty before the first run."""
        return self._meta().get("tip", "")

    @property
    def changes(self) -> int:
        """How many changes were read."""
        return int(self._meta().get("changes", "0"))

    def _meta(self) -> dict[str, str]:
        return dict(self.database.execute("SELECT name, value FROM meta"))

    def replay(self, now: int) -> Replay:
        """The pass where the last run left it; `now` is in seconds since the epoch."""
        meta = self._meta()
        return Replay(
            roll=Roll(int(meta.get("commits", "0")), self._entry, self._entry_of),
            now=now,
            origins=Origins(fetch=self._origins, put_away=self._put_away),
            experience=Experience(self._file, self._author, int(meta.get("authors", "0"))),
            pending=[
                Fault(time, author, tuple(paths))
                for time, author, paths in json.loads(meta.get("pending", "[]"))
            ],
        )

    def labeller(self) -> Labeller | None:
        """What the labels of coming changes depend on; None where it is damaged."""
        found = self.database.execute("SELECT value FROM labeller").fetchone()
        try:
            return restored(found[0]) if found else Labeller()
        except NotSaved:
            return None

    def add(self, landed: Landed, replay: Replay) -> None:
        """Remember the rows and the labels of a change."""
        change = landed.change
        commit = change.commit
        time = replay.time(commit)
        excluded = exclusion(change) or ""
        head = (change.number, 0, commit.sha, commit.author, time, change.skipped, str(excluded))
        self.rows.append((*head, *_values(landed.row)))
        if len(change.diffs) > 1:
            self.rows.extend(
                (change.number, 1, part.sha, part.author, replay.time(part), "", "", *_values(row))
                for part, row in landed.commits
            )
        self.labels.extend(astuple(label) for label in landed.labels)

    def save(self, replay: Replay, tip: str, changes: int) -> None:
        """Write all that is new, in one step."""
        entries = replay.roll.entries[self.saved :]
        start = replay.roll.before + self.saved
        put = self.database.executemany
        put(
            "INSERT INTO landed VALUES (?, ?, ?, ?)",
            [(start + n, e.sha, e.author, e.change) for n, e in enumerate(entries)],
        )
        put(f"INSERT INTO row VALUES ({_marks(7 + len(COLUMNS))})", self.rows)  # noqa: S608 - marks
        put("INSERT INTO label VALUES (?, ?, ?, ?, ?)", self.labels)
        if isinstance(replay.labeller, Labeller):
            put("INSERT OR REPLACE INTO labeller VALUES (1, ?)", [(saved(replay.labeller),)])
        self._save_origins(replay)
        self._save_experience(replay.experience)
        pending = [(fault.time, fault.author, fault.paths) for fault in replay.pending]
        meta = {
            "tip": tip,
            "changes": changes,
            "commits": replay.roll.size,
            "authors": replay.experience.authors_known,
            "pending": json.dumps(pending),
        }
        put("INSERT OR REPLACE INTO meta VALUES (?, ?)", [(n, str(v)) for n, v in meta.items()])
        self.database.commit()
        self.database.execute("BEGIN IMMEDIATE")
        self.saved = len(replay.roll.entries)
        self.rows.clear()
        self.labels.clear()

    def _save_origins(self, replay: Replay) -> None:
        put, held = self.database.executemany, replay.origins.held
        changed = [(_bytes(path), path) for path in replay.changed_paths]
        put("UPDATE origin SET live = 0 WHERE path = ?", [(path,) for path, _ in changed])
        live = [(name, path, replay.live.get(path, "")) for name, path in changed]
        put(
            "UPDATE origin SET live = 1 WHERE path = ? AND version = ?",
            [(name, blob) for name, path, blob in live if (path, blob) not in held],
        )
        put(
            _PUT_ORIGIN,
            [
                (name, blob, 1, held[path, blob].tobytes())
                for name, path, blob in live
                if (path, blob) in held
            ],
        )
        # What is live was told above: here lines alone are written.
        put(_PUT_REPLACED, _replaced(replay))
        self._forget_replaced()
        replay.changed_paths.clear()

    def _forget_replaced(self) -> None:
        rows = self.database.execute(
            "SELECT id, length(lines) FROM origin WHERE live = 0 ORDER BY id DESC"
        )
        total, last = 0, None
        for number, size in rows:
            total += size // 4
            if total > KEPT_LINES:
                last = number
                break
        if last is not None:
            self.database.execute("DELETE FROM origin WHERE live = 0 AND id <= ?", (last,))

    def _save_experience(self, experience: Experience) -> None:
        files = ((path, experience.files[path]) for path in experience.changed_files)
        self.database.executemany(
            "INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?, ?)",
            [
                (_bytes(path), r.last, r.faults, r.commits.tobytes(), _packed(r.authors))
                for path, r in files
                if r
            ],
        )
        authors = ((key, experience.authors[key]) for key in experience.changed_authors)
        self.database.executemany(
            "INSERT OR REPLACE INTO author VALUES (?, ?)",
            [(key, json.dumps(astuple(record))) for key, record in authors],
        )
        experience.changed_files.clear()
        experience.changed_authors.clear()
        if len(experience.files) > MAX_HELD:
            experience.files.clear()

    def _origins(self, version: Version) -> Lines | None:
        path, blob = version
        found = self.database.execute(
            "SELECT lines FROM origin WHERE path = ? AND version = ?", (_bytes(path), blob)
        ).fetchone()
        return _unpacked(found[0]) if found else None

    def _put_away(self, version: Version, lines: Lines) -> None:
        path, blob = version
        self.database.execute(_PUT_ORIGIN, (_bytes(path), blob, 1, lines.tobytes()))

    def _file(self, path: str) -> FileRecord | None:
        found = self.database.execute(
            "SELECT last, faults, commits, authors FROM file WHERE path = ?", (_bytes(path),)
        ).fetchone()
        if not found:
            return None
        last, faults, commits, authors = found
        pairs = _unpacked(authors)
        counts = dict(zip(pairs[::2], pairs[1::2], strict=True))
        return FileRecord(_unpacked(commits), counts, last, faults)

    def _author(self, key: str) -> AuthorRecord | None:
        found = self.database.execute("SELECT value FROM author WHERE key = ?", (key,)).fetchone()
        if not found:
            return None
        number, commits, first, faults, years, subsystems = json.loads(found[0])
        by_year = {int(year): count for year, count in years.items()}
        return AuthorRecord(number, commits, first, faults, by_year, subsystems)

    def _entry(self, number: int) -> Entry | None:
        return self._one("number = ?", number)

    def _entry_of(self, sha: str) -> Entry | None:
        return self._one("sha = ?", sha)

    def _one(self, condition: str, value: object) -> Entry | None:
        found = self.database.execute(
            f"SELECT sha, author, change FROM landed WHERE {condition}",  # noqa: S608 - two words
            (value,),
        ).fetchone()
        return Entry(*found) if found else None


_PUT_ORIGIN = (
    "INSERT INTO origin (path, version, live, lines) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (path, version) DO UPDATE SET live = excluded.live, lines = excluded.lines"
)

_PUT_REPLACED = (
    "INSERT INTO origin (path, version, live, lines) VALUES (?, ?, 0, ?)"
    " ON CONFLICT (path, version) DO UPDATE SET lines = excluded.lines"
)


def open_state(place: Path, key: str) -> State:
    """The state at `place`, empty where it is of another `key`, of another make or damaged.

    `key` names what else the rows depend on. Raises IncompleteError where another run writes.
    """
    return State(opened(place, key))


def _replaced(replay: Replay) -> Iterator[tuple[bytes, str, bytes]]:
    """The versions that were replaced last, the last of them last."""
    chosen: list[Version] = []
    total = 0
    for version, lines in reversed(replay.origins.held.items()):
        if replay.live.get(version[0]) != version[1]:
            total += len(lines)
            if total > KEPT_LINES:
                break
            chosen.append(version)
    for path, blob in reversed(chosen):
        yield _bytes(path), blob, replay.origins.held[path, blob].tobytes()


def _bytes(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")


def _packed(counts: dict[int, int]) -> bytes:
    return array("i", [number for pair in counts.items() for number in pair]).tobytes()


def _unpacked(content: bytes) -> Lines:
    numbers = array("i")
    numbers.frombytes(content)
    return numbers


def _marks(count: int) -> str:
    return ", ".join("?" * count)


def rows(database: sqlite3.Connection) -> Iterator[Row]:
    """All rows, in the order they landed."""
    for found in database.execute("SELECT * FROM row ORDER BY rowid"):
        change, unit, sha, author, time, skipped, excluded = found[:7]
        values: Sequence[float] = found[7:]
        yield Row(change, UNITS[unit], sha, author, time, skipped, excluded, Features(*values))  # type: ignore[arg-type]  # the columns are its fields
