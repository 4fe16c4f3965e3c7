"""The change table as the state of a history holds it, with the labels known by now."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from ...records.history import Label
from .labels.maturity import latencies, window_days
from .state import rows as state_rows
from .table import Hindsight, Measured, Row, row


@dataclass(frozen=True, slots=True)
class Stored:
    """What is known of a history."""

    changes: tuple[Measured, ...]
    """The oldest first."""
    labels: Mapping[int, tuple[Label, ...]]
    """By the number of the change that they speak of."""

    @property
    def hindsight(self) -> Hindsight:
        """As seen when the last change landed, with the window that the labels by then teach."""
        now = max((change.time for change in self.changes), default=0)
        landed = {label.sha: self.changes[n].time for n, ls in self.labels.items() for label in ls}
        known = [each for labels in self.labels.values() for each in labels if each.time <= now]
        return Hindsight(now, window_days(latencies(known, landed)))

    def rows(self, first: int = 0) -> Iterator[Row]:
        """The table from change number `first` on."""
        hindsight = self.hindsight
        for change in self.changes[first:]:
            yield row(change, self.labels.get(change.number, ()), hindsight)


def read_stored(place: Path) -> Stored:
    """What the state at `place` holds."""
    with closing(sqlite3.connect(f"{place.absolute().as_uri()}?mode=ro", uri=True)) as database:
        changes = tuple(
            Measured(each.change, each.sha, each.author, each.time, each.excluded, each.features)
            for each in state_rows(database)
            if each.unit == "change"
        )
        labels: dict[int, list[Label]] = {}
        for number, *values in database.execute(_LABELS):
            labels.setdefault(number, []).append(Label(*values))
    return Stored(changes, {number: tuple(found) for number, found in labels.items()})


def find_change(place: Path, sha: str) -> int | None:
    """The number of the change that a commit, a full id, landed with; None where none has it."""
    with closing(sqlite3.connect(f"{place.absolute().as_uri()}?mode=ro", uri=True)) as database:
        found = database.execute("SELECT change FROM landed WHERE sha = ?", (sha,)).fetchone()
    return int(found[0]) if found else None


_LABELS = """
SELECT landed.change, label.sha, label.source, label.time, label.confidence, label.evidence
FROM label JOIN landed ON landed.sha = label.sha ORDER BY label.rowid
"""
