"""Whether a version still is what was added: each file, and what its served form answers."""

import json
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..errors import TidegateError
from .versions import CARD, ESTIMATOR, SELF_TEST, SERVED, ModelRefused, Version, card_from

if TYPE_CHECKING:
    from .registry import Registry

TOLERANCE = 1e-12
"""What a served form may say otherwise than when it was added."""
Row = Sequence[float]


def self_test(rows: Sequence[Row], probabilities: Sequence[float]) -> bytes:
    """The file of rows and of what the served form said of each."""
    told = {"rows": [list(row) for row in rows], "probabilities": list(probabilities)}
    return json.dumps(told).encode()


def problems(registry: "Registry", version: Version) -> tuple[str, ...]:
    """What is wrong with a version, in words; empty where all of it is as it was added."""
    found = []
    for file in sorted(version.manifest):
        try:
            _check(file, registry.read(version, file), registry, version)
        except TidegateError as error:
            found.append(str(error))
    return tuple(found)


def _check(file: str, data: bytes, registry: "Registry", version: Version) -> None:
    if file == CARD:
        card_from(data)
    elif file == ESTIMATOR:
        from .artefact import read

        read(data)
    elif file == SELF_TEST:
        _answers_again(data, registry.read(version, SERVED))


def _answers_again(test: bytes, served: bytes) -> None:
    from .served.reading import read

    model = read(served.decode())
    try:
        told = json.loads(test)
        pairs = list(zip(told["rows"], told["probabilities"], strict=True))
        same = all(
            math.isclose(model.probability(row), said, rel_tol=0, abs_tol=TOLERANCE)
            for row, said in pairs
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ModelRefused(f"{SELF_TEST} holds no rows and answers", "train it anew") from error
    if not (pairs and same):
        raise ModelRefused(f"{SERVED} answers otherwise than when it was added", "train it anew")
