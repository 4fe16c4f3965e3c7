import math

import pytest

from tidegate.errors import IncompleteError, UsageError
from tidegate.models.features import ENGINEERED, NAMES, checked, engineered
from tidegate.models.ranks import POINTS, ranks_of

CHANGE = (1, 2, 4, 1.5, 30, 10, 400, 1, 5, 12.5, 40, 100, 20.0, 50)


def test_every_feature_has_its_name_and_its_value() -> None:
    told = dict(zip(ENGINEERED, engineered(CHANGE), strict=True))
    assert told["log_la"] == math.log1p(30)
    assert told["entropy"] == 1.5
    assert told["fix"] == 1
    assert told["log_churn"] == math.log1p(40)
    assert told["added_share"] == 31 / 42
    assert told["evenness"] == 1.5 / 2
    assert told["log_growth"] == math.log1p(20)
    assert (told["adds_only"], told["deletes_only"]) == (0, 0)


def test_a_change_of_nothing_by_nobody_has_features_too() -> None:
    assert all(math.isfinite(value) for value in engineered([0] * len(NAMES)))


@pytest.mark.parametrize("bad", [-1, math.nan, math.inf, 1e13])
def test_a_metric_that_no_change_has_is_refused_by_name(bad: float) -> None:
    with pytest.raises(UsageError, match="the metric ld is"):
        checked([*CHANGE[:5], bad, *CHANGE[6:]])


def test_a_metric_too_few_is_refused() -> None:
    with pytest.raises(UsageError, match="13 metrics; give 14: ns, nd"):
        checked(CHANGE[1:])


def test_a_rank_is_the_share_of_the_history_below_and_ties_count_half() -> None:
    ranks = ranks_of([(value, 7.0) for value in range(100)])
    assert ranks.of((50, 7)) == (0.505, 0.5)
    assert ranks.of((-1, 8)) == (0, 1)


def test_a_long_history_keeps_a_thousand_points() -> None:
    ranks = ranks_of([(float(value % 20_000),) for value in range(20_000)])
    assert len(ranks.columns[0]) == POINTS
    assert ranks.of((5_000,))[0] == pytest.approx(0.25, abs=0.001)


@pytest.mark.parametrize("changes", [0, 19])
def test_a_short_history_is_no_measure(changes: int) -> None:
    with pytest.raises(IncompleteError, match=f"a history of {changes} changes.*whole history"):
        ranks_of([(1.0,)] * changes)
