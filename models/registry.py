"""Models as versions in an MLflow registry: the one file that imports mlflow.

SQLite in the project's own folder by default; any other address that MLflow knows is taken as
it is. A version is a folder of files and, in its tags, the SHA-256 of each: what is read later
is compared with those first. MLflow's own loader, which runs pickles and believes the list of
types in the artefact, is never called.
"""

import json
import logging
import os
import tempfile
import warnings
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import UsageError
from .artefact import trusted_types, written
from .exclusive import alone
from .versions import (
    CARD,
    ESTIMATOR,
    SERVED,
    Card,
    ModelRefused,
    Submission,
    Version,
    as_markdown,
    card_from,
    digest,
)

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities.model_registry import ModelVersion
    from mlflow.models import ModelSignature

    from .promotion import Comparison

EXPERIMENT = "tidegate"
CHAMPION = "champion"
_FOLDER = "model"
"""Of a run's artefacts: the files of the version."""
_MANIFEST, _CHAMPIONS = "tidegate.manifest", "tidegate.champions"
_SILENT = {
    "DO_NOT_TRACK": "true",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_ALLOW_PICKLE_DESERIALIZATION": "false",
}
Judge = Callable[[Version, Version], "Comparison"]
"""Of champion and challenger."""


class Registry:
    """The versions of every model of one project."""

    def __init__(self, client: "MlflowClient", experiment: str, folder: Path) -> None:
        self._client = client
        self._experiment = experiment
        self._folder = folder

    def names(self) -> tuple[str, ...]:
        """The models that have a version, sorted."""
        return tuple(sorted(model.name for model in self._client.search_registered_models()))

    def versions(self, name: str) -> tuple[Version, ...]:
        """Those that Tidegate added, oldest first. Raises UsageError for an unknown name."""
        champion = self._champion_number(name)
        told = self._client.search_model_versions(f"name='{_checked(name)}'")
        ours = [_version(each, champion) for each in told if _MANIFEST in each.tags]
        return tuple(sorted(ours, key=lambda version: version.number))

    def version(self, name: str, number: int) -> Version:
        """One version. Raises UsageError where there is none that Tidegate added."""
        for version in self.versions(name):
            if version.number == number:
                return version
        raise UsageError(
            f"no version {number} of {name}", f"`tidegate models list {name}` shows those there are"
        )

    def champion(self, name: str) -> Version | None:
        """The version that decides, if one was promoted."""
        number = self._champion_number(name)
        return None if number is None else self.version(name, number)

    def add(self, name: str, submission: Submission) -> Version:
        """A new version, which is nobody's champion yet."""
        from mlflow.exceptions import MlflowException

        with alone(self._folder):
            try:
                self._client.get_registered_model(_checked(name))
            except MlflowException:
                self._client.create_registered_model(name)
        run = self._client.create_run(self._experiment, run_name=name).info.run_id
        manifest = self._log(run, name, submission)
        told = self._client.create_model_version(
            name,
            source=f"runs:/{run}/{_FOLDER}",
            run_id=run,
            tags={_MANIFEST: json.dumps(manifest, sort_keys=True)},
        )
        self._client.set_terminated(run)
        version = _version(told, None)
        page = as_markdown(version, submission.card)
        self._client.update_model_version(name, told.version, description=page)
        return version

    def read(self, version: Version, file: str) -> bytes:
        """One file of a version. Raises ModelRefused where it is not what was added."""
        expected = version.manifest.get(file)
        if expected is None:
            raise ModelRefused(f"{version.name} {version.number} has no {file}", "train it anew")
        data = self._download(version, file)
        if digest(data) != expected:
            raise ModelRefused(
                f"{file} of {version.name} {version.number} is not the file that was added",
                "restore it, or train a new version",
            )
        return data

    def card(self, version: Version) -> Card:
        """What the version says of itself. Raises ModelRefused as `read` does."""
        return card_from(self.read(version, CARD))

    def promote(self, name: str, number: int, judge: Judge) -> "Comparison | None":
        """Make a version the champion, where `judge` shows it better or there is none yet.

        One process at a time. The comparison is None where there was nobody to beat.
        """
        with alone(self._folder):
            challenger, champion = self.version(name, number), self.champion(name)
            comparison = None
            if champion is not None:
                if champion.number == number:
                    raise UsageError(f"{name} {number} is the champion", "name another version")
                comparison = judge(champion, challenger)
            if comparison is None or comparison.is_better:
                self._crown(name, [*self._champions(name), number])
            return comparison

    def rollback(self, name: str) -> Version:
        """Give the champion before this one its place back. Raises UsageError without one."""
        with alone(self._folder):
            *earlier, _ = self._champions(name) or [0]
            if not earlier:
                raise UsageError(f"{name} has no earlier champion", "promote a version first")
            self._crown(name, earlier)
            return self.version(name, earlier[-1])

    def _crown(self, name: str, champions: list[int]) -> None:
        """The history first: an interrupt between the two leaves the old champion in office."""
        self._client.set_registered_model_tag(name, _CHAMPIONS, json.dumps(champions))
        self._client.set_registered_model_alias(name, CHAMPION, str(champions[-1]))

    def _champions(self, name: str) -> list[int]:
        """Every champion up to the present one, oldest first."""
        text = self._client.get_registered_model(name).tags.get(_CHAMPIONS, "[]")
        champions: list[int] = json.loads(text)
        present = self._champion_number(name)
        # What an interrupt left behind the present champion was never in office.
        while champions and champions[-1] != present:
            champions.pop()
        return champions

    def _champion_number(self, name: str) -> int | None:
        from mlflow.exceptions import MlflowException

        try:
            aliases = self._client.get_registered_model(_checked(name)).aliases
        except MlflowException as error:
            raise UsageError(
                f"no model {name} in the registry", "`tidegate models list` shows those there are"
            ) from error
        return int(aliases[CHAMPION]) if CHAMPION in aliases else None

    def _log(self, run: str, name: str, submission: Submission) -> Mapping[str, str]:
        for metric, figure in submission.card.metrics.items():
            for suffix, value in (("", figure.value), ("_low", figure.low), ("_high", figure.high)):
                self._client.log_metric(run, metric + suffix, value)
        with tempfile.TemporaryDirectory() as made:
            folder, plots = Path(made, _FOLDER), Path(made, "plots")
            plots.mkdir()
            for file, picture in submission.plots.items():
                (plots / file).write_bytes(picture)
            _write(folder, submission)
            self._client.log_artifacts(run, str(folder), _FOLDER)
            self._client.log_artifacts(run, str(plots), "plots")
            self._client.set_tag(run, "tidegate.model", name)
            return {path.name: digest(path.read_bytes()) for path in sorted(folder.iterdir())}

    def _download(self, version: Version, file: str) -> bytes:
        from mlflow.exceptions import MlflowException

        with tempfile.TemporaryDirectory() as made:
            try:
                path = self._client.download_artifacts(version.run, f"{_FOLDER}/{file}", made)
                return Path(path).read_bytes()
            except (MlflowException, OSError) as error:
                raise ModelRefused(
                    f"{file} of {version.name} {version.number} cannot be read",
                    "restore the folder of artefacts, or train a new version",
                ) from error


