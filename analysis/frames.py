"""The change table as a DataFrame and as Parquet: the one file that knows pandas."""

import os
import shutil
import tempfile
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import MissingExtra, UsageError
from .history.table import COLUMNS, Column, Kind, Row
from .history.table_file import REMEDY, from_json_lines

if TYPE_CHECKING:
    import pandas as pd

PARQUET = ".parquet"


def has_parquet() -> bool:
    """Whether what Parquet needs is installed."""
    return all(find_spec(name) is not None for name in ("pandas", "pyarrow"))


def dtype(column: Column) -> str:
    """What pandas makes of a column."""
    if column.kind is Kind.COUNT:
        return "Int64" if column.optional else "int64"
    return {
        Kind.TEXT: "string",
        Kind.NUMBER: "float64",
        Kind.TRUTH: "boolean",
        Kind.TIME: "datetime64[s, UTC]",
    }[column.kind]


def frame(rows: Iterable[Row]) -> "pd.DataFrame":
    """The rows as a DataFrame, each column of its dtype. Raises MissingExtra without pandas."""
    pandas = _pandas()
    listed = list(rows)
    return pandas.DataFrame(
        {
            column.name: _series(pandas, column, [row[place] for row in listed])
            for place, column in enumerate(COLUMNS)
        }
    )


def _series(pandas: Any, column: Column, values: list[object]) -> "pd.Series":  # noqa: ANN401 - as below
    if column.kind is Kind.TIME:
        return pandas.to_datetime(pandas.Series(values, dtype="Int64"), unit="s", utc=True).astype(
            dtype(column)
        )
    return pandas.Series(values, dtype=dtype(column))


def read_table(path: Path) -> "pd.DataFrame":
    """A table that `tidegate history build` wrote, as Parquet or as JSON lines.

    Raises MissingExtra without pandas, UsageError where the file is no such table.
    """
    pandas = _pandas()
    if path.suffix != PARQUET:
        return frame(from_json_lines(path))
    try:
        found = pandas.read_parquet(path)
        return found[[column.name for column in COLUMNS]].astype(
            {column.name: dtype(column) for column in COLUMNS}
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path} is no change table: {error}", REMEDY) from error


def write_parquet(path: Path, rows: Iterable[Row]) -> None:
    """Put the rows, as Parquet, in place of what `path` held.

    Raises MissingExtra without pandas and pyarrow, UsageError where it cannot be written.
    """
    table = frame(rows)
    handle, name = tempfile.mkstemp(prefix=".tidegate-", dir=path.absolute().parent)
    os.close(handle)
    whole = Path(name)
    try:
        table.to_parquet(whole, engine="pyarrow", index=False)
        shutil.copymode(path, whole) if path.exists() else whole.chmod(0o644)
        whole.replace(path)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}", "name another") from error
    finally:
        whole.unlink(missing_ok=True)


def need_parquet() -> None:
    """Raises MissingExtra without pandas and pyarrow."""
    if not has_parquet():
        raise MissingExtra(
            "pandas and pyarrow are not installed",
            "pip install 'tidegate[ml]', or read and write JSON lines: a name ending in .jsonl",
        )


def _pandas() -> Any:  # noqa: ANN401 - it ships no types
    need_parquet()
    import pandas as pd

    return pd
