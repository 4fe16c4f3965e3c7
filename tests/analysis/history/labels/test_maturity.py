import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.analysis.history.labels.maturity import (
    DAY,
    DEFAULT_DAYS,
    known_at,
    latencies,
    outcome,
    window_days,
)
from tidegate.records.history import Label


def found(sha: str, day: float) -> Label:
    return Label(sha, "szz", int(day * DAY), 0.5, "f" * 40)


def test_a_label_counts_from_its_own_time_on() -> None:
    labels = [found("a", 10), found("a", 20)]
    assert known_at(labels, 9 * DAY) == []
    assert known_at(labels, 10 * DAY) == labels[:1]


@pytest.mark.parametrize(
    ("now", "expected"), [(9, None), (10, True), (200, True)], ids=["before", "then", "after"]
)
def test_a_change_with_a_label(now: int, expected: bool | None) -> None:
    assert outcome(0, [found("a", 10)], now * DAY, 90) is expected


@pytest.mark.parametrize(("now", "expected"), [(89, None), (90, False)])
def test_a_change_is_clean_only_once_it_has_aged(now: int, expected: bool | None) -> None:
    assert outcome(0, [], now * DAY, 90) is expected


def test_how_long_it_takes_is_counted_to_the_first_label() -> None:
    labels = [found("a", 30), found("a", 10), found("b", 5), found("c", 1)]
    assert latencies(labels, {"a": 0, "b": 6 * DAY}) == [10.0]


def test_few_labels_do_not_tell() -> None:
    assert window_days([1.0] * 19) == DEFAULT_DAYS
    assert window_days([40.0] * 20) == 40.0
    assert window_days([1.0] * 20) == 30.0
    assert window_days([4000.0] * 20) == 365.0


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0, 3000), min_size=20, max_size=60))
def test_most_labels_come_within_the_window(days: list[float]) -> None:
    window = window_days(sorted(days))
    assert 30 <= window <= 365
    if 30 < window < 365:
        assert sum(day <= window for day in days) >= 0.7 * len(days)
