import os
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.records.finding import Skipped
from tidegate.records.run import (
    Decision,
    GateRun,
    Judged,
    Located,
    Mode,
    ScanRun,
    SkippedItem,
    State,
    Verdict,
)
from tidegate.reports import junit

TOTALS = {"tests", "failures", "errors"}
ATTRIBUTES = {
    "testsuites": TOTALS,
    "testsuite": {"name", *TOTALS, "skipped", "time"},
    "testcase": {"name", "classname"},
    "failure": {"type", "message"},
    "error": {"type", "message"},
    "skipped": {"type", "message"},
    "system-out": set(),
}
"""What the schema of Jenkins's xUnit plug-in (junit-10.xsd) knows of what is used here."""
INSIDE = {
    "testsuites": {"testsuite"},
    "testsuite": {"testcase", "system-out"},
    "testcase": {"failure", "error", "skipped", "system-out"},
}


def suite_of(report: str) -> ET.Element:
    root = ET.fromstring(report.encode("utf-8"))
    assert root.tag == "testsuites"
    for element in root.iter():
        assert set(element.attrib) == ATTRIBUTES[element.tag]
        assert {child.tag for child in element} <= INSIDE.get(element.tag, set())
    (suite,) = root
    cases = suite.findall("testcase")
    assert suite.attrib["tests"] == str(len(cases))
    for outcome, total in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
        found = [case for case in cases if case.find(outcome) is not None]
        assert suite.attrib[total] == str(len(found))
    names = [(case.attrib["classname"], case.attrib["name"]) for case in cases]
    assert len(set(names)) == len(names)
    return suite


def outcomes(run: GateRun) -> list[tuple[str, str]]:
    """The outcome of each case and its type, `pass` for one that passes."""
    told = []
    for case in suite_of(junit.gate(run, colour=False)).findall("testcase"):
        elements = [child for child in case if child.tag != "system-out"]
        told += [(child.tag, child.attrib["type"]) for child in elements] or [("pass", "")]
    return told


@given(data=st.data())
def test_any_run_is_well_formed_and_fails_where_it_blocks(
    data: st.DataObject, gate_runs: st.SearchStrategy[GateRun]
) -> None:
    run = data.draw(gate_runs)
    suite = suite_of(junit.gate(run, colour=False))
    red = int(suite.attrib["failures"]) + int(suite.attrib["errors"])
    if run.mode is not Mode.ENFORCE:
        assert red == 0
    elif run.verdict is not Verdict.PASS:
        assert red > 0


def test_hostile_text_is_text(hostile_run: GateRun) -> None:
    suite = suite_of(junit.gate(hostile_run, colour=False))
    assert len(suite.findall("testcase")) == 6


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_any_run_is_valid_by_the_schema_of_jenkins(
    data: st.DataObject, gate_runs: st.SearchStrategy[GateRun]
) -> None:
    folder = os.environ.get("TIDEGATE_SCHEMAS", "")
    file = Path(folder, "junit-10.xsd")
    if not folder or not file.is_file():
        pytest.skip(
            "no junit-10.xsd of Jenkins's xUnit plug-in: name its folder in TIDEGATE_SCHEMAS"
        )
    xmlschema = pytest.importorskip("xmlschema")
    xmlschema.XMLSchema(file).validate(junit.gate(data.draw(gate_runs), colour=False))


def test_what_was_decided_is_what_the_case_tells(
    gate_run: Callable[..., GateRun], judged: Callable[..., Judged], gap: Callable[..., Skipped]
) -> None:
    run = gate_run(
        findings=(
            judged(),
            judged(State.EDITED, Decision.REPORT),
            judged(State.NEW, Decision.WAIVED),
            judged(State.NEW, Decision.IGNORE),
            judged(State.EXISTING, Decision.REPORT),
            judged(State.FIXED, Decision.REPORT),
        ),
        skipped=(
            SkippedItem(skipped=gap()),
            SkippedItem(skipped=gap(), existing=True, decision=Decision.REPORT),
            SkippedItem(skipped=gap(), decision=Decision.WAIVED),
        ),
    )
    assert outcomes(run) == [
        ("failure", "HIGH"),
        ("skipped", "reported"),
        ("skipped", "waived"),
        ("skipped", "ignored"),
        ("skipped", "existing"),
        ("pass", ""),
        ("error", "not looked at"),
        ("skipped", "not looked at"),
        ("skipped", "not looked at"),
    ]


def test_a_case_in_full(gate_run: Callable[..., GateRun], judged: Callable[..., Judged]) -> None:
    run = gate_run(findings=(judged(scope="Runner.start"),), skipped=())
    (case,) = suite_of(junit.gate(run, colour=False)).findall("testcase")
    assert case.attrib == {"name": "B602 in Runner.start", "classname": "app/run.py"}
    (failure,) = case
    assert failure.attrib["message"] == "line 12: subprocess call with shell=True"
    assert (failure.text or "").splitlines() == [
        "app/run.py:12: B602 [HIGH/MEDIUM] subprocess call with shell=True",
        "What to do: pass a list of arguments",
        "https://bandit.readthedocs.io/en/1.9.4/plugins/b602.html",
    ]


def test_nothing_fails_where_the_verdict_has_no_force(gate_run: Callable[..., GateRun]) -> None:
    run = gate_run(mode=Mode.OBSERVE, exit_code=0)
    assert {outcome for outcome, _ in outcomes(run)} == {"skipped", "pass"}
    assert "decides nothing, mode observe: line 12" in junit.gate(run, colour=False)


def test_where_nothing_was_found_one_case_passes(empty_run: GateRun) -> None:
    assert outcomes(empty_run) == [("pass", "")]
    assert "gate: PASS" in junit.gate(empty_run, colour=False)


def test_a_verdict_that_no_case_explains_is_an_error(gate_run: Callable[..., GateRun]) -> None:
    run = gate_run(verdict=Verdict.INCOMPLETE, exit_code=3, findings=(), skipped=())
    assert outcomes(run) == [("error", "INCOMPLETE")]


def test_a_scan_fails_on_what_nothing_hushes(scan_run: Callable[..., ScanRun]) -> None:
    suite = suite_of(junit.scan(scan_run(), colour=False))
    assert (suite.attrib["failures"], suite.attrib["errors"]) == ("2", "1")
    clean = suite_of(junit.scan(scan_run(findings=(), skipped=()), colour=False))
    assert (clean.attrib["tests"], clean.attrib["failures"]) == ("1", "0")


def test_what_the_baseline_knows_or_a_mark_hushes_does_not_fail(
    scan_run: Callable[..., ScanRun], judged: Callable[..., Judged]
) -> None:
    found = (
        Located(finding=judged().finding, fingerprint="1", known=True),
        Located(finding=judged(suppressed="nosec").finding, fingerprint="2"),
    )
    suite = suite_of(junit.scan(scan_run(findings=found, skipped=()), colour=False))
    assert [node.attrib["type"] for node in suite.iter("skipped")] == ["known", "suppressed"]
    assert suite.attrib["failures"] == "0"


def test_the_same_name_twice_is_told_twice(
    gate_run: Callable[..., GateRun], judged: Callable[..., Judged]
) -> None:
    run = gate_run(findings=(judged(line=1), judged(line=2)), skipped=())
    suite = suite_of(junit.gate(run, colour=False))
    assert [case.attrib["name"] for case in suite.findall("testcase")] == ["B602", "B602 (2)"]
