"""How good probabilities of risk are, without flattering them. Needs the extra `ml`."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]
BINS = 10
BUDGETS = (5, 10, 20, 50)
"""Per cent of the changes that somebody could hold back or read."""


def calibration_error(labels: Labels, probabilities: Floats) -> float:
    """Expected calibration error over ten bins of equally many changes.

    The mean distance between what was told and what came, weighted by the changes in a bin.
    """
    order = np.argsort(probabilities, kind="stable")
    bins = np.array_split(order, BINS)
    gaps = [abs(probabilities[b].mean() - labels[b].mean()) * len(b) for b in bins if len(b)]
    return float(sum(gaps) / len(labels))


def capture(labels: Labels, scores: Floats, percent: float) -> float:
    """The share of bug-inducing changes among the `percent` highest scored.

    Changes of equal score at the border count by the share of them that fits: a constant
    captures what it gates, whatever the order of the rows.
    """
    return _met(labels, scores, np.ones(len(labels)), percent)


def recall_at_effort(labels: Labels, probabilities: Floats, churn: Floats, percent: float) -> float:
    """The share of bug-inducing changes met when `percent` of all changed lines are read.

    The changes are read by probability per line. A constant, which reads the smallest first,
    does well in this: tell it beside, always.
    """
    return _met(labels, probabilities / (churn + 1), churn, percent)


def _met(labels: Labels, scores: Floats, costs: Floats, percent: float) -> float:
    budget = costs.sum() * percent / 100
    _, group = np.unique(-scores, return_inverse=True)
    cost, bugs = np.bincount(group, costs), np.bincount(group, labels)
    before = np.concatenate([[0.0], np.cumsum(cost)[:-1]])
    fits = np.clip((budget - before) / np.maximum(cost, 1e-12), 0, 1)
    return float((fits * bugs).sum() / max(1, labels.sum()))


FIGURES: Mapping[str, Callable[[Labels, Floats], float]] = {
    "auc": lambda labels, p: float(roc_auc_score(labels, p)),
    "ap": lambda labels, p: float(average_precision_score(labels, p)),
    "brier": lambda labels, p: float(brier_score_loss(labels, p)),
    "ece": calibration_error,
    **{f"cap{percent}": partial(capture, percent=percent) for percent in BUDGETS},
}


def figures(labels: Labels, probabilities: Floats) -> dict[str, float]:
    """Every figure of `FIGURES`; the labels have to be of both kinds."""
    return {name: figure(labels, probabilities) for name, figure in FIGURES.items()}


def intervals(
    labels: Labels, probabilities: Floats, draws: int = 200, seed: int = 0
) -> dict[str, tuple[float, float]]:
    """The middle 95 % of each figure over `draws` bootstrap samples of the changes."""
    generator = np.random.default_rng(seed)
    found: list[list[float]] = []
    for _ in range(draws):
        drawn = _drawn(generator, labels)
        found.append([figure(labels[drawn], probabilities[drawn]) for figure in FIGURES.values()])
    low, high = np.percentile(np.array(found), [2.5, 97.5], axis=0)
    return dict(zip(FIGURES, zip(low.tolist(), high.tolist(), strict=True), strict=True))


def gain_interval(
    labels: Labels, champion: Floats, challenger: Floats, figure: str = "ap", draws: int = 500
) -> tuple[float, float]:
    """The middle 95 % of what the challenger gains in a figure, both on the same samples.

    A promotion wants an interval above zero (below it for `brier` and `ece`).
    """
    generator = np.random.default_rng(0)
    measure = FIGURES[figure]
    gains = []
    for _ in range(draws):
        drawn = _drawn(generator, labels)
        sample = labels[drawn]
        gains.append(measure(sample, challenger[drawn]) - measure(sample, champion[drawn]))
    low, high = np.percentile(gains, [2.5, 97.5])
    return float(low), float(high)


def _drawn(generator: np.random.Generator, labels: Labels) -> NDArray[Any]:
    """Row numbers with replacement, drawn within each class so that both are always there."""
    parts = [np.flatnonzero(labels == kind) for kind in (0, 1)]
    return np.concatenate([generator.choice(part, len(part)) for part in parts])
