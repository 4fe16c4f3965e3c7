"""The page about the history names every column, every source and every exclusion, as they are."""

import re
from pathlib import Path

from tidegate.analysis.history.exclusions import BULK_FILES, BULK_LINES, Exclusion
from tidegate.analysis.history.features import Features
from tidegate.analysis.history.labels import labeller, maturity, mentions, szz
from tidegate.analysis.history.table import COLUMNS, SOURCES
from tidegate.analysis.history.words import FEATURE_WORDS

TEXT = (Path(__file__).parents[2] / "docs" / "history.md").read_text("utf-8")
ROW = re.compile(r"^\| `(\w+)` \| (.+) \|$", re.MULTILINE)


def rows(heading: str) -> dict[str, list[str]]:
    """The rows of the table below a heading, by their first cell."""
    section = TEXT.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return {name: rest.split(" | ") for name, rest in ROW.findall(section)}


def test_each_column_is_documented_as_it_is() -> None:
    expected = {
        column.name: [
            column.kind.value + (", or missing" if column.optional else ""),
            column.unit,
            column.words,
        ]
        for column in COLUMNS
    }
    assert rows("Columns") == expected
    assert list(rows("Columns")) == [column.name for column in COLUMNS]


def test_each_feature_has_its_words() -> None:
    assert set(FEATURE_WORDS) == set(Features.__annotations__)


def test_each_exclusion_and_each_source_is_documented() -> None:
    assert list(rows("What trains no model")) == [each.value for each in Exclusion]
    assert list(rows("What did harm")) == [each.replace("-", "_") for each in SOURCES]
    assert rows("What trains no model")["bulk"][0].startswith(
        f"{BULK_FILES} files or {BULK_LINES:,}"
    )


def test_the_numbers_of_the_page_are_those_of_the_code() -> None:
    told = rows("What did harm")
    assert told["revert"][1].startswith(
        f"{mentions.EXACT:g}; {mentions.IN_PASSING} where it is said in passing;"
        f" {mentions.REINSTATED} where"
    )
    assert told["introduced_in"][1] == str(mentions.NAMED)
    assert told["szz"][1].startswith(f"{labeller.SZZ_CONFIDENCE} times")
    assert f"a label of {maturity.LEAST_CONFIDENCE} or surer" in TEXT
    assert f"between {maturity.LEAST_DAYS:g} and {maturity.MOST_DAYS:g} days" in TEXT
    assert f"and {maturity.DEFAULT_DAYS:g} days while" in TEXT
    assert (szz.LEAST_SHARE, maturity.FOUND_SHARE, maturity.LEAST_LABELS) == (0.1, 0.75, 20)
