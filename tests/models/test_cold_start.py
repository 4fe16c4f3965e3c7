import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from tidegate.errors import IncompleteError, UsageError
from tidegate.models.cold_start import FILE, adapted, load
from tidegate.models.features import ENGINEERED, NAMES
from tidegate.models.own import RiskBlend
from tidegate.models.served.reading import read
from tidegate.models.trained import TrainedModel
from tidegate.models.training import cold_start, own
from tidegate.models.training.table import Changes, read_changes
from tidegate.tests.models.labelled import DAY, made_up, write_table

HERE = made_up(600, seed=5)


def test_what_is_shipped_ranks_the_changes_of_a_repository_it_never_saw() -> None:
    model = adapted(load(), HERE.rows[:400], [None] * 400)
    scores = [model.probability(row) for row in HERE.rows[400:]]
    assert roc_auc_score(HERE.labels[400:], scores) > 0.6


def test_own_labels_move_the_calibration_and_nothing_else() -> None:
    past = HERE.rows[:400]
    labels: list[int | None] = list(HERE.labels[:400])
    bare, calibrated = (adapted(load(), past, told) for told in ([None] * 400, labels))
    assert calibrated.part == bare.part
    assert calibrated.calibration != bare.calibration
    told = np.mean([calibrated.probability(row) for row in HERE.rows])
    assert told == pytest.approx(np.mean(HERE.labels), abs=0.05)
    some: list[int | None] = [None] * 350
    few = adapted(load(), past, some + labels[350:])
    assert few.calibration == bare.calibration


def test_larger_changes_of_the_same_repository_are_riskier_on_day_one() -> None:
    model = adapted(load(), HERE.rows, [None] * 600)
    usual = dict(zip(NAMES, model.usual, strict=True))
    larger = usual | {"la": 500.0, "nf": 20.0, "nd": 9.0}
    assert model.probability(tuple(larger.values())) > 2 * model.probability(tuple(usual.values()))


@pytest.mark.parametrize("more", [{"la": 200.0}, {"nf": 9.0}, {"nd": 9.0}, {"nf": 9.0, "la": 99.0}])
def test_filler_does_not_lower_the_risk_of_day_one(more: dict[str, float]) -> None:
    """Tests, documents and lines that an author adds to look harmless."""
    model = adapted(load(), HERE.rows, [None] * 600)
    for row in HERE.rows[:50]:
        told = dict(zip(NAMES, row, strict=True))
        padded = told | {name: told[name] + added for name, added in more.items()}
        assert model.probability(tuple(padded.values())) >= model.probability(row) - 1e-9


def test_a_truncated_history_is_no_history() -> None:
    with pytest.raises(IncompleteError, match="fetch the whole history"):
        adapted(load(), HERE.rows[:19], [None] * 19)


def test_the_file_that_is_shipped_says_what_it_was_trained_on() -> None:
    told = json.loads(FILE.read_text("utf-8"))
    assert list(told["coefficients"]) == list(ENGINEERED)
    assert sum(told["trained_on"].values()) == 75_932
    assert told["coefficients"]["log_la"] > 0


def test_a_file_of_another_version_is_refused(tmp_path: Path) -> None:
    told = json.loads(FILE.read_text("utf-8")) | {"schema": "tidegate/cold-start/0"}
    (tmp_path / "old.json").write_text(json.dumps(told), "utf-8")
    with pytest.raises(ValueError, match="not of this version"):
        load(tmp_path / "old.json")


def test_one_project_of_many_cannot_turn_the_shipped_model_around() -> None:
    projects = [made_up(200, seed) for seed in range(4)]
    contrary = made_up(2000, 9)
    contrary = Changes("odd", contrary.times, tuple(1 - y for y in contrary.labels), contrary.rows)
    model = cold_start.train([*projects, contrary])
    assert dict(zip(ENGINEERED, model.coefficients, strict=True))["log_la"] > 0
    assert json.loads(cold_start.document(model, projects))["intercept"] == model.intercept


def test_a_trained_model_tells_what_it_is_and_is_served_as_it_is() -> None:
    model = own.train(HERE, RiskBlend(trees=5, rounds=10), draws=20)
    assert isinstance(model, TrainedModel)
    assert (model.rows, model.features) == (600, ENGINEERED)
    assert model.last - model.first == 599 * DAY
    assert 0.5 < model.metrics["auc"] < 1
    assert model.intervals["auc"][0] < model.metrics["auc"] < model.intervals["auc"][1]
    served = read(model.served)
    assert 0 < served.probability(HERE.rows[0]) < 1
    assert len(served.bands.bands) == 3
    again = own.train(HERE, RiskBlend(trees=5, rounds=10), draws=2)
    assert (again.sha256, again.data_digest) == (model.sha256, model.data_digest)
    other = made_up(600, seed=6)
    assert own.digest(other) != model.data_digest


def test_a_table_is_read_by_project_and_part(tmp_path: Path) -> None:
    one, two = made_up(30, 1, "one"), made_up(20, 2, "two")
    data = write_table(tmp_path, [("train", one), ("train", two), ("test", one)])
    assert read_changes(data, "train") == {"one": one, "two": two}
    assert read_changes(data, "test") == {"one": one}


def test_a_table_out_of_order_or_out_of_place_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"cannot be read.*--data"):
        read_changes(tmp_path, "train")
    late, early = made_up(3), made_up(3)
    data = write_table(tmp_path, [("train", late), ("train", early)])
    with pytest.raises(UsageError, match="not in the order of time"):
        read_changes(data, "train")
