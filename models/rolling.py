"""Training on the past and testing on the future, several times; never a random split."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

ORIGINS = (0.6, 0.8)
DAY = 86_400.0
LABEL_DELAY_DAYS = 90.0
"""A bug is rarely known sooner: a younger change without one is not yet a good one."""


@dataclass(frozen=True, slots=True)
class Split:
    """Row numbers of one training and of the test that follows it."""

    train: range
    test: range


def rolling(
    times: Sequence[float],
    origins: Sequence[float] = ORIGINS,
    length: float = 0.2,
    gap_days: float = 0.0,
) -> Iterator[Split]:
    """A split at each origin (a share of the rows), its test `length` of the rows long.

    `times` are seconds and never fall. Rows less than `gap_days` before the first test row
    are in neither part: what happened to them was not yet known.
    """
    count = len(times)
    for origin in origins:
        start = int(count * origin)
        stop = min(count, int(count * (origin + length)))
        if start < stop:
            yield Split(range(mature(times, times[start], gap_days, start)), range(start, stop))


def mature(times: Sequence[float], now: float, days: float, stop: int | None = None) -> int:
    """How many of the rows before `stop` are at least `days` old at `now`."""
    from bisect import bisect_right

    last = len(times) if stop is None else stop
    return min(last, bisect_right(times, now - days * DAY)) if days else last
