from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.models import baselines
from tidegate.models.evaluation import (
    calibration_error,
    capture,
    figures,
    gain_interval,
    intervals,
    recall_at_effort,
)
from tidegate.models.features import NAMES
from tidegate.models.rolling import DAY, mature, rolling
from tidegate.tests.models.labelled import made_up

HUNDRED = np.array([1] * 20 + [0] * 80)
FALLING = np.linspace(1, 0, 100)


def test_capture_is_the_share_of_the_bugs_in_the_riskiest() -> None:
    assert [capture(HUNDRED, FALLING, k) for k in (5, 10, 20, 50)] == [0.25, 0.5, 1, 1]
    assert capture(HUNDRED, -FALLING, 50) == 0


@given(st.permutations(list(HUNDRED)))
@settings(max_examples=20, deadline=None)
def test_a_constant_captures_what_it_gates_in_any_order(labels: Sequence[int]) -> None:
    assert capture(np.array(labels), np.full(100, 0.3), 5) == pytest.approx(0.05)


def test_probabilities_that_come_true_have_no_calibration_error() -> None:
    told = np.repeat([0.0, 0.2, 0.5, 1.0], 100)
    came = np.concatenate(
        [np.tile([1] * round(10 * p) + [0] * round(10 * (1 - p)), 10) for p in (0.0, 0.2, 0.5, 1.0)]
    )
    assert calibration_error(came, told) == pytest.approx(0, abs=1e-12)
    assert calibration_error(came, np.clip(told + 0.25, 0, 1)) == pytest.approx(0.1875)


def test_effort_is_spent_on_lines_and_a_constant_reads_the_smallest_first() -> None:
    labels, churn = np.array([1, 1, 0, 1]), np.array([1.0, 1.0, 8.0, 90.0])
    assert recall_at_effort(labels, np.full(4, 0.5), churn, 20) == pytest.approx(2 / 3 + 10 / 270)
    keen = recall_at_effort(labels, np.array([0.1, 0.1, 0.1, 1e6]), churn, 20)
    assert keen == pytest.approx(20 / 270)


def test_every_figure_is_told_and_lies_in_its_interval() -> None:
    generator = np.random.default_rng(1)
    scores = generator.random(600)
    labels = (generator.random(600) < scores).astype(np.int64)
    told, between = figures(labels, scores), intervals(labels, scores, draws=60)
    assert list(told) == ["auc", "ap", "brier", "ece", "cap5", "cap10", "cap20", "cap50"]
    assert 0.75 < told["auc"] < 0.92
    for name in ("auc", "ap", "brier", "cap20"):
        low, high = between[name]
        assert low < told[name] < high
    assert between["auc"][1] - between["auc"][0] < 0.1


def test_only_a_real_gain_has_an_interval_above_zero() -> None:
    generator = np.random.default_rng(2)
    truth = generator.random(500)
    labels = (generator.random(500) < truth).astype(np.int64)
    blurred = truth + generator.normal(0, 0.5, 500)
    assert gain_interval(labels, blurred, truth, draws=100)[0] > 0
    low, high = gain_interval(labels, truth, truth, draws=20)
    assert low == high == 0


def test_each_test_follows_its_training_in_time() -> None:
    times = [DAY * day for day in range(100)]
    first, second = rolling(times)
    assert (first.train, first.test) == (range(60), range(60, 80))
    assert (second.train, second.test) == (range(80), range(80, 100))


def test_a_gap_leaves_out_what_was_not_yet_known() -> None:
    times = [DAY * day for day in range(100)]
    (split,) = rolling(times, origins=(0.8,), gap_days=30)
    assert (split.train, split.test) == (range(51), range(80, 100))
    assert mature(times, 99 * DAY, 90) == 10
    assert mature([], 0, 90) == 0


def test_each_baseline_sees_its_column_alone() -> None:
    changes = made_up(300)
    rows = np.array(changes.rows)
    other = rows.copy()
    other[:, [column for column in range(len(NAMES)) if NAMES[column] != "la"]] = 1
    model = baselines.lapredict().fit(rows, changes.labels)
    assert np.array_equal(model.predict_proba(rows), model.predict_proba(other))
    assert len(np.unique(model.predict_proba(rows)[:, 1])) > 10
    share = np.mean(changes.labels)
    constant = baselines.constant().fit(rows, changes.labels).predict_proba(rows)[:, 1]
    assert constant.tolist() == pytest.approx([share] * 300)
