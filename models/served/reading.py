"""A served model from JSON text that anybody may have written.

What comes back is sound: every index lies within its array, every walk through a tree goes
forward and ends within that tree, every number is finite. Anything else is refused.
"""

import json
import math
from array import array
from collections.abc import Mapping, Sequence
from itertools import compress
from operator import add, not_
from typing import Any

from ...errors import UsageError
from ..bands import Band, Bands
from ..calibration import Sigmoid
from ..features import ENGINEERED, LARGEST, NAMES
from ..ranks import Ranks
from .form import Blend, Boosting, Forest, Linear, Member, Part, ServedModel, Trees
from .packed import unpack
from .writing import SCHEMA

MAX_CHARACTERS = 64 * 1024 * 1024
MAX_MEMBERS = 16
MAX_TREES = 5000
_FEATURES = bytes(range(len(ENGINEERED)))
REMEDY = "train it anew with `tidegate risk train`, or restore the file"


def read(text: str) -> ServedModel:
    """The model that `writing.written` gave `text` for.

    Raises UsageError where the text is anything else, with what is wrong with it.
    """
    try:
        return _model(_document(text))
    except UsageError as error:
        raise UsageError(f"this is no model that can be used: {error.message}", REMEDY) from None
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as error:
        told = f"{type(error).__name__} {error}"[:100]
        raise UsageError(f"this is no model that can be used: {told}", REMEDY) from None


def _document(text: str) -> Mapping[str, Any]:
    if len(text) > MAX_CHARACTERS:
        raise UsageError(f"over {MAX_CHARACTERS} characters")
    try:
        document = json.loads(text, parse_constant=_no_constant)
    except RecursionError:
        raise UsageError("nested too deeply") from None
    return _keys(document, "schema metrics usual ranks calibration bands part")


def _no_constant(name: str) -> float:
    raise UsageError(f"{name} is no number")


def _model(document: Mapping[str, Any]) -> ServedModel:
    if document["schema"] != SCHEMA:
        raise UsageError(f"its schema is not {SCHEMA}")
    if document["metrics"] != list(NAMES):
        raise UsageError("its metrics are not those of this version")
    return ServedModel(
        part=_part(document["part"]),
        calibration=_calibration(document["calibration"]),
        ranks=_ranks(document["ranks"]),
        bands=_bands(document["bands"]),
        usual=_numbers(document["usual"], len(NAMES), low=0),
    )


def _keys(found: object, names: str) -> Mapping[str, Any]:
    if not isinstance(found, dict) or set(found) != set(names.split()):
        raise UsageError(f"the keys {names} are not all of an object's")
    return found


def _number(found: object, low: float = -LARGEST, high: float = LARGEST) -> float:
    if isinstance(found, bool) or not isinstance(found, int | float) or not low <= found <= high:
        raise UsageError(f"no number from {low:g} to {high:g} where one has to be")
    return float(found)


def _numbers(found: object, count: int, low: float = -LARGEST) -> tuple[float, ...]:
    if not isinstance(found, list) or len(found) != count:
        raise UsageError(f"no list of {count} numbers where one has to be")
    return tuple(_number(item, low) for item in found)


def _calibration(found: object) -> Sigmoid:
    told = _keys(found, "slope intercept")
    return Sigmoid(_number(told["slope"], 0), _number(told["intercept"]))


def _ranks(found: object) -> Ranks | None:
    if found is None:
        return None
    if not isinstance(found, list) or len(found) != len(ENGINEERED):
        raise UsageError("its ranks are not those of the features")
    columns = tuple(_finite(unpack("d", text)) for text in found)
    if any(not column or list(column) != sorted(column) for column in columns):
        raise UsageError("a column of its ranks is empty or not sorted")
    return Ranks(tuple(map(tuple, columns)))


def _bands(found: object) -> Bands:
    if not isinstance(found, list) or len(found) > MAX_MEMBERS:
        raise UsageError("its bands are no short list")
    bands = tuple(_band(_keys(item, "name budget threshold caught")) for item in found)
    falling = [band.threshold for band in bands]
    if falling != sorted(falling, reverse=True):
        raise UsageError("its bands are not sorted")
    return Bands(bands)


def _band(told: Mapping[str, Any]) -> Band:
    name = told["name"]
    if not isinstance(name, str) or not name.isidentifier() or len(name) > MAX_MEMBERS:
        raise UsageError("the name of a band is no short word")
    budget, threshold = (_number(told[key], 0, 1) for key in ("budget", "threshold"))
    caught = told["caught"]
    return Band(name, budget, threshold, None if caught is None else _number(caught, 0, 1))


def _part(found: object) -> Part:
    if not isinstance(found, dict) or found.get("kind") != Blend.KIND:
        return _member(found)
    told = _keys(found, "kind weights members")
    members = told["members"]
    if not isinstance(members, list) or not 0 < len(members) <= MAX_MEMBERS:
        raise UsageError(f"a blend has from 1 to {MAX_MEMBERS} members")
    weights = _numbers(told["weights"], len(members), low=0)
    if sum(weights) <= 0:
        raise UsageError("the weights of a blend are all 0")
    return Blend(weights, tuple(map(_member, members)))


def _member(found: object) -> Member:
    kind = found.get("kind") if isinstance(found, dict) else None
    if kind == Linear.KIND:
        told = _keys(found, "kind coefficients intercept")
        return Linear(_numbers(told["coefficients"], len(ENGINEERED)), _number(told["intercept"]))
    if kind == Forest.KIND:
        trees = _trees(_keys(found, "kind trees")["trees"])
        answers = list(compress(trees.values, map(not_, trees.jumps)))
        if min(answers) < 0 or max(answers) > 1:
            raise UsageError("a leaf of a forest holds no probability")
        return Forest(trees)
    if kind == Boosting.KIND:
        return _boosting(_keys(found, "kind start rate single trees"))
    raise UsageError("a part of an unknown kind")


def _boosting(told: Mapping[str, Any]) -> Boosting:
    single = told["single"]
    if not isinstance(single, bool):
        raise UsageError("neither true nor false where one has to be")
    start, rate = _number(told["start"]), _number(told["rate"])
    return Boosting(start, rate, single, _trees(told["trees"]))


def _finite(values: "array[float]") -> "array[float]":
    """The values, of which no sum in any order is infinite or NaN."""
    if not math.isfinite(sum(map(abs, values))):
        raise UsageError("a number is not finite or too large")
    return values


def _trees(found: object) -> Trees:
    told = _keys(found, "sizes features jumps values")
    sizes = tuple(unpack("I", told["sizes"]))
    features, jumps = unpack("B", told["features"]), unpack("I", told["jumps"])
    values = _finite(unpack("d", told["values"]))
    nodes = sum(sizes)
    if not sizes or len(sizes) > MAX_TREES or 0 in sizes:
        raise UsageError("trees without nodes, none or too many")
    if not nodes == len(features) == len(jumps) == len(values):
        raise UsageError("the arrays of the trees are not of one length")
    if features.tobytes().translate(None, _FEATURES):
        raise UsageError("a tree asks for a feature that there is not")
    _check_walks(sizes, jumps)
    return Trees(sizes, features, jumps, values)


def _check_walks(sizes: Sequence[int], jumps: "array[int]") -> None:
    """Both children of every node stand behind it and within its tree."""
    if 1 in jumps:
        raise UsageError("a node of a tree has one child")
    start = 0
    for size in sizes:
        end = start + size
        if jumps[end - 1] or max(map(add, range(start, end), jumps[start:end])) >= end:
            raise UsageError("a tree leads out of itself")
        start = end
