"""A served model as JSON text; the same model gives the same text."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from ..features import NAMES
from .form import Blend, Boosting, Forest, Linear, Part, ServedModel, Trees
from .packed import pack

SCHEMA = "tidegate/model/1"


def written(model: ServedModel) -> str:
    """The JSON form, which `reading.read` takes back to the same model."""
    document = {
        "schema": SCHEMA,
        "metrics": list(NAMES),
        "usual": list(model.usual),
        "ranks": None if model.ranks is None else _columns(model.ranks.columns),
        "calibration": asdict(model.calibration),
        "bands": [asdict(band) for band in model.bands.bands],
        "part": _part(model.part),
    }
    return json.dumps(document, indent=1, allow_nan=False) + "\n"


def _columns(columns: Sequence[Sequence[float]]) -> list[str]:
    return [pack("d", column) for column in columns]


def _part(part: Part) -> dict[str, Any]:
    match part:
        case Linear():
            told: dict[str, Any] = asdict(part)
        case Forest():
            told = {"trees": _trees(part.trees)}
        case Boosting():
            told = {
                "start": part.start,
                "rate": part.rate,
                "single": part.single,
                "trees": _trees(part.trees),
            }
        case Blend():
            members = [_part(member) for member in part.members]
            told = {"weights": list(part.weights), "members": members}
    return {"kind": part.KIND} | told


def _trees(trees: Trees) -> dict[str, str]:
    return {
        "sizes": pack("I", trees.sizes),
        "features": pack("B", trees.features),
        "jumps": pack("I", trees.jumps),
        "values": pack("d", trees.values),
    }
