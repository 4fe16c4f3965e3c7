"""How old the advisories are, by the date of the newest."""

from collections.abc import Iterator
from pathlib import Path

from .database import AdvisoryDatabaseError, DatabaseStatus, read_status

NOTICE_DAYS = 7
"""Older than this, the newest advisory is worth a word."""
_DAY_SECONDS = 24 * 60 * 60


def age_days(status: DatabaseStatus, now: float) -> int:
    """Whole days from the newest advisory to `now`, which is in seconds since the epoch."""
    from datetime import datetime

    newest = datetime.fromisoformat(status.modified).timestamp()
    return int((now - newest) // _DAY_SECONDS)


def age_notices(path: Path, now: float) -> Iterator[str]:
    """What to say of an old database; one that cannot answer is told as a gap, not here."""
    try:
        days = age_days(read_status(path), now)
    except AdvisoryDatabaseError:
        return
    if days > NOTICE_DAYS:
        yield (
            f"the newest advisory is {days} days old; "
            "import a newer file with `tidegate advisories import FILE`"
        )
