"""Whether a new advisory database may take the place of the old one without being asked."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ...errors import IncompleteError
from .database import AdvisoryDatabaseError, opened
from .status import Catalogue, DatabaseStatus

MAX_FALL = 0.02
"""Share of the records, packages or entries of a catalogue that may be gone, or unreadable."""
MAX_WITHDRAWN = 0.01
"""Share of the records that may be withdrawn at once."""


class SuspiciousUpdate(IncompleteError):
    """What was brought is whole, but less than what is there."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__(
            f"the update was not taken: {'; '.join(reasons)}",
            "the old database is kept; look at the source, and add --force if it is right",
        )


def guard(database: Path, new: sqlite3.Connection, status: DatabaseStatus) -> None:
    """Raise SuspiciousUpdate where the new database is less than the one at `database`."""
    try:
        with opened(database) as old:
            before, was_active = old.status(), old.records()
    except AdvisoryDatabaseError:
        return  # what cannot be read is no measure
    now = dict(new.execute("SELECT id, withdrawn FROM record"))
    active = [id_ for id_, was_matched in was_active.items() if was_matched]
    withdrawn = sum(1 for id_ in active if now.get(id_))
    gone = sum(1 for id_ in active if id_ not in now)
    reasons = [*_of_advisories(before, status, withdrawn, gone), *_of_catalogues(before, status)]
    if reasons:
        raise SuspiciousUpdate(reasons)


def guard_catalogues(database: Path, status: DatabaseStatus) -> None:
    """Raise SuspiciousUpdate where KEV or EPSS are less than those at `database`.

    They only add to advisories, so that nothing else would tell that they are gone.
    """
    try:
        with opened(database) as old:
            before = old.status()
    except AdvisoryDatabaseError:
        return
    if reasons := list(_of_catalogues(before, status)):
        raise SuspiciousUpdate(reasons)


def _of_advisories(
    old: DatabaseStatus, new: DatabaseStatus, withdrawn: int, gone: int
) -> Iterator[str]:
    if new.records < old.records * (1 - MAX_FALL):
        yield f"{new.records} records, {old.records} before"
    elif gone > old.records * MAX_FALL:
        yield f"{gone} of {old.records} records are gone, and others came"
    if new.packages < old.packages * (1 - MAX_FALL):
        yield f"{new.packages} packages, {old.packages} before"
    # With the records that are left out others may come, so that their number stays.
    if new.malformed - old.malformed > old.records * MAX_FALL:
        yield f"{new.malformed} records cannot be read, {old.malformed} before"
    if new.modified < old.modified:
        yield f"the newest is of {new.modified}, of {old.modified} before"
    if withdrawn > old.records * MAX_WITHDRAWN:
        yield f"{withdrawn} of {old.records} records are withdrawn at once"


def _of_catalogues(old: DatabaseStatus, new: DatabaseStatus) -> Iterator[str]:
    catalogues: Mapping[str, tuple[Catalogue | None, Catalogue | None]] = {
        "KEV": (old.kev, new.kev),
        "EPSS": (old.epss, new.epss),
    }
    for name, (before, after) in catalogues.items():
        if before and after and after.dated < before.dated:
            yield f"{name} is of {after.dated}, of {before.dated} before"
        if before and after and after.entries < before.entries * (1 - MAX_FALL):
            yield f"{name} has {after.entries} entries, {before.entries} before"
