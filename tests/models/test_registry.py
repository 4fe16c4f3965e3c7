import json
import multiprocessing
import os
import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from tidegate.errors import UsageError
from tidegate.models.artefact import read as read_estimator
from tidegate.models.own import MONOTONE, RiskBlend
from tidegate.models.promotion import Comparison
from tidegate.models.registry import Registry, open_registry
from tidegate.models.served.writing import written
from tidegate.models.training.own import fit, served_model
from tidegate.models.verifying import problems, self_test
from tidegate.models.versions import (
    ESTIMATOR,
    SELF_TEST,
    SERVED,
    Card,
    Interval,
    ModelRefused,
    Submission,
    Version,
)
from tidegate.tests.models.labelled import made_up

CHANGES = made_up(300)
FITTED = fit(CHANGES, RiskBlend(trees=4, rounds=8, leaf=5, rising=MONOTONE))
MODEL = served_model(FITTED, CHANGES)
TEXT = written(MODEL).encode()
ROWS = CHANGES.rows[:5]
CARD = Card(
    design="Blend of four",
    trained_from="2024-01-01",
    trained_until="2025-01-01",
    changes=300,
    bug_inducing=90,
    features=("la", "ld"),
    data_digest="0" * 64,
    metrics={"auc": Interval(0.75, 0.7, 0.8)},
    code_version="0.1.0",
    limits=("Knows one project only.",),
)
FILES = {SERVED: TEXT, SELF_TEST: self_test(ROWS, [MODEL.probability(row) for row in ROWS])}
WHOLE = Submission(card=CARD, files=FILES, estimator=FITTED, plots={"gain.png": b"picture"})
SMALL = Submission(card=CARD, files=FILES)


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    return open_registry(tmp_path_factory.mktemp("registry"))


@pytest.fixture(scope="module")
def version(registry: Registry) -> Version:
    return registry.add("whole", WHOLE)


def difference(low: float) -> Comparison:
    return Comparison("AP", 0.4, 0.5, low, low + 0.1, 500, 100, enough=True)


def better(champion: Version, challenger: Version) -> Comparison:
    assert champion.number != challenger.number
    return difference(0.01)


def folder_of(registry: Registry, version: Version) -> Path:
    (found,) = registry._folder.glob(f"artefacts/{version.run}/artifacts/model")
    return found


def test_a_version_keeps_its_files_its_card_and_its_figures(
    registry: Registry, version: Version
) -> None:
    assert registry.read(version, SERVED) == TEXT
    assert registry.card(version) == CARD
    assert registry.versions("whole") == (version,)
    assert problems(registry, version) == ()
    estimator = read_estimator(registry.read(version, ESTIMATOR))
    sample = np.abs(np.random.default_rng(0).normal(size=(20, FITTED.n_features_in_)))
    assert (estimator.predict_proba(sample) == FITTED.predict_proba(sample)).all()
    run = registry._client.get_run(version.run)
    assert run.data.metrics == {"auc": 0.75, "auc_low": 0.7, "auc_high": 0.8}
    page = registry._client.get_model_version("whole", "1").description
    assert page is not None
    assert "Knows one project only." in page


@pytest.mark.parametrize("file", [SERVED, ESTIMATOR, "MLmodel", "card.json"])
def test_a_file_that_was_swapped_is_refused(registry: Registry, file: str) -> None:
    added = registry.add("swapped", WHOLE if file == ESTIMATOR else SMALL)
    path = folder_of(registry, added) / file
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(ModelRefused, match=f"{file} of swapped .* is not the file that was added"):
        registry.read(added, file)
    assert problems(registry, added)


def test_what_somebody_else_put_into_the_registry_is_no_version(registry: Registry) -> None:
    client = registry._client
    client.create_registered_model("foreign")
    client.create_model_version("foreign", source="runs:/0123456789abcdef/model")
    assert registry.versions("foreign") == ()
    with pytest.raises(UsageError, match="no version 1 of foreign"):
        registry.version("foreign", 1)


