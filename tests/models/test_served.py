import base64
import json
import time
from array import array
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.ensemble import RandomForestClassifier

from tidegate.errors import UsageError
from tidegate.models.cold_start import adapted, load
from tidegate.models.features import NAMES, engineered
from tidegate.models.own import MONOTONE, RiskBlend
from tidegate.models.served.fitted import blend_of, member_of
from tidegate.models.served.form import Inputs, ServedModel
from tidegate.models.served.reading import read
from tidegate.models.served.writing import written
from tidegate.models.training.own import fit, served_model
from tidegate.tests.models.labelled import made_up

CHANGES = made_up(500)
FITTED = fit(CHANGES, RiskBlend(trees=8, rounds=25, leaf=5, rising=MONOTONE))
SERVED = served_model(FITTED, CHANGES)
TEXT = written(SERVED)
ROWS = np.array([engineered(row) for row in CHANGES.rows])
numbers = st.floats(0, 1e6, allow_nan=False)


def test_every_member_scores_as_scikit_learn_does() -> None:
    forest = RandomForestClassifier(10, min_samples_leaf=5, random_state=0)
    members = [*FITTED.members_, ("forest", forest.fit(ROWS, CHANGES.labels))]
    for name, estimator in members:
        member = member_of(estimator)
        told = [member.probability(Inputs(row, array("f", row))) for row in ROWS.tolist()]
        assert np.abs(told - estimator.predict_proba(ROWS)[:, 1]).max() <= 1e-12, name
    assert len(blend_of(FITTED).members) == 4


def test_what_is_read_back_scores_as_the_whole_model_does() -> None:
    model = read(TEXT)
    told = [model.probability(row) for row in CHANGES.rows]
    assert np.abs(told - FITTED.predict_proba(ROWS)[:, 1]).max() <= 1e-12


@given(st.lists(numbers, min_size=len(NAMES), max_size=len(NAMES)))
@settings(max_examples=60, deadline=None)
def test_changes_that_nobody_saw_are_scored_alike_too(row: list[float]) -> None:
    known = FITTED.predict_proba(np.array([engineered(row)]))[0, 1]
    assert SERVED.probability(row) == pytest.approx(known, abs=1e-12)


def test_a_threshold_hit_by_the_float32_of_a_value_goes_the_same_way() -> None:
    forest = dict(FITTED.members_)["trees"]
    member = member_of(forest)
    for estimator in forest.estimators_:
        split = estimator.tree_.feature[0]
        row = ROWS[0].copy()
        for value in (np.nextafter(estimator.tree_.threshold[0], d) for d in (-9, 9)):
            row[split] = value
            known = forest.predict_proba(row[None])[0, 1]
            told = member.probability(Inputs(row.tolist(), array("f", row.tolist())))
            assert told == pytest.approx(known, abs=1e-12)


@pytest.mark.parametrize("model", [SERVED, adapted(load(), CHANGES.rows, CHANGES.labels)])
def test_writing_and_reading_lose_nothing(model: ServedModel) -> None:
    assert read(written(model)) == model


def packed(code: str, values: list[Any]) -> str:
    return base64.b64encode(array(code, values).tobytes()).decode()


def put(path: str, value: Any) -> Callable[[Any], None]:
    """Sets what stands at `path` of a document."""

    def change(document: Any) -> None:
        *above, last = path.split("/")
        for key in above:
            document = document[int(key) if key.isdigit() else key]
        document[int(last) if last.isdigit() else last] = value

    return change


def trees(kind: str, **arrays: list[Any]) -> Callable[[Any], None]:
    """Puts one tree of a root and two leaves into the forest, some of its arrays replaced."""
    sound: dict[str, list[Any]] = {
        "sizes": [3],
        "features": [0, 0, 0],
        "jumps": [2, 0, 0],
        "values": [0.5, 0.1, 0.9],
    }
    codes = {"sizes": "I", "features": "B", "jumps": "I", "values": "d"}
    told = {key: packed(code, arrays.get(key, sound[key])) for key, code in codes.items()}
    return put("part/members/1", {"kind": kind, "trees": told})


