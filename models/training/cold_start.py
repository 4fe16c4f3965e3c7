"""`python -m tidegate.models.training.cold_start --data DIR`: trains what the package ships.

Reads the rows of `part = train` only and writes models/cold_start.json, the same bytes for the
same data. Needs the extra `ml`.

One logistic regression on ranks a project; of each coefficient the median over the projects is
shipped, which is what most of them agree on and what no large or odd one can move far.
"""

import argparse
import json
from collections.abc import Iterable
from pathlib import Path
from statistics import median

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from ..calibration import Sigmoid, shifted, sigmoid
from ..cold_start import FILE, SCHEMA, ColdStart
from ..features import ENGINEERED, engineered
from ..ranks import ranks_of
from .table import Changes, read_changes

REGULARISATION = 0.3
LOCAL = ("lt", "ndev", "nuc")
"""Metrics whose direction differs from project to project: they do not carry over."""
CARRIED = [
    column
    for column, name in enumerate(ENGINEERED)
    if not any(metric in name.split("_") for metric in (*LOCAL, "dev"))
]
DIGITS = 6


def train(projects: Iterable[Changes]) -> ColdStart:
    """The median coefficients, and the intercept that fits the median project's base rate."""
    ranked = [(_ranks(project), project.labels) for project in projects]
    fitted = [
        LogisticRegression(C=REGULARISATION, max_iter=5000).fit(rows[:, CARRIED], labels).coef_[0]
        for rows, labels in ranked
    ]
    coefficients = np.zeros(len(ENGINEERED))
    coefficients[CARRIED] = np.round(np.median(fitted, axis=0), DIGITS)
    intercepts = [_intercept(rows @ coefficients, labels) for rows, labels in ranked]
    return ColdStart(tuple(coefficients.tolist()), round(median(intercepts), DIGITS))


def _ranks(project: Changes) -> NDArray[np.float64]:
    rows = [engineered(row) for row in project.rows]
    ranks = ranks_of(rows)
    return np.array([ranks.of(row) for row in rows])


def _intercept(sums: NDArray[np.float64], labels: Iterable[int]) -> float:
    told = list(labels)
    scores = [sigmoid(value) for value in sums.tolist()]
    return shifted(Sigmoid(), scores, sum(told) / len(told)).intercept


def document(model: ColdStart, projects: Iterable[Changes]) -> str:
    """The JSON that `cold_start.load` reads."""
    told = {
        "schema": SCHEMA,
        "trained_on": {project.project: len(project.rows) for project in projects},
        "coefficients": dict(zip(ENGINEERED, model.coefficients, strict=True)),
        "intercept": model.intercept,
    }
    return json.dumps(told, indent=2) + "\n"


def main() -> None:
    """Train and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    projects = list(read_changes(parser.parse_args().data, "train").values())
    FILE.write_text(document(train(projects), projects), "utf-8")


if __name__ == "__main__":
    main()
