"""Trains the model of one's own repository. Needs the extra `ml`."""

import struct
from hashlib import sha256

import numpy as np

from ..bands import bands_of
from ..calibration import Sigmoid
from ..cold_start import usual_of
from ..evaluation import figures, intervals
from ..features import ENGINEERED, engineered
from ..own import RiskBlend, own_model
from ..served.fitted import blend_of
from ..served.form import ServedModel
from ..served.writing import written
from ..trained import TrainedModel
from .table import Changes


def train(changes: Changes, model: RiskBlend | None = None, draws: int = 200) -> TrainedModel:
    """The own model of changes whose labels are mature, in its served form.

    The intervals of its metrics are over `draws` bootstrap samples.

    Raises ValueError where the labels are of one kind, IncompleteError where they are too few
    for bands.
    """
    fitted = fit(changes, model)
    labels = np.array(changes.labels, dtype=np.int64)
    slice_ = labels[len(labels) - len(fitted.calibration_scores_) :]
    held_out = fitted.calibration_scores_
    served = served_model(fitted, changes)
    return TrainedModel(
        served=written(served),
        kind="own",
        features=ENGINEERED,
        first=changes.times[0],
        last=changes.times[-1],
        rows=len(labels),
        data_digest=digest(changes),
        metrics=figures(slice_, held_out),
        intervals=intervals(slice_, held_out, draws),
    )


def fit(changes: Changes, model: RiskBlend | None = None) -> RiskBlend:
    """The estimator alone, fitted on the engineered features."""
    chosen = own_model() if model is None else model
    rows = np.array([engineered(row) for row in changes.rows])
    return chosen.fit(rows, np.array(changes.labels))


def served_model(fitted: RiskBlend, changes: Changes) -> ServedModel:
    """The served form of a fitted estimator, with the bands of its newest slice."""
    held_out = fitted.calibration_scores_.tolist()
    newest = changes.labels[len(changes.labels) - len(held_out) :]
    sigmoid: Sigmoid = fitted.calibration_
    return ServedModel(
        part=blend_of(fitted),
        calibration=sigmoid,
        bands=bands_of(held_out, newest),
        usual=usual_of(changes.rows),
    )


def digest(changes: Changes) -> str:
    """SHA-256 of everything that training reads of the changes."""
    found = sha256()
    for time, label, row in zip(changes.times, changes.labels, changes.rows, strict=True):
        found.update(struct.pack(f"<di{len(row)}d", time, label, *row))
    return found.hexdigest()
