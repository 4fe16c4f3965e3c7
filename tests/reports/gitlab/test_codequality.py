import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from tidegate.records.finding import Level, Skipped
from tidegate.records.run import Decision, GateRun, Judged, Located, ScanRun, SkippedItem, State
from tidegate.reports.gitlab import codequality

ISSUE = Draft7Validator(
    {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "type": {"const": "issue"},
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string"},
            "categories": {"type": "array", "items": {"const": "Security"}},
            "engine_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string"},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "minLength": 1, "pattern": "^[^/]|^/"},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
        "additionalProperties": False,
    }
)
"""What GitLab's documentation asks of an issue, and nothing else."""


def issues(report: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(report)
    for issue in found:
        ISSUE.validate(issue)
    return found


@given(data=st.data())
def test_any_run_is_valid(data: st.DataObject, gate_runs: st.SearchStrategy[GateRun]) -> None:
    run = data.draw(gate_runs)
    told = issues(codequality.gate(run, colour=False))
    kept = [
        item
        for item in run.findings
        if item.state is not State.FIXED and item.decision is not Decision.IGNORE
    ]
    gaps = [item for item in run.skipped if item.decision is not Decision.IGNORE]
    assert len(told) == len(kept) + len(gaps)


def test_hostile_text_is_one_line_in_a_valid_issue(hostile_run: GateRun) -> None:
    for issue in issues(codequality.gate(hostile_run, colour=False)):
        assert issue["description"].isprintable()


def test_an_issue_in_full(gate_run: Callable[..., GateRun], judged: Callable[..., Judged]) -> None:
    run = gate_run(findings=(judged(),), skipped=())
    assert issues(codequality.gate(run, colour=False)) == [
        {
            "type": "issue",
            "check_name": "B602",
            "description": "B602 [HIGH/MEDIUM] subprocess call with shell=True"
            " -> pass a list of arguments",
            "categories": ["Security"],
            "severity": "critical",
            "fingerprint": "0123456789abcdef",
            "location": {"path": "app/run.py", "lines": {"begin": 12, "end": 13}},
            "engine_name": "bandit",
        }
    ]


@pytest.mark.parametrize(
    ("state", "decision", "severity"),
    [
        (State.NEW, Decision.BLOCK, "critical"),
        (State.EDITED, Decision.REPORT, "critical"),
        (State.EXISTING, Decision.REPORT, "critical"),
        (State.NEW, Decision.WAIVED, "info"),
        (State.NEW, Decision.IGNORE, None),
        (State.FIXED, Decision.REPORT, None),
    ],
)
def test_what_stands_at_head_is_told_and_what_is_waived_weighs_nothing(
    state: State,
    decision: Decision,
    severity: str | None,
    gate_run: Callable[..., GateRun],
    judged: Callable[..., Judged],
) -> None:
    run = gate_run(findings=(judged(state, decision, "waiver of ada"),), skipped=())
    told = issues(codequality.gate(run, colour=False))
    assert [issue["severity"] for issue in told] == ([severity] if severity else [])
    assert all(("waiver of ada" in issue["description"]) is (severity == "info") for issue in told)


def test_a_mark_in_the_code_weighs_something_until_the_base_has_it(
    gate_run: Callable[..., GateRun],
    judged: Callable[..., Judged],
    scan_run: Callable[..., ScanRun],
) -> None:
    marked = [judged(state, Decision.REPORT, suppressed="nosec") for state in State]
    run = gate_run(findings=tuple(marked), skipped=())
    told = issues(codequality.gate(run, colour=False))
    assert [issue["severity"] for issue in told] == ["critical", "critical", "info"]
    located = (
        Located(finding=marked[0].finding, fingerprint="f"),
        Located(finding=judged().finding, fingerprint="g", known=True),
    )
    scanned = issues(codequality.scan(scan_run(findings=located, skipped=()), colour=False))
    assert [issue["severity"] for issue in scanned] == ["info", "info"]
    assert "[HIGH/MEDIUM, known]" in scanned[1]["description"]


def test_gaps_are_issues_of_their_own(
    gate_run: Callable[..., GateRun], gap: Callable[..., Skipped]
) -> None:
    gaps = (
        SkippedItem(skipped=gap()),
        SkippedItem(skipped=gap()),
        SkippedItem(skipped=gap(path=""), existing=True, decision=Decision.REPORT),
        SkippedItem(skipped=gap(), decision=Decision.WAIVED),
        SkippedItem(skipped=gap(), decision=Decision.IGNORE),
    )
    told = issues(codequality.gate(gate_run(findings=(), skipped=gaps), colour=False))
    assert {issue["check_name"] for issue in told} == {"not-looked-at"}
    assert [issue["severity"] for issue in told] == ["critical", "critical", "info", "info"]
    assert len({issue["fingerprint"] for issue in told}) == 4
    assert told[2]["location"]["path"] == "."


def test_severities_keep_their_order(scan_run: Callable[..., ScanRun], judged: Any) -> None:
    levels = [Level.LOW, Level.MEDIUM, Level.HIGH, Level.UNKNOWN, Level.CRITICAL]
    found = [Located(finding=judged(severity=level).finding, fingerprint="") for level in levels]
    run = scan_run(findings=tuple(found), skipped=())
    told = issues(codequality.scan(run, colour=False))
    names = ["minor", "major", "critical", "critical", "blocker"]
    assert [issue["severity"] for issue in told] == names
