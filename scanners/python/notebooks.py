"""The Python of a Jupyter notebook: one source for all code cells, and the cells left out."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from .magics import as_python, parses

MAX_BYTES = 64 * 1024 * 1024
DECLARATION = "# -*- coding: utf-8 -*-"
"""First line of every source, so that no cell can declare an encoding that hides code."""

_TEXT_CELLS = frozenset({"markdown", "raw", "heading", "html"})
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[][{},:]')
_LINE_BREAK = re.compile(r"\r\n|\r|\n")

_Path = tuple[str | int, ...]


class BrokenNotebook(ValueError):
    """The file is no notebook that could be read."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A code cell that is not in the source."""

    cell: int
    """Position among all cells, from 1."""
    reason: str


@dataclass(frozen=True, slots=True)
class NotebookCode:
    """The code cells one after another, so that imports of one are known in the next."""

    source: bytes
    """UTF-8, declared as such on its first line."""
    lines: tuple[int, ...]
    """Of each line of `source`, the line of the .ipynb file where it stands, from 1."""
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class _Cell:
    """A code cell: its lines, and where each stands in the file."""

    number: int
    lines: list[str]
    places: list[int]


def python_of_notebook(data: bytes, is_python: Callable[[str], bool] = parses) -> NotebookCode:
    """The Python of nbformat 3 and 4.

    Magics and shell lines are neutralised in place. Where the notebook says that it is in
    another language, which binds nobody, a cell is Python if `is_python` says so of its
    code, and else no gap. Raises BrokenNotebook.
    """
    text, document = _loaded(data)
    says_python = _is_python(document)
    lines, places, gaps = [DECLARATION], [1], []
    for cell in _code_cells(text, document):
        if isinstance(cell, Gap):
            gaps.append(cell)
            continue
        code = as_python(cell.lines, is_python)
        if code.gap and says_python:
            gaps.append(Gap(cell.number, code.gap))
        # The blank line stops a backslash at the end of a cell.
        lines += [*code.lines, ""]
        places += [*cell.places, cell.places[-1]]
    return NotebookCode(("\n".join(lines) + "\n").encode(), tuple(places), tuple(gaps))


def _loaded(data: bytes) -> tuple[str, dict[str, Any]]:
    import json

    if len(data) > MAX_BYTES:
        raise BrokenNotebook(f"larger than {MAX_BYTES} bytes")
    try:
        text = data.decode("utf-8-sig")
        document = json.loads(text)
    except RecursionError as error:
        raise BrokenNotebook("nested too deeply") from error
    except ValueError as error:
        raise BrokenNotebook(f"not JSON in UTF-8: {str(error)[:200]}") from error
    if not isinstance(document, dict):
        raise BrokenNotebook("not a JSON object")
    return text, document


def _is_python(document: dict[str, Any]) -> bool:
    """Whether anything says Python, or nothing says what it is: the kernel decides by name."""
    metadata = _object(document.get("metadata"))
    kernel = _object(metadata.get("kernelspec"))
    language = _object(metadata.get("language_info")).get("name")
    languages = [name for name in (kernel.get("language"), language) if isinstance(name, str)]
    names = [*languages, kernel.get("name")]
    told = " ".join(name for name in names if isinstance(name, str)).lower()
    return not any(languages) or "py" in told or "sage" in told


def _object(value: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    return value if isinstance(value, dict) else {}


def _code_cells(text: str, document: dict[str, Any]) -> Iterator[_Cell | Gap]:
    offsets, breaks = _source_offsets(text), [m.start() for m in re.finditer("\n", text)]
    number = 0
    for path, cell in _cells(document):
        number += 1
        kind = cell.get("cell_type") if isinstance(cell, dict) else None
        if isinstance(kind, str) and kind in _TEXT_CELLS:
            continue
        key = next((key for key in ("source", "input") if key in _object(cell)), "source")
        parts = _parts(_object(cell).get(key), joined="worksheets" not in path)
        if kind != "code" or parts is None:
            yield Gap(number, "not a cell of a known form")
            continue
        if not parts:
            continue
        whole = offsets.get((*path, key), 0)
        starts = [offsets.get((*path, key, index), whole) for index in range(len(parts))]
        yield _cell(number, parts, [bisect_right(breaks, start) + 1 for start in starts])


def _cells(document: dict[str, Any]) -> Iterator[tuple[_Path, Any]]:
    """Every cell with its path: `cells` of nbformat 4, those of the worksheets of 3."""
    if "cells" not in document and "worksheets" not in document:
        raise BrokenNotebook("it has no cells")
    yield from _items(("cells",), document.get("cells", []))
    for path, sheet in _items(("worksheets",), document.get("worksheets", [])):
        yield from _items((*path, "cells"), _object(sheet).get("cells", []))


def _items(path: _Path, value: Any) -> Iterator[tuple[_Path, Any]]:  # noqa: ANN401 - any JSON
    if not isinstance(value, list):
        raise BrokenNotebook("its cells are not a list")
    return (((*path, index), item) for index, item in enumerate(value))


def _parts(source: Any, *, joined: bool) -> list[str] | None:  # noqa: ANN401 - any JSON
    """The strings of the source; None where it is no text.

    Lists of nbformat 3 may come without line breaks, which Jupyter then puts between.
    """
    if isinstance(source, str):
        return [source]
    if not isinstance(source, list) or not all(isinstance(part, str) for part in source):
        return None
    if not joined and source and not source[0].endswith(("\n", "\r")):
        return [part + "\n" for part in source]
    return source


def _cell(number: int, parts: list[str], places: list[int]) -> _Cell:
    """Split the joined parts into lines, each at the place of the part that it begins in."""
    starts, size = [], 0
    for part in parts:
        starts.append(size)
        size += len(part)
    code = "".join(parts)
    begins = [0, *(found.end() for found in _LINE_BREAK.finditer(code))]
    lines = _LINE_BREAK.split(code)
    where = [places[bisect_right(starts, begin) - 1] for begin in begins]
    return _Cell(number, lines, where)


def _source_offsets(text: str) -> dict[_Path, int]:
    """Where in the JSON text each string of a cell's source begins, by its path.

    The text is valid JSON already, so its strings and brackets are enough to follow.
    """
    import json

    offsets: dict[_Path, int] = {}
    path: list[str | int] = []
    key = False
    for found in _TOKEN.finditer(text):
        mark = found[0]
        if mark in "{[":
            path.append("" if mark == "{" else 0)
            key = mark == "{"
        elif mark in "}]":
            path.pop()
        elif mark == ",":
            last = path[-1]
            key = isinstance(last, str)
            path[-1] = last if isinstance(last, str) else last + 1
        elif mark == ":":
            key = False
        elif key:
            path[-1] = json.loads(mark) if len(mark) < 100 else ""
        elif _is_source(path):
            offsets[tuple(path)] = found.start()
    return offsets


def _is_source(path: list[str | int]) -> bool:
    """cells/N/source[/M] and worksheets/N/cells/N/input[/M]."""
    return path[0] in ("cells", "worksheets") and (
        path[-1] in ("source", "input") or (len(path) > 1 and path[-2] in ("source", "input"))
    )
