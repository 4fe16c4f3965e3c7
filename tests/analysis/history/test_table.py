import json
from dataclasses import fields
from pathlib import Path

import pytest

from tidegate.analysis.history.features import Features
from tidegate.analysis.history.table import COLUMNS, FEATURES, Hindsight, Kind, Measured, Row, row
from tidegate.analysis.history.table_file import as_json_lines, from_json_lines
from tidegate.errors import UsageError
from tidegate.records.history import Label

DAY = 86_400
NUMBERS = Features(*range(len(fields(Features))))
CHANGE = Measured(3, "a" * 40, "b" * 16, 10 * DAY, "", NUMBERS)
KAMEI = [
    *("ns", "nd", "nf", "entropy", "la", "ld", "lt"),
    *("fix", "ndev", "age", "nuc", "exp", "rexp", "sexp"),
]


def label(source: str, day: float, confidence: float = 0.9, evidence: str = "f") -> Label:
    return Label("a" * 40, source, int(day * DAY), confidence, evidence * 40)


def named(*labels: Label, now: float = 1000, change: Measured = CHANGE) -> dict[str, object]:
    values = row(change, labels, Hindsight(int(now * DAY), 90.0))
    return dict(zip([column.name for column in COLUMNS], values, strict=True))


def test_the_columns_are_those_of_kamei_and_ours_each_once() -> None:
    names = [column.name for column in COLUMNS]
    assert len(set(names)) == len(names)
    assert [column.name for column in FEATURES][:14] == KAMEI
    assert all(column.unit and column.words for column in COLUMNS)


def test_a_feature_stands_under_its_name() -> None:
    found = named()
    assert [found[name] for name in KAMEI] == list(range(14))


def test_a_change_without_a_label_is_clean_once_it_has_aged() -> None:
    assert (named()["harmful"], named()["confidence"]) == (False, 1.0)
    assert (named(now=99)["harmful"], named(now=99)["confidence"]) == (None, None)


def test_the_surest_label_is_the_evidence() -> None:
    found = named(label("szz", 20, 0.3, "1"), label("revert", 30, 1.0, "2"))
    assert (found["harmful"], found["confidence"], found["evidence"]) == (True, 1.0, "2" * 40)
    assert (found["szz_time"], found["szz_confidence"]) == (20 * DAY, 0.3)
    assert (found["revert_time"], found["revert_confidence"]) == (30 * DAY, 1.0)
    assert found["hotfix_time"] is None


def test_the_first_label_of_a_source_tells_since_when() -> None:
    found = named(label("szz", 40, 0.6), label("szz", 20, 0.2), label("szz", 20, 0.3))
    assert (found["szz_time"], found["szz_confidence"]) == (20 * DAY, 0.3)


def test_a_later_label_is_not_known() -> None:
    found = named(label("revert", 30), now=29)
    assert (found["harmful"], found["revert_time"]) == (None, None)


def test_a_weak_label_makes_a_change_neither() -> None:
    assert named(label("szz", 20, 0.1))["harmful"] is None


def table(path: Path, rows: list[Row]) -> Path:
    path.write_text("".join(as_json_lines(rows)), "utf-8")
    return path


def test_a_table_that_is_read_is_the_one_that_was_written(tmp_path: Path) -> None:
    rows = [
        row(CHANGE, labels, Hindsight(1000 * DAY, 90.0)) for labels in ((), (label("szz", 20),))
    ]
    assert list(from_json_lines(table(tmp_path / "t.jsonl", rows))) == rows


@pytest.mark.parametrize("kind", Kind)
def test_a_value_of_another_type_is_refused(tmp_path: Path, kind: Kind) -> None:
    column = next(each for each in COLUMNS if each.kind is kind)
    wrong = {**named(), column.name: "x" if kind is not Kind.TEXT else 1}
    path = tmp_path / "t.jsonl"
    path.write_text(json.dumps(wrong), "utf-8")
    with pytest.raises(UsageError, match=f"line 1: {column.name} is no {kind}"):
        list(from_json_lines(path))


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"number": 1}', "\xff"])
def test_what_is_no_table_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "t.jsonl"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(UsageError):
        list(from_json_lines(path))


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        list(from_json_lines(tmp_path / "none.jsonl"))
