from dataclasses import fields
from pathlib import Path

import pytest

from tidegate.analysis import frames
from tidegate.analysis.history.features import Features
from tidegate.analysis.history.table import COLUMNS, Hindsight, Kind, Measured, row
from tidegate.analysis.history.table_file import as_json_lines
from tidegate.errors import MissingExtra, UsageError
from tidegate.records.history import Label

FEATURES = Features(*range(len(fields(Features))))
LABEL = Label("a" * 40, "szz", 1_600_000_000, 0.5, "f" * 40)
ROWS = [
    row(
        Measured(n, "a" * 40, "b" * 16, 1_500_000_000 + n, excluded, FEATURES),
        labels,
        Hindsight(1_700_000_000, 90.0),
    )
    for n, (excluded, labels) in enumerate([("", ()), ("bot", (LABEL,))])
]
needs_pandas = pytest.mark.skipif(not frames.has_parquet(), reason="the extra ml is not installed")


@pytest.mark.skipif(frames.has_parquet(), reason="the extra ml is installed")
@pytest.mark.parametrize(
    "call",
    [
        lambda path: frames.write_parquet(path, ROWS),
        frames.read_table,
        lambda _path: frames.frame(ROWS),
    ],
)
def test_without_the_extra_the_remedy_is_told(tmp_path: Path, call: object) -> None:
    assert callable(call)
    with pytest.raises(MissingExtra, match=r"tidegate\[ml\]"):
        call(tmp_path / "t.parquet")
    assert not list(tmp_path.iterdir())


@needs_pandas
def test_each_column_has_its_type() -> None:
    table = frames.frame(ROWS)
    assert list(table.columns) == [column.name for column in COLUMNS]
    assert {c.name: str(table[c.name].dtype) for c in COLUMNS} == {
        c.name: frames.dtype(c) for c in COLUMNS
    }
    assert table["harmful"].tolist() == [False, True]
    assert table["time"][0].timestamp() == 1_500_000_000
    assert table["szz_time"].isna().tolist() == [True, False]


@needs_pandas
def test_both_kinds_of_file_hold_the_same(tmp_path: Path) -> None:
    lines, parquet = tmp_path / "t.jsonl", tmp_path / "t.parquet"
    lines.write_text("".join(as_json_lines(ROWS)), "utf-8")
    frames.write_parquet(parquet, ROWS)
    read = frames.read_table(parquet)
    assert read.equals(frames.read_table(lines))
    assert read.dtypes.equals(frames.frame(ROWS).dtypes)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["t.jsonl", "t.parquet"]


@needs_pandas
def test_a_table_without_rows_keeps_its_types(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    frames.write_parquet(path, [])
    assert frames.read_table(path).dtypes.equals(frames.frame(ROWS).dtypes)


@needs_pandas
def test_what_is_no_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    path.write_bytes(b"PAR1")
    with pytest.raises(UsageError, match="no change table"):
        frames.read_table(path)


def test_every_kind_has_a_type() -> None:
    assert {frames.dtype(column) for column in COLUMNS} >= {"string", "int64", "float64", "boolean"}
    assert {column.kind for column in COLUMNS} == set(Kind)
