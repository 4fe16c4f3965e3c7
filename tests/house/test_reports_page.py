"""docs/reports.md: every format in both tables, and what it says of limits and marks is so."""

import itertools
import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from tidegate.cli.main import app
from tidegate.cli.options import Format
from tidegate.records.finding import Finding, Level
from tidegate.records.run import Decision, GateRun, Judged, Mode, Range, State, Verdict
from tidegate.reports import markdown, sarif, sarif_limits
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


@pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not installed")
def test_what_github_should_not_show_is_taken_out(tmp_path: Path) -> None:
    kinds = [
        (State.NEW, Decision.BLOCK),
        (State.EXISTING, Decision.REPORT),
        (State.NEW, Decision.WAIVED),
        (State.NEW, Decision.IGNORE),
        (State.FIXED, Decision.REPORT),
    ]
    finding = Finding(
        tool="t", rule="R", message="m", path="a.py", line=1, end_line=1, severity=Level.HIGH,
        confidence=Level.HIGH, remedy="r", suppressed="nosec",
    )  # fmt: skip
    run = GateRun(
        verdict=Verdict.BLOCK,
        exit_code=1,
        mode=Mode.ENFORCE,
        range=Range(),
        findings=tuple(
            Judged(finding=finding, fingerprint="f", state=state, decision=decision, decided_by="d")
            for state, decision in kinds
        ),
    )
    (tmp_path / "tidegate.sarif").write_text(sarif.gate(run, colour=False), "utf-8")
    (command,) = (text for text in SHELL if text.startswith("jq"))
    subprocess.run(["sh", "-c", command], cwd=tmp_path, check=True)
    (left,) = json.loads((tmp_path / "upload.sarif").read_text("utf-8"))["runs"]
    assert [result["level"] for result in left["results"]] == ["error"]
