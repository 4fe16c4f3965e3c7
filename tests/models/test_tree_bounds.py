import copy
from typing import Any

import numpy as np
import pytest

from tidegate.models.own import MONOTONE, RiskBlend
from tidegate.models.training.own import fit
from tidegate.models.tree_bounds import refuse_wild_trees
from tidegate.models.versions import ModelRefused
from tidegate.tests.models.labelled import made_up

FITTED = fit(made_up(300), RiskBlend(trees=3, rounds=6, leaf=5, rising=MONOTONE))


def predictor_of(model: Any) -> Any:
    boosted = next(
        m for _, m in model.members_ if type(m).__name__ == "HistGradientBoostingClassifier"
    )
    return boosted._predictors[0][0]


def tree_of(model: Any) -> Any:
    return dict(model.members_)["trees"].estimators_[0].tree_


def with_nodes(model: Any, field: str, at: int, value: int) -> None:
    """Give one field of one node of an extra tree another value, as a forged file would."""
    tree = tree_of(model)
    state = tree.__getstate__()
    state["nodes"] = state["nodes"].copy()
    state["nodes"][field][at] = value
    tree.__setstate__(state)


def test_trees_that_were_trained_are_taken() -> None:
    refuse_wild_trees(FITTED)


@pytest.mark.parametrize(
    ("field", "value"),
    [("left_child", 10**6), ("left_child", 0), ("right_child", -5), ("feature", 10**6)],
)
def test_a_node_that_leads_outside_or_back_is_refused(field: str, value: int) -> None:
    forged = copy.deepcopy(FITTED)
    with_nodes(forged, field, 0, value)
    with pytest.raises(ModelRefused, match="a tree of it is malformed"):
        refuse_wild_trees(forged)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("left", 10**6),
        ("right", 0),
        ("feature_idx", -1),
        ("feature_idx", 999),
        ("is_categorical", 1),
    ],
)
def test_a_boosted_tree_is_looked_at_too(field: str, value: int) -> None:
    forged = copy.deepcopy(FITTED)
    nodes = predictor_of(forged).nodes.copy()
    nodes[field][0] = value
    predictor_of(forged).nodes = nodes
    with pytest.raises(ModelRefused, match="a tree of it is malformed"):
        refuse_wild_trees(forged)


def test_a_tree_without_its_arrays_or_of_other_features_is_refused() -> None:
    forged = copy.deepcopy(FITTED)
    predictor_of(forged).nodes = np.zeros(3)
    with pytest.raises(ModelRefused, match="not the arrays of a tree"):
        refuse_wild_trees(forged)
    fewer = copy.deepcopy(FITTED)
    dict(fewer.members_)["trees"].n_features_in_ = 2
    for estimator in dict(fewer.members_)["trees"].estimators_:
        estimator.n_features_in_ = 2
    with pytest.raises(ModelRefused, match="its model of 2"):
        refuse_wild_trees(fewer)


def test_a_model_that_nests_without_end_is_refused() -> None:
    held: list[object] = []
    for _ in range(100):
        held = [held]
    with pytest.raises(ModelRefused, match="nests too deep"):
        refuse_wild_trees(held)
