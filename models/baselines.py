"""What any model has to beat: a constant, size alone, and LApredict. Needs the extra `ml`."""

from sklearn.compose import ColumnTransformer
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from .features import ENGINEERED, NAMES
from .own import Estimator


def constant() -> Estimator:
    """The base rate for everything."""
    return DummyClassifier(strategy="prior")


def size_only() -> Estimator:
    """Logistic regression on the logarithm of the changed lines; fitted on engineered features."""
    return _of_column(ENGINEERED.index("log_churn"))


def lapredict() -> Estimator:
    """Logistic regression on the added lines, as of ISSTA 2021; fitted on the metrics."""
    return _of_column(NAMES.index("la"))


def _of_column(column: int) -> Estimator:
    chosen = ColumnTransformer([("chosen", StandardScaler(), [column])])
    return make_pipeline(chosen, LogisticRegression(C=1e6))
