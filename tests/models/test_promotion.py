import numpy as np
from numpy.typing import ArrayLike
from sklearn.metrics import average_precision_score

from tidegate.models.promotion import MIN_OF_A_KIND, Comparison, compare

RNG = np.random.default_rng(1)
LABELS = (RNG.random(400) < 0.3).astype(int)
GOOD = LABELS + RNG.normal(0, 0.7, 400)
POOR = RNG.random(400)


def compared(labels: ArrayLike, champion: ArrayLike, challenger: ArrayLike) -> Comparison:
    sides = [np.asarray(each).tolist() for each in (labels, champion, challenger)]
    return compare(sides[0], sides[1], sides[2], average_precision_score, "AP", draws=200)


def test_a_better_challenger_is_shown_to_be_better() -> None:
    told = compared(LABELS, POOR, GOOD)
    assert told.is_better
    assert told.low > 0.1
    assert told.told().endswith("better")


def test_a_worse_or_equal_challenger_is_not() -> None:
    for old, new in ((GOOD, POOR), (GOOD, GOOD), (POOR, RNG.random(400))):
        told = compared(LABELS, old, new)
        assert not told.is_better
        assert "not shown to be better" in told.told()


def test_few_changes_are_no_evidence() -> None:
    labels = [1] * (MIN_OF_A_KIND - 1) + [0] * 300
    told = compared(labels, labels[::-1], labels)
    assert not told.is_better
    assert told.told().startswith("no evidence")
