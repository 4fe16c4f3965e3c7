"""The waivers where a file holds them: for a gate the tip of the base branch alone counts."""

from datetime import UTC, datetime

from ..repository.git import Git
from .policy_file import files_at
from .waiver_entries import FILE_NAME, read_waivers
from .waivers import Waivers, waivers_of


def waivers_at(git: Git, commit: str, now: float, max_days: int) -> Waivers:
    """The waivers at the base tip, sorted by whether they count; `now` is in seconds since 1970.

    Raises ConfigError where the file is broken or is no regular file, and IncompleteError
    where git does not have its content.
    """
    data = files_at(git, commit, (FILE_NAME,)).get(FILE_NAME, b"")
    entries = read_waivers(data, f" at {commit[:12]}")
    return waivers_of(entries, datetime.fromtimestamp(now, UTC).date(), max_days)
