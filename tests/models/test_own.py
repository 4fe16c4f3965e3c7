from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.metrics import roc_auc_score
from sklearn.utils.estimator_checks import parametrize_with_checks

from tidegate.models import baselines
from tidegate.models.features import ENGINEERED, engineered
from tidegate.models.own import MONOTONE, RiskBlend
from tidegate.tests.models.labelled import made_up

SMALL = RiskBlend(trees=5, rounds=5, leaf=2)


@parametrize_with_checks([SMALL])  # type: ignore[untyped-decorator]  # it ships no types
def test_it_keeps_the_contract_of_scikit_learn(estimator: Any, check: Any) -> None:
    check(estimator)


def seen(count: int) -> tuple[Any, Any]:
    changes = made_up(count)
    return np.array([engineered(row) for row in changes.rows]), np.array(changes.labels)


def test_it_ranks_what_it_has_not_seen_better_than_size_alone() -> None:
    rows, labels = seen(1500)
    past, future = slice(0, 1200), slice(1200, 1500)
    model = RiskBlend(trees=20, rounds=40, rising=MONOTONE)
    told = [
        estimator.fit(rows[past], labels[past]).predict_proba(rows[future])[:, 1]
        for estimator in (model, baselines.size_only())
    ]
    own, size = (roc_auc_score(labels[future], scores) for scores in told)
    assert own > size + 0.02


def test_the_same_rows_give_the_same_model() -> None:
    rows, labels = seen(300)
    first, second = (clone(SMALL).fit(rows, labels).predict_proba(rows) for _ in range(2))
    assert np.array_equal(first, second)


def test_the_newest_rows_calibrate_without_having_trained() -> None:
    rows, labels = seen(400)
    turned = labels.copy()
    turned[320:] = 1 - turned[320:]
    honest, fooled = (clone(SMALL).fit(rows, told) for told in (labels, turned))
    assert len(honest.calibration_scores_) == 80
    assert honest.calibration_.slope > 0
    # Members that had seen the newest labels would have followed them.
    assert fooled.calibration_.slope == 0


def test_where_the_newest_rows_are_of_one_kind_nothing_is_calibrated() -> None:
    rows, labels = seen(100)
    labels[80:] = 0
    model = clone(SMALL).fit(rows, labels)
    assert (model.calibration_.slope, model.calibration_.intercept) == (1, 0)


def test_one_kind_of_label_cannot_train() -> None:
    rows, _ = seen(30)
    with pytest.raises(ValueError, match="two classes"):
        clone(SMALL).fit(rows, np.zeros(30))


def test_the_monotone_columns_are_size_and_spread() -> None:
    assert [ENGINEERED[column] for column in MONOTONE][-2:] == ["log_la", "log_churn"]
    rows, labels = seen(300)
    model = RiskBlend(trees=2, rounds=30, rising=MONOTONE).fit(rows, 1 - labels)
    boosting = dict(model.members_)["monotone"]
    larger = rows.copy()
    larger[:, list(MONOTONE)] += 1
    assert (boosting.predict_proba(larger)[:, 1] >= boosting.predict_proba(rows)[:, 1]).all()
