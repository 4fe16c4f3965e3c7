"""docs/reports.md: every format in both tables, and what it says of limits and marks is so."""

import itertools
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from tidegate.cli.main import app
from tidegate.cli.options import Format
from tidegate.reports import markdown, sarif_limits
from tidegate.reports.formats import RENDERERS
from tidegate.reports.gitlab import security

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
PAGE = (ROOT / "docs/reports.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def rows(heading: str) -> list[str]:
    """The first cell of each row of the table below a heading."""
    section = PAGE.split(f"{heading}\n", 1)[1].split("\n## ", 1)[0]
    cells = re.findall(r"^\| (.*?) \|", section, re.MULTILINE)
    return [cell for cell in cells if "`" in cell]


def named(cells: list[str]) -> list[str]:
    return list(itertools.chain.from_iterable(re.findall(r"`([a-z-]+)`", cell) for cell in cells))


def test_the_command_line_knows_the_formats_that_there_are() -> None:
    assert list(Format) == list(RENDERERS)


def test_every_format_has_its_row() -> None:
    assert named(rows("# The reports")) == list(RENDERERS)


def test_every_format_tells_what_it_makes_of_a_finding() -> None:
    assert sorted(named(rows("## What each makes of a finding"))) == sorted(RENDERERS)


def test_the_readme_names_the_same_formats() -> None:
    found = re.search(r"`--format ([a-z-]+(?:\|[a-z-]+)+)`", README)
    assert found
    assert found[1].split("|") == list(RENDERERS)


def test_marks_and_limits_are_those_of_the_code() -> None:
    for text in (
        f"`{markdown.MARKER}`",
        f"`{markdown.SCAN_MARKER}`",
        f"{markdown.LIMIT:,} characters",
        f"{sarif_limits.MAX_RESULTS:,} results",
        f"shows {sarif_limits.SHOWN:,}",
        f"{sarif_limits.MAX_TAGS} tags",
        f"{sarif_limits.MAX_EXTENSIONS} tools",
        f"{sarif_limits.MAX_BYTES // 1_000_000} MB",
        f"security-report-schemas, {security.VERSION}",
    ):
        assert text in PAGE


def test_the_job_of_gitlab_is_taken_and_publishes_what_it_writes() -> None:
    (job,) = (yaml.safe_load(text) for language, text in BLOCKS if language == "yaml")
    (step,) = job["tidegate-reports"]["script"][2:]
    words = list(itertools.takewhile(lambda word: word != "||", shlex.split(step)))
    command: Any = typer.main.get_command(app)
    command.commands[words[1]].make_context("tidegate", words[2:])
    written = {word.split("=")[1] for word in words if "=" in word}
    assert set(job["tidegate-reports"]["artifacts"]["reports"].values()) == written


SHELL = [text for language, text in BLOCKS if language == "sh"]


@pytest.mark.parametrize("text", SHELL)
def test_what_the_shell_is_given_is_shell(text: str) -> None:
    subprocess.run(["sh", "-n"], input=text, text=True, check=True)
