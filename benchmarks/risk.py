"""How good the risk of a change is: own model, cold start and baselines, trained on the past.

`python -m benchmarks.risk --data DIR [--json] [--rolling] [--draws N]`: DIR holds
`risk/issta21.csv.gz`. Trained per project on its rows of `part = train`, tested on its rows of
`part = test`. With `--rolling` the test rows are not read: it trains on the first 60 % (then
80 %) of the training rows and tests on the 20 % that follow, which is what the design was
chosen by.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np

from tidegate.models import baselines
from tidegate.models.cold_start import adapted
from tidegate.models.evaluation import (
    FIGURES,
    Floats,
    Labels,
    figures,
    intervals,
    recall_at_effort,
)
from tidegate.models.features import NAMES, engineered
from tidegate.models.own import RiskBlend, own_model
from tidegate.models.rolling import LABEL_DELAY_DAYS, mature, rolling
from tidegate.models.training import cold_start, own
from tidegate.models.training.table import Changes, read_changes

SCHEMA = "tidegate/benchmark/risk/1"
PEERS: Mapping[str, float] = {"LApredict": 0.7246, "DeepJIT": 0.7065, "CC2Vec": 0.7055}
"""Mean AUC over six projects as published in ISSTA 2021, of which the open parts are three."""
OWN_LABELS = 500
"""So many of its own labels calibrate the cold start."""


@dataclass(frozen=True, slots=True)
class Case:
    """One training and the test that follows it in time."""

    name: str
    train: Changes
    test: Changes


def cases(data: Path, *, inside: bool) -> Iterator[Case]:
    """The cases, in the order of the table; `inside` the training rows alone."""
    train = read_changes(data, "train")
    if not inside:
        for project, test in read_changes(data, "test").items():
            yield Case(project, train[project], test)
        return
    for project, changes in train.items():
        for number, split in enumerate(rolling(changes.times), 1):
            parts = cut(changes, split.train), cut(changes, split.test)
            yield Case(f"{project} {number}", *parts)


def cut(changes: Changes, rows: range) -> Changes:
    """Some of the changes, which stand next to each other."""
    chosen = slice(rows.start, rows.stop)
    return Changes(
        changes.project, changes.times[chosen], changes.labels[chosen], changes.rows[chosen]
    )


def seen(changes: Changes) -> Floats:
    """The engineered features of the changes."""
    return np.array([engineered(row) for row in changes.rows])


def metrics(changes: Changes) -> Floats:
    """The metrics of the changes."""
    return np.array(changes.rows)


def own_scores(train: Changes, test: Changes, model: RiskBlend) -> Floats:
    """Probabilities of the own model."""
    return np.asarray(own.fit(train, model).predict_proba(seen(test))[:, 1])


def cold_scores(case: Case, others: Sequence[Changes]) -> tuple[Floats, Floats]:
    """Probabilities of the cold start, without own labels and calibrated by the newest of them."""
    model = cold_start.train(others)
    unknown = max(0, len(case.train.labels) - OWN_LABELS)
    some = [None] * unknown + list(case.train.labels[unknown:])
    found = [adapted(model, case.train.rows, labels) for labels in ([None] * len(some), some)]
    bare, calibrated = (
        np.array([served.probability(row) for row in case.test.rows]) for served in found
    )
    return bare, calibrated


def baseline_scores(case: Case) -> dict[str, Floats]:
    """Probabilities of the baselines."""
    made = {
        "lapredict": (baselines.lapredict(), metrics),
        "size_only": (baselines.size_only(), seen),
        "constant": (baselines.constant(), seen),
    }
    return {
        name: np.asarray(
            model.fit(of(case.train), case.train.labels).predict_proba(of(case.test))[:, 1]
        )
        for name, (model, of) in made.items()
    }


def row_of(case: Case, others: Sequence[Changes], draws: int, model: RiskBlend) -> dict[str, Any]:
    """Every figure of one case; `model` is fitted anew as the own one."""
    labels = np.array(case.test.labels, dtype=np.int64)
    old = mature(case.train.times, case.test.times[0], LABEL_DELAY_DAYS)
    bare, calibrated = cold_scores(case, others)
    scores = baseline_scores(case) | {
        "own": own_scores(case.train, case.test, model),
        "gap_90_days": own_scores(cut(case.train, range(old)), case.test, model),
        "cold_start": calibrated,
        "cold_start_without_labels": bare,
    }
    told: dict[str, Any] = {name: figures(labels, found) for name, found in scores.items()}
    return {
        "project": case.name,
        "train": len(case.train.labels),
        "test": len(labels),
        "bug_share": [fmean(case.train.labels), fmean(case.test.labels)],
        **told,
        "intervals": intervals(labels, scores["own"], draws) if draws else {},
        "recall_at_20_percent_effort": effort(labels, scores, metrics(case.test)),
    }


def effort(labels: Labels, scores: Mapping[str, Floats], rows: Floats) -> dict[str, float]:
    """Of the own model, and of the constant that only reads the smallest changes first."""
    churn = rows[:, NAMES.index("la")] + rows[:, NAMES.index("ld")]
    return {name: recall_at_effort(labels, scores[name], churn, 20) for name in ("own", "constant")}


def mean_of(rows: Sequence[Mapping[str, Any]], model: str) -> dict[str, float]:
    """The mean of each figure over the cases."""
    return {name: fmean(row[model][name] for row in rows) for name in FIGURES}


def goals(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What was aimed at, what was reached, and whether that is enough."""
    mean, cold = mean_of(rows, "own"), mean_of(rows, "cold_start")
    ahead = min(row["own"]["auc"] - row["lapredict"]["auc"] for row in rows)
    lost = mean["auc"] - mean_of(rows, "gap_90_days")["auc"]
    told = [
        ("mean AUC", mean["auc"], ">=", 0.788),
        ("mean AP", mean["ap"], ">=", 0.485),
        ("least lead over LApredict, AUC", ahead, ">=", 0.02),
        ("mean ECE", mean["ece"], "<=", 0.03),
        ("AUC that the cold start lacks", mean["auc"] - cold["auc"], "<=", 0.025),
        ("AUC that a gap of 90 days costs", lost, "<=", 0.005),
    ]
    return [
        {
            "goal": name,
            "reached": round(value, 4),
            "wanted": f"{sign} {wanted}",
            "met": value >= wanted if sign == ">=" else value <= wanted,
        }
        for name, value, sign, wanted in told
    ]


