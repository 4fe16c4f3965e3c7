"""The model of day one: linear on ranks, trained elsewhere, for a repository without labels.

`training/cold_start.py` writes its coefficients. With a few labels of one's own only its
calibration is fitted anew; which model is better is then a matter of measuring both.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .bands import bands_of
from .calibration import Sigmoid, fit_sigmoid
from .features import ENGINEERED, NAMES, engineered
from .ranks import ranks_of
from .served.form import Inputs, Linear, ServedModel

SCHEMA = "tidegate/cold-start/1"
FILE = Path(__file__).with_name("cold_start.json")
FEWEST_LABELS = 100
"""With fewer labels the calibration stays as it was trained."""


@dataclass(frozen=True, slots=True)
class ColdStart:
    """Coefficients of the ranks of the engineered features, and the intercept."""

    coefficients: tuple[float, ...]
    intercept: float


def load(path: Path = FILE) -> ColdStart:
    """The model that the package ships."""
    told = json.loads(path.read_text("utf-8"))
    if told["schema"] != SCHEMA or list(told["coefficients"]) != list(ENGINEERED):
        raise ValueError(f"{path} is not of this version")
    return ColdStart(tuple(told["coefficients"].values()), float(told["intercept"]))


def adapted(
    model: ColdStart, history: Sequence[Sequence[float]], labels: Sequence[int | None]
) -> ServedModel:
    """The model for a repository with this history of metrics, oldest first.

    A label is 1, 0, or None where it is not known or too young.
    Raises IncompleteError where the history is too short to rank against.
    """
    ranks = ranks_of(engineered(row) for row in history)
    part = Linear(model.coefficients, model.intercept)
    scores = [part.probability(Inputs(ranks.of(engineered(row)), ())) for row in history]
    known = [(score, label) for score, label in zip(scores, labels, strict=True) if label in (0, 1)]
    calibration = _calibration(known)
    return ServedModel(
        part=part,
        calibration=calibration,
        ranks=ranks,
        bands=bands_of([calibration.of(score) for score in scores], labels),
        usual=usual_of(history),
    )


def _calibration(known: Sequence[tuple[float, int | None]]) -> Sigmoid:
    labels = [label or 0 for _, label in known]
    if len(known) < FEWEST_LABELS or not 0 < sum(labels) < len(labels):
        return Sigmoid()
    return fit_sigmoid([score for score, _ in known], labels)


def usual_of(history: Sequence[Sequence[float]]) -> tuple[float, ...]:
    """The median of each metric; the lower one of two in the middle."""
    columns = zip(*history, strict=True)
    usual = tuple(sorted(column)[(len(history) - 1) // 2] for column in columns)
    if len(usual) != len(NAMES):
        raise ValueError(f"{len(usual)} metrics")
    return usual
