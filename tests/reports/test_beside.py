"""What every report for people says of a verdict, whatever its form."""

import html
import json
import re
from collections.abc import Callable

import pytest

from tidegate.records.run import Decision, GateRun, Judged, ScanRun, Verdict
from tidegate.reports import slack
from tidegate.reports.formats import RENDERERS

DIGEST = "0f" * 20
FORMATS = (
    "text",
    "markdown",
    "github",
    "html",
    "junit",
    "gitlab-sast",
    "gitlab-dependency-scanning",
    "slack",
)
pytestmark = pytest.mark.parametrize("name", FORMATS)


def read(name: str, run: GateRun | ScanRun) -> str:
    """A report as words: without elements, emphasis and escapes."""
    if isinstance(run, ScanRun):
        report = slack.scan(run) if name == "slack" else RENDERERS[name].scan(run, colour=False)
    else:
        report = slack.gate(run) if name == "slack" else RENDERERS[name].gate(run, colour=False)
    if name in ("slack", "gitlab-sast", "gitlab-dependency-scanning"):
        report = str(json.loads(report))
    if name == "html":
        report = re.sub(r"</dt><dd>", ": ", report)
    words = html.unescape(re.sub(r"<[^>]+>", "", html.unescape(report)))
    return re.sub(r"[*`\N{RIGHT SINGLE QUOTATION MARK}\u200b]", "", words)


def test_an_accepted_change_to_what_judges_is_told(
    name: str, gate_run: Callable[..., GateRun]
) -> None:
    accepted = f"Accepted: the change to what judges, digest {DIGEST}"
    assert accepted in read(name, gate_run(judge_digest=DIGEST, judge_accepted=True))
    assert "Accepted" not in read(name, gate_run(judge_digest=DIGEST))


def test_what_blocks_may_stay_by_a_waiver(name: str, gate_run: Callable[..., GateRun]) -> None:
    told = read(name, gate_run())
    assert "What is to stay: needs a waiver on the base branch" in told
    assert "(tidegate waive PATH:LINE writes one)" in told


@pytest.mark.parametrize("rule", ["TG101", "TG102"])
def test_no_waiver_is_offered_for_what_judges(
    name: str, rule: str, gate_run: Callable[..., GateRun], judged: Callable[..., Judged]
) -> None:
    run = gate_run(findings=(judged(tool="tidegate", rule=rule, decision=Decision.BLOCK),))
    assert "What is to stay" not in read(name, run)


def test_a_pass_offers_none(name: str, gate_run: Callable[..., GateRun]) -> None:
    run = gate_run(verdict=Verdict.PASS, exit_code=0, findings=(), skipped=())
    told = read(name, run)
    assert "Next: nothing: this change may merge" in told
    assert "What is to stay" not in told


def test_a_scan_that_left_something_out_tells_what_to_do(
    name: str, scan_run: Callable[..., ScanRun]
) -> None:
    told = read(name, scan_run(exit_code=3))
    assert "Next: fix the file" in told
    assert "Until then: a job that may go on without it takes exit code 3 too; tidegate" in told
    assert "Next:" not in read(name, scan_run(exit_code=0, skipped=()))