def test_a_served_form_that_answers_otherwise_than_it_did_is_a_problem(registry: Registry) -> None:
    wrong = self_test(ROWS, [0.123] * len(ROWS))
    added = registry.add("wrong", Submission(card=CARD, files={**FILES, SELF_TEST: wrong}))
    assert "answers otherwise" in problems(registry, added)[0]


def test_the_champion_changes_only_for_a_better_one_and_can_be_given_its_place_back(
    registry: Registry,
) -> None:
    one, two, three = (registry.add("risk", SMALL) for _ in range(3))
    assert registry.promote("risk", one.number, better) is None
    worse = registry.promote("risk", two.number, lambda *_: difference(-0.02))
    assert worse is not None
    assert not worse.is_better
    assert _champion(registry) == one.number
    registry.promote("risk", three.number, better)
    assert _champion(registry) == three.number
    assert registry.rollback("risk").number == one.number
    assert _champion(registry) == one.number
    with pytest.raises(UsageError, match="no earlier champion"):
        registry.rollback("risk")
    with pytest.raises(UsageError, match="is the champion"):
        registry.promote("risk", one.number, better)


def _champion(registry: Registry) -> int:
    champion = registry.champion("risk")
    assert champion is not None
    assert champion.is_champion
    return champion.number


@pytest.mark.parametrize("name", ["", "../risk", "Risk", "a b", "x" * 65])
def test_odd_names_are_refused(registry: Registry, name: str) -> None:
    with pytest.raises(UsageError, match="is no name of a model"):
        registry.add(name, SMALL)


def test_an_address_that_mlflow_does_not_know_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--registry takes"):
        open_registry(tmp_path, uri="gopher://models")


def _start(folder: Path) -> None:
    registry = open_registry(folder)
    added = registry.add("risk", SMALL)
    registry.promote("risk", added.number, better)


def test_eight_starters_at_once_lose_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They make the tables, add a version each, and promote it: every champion is remembered.

    And no file of MLflow's is left in the folder that they were started in.
    """
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "state"
    context = multiprocessing.get_context("fork")
    starters = [context.Process(target=_start, args=(folder,)) for _ in range(8)]
    for starter in starters:
        starter.start()
    for starter in starters:
        starter.join()
    assert [starter.exitcode for starter in starters] == [0] * 8
    assert [path.name for path in tmp_path.iterdir()] == ["state"]
    registry = open_registry(folder)
    assert [each.number for each in registry.versions("risk")] == list(range(1, 9))
    champions = [registry.champion("risk")] + [registry.rollback("risk") for _ in range(7)]
    assert sorted(each.number for each in champions if each) == list(range(1, 9))


class Evil:
    def __reduce__(self) -> tuple[object, ...]:
        return os.system, ("true",)


def _forged(change: dict[str, str]) -> bytes:
    """The estimator's file with names in its schema replaced."""
    from tidegate.models.artefact import written as skops_of

    made = BytesIO()
    with zipfile.ZipFile(BytesIO(skops_of(FITTED))) as old, zipfile.ZipFile(made, "w") as new:
        for member in old.namelist():
            data = old.read(member)
            if member == "schema.json":
                text = data.decode()
                for before, after in change.items():
                    assert before in text
                    text = text.replace(before, after)
                data = text.encode()
            new.writestr(member, data)
    return made.getvalue()


def test_a_type_that_is_not_on_the_list_is_refused_before_it_is_built() -> None:
    forged = _forged({'"RiskBlend"': '"Popen"', '"tidegate.models.own"': '"subprocess"'})
    with pytest.raises(ModelRefused, match=r"it wants to build subprocess\.Popen"):
        read_estimator(forged)


def test_a_pickle_under_the_name_of_a_model_is_refused() -> None:
    import pickle

    with pytest.raises(ModelRefused, match="it is no skops file"):
        read_estimator(pickle.dumps(Evil()))
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("schema.json", json.dumps({"__class__": "x"}))
    with pytest.raises(ModelRefused, match="skops cannot read it"):
        read_estimator(made.getvalue())


def test_a_file_that_would_unfold_without_end_is_refused() -> None:
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for number in range(100_001):
            archive.writestr(str(number), b"")
    with pytest.raises(ModelRefused, match="unfold"):
        read_estimator(made.getvalue())
