"""What a scanner said of a file, as compact JSON and back; what does not fit is no answer.

What lives for one run only (`Finding.body`, `Skipped.identity`) is left out and comes back empty.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from ..records.finding import Finding, Level, Package, Remark, Skipped
from .interface import Said
from .run import Items, Readings

NOT_STORED = frozenset({"body", "identity"})
DIGEST_HEX = 64
"""Hexadecimal digits of the digest of a file."""
_NOTHING = b"[{},[]]"
"""Nothing found and nothing else read: most files."""
_encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode


class NotAnAnswer(ValueError):
    """It was not written by us, or not by this version."""


def to_json(items: Items, others: Readings) -> bytes:
    """The answer, and the digests of the `others`: the files it rests on beside its own."""
    read = {path: digest if digest is None else digest.hex() for path, digest in others.items()}
    return _encode([read, [_list_of(item) for item in items]]).encode("ascii")


def from_json(text: bytes) -> tuple[Items, Readings]:
    """What was given to `to_json`. Raises NotAnAnswer."""
    if text == _NOTHING:
        return (), {}
    try:
        others, items = json.loads(text)
        return tuple(map(_item, items)), {_text(p): _digest(d) for p, d in others.items()}
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise NotAnAnswer from error


def _list_of(record: Said | Package) -> list[object]:
    """The values of a record in the order of its fields, after the letter of its kind."""
    return [
        _LETTERS[type(record)],
        *(_plain(getattr(record, name)) for name in _FIELDS[type(record)]),
    ]


def _plain(value: object) -> object:
    return _list_of(value) if isinstance(value, Package) else value


def _item(values: object) -> Said:
    record = _record(values)
    if isinstance(record, Package):
        raise NotAnAnswer
    return record


def _record(values: Any) -> Said | Package:  # noqa: ANN401 - it may be anything
    kind = _KINDS[values[0]]
    read = _FIELDS[kind]
    if type(values) is not list or len(values) != len(read) + 1:
        raise NotAnAnswer
    named: dict[str, Any] = {
        name: read[name](value) for name, value in zip(read, values[1:], strict=True)
    }
    return kind(**named)


def _text(value: object) -> str:
    if type(value) is not str:
        raise NotAnAnswer
    return value


def _whole(value: object) -> int:
    if type(value) is not int:
        raise NotAnAnswer
    return value


def _whole_or_none(value: object) -> int | None:
    return None if value is None else _whole(value)


def _number_or_none(value: object) -> float | None:
    if value is not None and type(value) is not float:
        raise NotAnAnswer
    return value


def _truth_or_none(value: object) -> bool | None:
    if value is not None and type(value) is not bool:
        raise NotAnAnswer
    return value


def _level(value: object) -> Level:
    return _LEVELS[_text(value)]


def _texts(value: object) -> tuple[str, ...]:
    if type(value) is not list:
        raise NotAnAnswer
    return tuple(map(_text, value))


def _package(value: object) -> Package | None:
    record = None if value is None else _record(value)
    if isinstance(record, Said):
        raise NotAnAnswer
    return record


def _digest(value: object) -> bytes | None:
    if value is not None and len(_text(value)) != DIGEST_HEX:
        raise NotAnAnswer
    return None if value is None else bytes.fromhex(_text(value))


_LEVELS = {str(level): level for level in Level}
_KINDS: Mapping[str, type[Said | Package]] = {
    "f": Finding,
    "s": Skipped,
    "r": Remark,
    "p": Package,
}
_LETTERS = {kind: letter for letter, kind in _KINDS.items()}
_READERS: Mapping[object, Callable[[object], object]] = {
    str: _text,
    int: _whole,
    int | None: _whole_or_none,
    float | None: _number_or_none,
    bool | None: _truth_or_none,
    Level: _level,
    tuple[str, ...]: _texts,
    Package | None: _package,
}
_FIELDS: Mapping[type, Mapping[str, Callable[[object], object]]] = {
    kind: {each.name: _READERS[each.type] for each in fields(kind) if each.name not in NOT_STORED}
    for kind in _LETTERS
}
"""By record the name and the reader of each field that is stored: a new field is stored too."""