HOSTILE = {
    "schema": put("schema", "tidegate/model/2"),
    "metrics": put("metrics", [*NAMES[1:], NAMES[0]]),
    "a key more": put("code", "import os"),
    "kind": put("part/kind", "pickle"),
    "a kind that is no word": put("part/kind", []),
    "nested blends": put("part/members/0", {"kind": "blend", "weights": [1], "members": []}),
    "no members": put("part/members", []),
    "weights": put("part/weights", [1.0]),
    "weights of nothing": put("part/weights", [0, 0, 0, 0]),
    "negative weight": put("part/weights", [1, 1, 1, -1]),
    "coefficients": put("part/members/0/coefficients", [1.0]),
    "a truth for a number": put("part/members/0/intercept", True),
    "an endless number": put("part/members/0/intercept", 10**400),
    "a slope that turns around": put("calibration/slope", -1),
    "bands out of order": lambda d: d["bands"].reverse(),
    "a band of control characters": put("bands/0/name", "\x1b[2J"),
    "a share over 1": put("bands/0/caught", 2),
    "ranks": put("ranks", [packed("d", [1.0])]),
    "ranks not sorted": put("ranks", [packed("d", [2.0, 1.0])] * 29),
    "ranks of nothing": put("ranks", [""] * 29),
    "no base64": put("part/members/1/trees/jumps", "ab$="),
    "half a number": put("part/members/1/trees/jumps", "AAAA"),
    "no text": put("part/members/1/trees/jumps", 7),
    "a jump out of the trees": trees("forest", jumps=[3, 0, 0]),
    "a jump far out": trees("forest", jumps=[2**32 - 1, 0, 0]),
    "a tree that ends in a node": trees("forest", jumps=[2, 0, 2]),
    "one child": trees("forest", jumps=[1, 0, 0]),
    "a jump into the next tree": trees(
        "forest", sizes=[1, 3], features=[0] * 4, jumps=[2, 2, 0, 0], values=[0.5] * 4
    ),
    "an unknown feature": trees("forest", features=[29, 0, 0]),
    "a leaf over 1": trees("forest", values=[0.5, 0.1, 1.5]),
    "NaN": trees("forest", values=[0.5, float("nan"), 0.9]),
    "infinite threshold": trees("forest", values=[float("inf"), 0.1, 0.9]),
    "infinities that cancel": trees("forest", values=[float("inf"), float("-inf"), 0.9]),
    "arrays of two lengths": trees("forest", values=[0.5, 0.1]),
    "an empty tree": trees("forest", sizes=[0, 3]),
    "no trees": trees("forest", sizes=[], features=[], jumps=[], values=[]),
    "boosting without a start": trees("boosting"),
    "boosting that is neither": put("part/members/2/single", 1),
}


@pytest.mark.parametrize("change", HOSTILE.values(), ids=HOSTILE)
def test_a_file_that_is_not_sound_is_refused(change: Callable[[Any], None]) -> None:
    document = json.loads(TEXT)
    change(document)
    with pytest.raises(UsageError, match=r"this is no model that can be used: .*train it anew"):
        read(json.dumps(document))


def test_the_tree_that_the_hostile_ones_are_made_of_is_sound() -> None:
    document = json.loads(TEXT)
    trees("forest")(document)
    assert read(json.dumps(document)).probability(CHANGES.rows[0]) > 0


@pytest.mark.parametrize("text", ["", "[]", "null", "{", "[" * 100_000, '{"schema": NaN}', "\0"])
def test_what_is_no_model_at_all_is_refused_too(text: str) -> None:
    with pytest.raises(UsageError, match="this is no model that can be used"):
        read(text)


@given(st.integers(0, len(TEXT) - 1), st.characters(codec="ascii"))
@settings(max_examples=80, deadline=None)
def test_a_letter_changed_is_refused_or_scores_a_probability(place: int, letter: str) -> None:
    try:
        model = read(TEXT[:place] + letter + TEXT[place + 1 :])
    except UsageError:
        return
    assert 0 <= model.probability(CHANGES.rows[0]) <= 1


def test_a_forest_of_a_hundred_thousand_nodes_is_read_within_the_budget_of_the_gate() -> None:
    document = json.loads(TEXT)
    tree, many = _complete(10), 100
    nodes = len(tree) * many
    trees(
        "forest",
        sizes=[len(tree)] * many,
        features=[0] * nodes,
        jumps=tree * many,
        values=[0.5] * nodes,
    )(document)
    text = json.dumps(document)
    took = []
    for _ in range(3):
        started = time.process_time()
        read(text)
        took.append(time.process_time() - started)
    assert min(took) < 0.15


def _complete(depth: int) -> list[int]:
    """The jumps of a complete tree in preorder."""
    below = [0] if depth == 1 else _complete(depth - 1)
    return [len(below) + 1, *below, *below] if depth > 1 else below
