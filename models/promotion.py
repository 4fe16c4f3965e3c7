"""Whether a challenger is better than the champion, on changes that neither learnt from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

DRAWS = 2000
CONFIDENCE = 0.95
MIN_OF_A_KIND = 20
"""Bug-inducing changes, and others, below which nothing is said."""

Metric = Callable[["ArrayLike", "ArrayLike"], float]
"""Of labels (0 or 1) and scores; higher is better."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The challenger's figure less the champion's, with its bootstrap interval."""

    metric: str
    champion: float
    challenger: float
    low: float
    high: float
    changes: int
    bug_inducing: int
    enough: bool
    """Whether there are enough changes of each kind to say anything."""

    @property
    def is_better(self) -> bool:
        """Whether the interval of the difference lies above zero."""
        return self.enough and self.low > 0

    def told(self) -> str:
        """The difference in words."""
        what = f"{self.metric} {self.challenger:.4f} against {self.champion:.4f}"
        if not self.enough:
            return (
                f"no evidence: {self.changes} changes with {self.bug_inducing} bug-inducing ones; "
                f"{MIN_OF_A_KIND} of each kind are needed"
            )
        between = f"difference {self.low:+.4f} to {self.high:+.4f}, {self.changes} changes"
        return f"{what} ({between}): {'better' if self.is_better else 'not shown to be better'}"


def compare(
    labels: Sequence[int],
    champion: Sequence[float],
    challenger: Sequence[float],
    metric: Metric,
    name: str,
    draws: int = DRAWS,
    seed: int = 0,
) -> Comparison:
    """Paired bootstrap over the changes: both models are judged on each drawn set.

    Draws that hold one kind of change only are left out, as no ranking metric is defined there.
    Efron and Tibshirani, An Introduction to the Bootstrap (1993), percentile interval.
    """
    import numpy as np

    truth = np.asarray(labels, dtype=np.int64)
    old, new = np.asarray(champion, dtype=float), np.asarray(challenger, dtype=float)
    count, positives = len(truth), int(truth.sum())
    if min(positives, count - positives) < MIN_OF_A_KIND:
        return Comparison(name, 0.0, 0.0, 0.0, 0.0, count, positives, enough=False)
    rng = np.random.default_rng(seed)
    differences = []
    for _ in range(draws):
        drawn = rng.integers(0, count, count)
        if 0 < truth[drawn].sum() < count:
            differences.append(metric(truth[drawn], new[drawn]) - metric(truth[drawn], old[drawn]))
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(differences, [tail, 1 - tail])
    figures = metric(truth, old), metric(truth, new), float(low), float(high)
    return Comparison(name, *figures, count, positives, enough=True)
