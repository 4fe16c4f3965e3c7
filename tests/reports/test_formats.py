import subprocess
import sys
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tidegate.records.run import GateRun, ScanRun
from tidegate.reports.formats import RENDERERS

pytestmark = pytest.mark.parametrize("name", RENDERERS)


def assert_harmless(report: str, name: str) -> None:
    assert report.endswith("\n")
    assert report.encode("utf-8")
    unprintable = {character for character in report if not character.isprintable()}
    assert unprintable <= {"\n"}
    assert "##[" not in report
    assert "##vso[" not in report
    if name != "github":
        assert not [line for line in report.splitlines() if line.lstrip().startswith("::")]


def test_hostile_text_is_harmless(name: str, hostile_run: GateRun) -> None:
    report = RENDERERS[name].gate(hostile_run, colour=False)
    assert_harmless(report, name)
    assert len(report) < 400_000


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_run_is_rendered_and_harmless(
    name: str, data: st.DataObject, gate_runs: st.SearchStrategy[GateRun]
) -> None:
    assert_harmless(RENDERERS[name].gate(data.draw(gate_runs), colour=False), name)


def test_a_scan_names_its_findings_and_gaps(name: str, scan_run: Callable[..., ScanRun]) -> None:
    report = RENDERERS[name].scan(scan_run(), colour=False)
    assert_harmless(report, name)
    for text in ("syntax error", "fix the file"):
        assert text in report
    for rule in ("B602", "B101"):
        assert (rule in report) is (name != "gitlab-dependency-scanning")


def test_an_empty_run_passes(name: str, empty_run: GateRun) -> None:
    report = RENDERERS[name].gate(empty_run, colour=False)
    assert "PASS" in report or (name, report) == ("gitlab-codequality", "[]\n")
    assert_harmless(report, name)


def test_without_a_range_the_gap_and_its_remedy_are_told(name: str, unknown_range: GateRun) -> None:
    report = RENDERERS[name].gate(unknown_range, colour=False)
    assert "INCOMPLETE" in report or name == "gitlab-codequality"
    assert "no common ancestor" in report
    assert "git fetch --unshallow" in report.replace("&#45;", "-")


def test_only_text_has_colour(name: str, gate_run: Callable[..., GateRun]) -> None:
    assert "\x1b[" not in RENDERERS[name].gate(gate_run(), colour=False)
    assert ("\x1b[" in RENDERERS[name].gate(gate_run(), colour=True)) is (name == "text")


def test_a_report_needs_no_heavy_import(name: str) -> None:
    code = (
        f"import sys; from tidegate.reports.formats import RENDERERS; RENDERERS[{name!r}];"
        "print(*sorted({'rich', 'html', 'urllib.request', 'bandit', 'typer'}"
        " & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
