"""A scan with a baseline: what it knows is counted, and listed only where machines read."""

import json
from collections.abc import Callable

import pytest

from tidegate.records.finding import Finding
from tidegate.records.run import Located, ScanRun
from tidegate.reports import github, json_report, markdown, sarif, text


@pytest.fixture
def run(scan_run: Callable[..., ScanRun], finding: Callable[..., Finding]) -> ScanRun:
    known = Located(finding=finding(path="known.py"), fingerprint="0", known=True)
    new = Located(finding=finding(path="new.py"), fingerprint="1")
    return scan_run(findings=(known, new), skipped=(), baseline="tidegate.baseline")


@pytest.mark.parametrize("report", [text.scan, markdown.scan, github.scan])
def test_reports_for_people_count_it(run: ScanRun, report: Callable[..., str]) -> None:
    shown = report(run, colour=False)
    assert "new.py" in shown
    assert "known.py" not in shown
    assert "1 HIGH, 1 known" in shown


def test_reports_for_machines_list_it(run: ScanRun) -> None:
    found = json.loads(json_report.scan(run, colour=False))["findings"]
    assert {item["path"]: item["known"] for item in found} == {"known.py": True, "new.py": False}
    (log,) = json.loads(sarif.scan(run, colour=False))["runs"]
    assert [result["baselineState"] for result in log["results"]] == ["unchanged", "new"]


def test_without_a_baseline_nothing_is_said_of_one(
    scan_run: Callable[..., ScanRun], finding: Callable[..., Finding]
) -> None:
    plain = scan_run(findings=(Located(finding=finding(), fingerprint="1"),))
    assert "known" not in text.scan(plain, colour=False)
    (log,) = json.loads(sarif.scan(plain, colour=False))["runs"]
    assert "baselineState" not in log["results"][0]
