"""The change table as JSON lines: an object for each change, a member for each column."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from ...errors import UsageError
from .table import COLUMNS, Column, Kind, Row, Value

REMEDY = "write it anew with `tidegate history build`"
_TYPES: dict[Kind, tuple[type, ...]] = {
    Kind.TEXT: (str,),
    Kind.COUNT: (int,),
    Kind.NUMBER: (int, float),
    Kind.TRUTH: (bool,),
    Kind.TIME: (int,),
}


def as_json_lines(rows: Iterable[Row]) -> Iterator[str]:
    """A line for each row, with its end."""
    names = [column.name for column in COLUMNS]
    for row in rows:
        yield json.dumps(dict(zip(names, row, strict=True)), separators=(",", ":")) + "\n"


def from_json_lines(path: Path) -> Iterator[Row]:
    """The rows of a file. Raises UsageError with the line that is none."""
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                yield _row(line, f"{path}, line {number}")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}", REMEDY) from error


def _row(line: str, place: str) -> Row:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{place} is not JSON", REMEDY) from error
    names = {column.name for column in COLUMNS}
    if not isinstance(found, dict) or found.keys() != names:
        raise UsageError(f"{place} does not have the columns of a change table", REMEDY)
    return tuple(_checked(column, found[column.name], place) for column in COLUMNS)


def _checked(column: Column, value: object, place: str) -> Value:
    if value is None and column.optional:
        return None
    is_truth = isinstance(value, bool)
    if isinstance(value, _TYPES[column.kind]) and is_truth is (column.kind is Kind.TRUTH):
        return value  # type: ignore[return-value]  # one of the types above
    raise UsageError(f"{place}: {column.name} is no {column.kind}", REMEDY)
