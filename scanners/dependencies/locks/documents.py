"""TOML and JSON of a lock, and the lines on which its entries stand."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import cast

from ..pins import Dependencies, gap

NOT_UNDERSTOOD = "lock file not understood"
LOCK_REMEDY = "write the lock again with the tool that made it"

Table = Mapping[str, object]

_NAME_LINE = re.compile(r"""^[ \t]*["']?name["']?[ \t]*=[ \t]*["']([^"'\n]*)["']""", re.MULTILINE)
_NAME = re.compile(r"""\bname["']?\s*=\s*["']([^"'\n]*)["']""")
_KEY = re.compile(r'"((?:[^"\\\n]|\\.)*)"\s*:\s*(?=\{)')


class NotUnderstood(Exception):
    """The document is none of the format; says which part, for a reader."""

    def __init__(
        self, detail: str, reason: str = NOT_UNDERSTOOD, remedy: str = LOCK_REMEDY
    ) -> None:
        super().__init__(detail)
        self.detail, self.reason, self.remedy = detail, reason, remedy


def unread(path: str, error: NotUnderstood) -> Dependencies:
    """A file of which nothing can be told."""
    return Dependencies((), (gap(path, error.reason, detail=error.detail, remedy=error.remedy),))


def toml_of(data: bytes) -> tuple[str, Table]:
    """The text and what it says. Raises NotUnderstood."""
    try:
        text = data.decode()
        return text, tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotUnderstood(f"no TOML: {type(error).__name__}") from error


def json_of(data: bytes) -> tuple[str, Table]:
    """The text and what it says, an object without a key twice. Raises NotUnderstood."""
    try:
        text = data.decode("utf-8-sig")
        document = json.loads(text, object_pairs_hook=_once, parse_constant=_refused)
    except (ValueError, RecursionError) as error:
        raise NotUnderstood(f"no JSON: {type(error).__name__}") from error
    if not isinstance(document, dict):
        raise NotUnderstood("no JSON object")
    return text, document


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    table = dict(pairs)
    if len(table) != len(pairs):
        raise ValueError  # readers differ about which of the two counts
    return table


def _refused(constant: str) -> object:
    raise ValueError(constant)


def tables_of(document: Table, key: str) -> list[object]:
    """A list that has to be there. Raises NotUnderstood."""
    found = document.get(key)
    if not isinstance(found, list):
        raise NotUnderstood(f"it has no list of {key}")
    return cast("list[object]", found)


def packages_of(lock: Table, *headers: str) -> tuple[str, list[object]]:
    """The list of packages of a TOML lock, empty where there is none, and what it is called.

    Raises NotUnderstood where two of its names stand there, or another list of tables: a
    tool that knows it by that name would install what nobody looked at.
    """
    present = [header for header in headers if header in lock]
    if len(present) > 1:
        raise NotUnderstood(f"it has {' and '.join(present)}")
    for key, value in lock.items():
        if key not in headers and any(isinstance(each, dict) for each in items(value)):
            raise NotUnderstood(f"it has an unknown list of {key[:40]}")
    header = present[0] if present else headers[0]
    return header, tables_of(lock, header) if present else []


def table(value: object) -> Table:
    """The value where it is a table, else an empty one."""
    return cast("Table", value) if isinstance(value, dict) else {}


def items(value: object) -> list[object]:
    """The value where it is a list, else an empty one."""
    return cast("list[object]", value) if isinstance(value, list) else []


def text_at(value: Table, key: str) -> str:
    """A text, empty where there is none."""
    found = value.get(key)
    return found if isinstance(found, str) else ""


def entry_lines(text: str, header: str, entries: Sequence[object]) -> list[int]:
    """The line of the name of each table of a TOML list; of its header, else 1, where unusual."""
    pattern = re.compile(rf"^[ \t]*\[\[\s*[\"']?{header}[\"']?\s*\]\]", re.MULTILINE)
    headers = [match.start() for match in pattern.finditer(text)]
    if len(headers) != len(entries):
        return _lines_by_name(text, entries)
    names = iter([(match.start(), match[1]) for match in _NAME_LINE.finditer(text)])
    offsets: list[int] = []
    at, name = next(names, (len(text), ""))
    for entry, (start, end) in zip(entries, pairwise([*headers, len(text) + 1]), strict=True):
        offset, wanted = start, text_at(table(entry), "name")
        while at < end and at < len(text):
            if at >= start and name == wanted and offset == start:
                offset = _line_start(text, at)
            at, name = next(names, (len(text), ""))
        offsets.append(offset)
    return list(_lines(text, offsets))


def _line_start(text: str, offset: int) -> int:
    """Where the first thing after blank lines stands: `^` matches before them."""
    while text[offset] in " \t\r\n":
        offset += 1
    return offset


def _lines_by_name(text: str, entries: Sequence[object]) -> list[int]:
    matches = list(_NAME.finditer(text))
    lines = _lines(text, [match.end() for match in matches])
    first: dict[str, int] = {}
    for match, line in zip(matches, lines, strict=True):
        first.setdefault(match[1], line)
    return [first.get(text_at(table(entry), "name"), 1) for entry in entries]


def key_lines(text: str) -> dict[str, list[int]]:
    """The lines on which each key of a JSON text stands whose value is an object."""
    matches = list(_KEY.finditer(text))
    found: dict[str, list[int]] = {}
    for match, line in zip(matches, _lines(text, [m.start() for m in matches]), strict=True):
        found.setdefault(match[1], []).append(line)
    return found


def value_lines(text: str, key: str) -> dict[str, int]:
    """By text value of a key, wherever it stands in a JSON text, the first line that has it."""
    pattern = re.compile(rf'"{key}"\s*:\s*"((?:[^"\\\n]|\\.)*)"')
    matches = list(pattern.finditer(text))
    found: dict[str, int] = {}
    for match, line in zip(matches, _lines(text, [m.start() for m in matches]), strict=True):
        found.setdefault(match[1], line)
    return found


def _lines(text: str, offsets: Sequence[int]) -> Iterator[int]:
    """Line numbers of offsets that only grow, in one pass over the text."""
    line, last = 1, 0
    for offset in offsets:
        line += text.count("\n", last, offset)
        last = offset
        yield line
