import math
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.models.calibration import logit, sigmoid
from tidegate.models.explanation import Explanation, explained
from tidegate.models.features import NAMES, Group
from tidegate.models.own import RiskBlend
from tidegate.models.training.own import fit, served_model
from tidegate.tests.models.labelled import made_up

CHANGES = made_up(300)
MODEL = served_model(fit(CHANGES, RiskBlend(trees=5, rounds=10)), CHANGES)
USUAL = (1.0, 1.0, 2.0, 0.5, 10.0, 4.0, 300.0, 0.0, 5.0, 30.0, 20.0, 100.0, 10.0, 40.0)


def changed(**metrics: float) -> tuple[float, ...]:
    return tuple((dict(zip(NAMES, USUAL, strict=True)) | metrics).values())


def of_size(row: Sequence[float]) -> float:
    return sigmoid(-2 + 0.05 * row[NAMES.index("la")] + 0.1 * row[NAMES.index("nf")])


def reason(told: Explanation, group: Group) -> tuple[float, str]:
    (found,) = (reason for reason in told.reasons if reason.group is group)
    return found.contribution, found.words


@given(st.sampled_from(CHANGES.rows))
@settings(max_examples=15, deadline=None)
def test_the_contributions_of_any_model_add_up(row: tuple[float, ...]) -> None:
    told = explained(MODEL.probability, row, MODEL.usual)
    whole = logit(told.probability) - logit(told.usual)
    assert math.fsum(reason.contribution for reason in told.reasons) == pytest.approx(whole)


def test_of_a_linear_model_each_group_has_its_own_terms() -> None:
    told = explained(of_size, changed(la=30, nf=14), USUAL)
    size, spread = reason(told, Group.SIZE), reason(told, Group.SPREAD)
    assert size[1] == "adds 30 lines, 3.0 times the usual 10"
    assert spread[1] == "touches 14 files, 7.0 times the usual 2"
    assert [size[0], spread[0]] == pytest.approx([1.0, 1.2])
    assert reason(told, Group.FILES)[0] == pytest.approx(0)
    assert [found.group for found in told.reasons[:2]] == [Group.SPREAD, Group.SIZE]
    assert told.reasons[0].odds == pytest.approx(math.exp(1.2))


@pytest.mark.parametrize(
    ("metrics", "group", "words"),
    [
        ({"nf": 4.0}, Group.SPREAD, "touches 4 files, twice the usual 2"),
        ({"la": 0.0}, Group.SIZE, "adds 0 lines, where 10 is usual"),
        ({"fix": 1.0}, Group.PURPOSE, "its message tells of a fix"),
        ({}, Group.PURPOSE, "its message tells of no fix"),
        ({"exp": 1.0}, Group.EXPERIENCE, "its author changed 1 file before, where 100 is usual"),
    ],
)
def test_the_metric_furthest_from_the_usual_is_told_in_words(
    metrics: dict[str, float], group: Group, words: str
) -> None:
    assert reason(explained(of_size, changed(**metrics), USUAL), group)[1] == words


def test_what_would_lower_the_risk_is_told_and_what_would_not_is_not() -> None:
    row = changed(la=60, nf=9)
    told = explained(of_size, row, USUAL)
    assert [found.words for found in told.remedies] == [
        "half of its lines",
        "no more files, folders and subsystems than usual",
    ]
    assert told.remedies[0].probability == pytest.approx(of_size(changed(la=30, nf=9)))
    assert explained(lambda _: 0.3, row, USUAL).remedies == ()
