from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tidegate.benchmarks.risk import SCHEMA, cases, document, row_of, table
from tidegate.models.own import RiskBlend
from tidegate.models.training.table import read_changes
from tidegate.tests.models.labelled import made_up, write_table


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    past = [made_up(300, seed, name) for seed, name in enumerate(["one", "two"])]
    future = [made_up(60, 7, "two", first_day=300)]
    parts = [("train", changes) for changes in past] + [("test", changes) for changes in future]
    return write_table(tmp_path_factory.mktemp("data"), parts)


def told(data: Path) -> dict[str, Any]:
    train = read_changes(data, "train")
    (case,) = cases(data, inside=False)
    others = [changes for name, changes in train.items() if name != case.train.project]
    return document([row_of(case, others, 5, RiskBlend(trees=5, rounds=5))])


def test_the_risk_benchmark_tells_every_figure_beside_its_baselines(data: Path) -> None:
    found = told(data)
    (row,) = found["rows"]
    assert (found["schema"], row["project"], row["train"], row["test"]) == (SCHEMA, "two", 300, 60)
    figures = {"auc", "ap", "brier", "ece", "cap5", "cap10", "cap20", "cap50"}
    assert set(found["mean"]) == set(row["intervals"]) == figures
    assert found["mean"] == row["own"]
    assert found["baselines"]["constant"]["auc"] == 0.5
    assert found["baselines"]["constant"]["cap20"] == pytest.approx(0.2)
    assert found["cold_start"]["auc"] == row["cold_start_without_labels"]["auc"]
    assert found["cold_start"]["ece"] != found["cold_start"]["ece_without_labels"]
    assert found["gap_90_days"] != found["mean"]
    assert set(row["recall_at_20_percent_effort"]) == {"own", "constant"}
    assert found["peers"]["published_mean_auc_of_six_projects"]["LApredict"] == 0.7246
    assert len(found["goals"]) == 6
    assert f"{found['mean']['auc']:8.4f}" in table(found)


def names(found: Sequence[Any]) -> list[tuple[str, int, int]]:
    return [(case.name, len(case.train.labels), len(case.test.labels)) for case in found]


def test_rolling_never_reads_a_test_row(data: Path) -> None:
    inside = list(cases(data, inside=True))
    assert names(inside) == [
        ("one 1", 180, 60),
        ("one 2", 240, 60),
        ("two 1", 180, 60),
        ("two 2", 240, 60),
    ]
    first_test = read_changes(data, "test")["two"].times[0]
    assert all(case.test.times[-1] < first_test for case in inside)
