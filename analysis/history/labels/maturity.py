"""When labels may be used: after their own time, and a clean record only once it has aged."""

from collections.abc import Iterable, Mapping, Sequence

from ....records.history import Label

DAY = 86_400
DEFAULT_DAYS = 90.0
LEAST_DAYS, MOST_DAYS = 30.0, 365.0
LEAST_LABELS = 20
"""Fewer do not tell how long faults of a project take to be found."""
LEAST_CONFIDENCE = 0.2
"""Of a label that alone makes a change harmful; weaker ones make it neither that nor clean."""
FOUND_SHARE = 0.75
"""Of the faults that are ever found, so many are to be known within the window."""


def known_at(labels: Iterable[Label], time: int) -> list[Label]:
    """The labels that were known at `time`, in seconds since the epoch."""
    return [label for label in labels if label.time <= time]


def latencies(labels: Iterable[Label], landed: Mapping[str, int]) -> list[float]:
    """Days from when a commit landed to its first label; none for a clock that ran backwards."""
    first: dict[str, int] = {}
    for label in labels:
        first[label.sha] = min(label.time, first.get(label.sha, label.time))
    found = ((time - landed[sha]) / DAY for sha, time in first.items() if sha in landed)
    return sorted(days for days in found if days >= 0)


def window_days(days: Sequence[float], share: float = FOUND_SHARE) -> float:
    """The age in days from which a change without a label counts as clean.

    `days` are sorted latencies: within the window lies `share` of them. DEFAULT_DAYS where
    they are too few to tell; never under LEAST_DAYS or over MOST_DAYS.
    """
    if len(days) < LEAST_LABELS:
        return DEFAULT_DAYS
    return min(MOST_DAYS, max(LEAST_DAYS, days[int(share * (len(days) - 1))]))


def outcome(landed: int, labels: Sequence[Label], now: int, days: float) -> bool | None:
    """Whether a change did harm, as far as was known at `now`; None where it is too early.

    `landed` and `now` are seconds since the epoch, `days` the window of maturity.
    """
    known = known_at(labels, now)
    if known:
        return True if max(each.confidence for each in known) >= LEAST_CONFIDENCE else None
    return False if now - landed >= days * DAY else None
