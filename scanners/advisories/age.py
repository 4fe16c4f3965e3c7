"""How old the advisories are, by the date of the newest, what they lack, and what follows."""

from collections.abc import Iterator
from dataclasses import dataclass

from ...records.finding import Skipped
from ..interface import Context
from .database import AdvisoryDatabaseError, read_status
from .status import DatabaseStatus

UPDATE_REMEDY = (
    "run `tidegate advisories update`, or `tidegate advisories import FILE` on a newer file"
)
TOO_OLD = "advisory database too old"
_DAY_SECONDS = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Age:
    """What to say of a database that answers."""

    gaps: tuple[Skipped, ...] = ()
    """It is too old to answer for what is known today."""
    notices: tuple[str, ...] = ()
    """It is getting old, or lacks what its sources hold."""


def age_days(status: DatabaseStatus, now: float) -> int:
    """Whole days from the newest advisory to `now`, which is in seconds since the epoch."""
    from datetime import datetime

    newest = datetime.fromisoformat(status.modified).timestamp()
    return int((now - newest) // _DAY_SECONDS)


def age_of(context: Context, now: float) -> Age:
    """What to say of the database of `context`; one that cannot answer is told elsewhere."""
    try:
        status = read_status(context.database)
    except AdvisoryDatabaseError:
        return Age()
    days, lacks = age_days(status, now), tuple(_lacks(status))
    told = f"the newest advisory is {days} days old"
    if days > context.advisories_max_days:
        limit = f"more than advisories-max-days = {context.advisories_max_days}"
        gap = Skipped(
            what="advisories", reason=TOO_OLD, detail=f"{told}, {limit}", remedy=UPDATE_REMEDY
        )
        return Age((gap,), lacks)
    if days > context.advisories_warn_days:
        return Age(notices=(f"{told}; {UPDATE_REMEDY}", *lacks))
    return Age(notices=lacks)


def _lacks(status: DatabaseStatus) -> Iterator[str]:
    if status.malformed:
        records = "1 record" if status.malformed == 1 else f"{status.malformed} records"
        yield f"{records} of the advisories could not be read: what they say is found nowhere"
