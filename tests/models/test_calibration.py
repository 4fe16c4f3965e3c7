import math
import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from tidegate.errors import IncompleteError, UsageError
from tidegate.models.bands import REST, bands_of
from tidegate.models.calibration import Sigmoid, fit_sigmoid, logit, shifted, sigmoid

probabilities = st.floats(0, 1)


def drawn(truth: Sigmoid, count: int) -> tuple[list[float], list[int]]:
    """Scores, and labels that come true as often as `truth` says."""
    chance = random.Random(3)
    scores = [chance.random() for _ in range(count)]
    return scores, [int(chance.random() < truth.of(score)) for score in scores]


def test_the_sigmoid_behind_the_labels_is_found() -> None:
    found = fit_sigmoid(*drawn(Sigmoid(0.7, -1.0), 20_000))
    assert found.slope == pytest.approx(0.7, abs=0.05)
    assert found.intercept == pytest.approx(-1.0, abs=0.05)


def test_it_is_the_logistic_regression_of_the_logits() -> None:
    scores, labels = drawn(Sigmoid(1.5, 0.5), 5_000)
    other = LogisticRegression(C=1e9).fit([[logit(score)] for score in scores], labels)
    found = fit_sigmoid(scores, labels)
    assert found.slope == pytest.approx(other.coef_[0, 0], abs=0.01)
    assert found.intercept == pytest.approx(other.intercept_[0], abs=0.01)


@given(st.lists(st.tuples(probabilities, st.integers(0, 1)), min_size=2, max_size=40))
@settings(max_examples=60, deadline=None)
def test_any_scores_give_a_sigmoid_that_never_turns_them_around(
    pairs: Sequence[tuple[float, int]],
) -> None:
    scores, labels = [score for score, _ in pairs], [label for _, label in pairs]
    if len(set(labels)) < 2:
        with pytest.raises(UsageError, match="labels of one kind"):
            fit_sigmoid(scores, labels)
        return
    found = fit_sigmoid(scores, labels)
    assert found.slope >= 0
    assert math.isfinite(found.slope)
    assert math.isfinite(found.intercept)


def test_scores_that_tell_the_contrary_tell_the_base_rate() -> None:
    found = fit_sigmoid([0.9] * 50 + [0.1] * 50, [0] * 50 + [1] * 50)
    assert found.of(0.9) == found.of(0.1) == pytest.approx(0.5)


def test_a_drifted_base_rate_is_followed() -> None:
    scores, _ = drawn(Sigmoid(), 500)
    moved = shifted(Sigmoid(0.8, 0.0), scores, 0.1)
    assert moved.slope == 0.8
    assert sum(map(moved.of, scores)) / 500 == pytest.approx(0.1, abs=1e-6)


@given(probabilities)
def test_a_probability_stays_one(score: float) -> None:
    assert 0 <= Sigmoid(3.0, -2.0).of(score) <= 1
    assert sigmoid(logit(score)) == pytest.approx(score, abs=2e-6)


def test_bands_hold_their_share_of_the_changes_and_tell_the_bugs_caught() -> None:
    scores = [number / 100 for number in range(100)]
    labels = [int(number >= 90 or number == 3) for number in range(100)]
    bands = bands_of(scores, labels)
    assert [band.threshold for band in bands.bands] == [0.95, 0.90, 0.80]
    assert [band.caught for band in bands.bands] == [5 / 11, 10 / 11, 10 / 11]
    assert [bands.of(p).name for p in (0.99, 0.95, 0.91, 0.8)] == [
        "highest",
        "highest",
        "high",
        "raised",
    ]
    assert bands.of(0.79).name == REST


def test_bands_without_a_known_bug_do_not_tell_what_they_catch() -> None:
    bands = bands_of([number / 100 for number in range(100)], [None] * 60 + [0] * 40)
    assert [band.caught for band in bands.bands] == [None] * 3
    assert bands.bands[0].threshold == 0.95


def test_bands_want_past_changes() -> None:
    with pytest.raises(IncompleteError, match="19 past changes to compare"):
        bands_of([0.1] * 19, [0] * 19)