def document(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The figures for programs."""
    others = ("lapredict", "size_only", "constant")
    return {
        "schema": SCHEMA,
        "rows": rows,
        "mean": mean_of(rows, "own"),
        "cold_start": mean_of(rows, "cold_start")
        | {"ece_without_labels": mean_of(rows, "cold_start_without_labels")["ece"]},
        "gap_90_days": mean_of(rows, "gap_90_days"),
        "baselines": {name: mean_of(rows, name) for name in others},
        "peers": {"published_mean_auc_of_six_projects": dict(PEERS)},
        "goals": goals(rows),
    }


def table(found: Mapping[str, Any]) -> str:
    """The figures for people."""
    models = {name: found[name] for name in ("cold_start", "gap_90_days")} | found["baselines"]
    lines = [" " * 16 + "".join(f"{name:>8}" for name in FIGURES)]
    lines += [_line(row["project"], row["own"]) for row in found["rows"]]
    lines += [_line("mean", found["mean"])]
    lines += [_line(name, told) for name, told in models.items()]
    peers = found["peers"]["published_mean_auc_of_six_projects"]
    lines += [f"{name:16}{auc:8.4f}  (published, six projects)" for name, auc in peers.items()]
    lines += [
        f"{told['goal']}: {told['reached']} ({told['wanted']}{'' if told['met'] else ', missed'})"
        for told in found["goals"]
    ]
    return "\n".join(lines)


def _line(name: str, told: Mapping[str, float]) -> str:
    return f"{name:16}" + "".join(f"{told[figure]:8.4f}" for figure in FIGURES)


def main() -> int:
    """Parse the call, train, test, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with risk/")
    parser.add_argument("--rolling", action="store_true", help="inside the training rows")
    parser.add_argument("--draws", type=int, default=200, help="bootstrap samples (200)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    asked = parser.parse_args()
    train = read_changes(asked.data, "train")
    rows = []
    for case in cases(asked.data, inside=asked.rolling):
        others = [changes for name, changes in train.items() if name != case.train.project]
        rows.append(row_of(case, others, asked.draws, own_model()))
    found = document(rows)
    print(json.dumps(found, indent=2) if asked.json else table(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
