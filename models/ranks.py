"""Rank normalisation: where a change stands in the history of its own repository.

'Large' means another thing in each repository; 'larger than nine of ten changes here' does not.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..errors import IncompleteError

POINTS = 1001
"""So many values of a column are kept: finer than one part in a thousand tells nothing more."""
FEWEST = 20
"""With fewer changes a rank says next to nothing."""


@dataclass(frozen=True, slots=True)
class Ranks:
    """Sorted values of each feature in the history that ranks are taken against."""

    columns: tuple[tuple[float, ...], ...]

    def of(self, row: Sequence[float]) -> tuple[float, ...]:
        """For each feature the share of the history below it, from 0 to 1; ties count half."""
        return tuple(_rank(*pair) for pair in zip(self.columns, row, strict=True))


def _rank(column: Sequence[float], value: float) -> float:
    return (bisect_left(column, value) + bisect_right(column, value)) / (2 * len(column))


def ranks_of(history: Iterable[Sequence[float]]) -> Ranks:
    """The ranks against `history`, of which no label is asked.

    Raises IncompleteError where it holds fewer than `FEWEST` changes.
    """
    columns = [sorted(column) for column in zip(*history, strict=True)]
    changes = len(columns[0]) if columns else 0
    if changes < FEWEST:
        raise IncompleteError(
            f"a history of {changes} changes, where {FEWEST} are the fewest to rank against",
            "fetch the whole history",
        )
    return Ranks(tuple(_thinned(column) for column in columns))


def _thinned(column: Sequence[float]) -> tuple[float, ...]:
    if len(column) <= POINTS:
        return tuple(column)
    last = len(column) - 1
    return tuple(column[round(i * last / (POINTS - 1))] for i in range(POINTS))
