"""Bands of risk by review budgets: the riskiest 5, 10 and 20 % of past changes.

A band says what a bare probability does not: how rare such a change is, and what share of
the changes that brought bugs a reader of all changes so risky would have met.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import IncompleteError

BUDGETS = (0.05, 0.10, 0.20)
NAMES = ("highest", "high", "raised")
"""Of the bands, one for each budget; what is in none of them is `REST`."""
REST = "usual"
FEWEST = 20
"""Twenty changes are the fewest of which 5 % is one."""


@dataclass(frozen=True, slots=True)
class Band:
    """The changes whose probability reaches `threshold`."""

    name: str
    budget: float
    """The share of past changes that were at least so risky."""
    threshold: float
    caught: float | None
    """The share of past bug-inducing changes among them; None where none is known."""


@dataclass(frozen=True, slots=True)
class Bands:
    """The bands of one model, riskiest first."""

    bands: tuple[Band, ...]

    def of(self, probability: float) -> Band:
        """The riskiest band that a probability reaches; `REST` where it reaches none."""
        for band in self.bands:
            if probability >= band.threshold:
                return band
        return Band(REST, 1.0, 0.0, None)


def bands_of(probabilities: Sequence[float], labels: Sequence[int | None]) -> Bands:
    """The bands of past changes that the model was not trained on; a label may be unknown.

    Raises IncompleteError with fewer than `FEWEST` changes.
    """
    if len(probabilities) < FEWEST:
        raise IncompleteError(
            f"{len(probabilities)} past changes to compare with, where {FEWEST} are the fewest",
            "fetch the whole history, or wait",
        )
    falling = sorted(probabilities, reverse=True)
    return Bands(
        tuple(
            _band(name, budget, falling[int(budget * len(falling)) - 1], probabilities, labels)
            for name, budget in zip(NAMES, BUDGETS, strict=True)
        )
    )


def _band(
    name: str,
    budget: float,
    threshold: float,
    probabilities: Sequence[float],
    labels: Sequence[int | None],
) -> Band:
    """Ties at the threshold are all in the band, and its share of bugs is told with them."""
    bugs = [p for p, label in zip(probabilities, labels, strict=True) if label]
    met = sum(probability >= threshold for probability in bugs)
    return Band(name, budget, threshold, met / len(bugs) if bugs else None)
