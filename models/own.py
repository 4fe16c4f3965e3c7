"""The model of one's own repository: a blend of four estimators, calibrated on the newest rows.

Needs the extra `ml`. Rows are in the order of time, oldest first: nothing here shuffles them.
"""

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import (
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.multiclass import type_of_target
from sklearn.utils.validation import check_is_fitted, validate_data

from .calibration import EDGE, Sigmoid, fit_sigmoid
from .features import ENGINEERED, RISING

MONOTONE = tuple(ENGINEERED.index(name) for name in RISING)
Floats = NDArray[np.float64]
Estimator = Any
"""scikit-learn ships no types."""


class RiskBlend(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """Log-linear model, extra trees, stochastic and monotone boosting: the mean of their logits.

    A sigmoid is fitted on what members trained on the older rows say of the newest ones; the
    members that are kept are trained on all rows.

    Parameters
    ----------
    trees : int, default=120
        Extra trees.
    rounds : int, default=200
        Rounds of either boosting.
    leaf : int, default=5
        Fewest training rows in a leaf of an extra tree.
    rising : tuple of int, default=()
        Columns in which monotone boosting never lets the risk fall.
    newest : float, default=0.2
        Share of the rows that calibrate.
    random_state : int, default=0
        Seed of the members.
    n_jobs : int or None, default=None
        Threads that grow the extra trees.

    Attributes
    ----------
    members_ : list of (str, estimator)
        The fitted members.
    calibration_ : Sigmoid
        From the mean logit to the probability.
    calibration_scores_ : ndarray
        Calibrated probabilities of the newest rows, by members that did not see them.

    """

    def __init__(
        self,
        *,
        trees: int = 120,
        rounds: int = 200,
        leaf: int = 5,
        rising: tuple[int, ...] = (),
        newest: float = 0.2,
        random_state: int = 0,
        n_jobs: int | None = None,
    ) -> None:
        self.trees = trees
        self.rounds = rounds
        self.leaf = leaf
        self.rising = rising
        self.newest = newest
        self.random_state = random_state
        self.n_jobs = n_jobs

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:  # noqa: N803 - scikit-learn's name
        """Fit on rows in the order of time; raises ValueError without two classes."""
        rows, y = validate_data(self, X, y, dtype=np.float64)
        found = type_of_target(y, input_name="y", raise_unknown=True)
        if found != "binary":
            raise ValueError(
                f"Only binary classification is supported. The type of the target is {found}."
            )
        self.classes_, labels = np.unique(np.asarray(y), return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError("the labels are of one class, where two classes are needed")
        start = len(rows) - int(self.newest * len(rows))
        self.calibration_, self.calibration_scores_ = self._calibrated(rows, labels, start)
        self.members_ = self._fitted(rows, labels)
        return self

    def _calibrated(self, rows: Floats, labels: NDArray[Any], start: int) -> tuple[Sigmoid, Floats]:
        """The sigmoid of the rows from `start` on; none where a side has one class."""
        if len(set(labels[:start])) < 2 or len(set(labels[start:])) < 2:
            return Sigmoid(), np.empty(0)
        scores = _blended(self._fitted(rows[:start], labels[:start]), rows[start:])
        found = fit_sigmoid(scores.tolist(), labels[start:].tolist())
        return found, _through(found, scores)

    def _fitted(self, rows: Floats, labels: NDArray[Any]) -> list[tuple[str, Estimator]]:
        return [(name, member.fit(rows, labels)) for name, member in self._members(rows.shape[1])]

    def _members(self, columns: int) -> list[tuple[str, Estimator]]:
        rising = np.zeros(columns, dtype=int)
        rising[list(self.rising)] = 1
        seed = self.random_state
        linear = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=1000))
        trees = ExtraTreesClassifier(
            n_estimators=self.trees,
            min_samples_leaf=self.leaf,
            max_features=0.4,
            random_state=seed,
            n_jobs=self.n_jobs,
        )
        stochastic = GradientBoostingClassifier(
            learning_rate=0.05,
            n_estimators=self.rounds,
            max_depth=4,
            min_samples_leaf=30,
            subsample=0.5,
            max_features=0.25,
            random_state=seed,
        )
        monotone = HistGradientBoostingClassifier(
            learning_rate=0.03,
            max_iter=self.rounds,
            max_leaf_nodes=15,
            min_samples_leaf=40,
            l2_regularization=5.0,
            max_features=0.25,
            monotonic_cst=rising,
            early_stopping=False,
            random_state=seed,
        )
        named = {"linear": linear, "trees": trees, "stochastic": stochastic, "monotone": monotone}
        return list(named.items())

    def predict_proba(self, X: ArrayLike) -> Floats:  # noqa: N803 - scikit-learn's name
        """Probability of each class, the riskier one second."""
        check_is_fitted(self)
        rows = validate_data(self, X, dtype=np.float64, reset=False)
        second = _through(self.calibration_, _blended(self.members_, rows))
        return np.column_stack([1 - second, second])

    def predict(self, X: ArrayLike) -> NDArray[Any]:  # noqa: N803 - scikit-learn's name
        """The likelier class of each row."""
        chosen = (self.predict_proba(X)[:, 1] > 0.5).astype(int)
        return np.asarray(self.classes_[chosen])

    def __sklearn_tags__(self) -> Estimator:
        """Two classes, no more."""
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags


def own_model(n_jobs: int | None = None) -> RiskBlend:
    """The design that rolling evaluation inside the training parts chose (docs/risk-log.md)."""
    return RiskBlend(rising=MONOTONE, n_jobs=n_jobs)


def _logit(p: Floats) -> Floats:
    p = np.clip(p, EDGE, 1 - EDGE)
    return np.asarray(np.log(p / (1 - p)))


def _sigmoid(x: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-x)))


def _blended(members: list[tuple[str, Estimator]], rows: Floats) -> Floats:
    logits = [_logit(member.predict_proba(rows)[:, 1]) for _, member in members]
    return _sigmoid(np.mean(logits, axis=0))


def _through(sigmoid: Sigmoid, scores: Floats) -> Floats:
    return _sigmoid(sigmoid.slope * _logit(scores) + sigmoid.intercept)
