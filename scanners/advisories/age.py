"""How old the advisories are, by the date of the newest, and what follows from it."""

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
    """What to say of the age of a database: at most one thing."""

    gaps: tuple[Skipped, ...] = ()
    """It is too old to answer for what is known today."""
    notices: tuple[str, ...] = ()
    """It is getting old."""


def age_days(status: DatabaseStatus, now: float) -> int:
    """Whole days from the newest advisory to `now`, which is in seconds since the epoch."""
    from datetime import datetime

    newest = datetime.fromisoformat(status.modified).timestamp()
    return int((now - newest) // _DAY_SECONDS)


def age_of(context: Context, now: float) -> Age:
    """What to say of the database of `context`; one that cannot answer is told elsewhere."""
    try:
        days = age_days(read_status(context.database), now)
    except AdvisoryDatabaseError:
        return Age()
    told = f"the newest advisory is {days} days old"
    if days > context.advisories_max_days:
        limit = f"more than advisories-max-days = {context.advisories_max_days}"
        gap = Skipped(
            what="advisories", reason=TOO_OLD, detail=f"{told}, {limit}", remedy=UPDATE_REMEDY
        )
        return Age(gaps=(gap,))
    if days > context.advisories_warn_days:
        return Age(notices=(f"{told}; {UPDATE_REMEDY}",))
    return Age()
