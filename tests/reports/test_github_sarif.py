"""SARIF for GitHub: what would be an open alert and nobody minds is left out, and counted."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tidegate.records.run import Decision, GateRun, Judged, ScanRun, State
from tidegate.reports import github_sarif, sarif


def run_of(report: str) -> dict[str, Any]:
    (run,) = json.loads(report)["runs"]
    return dict(run)


def notes(run: dict[str, Any]) -> list[str]:
    (invocation,) = run["invocations"]
    return [each["message"]["text"] for each in invocation["toolExecutionNotifications"]]


@pytest.mark.parametrize(
    ("state", "decision", "hush", "stays"),
    [
        (State.NEW, Decision.BLOCK, "", True),
        (State.NEW, Decision.BLOCK, "nosec", True),
        (State.NEW, Decision.REPORT, "nosec", True),
        (State.EDITED, Decision.REPORT, "", True),
        (State.EXISTING, Decision.REPORT, "", True),
        (State.EXISTING, Decision.REPORT, "nosec", False),
        (State.NEW, Decision.WAIVED, "", False),
        (State.NEW, Decision.IGNORE, "", False),
        (State.FIXED, Decision.REPORT, "", False),
    ],
)
def test_only_what_is_hushed_or_fixed_is_left_out_and_counted(
    state: State,
    decision: Decision,
    hush: str,
    stays: bool,
    gate_run: Callable[..., GateRun],
    judged: Callable[..., Judged],
) -> None:
    run = gate_run(findings=(judged(state, decision, suppressed=hush),))
    told = run_of(github_sarif.gate(run, colour=False))
    assert (len(told["results"]), len(told["tool"]["driver"]["rules"])) == (stays, stays)
    assert any("left out for GitHub" in note for note in notes(told)) is not stays
    if stays:
        assert told == run_of(sarif.gate(run, colour=False))


def test_of_a_scan_what_a_mark_suppresses_is_left_out(scan_run: Callable[..., ScanRun]) -> None:
    run = scan_run()
    first, *rest = run.findings
    marked = replace(first, finding=replace(first.finding, suppressed="nosec"))
    before = run_of(github_sarif.scan(replace(run, findings=tuple(rest)), colour=False))
    told = run_of(github_sarif.scan(replace(run, findings=(marked, *rest)), colour=False))
    assert told["results"] == before["results"]
    assert "left out for GitHub: 1 finding, " in notes(told)[-1]