def open_registry(folder: Path, uri: str = "", artefacts: str = "") -> Registry:
    """The registry of a project, made where there is none: starters wait for each other.

    `folder` is the project's own; `uri` any address that MLflow takes, else SQLite in there.
    Raises UsageError where it cannot be opened.
    """
    _be_silent()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with warnings.catch_warnings(), alone(folder):
            warnings.simplefilter("ignore")  # MLflow's and SQLAlchemy's, about each other
            return _opened(folder.resolve(), uri, artefacts)
    except OSError as error:
        raise UsageError(
            f"the registry in {folder} cannot be opened: {error}", "name another"
        ) from error


def _opened(folder: Path, uri: str, artefacts: str) -> Registry:
    from mlflow import MlflowClient
    from mlflow.exceptions import MlflowException

    address = uri or f"sqlite:///{folder / 'mlflow.db'}"
    served = address.startswith(("http://", "https://", "databricks"))
    place = artefacts or (None if served else (folder / "artefacts").as_uri())
    try:
        client = MlflowClient(address, address)
        experiment = client.get_experiment_by_name(EXPERIMENT)
        number = (
            experiment.experiment_id if experiment else client.create_experiment(EXPERIMENT, place)
        )
    except (MlflowException, ImportError, ValueError) as error:
        raise UsageError(
            f"the registry cannot be opened: {str(error).splitlines()[0]}",
            "--registry takes sqlite:///FILE or the address of an MLflow server",
        ) from error
    return Registry(client, number, folder)


def _be_silent() -> None:
    """Before mlflow is imported: no telemetry, no pickles, no lines about its tables."""
    os.environ.update(_SILENT)
    for name in ("mlflow", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _write(folder: Path, submission: Submission) -> None:
    """The files of a version; MLflow's own description of them among these."""
    from mlflow.models import Model

    if SERVED not in submission.files:
        raise ValueError(f"a version without {SERVED}")
    signature = _signature(submission.card.features)
    if submission.estimator is None:
        folder.mkdir()
        described = Model(signature=signature)
        described.add_flavor("tidegate", served=SERVED)
        described.save(str(folder / "MLmodel"))
    else:
        _write_estimator(folder, submission.estimator, signature)
    card = submission.card.as_json().encode()
    for file, data in {**submission.files, CARD: card}.items():
        (folder / file).write_bytes(data)


def _write_estimator(folder: Path, estimator: object, signature: "ModelSignature") -> None:
    """Requirements and signature are given: inferring them takes MLflow seven seconds."""
    from importlib.metadata import version

    from mlflow.sklearn import save_model
    from sklearn.base import BaseEstimator

    if not isinstance(estimator, BaseEstimator):
        raise TypeError(f"{type(estimator).__name__} is no estimator")
    data = written(estimator)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        save_model(
            estimator,
            str(folder),
            serialization_format="skops",
            skops_trusted_types=list(trusted_types()),
            pip_requirements=[f"{name}=={version(name)}" for name in ("scikit-learn", "skops")],
            signature=signature,
        )
    (folder / ESTIMATOR).write_bytes(data)


def _signature(features: tuple[str, ...]) -> "ModelSignature":
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, Schema

    rows = Schema([ColSpec("double", name) for name in features])
    return ModelSignature(rows, Schema([ColSpec("double")]))


def _version(told: "ModelVersion", champion: int | None) -> Version:
    number = int(told.version)
    try:
        manifest = json.loads(told.tags[_MANIFEST])
        sha256 = manifest[SERVED]
    except (ValueError, KeyError, TypeError) as error:
        raise ModelRefused(
            f"{told.name} {number} was not added by Tidegate", "train a version of your own"
        ) from error
    made = datetime.fromtimestamp(told.creation_timestamp / 1000, UTC)
    return Version(
        name=told.name,
        number=number,
        sha256=sha256,
        manifest=manifest,
        created=made.isoformat(timespec="seconds"),
        is_champion=number == champion,
        run=told.run_id or "",
    )


def _checked(name: str) -> str:
    from .pinned import is_name

    if not is_name(name):
        raise UsageError(
            f"{name!r} is no name of a model", "use lower-case letters, digits, '.', '_' and '-'"
        )
    return name
