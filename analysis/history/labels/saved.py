"""What a labeller knows, as bytes, so that a later run goes on where one ended."""

import json
import sys
import zlib
from array import array
from typing import Any

from .labeller import Labeller
from .restored import RemovedLines

FORMAT = 1
MAX_BYTES = 512 * 1024 * 1024
"""Of what is unpacked; more is none of ours."""


class NotSaved(ValueError):
    """The bytes are not what `saved` writes."""


def saved(labeller: Labeller) -> bytes:
    """Everything that the labels of coming changes depend on."""
    ids = {sha: number for number, sha in enumerate(labeller.ancestry.parents)}
    removed = labeller.removed
    head = {
        "format": FORMAT,
        "byteorder": sys.byteorder,
        "ids": list(ids),
        "parents": [
            [ids[each] for each in parents if each in ids]
            for parents in labeller.ancestry.parents.values()
        ],
        "reverting": sorted(ids[sha] for sha in labeller.ancestry.reverting),
        "landed": [labeller.landed.get(sha) for sha in ids],
        "reverted_after": labeller.reverted_after,
        "passed_over": sorted(labeller.passed_over),
        "touched": labeller.touched.changes,
        "changes": labeller.touched.landed,
        "removers": removed.shas,
        "sizes": [len(removed.young), len(removed.old)],
    }
    numbers = array("I")
    for generation in (removed.young, removed.old):
        numbers.extend(generation)
        numbers.extend(generation.values())
    text = json.dumps(head).encode("ascii")
    return zlib.compress(text + b"\n" + numbers.tobytes(), 1)


def restored(data: bytes) -> Labeller:
    """The labeller that was saved. Raises NotSaved where `data` is anything else."""
    try:
        unpacking = zlib.decompressobj()
        text, _, numbers = unpacking.decompress(data, MAX_BYTES).partition(b"\n")
        if not unpacking.eof:
            raise NotSaved("its end is missing")
        head: dict[str, Any] = json.loads(text)
        if (head["format"], head["byteorder"]) != (FORMAT, sys.byteorder):
            raise NotSaved("another format")
        return _labeller(head, _removed(head, numbers))
    except (ValueError, KeyError, TypeError, IndexError, zlib.error) as error:
        raise NotSaved(f"what was saved cannot be read: {error}") from error


def _labeller(head: dict[str, Any], removed: RemovedLines) -> Labeller:
    labeller = Labeller()
    ids = [str(sha) for sha in head["ids"]]
    ancestry = labeller.ancestry
    for sha, parents in zip(ids, head["parents"], strict=True):
        ancestry.ids.add(sha)
        ancestry.parents[sha] = tuple(ids[number] for number in parents)
    ancestry.reverting = {ids[number] for number in head["reverting"]}
    landed = zip(ids, head["landed"], strict=True)
    labeller.landed = {sha: int(time) for sha, time in landed if time is not None}
    labeller.reverted_after = [int(seconds) for seconds in head["reverted_after"]]
    labeller.passed_over = {str(sha) for sha in head["passed_over"]}
    labeller.touched.landed = [(str(sha), int(time)) for sha, time in head["changes"]]
    changes = len(labeller.touched.landed)
    labeller.touched.changes = {
        str(path): _below(changes, number) for path, number in head["touched"].items()
    }
    labeller.removed = removed
    return labeller


def _removed(head: dict[str, Any], numbers: bytes) -> RemovedLines:
    removed = RemovedLines()
    removed.shas = [str(sha) for sha in head["removers"]]
    values = array("I")
    values.frombytes(numbers)
    young, old = (_below(len(values) + 1, size) for size in head["sizes"])
    if len(values) != 2 * (young + old):
        raise NotSaved("lines are missing")
    removed.young = dict(zip(values[:young], values[young : 2 * young], strict=True))
    rest = values[2 * young :]
    removed.old = dict(zip(rest[:old], rest[old:], strict=True))
    for generation in (removed.young, removed.old):
        _below(len(removed.shas), max(generation.values(), default=-1))
    return removed


def _below(bound: int, number: Any) -> int:  # noqa: ANN401 - it was read from JSON
    if not isinstance(number, int) or not -1 <= number < bound:
        raise NotSaved(f"{number!r:.20} is out of bounds")
    return number
