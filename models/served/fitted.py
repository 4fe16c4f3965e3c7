"""Fitted scikit-learn estimators in the served form.

Needs the extra `ml`. Boosting is read from fields that scikit-learn keeps for itself: the
tests hold every form against `predict_proba`.
"""

import math
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..own import Estimator, RiskBlend
from .form import Blend, Boosting, Forest, Linear, Member, Trees


@dataclass(frozen=True, slots=True)
class Nodes:
    """One tree as scikit-learn lays it out: children by index, leaves without."""

    left: Sequence[int]
    right: Sequence[int]
    is_leaf: Sequence[bool]
    features: Sequence[int]
    thresholds: Sequence[float]
    answers: Sequence[float]


def blend_of(model: RiskBlend) -> Blend:
    """A fitted `RiskBlend`, without its calibration."""
    members = tuple(member_of(estimator) for _, estimator in model.members_)
    return Blend((1.0,) * len(members), members)


def member_of(estimator: Estimator) -> Member:
    """A fitted scaled logistic regression, forest or boosting of either kind."""
    from sklearn.ensemble import (
        ExtraTreesClassifier,
        GradientBoostingClassifier,
        HistGradientBoostingClassifier,
        RandomForestClassifier,
    )
    from sklearn.pipeline import Pipeline

    if isinstance(estimator, Pipeline):
        return _linear(estimator)
    if isinstance(estimator, RandomForestClassifier | ExtraTreesClassifier):
        return Forest(_laid_out(_forest_nodes(tree.tree_) for tree in estimator.estimators_))
    if isinstance(estimator, HistGradientBoostingClassifier):
        trees = (_boosting_nodes(step[0].nodes) for step in estimator._predictors)
        start = float(estimator._baseline_prediction[0, 0])
        return Boosting(start, 1.0, single=False, trees=_laid_out(trees))
    if isinstance(estimator, GradientBoostingClassifier):
        return _stochastic(estimator)
    raise TypeError(f"{type(estimator).__name__} has no served form")


def _linear(pipeline: Estimator) -> Linear:
    """The scaler goes into the coefficients."""
    scaler, regression = pipeline[0], pipeline[-1]
    coefficients = regression.coef_[0] / scaler.scale_
    intercept = float(regression.intercept_[0] - coefficients @ scaler.mean_)
    return Linear(tuple(coefficients.tolist()), intercept)


def _stochastic(estimator: Estimator) -> Boosting:
    """It starts from the log-odds of the base rate."""
    first, second = estimator.init_.class_prior_
    trees = (
        _tree_nodes(step[0].tree_, step[0].tree_.value[:, 0, 0]) for step in estimator.estimators_
    )
    start = math.log(second / first)
    return Boosting(start, estimator.learning_rate, single=True, trees=_laid_out(trees))


def _forest_nodes(tree: Estimator) -> Nodes:
    shares = tree.value[:, 0, :]
    return _tree_nodes(tree, shares[:, 1] / shares.sum(axis=1))


def _tree_nodes(tree: Estimator, answers: Estimator) -> Nodes:
    left = tree.children_left.tolist()
    leaves = [child < 0 for child in left]
    right, features = tree.children_right.tolist(), tree.feature.tolist()
    return Nodes(left, right, leaves, features, tree.threshold.tolist(), answers.tolist())


def _boosting_nodes(nodes: Estimator) -> Nodes:
    names = ("left", "right", "is_leaf", "feature_idx", "num_threshold", "value")
    left, right, leaves, features, thresholds, answers = (nodes[name].tolist() for name in names)
    return Nodes(left, right, leaves, features, thresholds, answers)


def _laid_out(trees: Iterable[Nodes]) -> Trees:
    sizes: list[int] = []
    features, jumps, values = array("B"), array("I"), array("d")
    for nodes in trees:
        start = len(jumps)
        _append(nodes, features, jumps, values)
        sizes.append(len(jumps) - start)
    return Trees(tuple(sizes), features, jumps, values)


def _append(
    nodes: Nodes, features: "array[int]", jumps: "array[int]", values: "array[float]"
) -> None:
    """One tree in preorder; a right child tells its parent where it came to stand."""
    waiting = [(0, -1)]
    while waiting:
        node, parent = waiting.pop()
        here = len(jumps)
        if parent >= 0:
            jumps[parent] = here - parent
        leaf = nodes.is_leaf[node]
        features.append(0 if leaf else nodes.features[node])
        values.append(nodes.answers[node] if leaf else nodes.thresholds[node])
        jumps.append(0)
        if not leaf:
            waiting += [(nodes.right[node], here), (nodes.left[node], -1)]
