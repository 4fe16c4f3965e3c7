"""`python -m tidegate.models.training.cold_start --data DIR`: trains what the package ships.

Reads the rows of `part = train` only and writes models/cold_start.json, the same bytes for the
same data. Needs the extra `ml`.
"""

import argparse
import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from ..cold_start import FILE, SCHEMA, ColdStart
from ..features import ENGINEERED, engineered
from ..ranks import ranks_of
from .table import Changes, read_changes

REGULARISATION = 0.1
DIGITS = 6


def train(projects: Iterable[Changes]) -> ColdStart:
    """A logistic regression on ranks, in which every project weighs the same."""
    rows: list[tuple[float, ...]] = []
    labels: list[int] = []
    weights: list[float] = []
    for project in projects:
        seen = [engineered(row) for row in project.rows]
        ranks = ranks_of(seen)
        rows += [ranks.of(row) for row in seen]
        labels += project.labels
        weights += [1 / len(seen)] * len(seen)
    weight = np.array(weights) * len(weights) / sum(weights)
    fitted = LogisticRegression(C=REGULARISATION, max_iter=5000)
    fitted.fit(np.array(rows), np.array(labels), sample_weight=weight)
    rounded = np.round(fitted.coef_[0], DIGITS).tolist()
    return ColdStart(tuple(rounded), round(float(fitted.intercept_[0]), DIGITS))


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
