"""The skops form of an estimator: written, and read as if a stranger had written it.

skops asks which types may be built; our answer is a fixed list, never the artefact's own.
Trees index memory with the numbers they were given and check none, so those are checked
here before anything is predicted (`tree_bounds`).
"""

import io
import zipfile
from typing import Any

from .tree_bounds import refuse_wild_trees
from .versions import ESTIMATOR, ModelRefused

Estimator = Any
"""scikit-learn ships no types."""
TRUSTED = (
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.tree._tree.Tree",
    "tidegate.models.calibration.Sigmoid",
    "tidegate.models.own.RiskBlend",
)
"""Types beyond those that skops itself trusts."""
_MAX_BYTES = 1024 * 1024 * 1024
_MAX_MEMBERS = 100_000


def written(estimator: Estimator) -> bytes:
    """The skops form of an estimator. Raises ModelRefused where we would not read it back."""
    from skops.io import dumps

    data: bytes = dumps(estimator, compression=zipfile.ZIP_DEFLATED)
    _refuse_strangers(data)
    return data


def read(data: bytes) -> Estimator:
    """The estimator in a skops file.

    Raises ModelRefused where the file is none, is a bomb, names a type that is not on our
    list, or holds a tree that would read beyond its arrays.
    """
    from skops.io import loads

    _refuse_bombs(data)
    trusted = _refuse_strangers(data)
    try:
        estimator: Estimator = loads(data, trusted=trusted)
    except Exception as error:  # whatever a forged file makes skops raise
        raise _refused(f"skops cannot read it ({type(error).__name__})") from error
    refuse_wild_trees(estimator)
    return estimator


def _refuse_strangers(data: bytes) -> list[str]:
    """The types that the file wants beyond skops' own, each of them on our list."""
    from skops.io import get_untrusted_types

    try:
        wanted: list[str] = get_untrusted_types(data=data)
    except Exception as error:  # whatever a forged file makes skops raise
        raise _refused(f"skops cannot read it ({type(error).__name__})") from error
    strangers = sorted(kind for kind in wanted if kind not in TRUSTED)
    if strangers:
        raise _refused(f"it wants to build {', '.join(strangers)[:200]}")
    return wanted


def trusted_types() -> tuple[str, ...]:
    """What a file may build beyond the types that skops itself trusts."""
    return TRUSTED


def _refuse_bombs(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise _refused("it is no skops file") from error
    if len(members) > _MAX_MEMBERS or sum(m.file_size for m in members) > _MAX_BYTES:
        raise _refused("it would unfold to more than a model needs")


def _refused(why: str) -> ModelRefused:
    return ModelRefused(f"{ESTIMATOR} is refused: {why}", "train the model anew")
