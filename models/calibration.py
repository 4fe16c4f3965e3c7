"""From a score to a probability: a sigmoid of two numbers, fitted without any library.

A sigmoid and no isotonic steps: on the small and drifting windows that labels allow, it errs less.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import UsageError

EDGE = 1e-6
"""Probabilities are kept this far from 0 and 1 before their logit is taken."""
_STEPS = 50
_SMALL = 1e-10


def sigmoid(x: float) -> float:
    """1 / (1 + e^-x), without overflow."""
    if x >= 0:
        return 1 / (1 + math.exp(-x))
    power = math.exp(x)
    return power / (1 + power)


def logit(p: float) -> float:
    """The logarithm of the odds; p is kept `EDGE` away from 0 and 1."""
    p = min(max(p, EDGE), 1 - EDGE)
    return math.log(p / (1 - p))


@dataclass(frozen=True, slots=True)
class Sigmoid:
    """logit(calibrated) = slope x logit(score) + intercept."""

    slope: float = 1.0
    intercept: float = 0.0

    def of(self, p: float) -> float:
        """The calibrated probability of a score from 0 to 1."""
        return sigmoid(self.slope * logit(p) + self.intercept)


def fit_sigmoid(scores: Sequence[float], labels: Sequence[int]) -> Sigmoid:
    """The sigmoid under which `labels` (0 or 1) are likeliest, with Platt's smoothed targets.

    Raises UsageError unless both labels are there. Never turns the order of scores around:
    where that would fit best, the scores tell nothing here and the base rate is told.
    """
    bugs = sum(labels)
    if not 0 < bugs < len(labels):
        raise UsageError("labels of one kind only cannot calibrate", "wait for older labels")
    targets = ((len(labels) - bugs + 2.0), (bugs + 1.0) / (bugs + 2.0))
    low, high = 1 / targets[0], targets[1]
    wanted = [high if label else low for label in labels]
    found = _newton([logit(score) for score in scores], wanted)
    if found.slope > 0:
        return found
    return Sigmoid(0.0, logit(sum(wanted) / len(wanted)))


def _newton(x: Sequence[float], wanted: Sequence[float]) -> Sigmoid:
    slope, intercept = 1.0, 0.0
    for _ in range(_STEPS):
        g0 = g1 = h00 = h01 = 0.0
        h11 = _SMALL
        for value, target in zip(x, wanted, strict=True):
            p = sigmoid(slope * value + intercept)
            error, weight = p - target, p * (1 - p)
            g0, g1 = g0 + error, g1 + error * value
            h00, h01, h11 = h00 + weight, h01 + weight * value, h11 + weight * value * value
        determinant = (h00 + _SMALL) * h11 - h01 * h01
        if determinant <= 0:
            break
        step0 = (h11 * g0 - h01 * g1) / determinant
        step1 = (h00 * g1 - h01 * g0) / determinant
        # A full step may overshoot where scores are extreme; two logits at a time do not.
        shrink = min(1.0, 2.0 / max(abs(step0), abs(step1), _SMALL))
        intercept, slope = intercept - shrink * step0, slope - shrink * step1
        if max(abs(step0), abs(step1)) < _SMALL:
            break
    return Sigmoid(slope, intercept)


def shifted(sigmoid_: Sigmoid, scores: Sequence[float], rate: float) -> Sigmoid:
    """The same sigmoid, moved until the mean of the calibrated `scores` is `rate`.

    It follows a base rate that drifts, where no label is young enough to fit anew.
    """
    low, high = -20.0, 20.0
    while high - low > _SMALL:
        middle = (low + high) / 2
        moved = Sigmoid(sigmoid_.slope, middle)
        if sum(map(moved.of, scores)) < rate * len(scores):
            low = middle
        else:
            high = middle
    return Sigmoid(sigmoid_.slope, (low + high) / 2)
