"""A figure in a comment grows old unseen: those that a benchmark prints are named by it."""

import re
from pathlib import Path

import pytest

from tidegate.tests.house.test_shape import modules

ROOT = Path(__file__).parents[2]
FIGURE = re.compile(
    r"\b[\d.,]+ ?(ms|milliseconds|microseconds)\b"
    r"|\b[\d.]+ ?[MG]i?B measured"
    r"|\b(two|three|four|five|ten|twenty|[\d.]+) times (faster|slower)"
)


def figures(text: str) -> list[str]:
    return [match[0] for match in FIGURE.finditer(text)]


def test_no_figure_stands_where_nothing_prints_it() -> None:
    written = [
        path
        for path in modules(ROOT)
        if path.relative_to(ROOT).parts[0] not in ("benchmarks", "tests")
    ]
    pages = [ROOT / "pyproject.toml", ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    found = {
        path.relative_to(ROOT).as_posix(): told
        for path in (*written, *pages)
        if (told := figures(path.read_text("utf-8")))
    }
    assert found == {}


@pytest.mark.parametrize(
    "text", ["costs 60 ms to load", "(1.8 GB measured)", "is twenty times faster", "0.4ms"]
)
def test_a_figure_is_seen(text: str) -> None:
    assert figures(text)
