"""A pin with many advisories is one line, one row, one annotation; nothing is lost in the sums."""

import json
from typing import Any

import pytest

from tidegate.records.finding import Finding, Level, Package
from tidegate.records.run import (
    Decision,
    GateRun,
    Judged,
    Located,
    Mode,
    Range,
    ScanRun,
    State,
    Verdict,
)
from tidegate.reports import github, json_report, markdown, pins, sarif, text


def on_pin(number: int, *, name: str = "salt", line: int = 1, **changes: Any) -> Finding:
    facts = {key: changes.pop(key) for key in ("kev", "epss", "cvss") if key in changes}
    defaults: dict[str, Any] = {
        "tool": "pip-audit",
        "rule": f"PYSEC-{number}",
        "message": f"hole {number}",
        "path": "requirements.txt",
        "line": line,
        "end_line": line,
        "severity": Level.UNKNOWN,
        "confidence": Level.HIGH,
        "remedy": f"upgrade {name} to 9, which mends all 28 of its advisories",
        "package": Package(
            name=name,
            version="1.0",
            advisory=changes.get("rule", f"PYSEC-{number}"),
            upgrade="9",
            **facts,
        ),
    }
    return Finding(**(defaults | changes))


SALT = [
    on_pin(1, epss=0.02),
    *(on_pin(number) for number in range(2, 27)),
    on_pin(27, severity=Level.CRITICAL, cvss=9.8),
    on_pin(28, severity=Level.LOW, kev=True, epss=0.944),
]


def gate(findings: list[Finding], decision: Decision = Decision.BLOCK) -> GateRun:
    judged = tuple(
        Judged(
            finding=finding, fingerprint="", state=State.NEW, decision=decision, decided_by="policy"
        )
        for finding in findings
    )
    return GateRun(
        verdict=Verdict.BLOCK, exit_code=1, mode=Mode.ENFORCE, range=Range(), findings=judged
    )


def scan(findings: list[Finding]) -> ScanRun:
    return ScanRun(
        exit_code=0,
        findings=tuple(Located(finding=finding, fingerprint="") for finding in findings),
    )


LINE = (
    "requirements.txt:1: salt 1.0 [CRITICAL/HIGH, 1 exploited (CISA KEV), EPSS up to 94.4%, "
    "CVSS up to 9.8] 28 advisories: PYSEC-28 (exploited), PYSEC-27, PYSEC-1, PYSEC-10, "
)
REMEDY = "-> upgrade salt to 9, which mends all of them"


@pytest.mark.parametrize("decision", [Decision.BLOCK, Decision.REPORT])
def test_the_text_has_a_line_a_pin(decision: Decision) -> None:
    other = on_pin(1, name="jinja2", line=2, kev=False, epss=0.001, cvss=5.0)
    shown = text.gate(gate([*SALT, other], decision), colour=False)
    [salt] = [line for line in shown.splitlines() if "salt 1.0" in line]
    assert salt.strip().startswith(LINE)
    assert salt.endswith(REMEDY)
    [jinja2] = [line for line in shown.splitlines() if "jinja2" in line]
    tags = "[UNKNOWN/HIGH, EPSS 0.1%, CVSS 5.0]"
    assert f"requirements.txt:2: jinja2 1.0 {tags} PYSEC-1: hole 1" in jinja2
    assert "29 findings" in shown
    assert "What is alike is told in one line" in shown
    shown = text.scan(scan([*SALT, other]), colour=False)
    assert LINE in shown
    assert len([line for line in shown.splitlines() if "requirements.txt:" in line]) == 2


def test_markdown_has_a_row_a_pin_and_counts_each() -> None:
    shown = markdown.gate(gate(SALT), colour=False)
    rows = [line for line in shown.splitlines() if line.startswith("| <code>")]
    assert len(rows) == 1
    assert "and 22 more" in rows[0]
    assert "### Blocking: 28" in shown


def test_what_markdown_leaves_out_is_counted_by_finding() -> None:
    many = [
        on_pin(number, name=f"p{pin}", line=pin, path="p" * 250)
        for pin in range(300)
        for number in (1, 2)
    ]
    shown = markdown.scan(scan(many), colour=False)
    rows = sum(1 for line in shown.splitlines() if line.startswith("| <code>"))
    assert 0 < rows < 300
    assert f"Left out here for length: {600 - 2 * rows} findings" in shown


def test_github_has_an_annotation_a_pin() -> None:
    shown = github.gate(gate([*SALT, on_pin(1, name="jinja2", line=2)]), colour=False)
    errors = [line for line in shown.splitlines() if line.startswith("::error")]
    assert len(errors) == 2
    assert "salt 1.0 CRITICAL/HIGH" in errors[0]
    assert "28 advisories" in errors[0]


def test_programs_get_each_finding() -> None:
    document = json.loads(json_report.gate(gate(SALT), colour=False))
    assert len(document["findings"]) == 28
    assert document["findings"][-1]["package"]["kev"] is True
    [run] = json.loads(sarif.gate(gate(SALT), colour=False))["runs"]
    assert len(run["results"]) == 28
    told = run["results"][-1]["properties"]
    assert (told["package"], told["upgrade"], told["epss"]) == ("salt==1.0", "9", 0.944)
    severities = {
        rule["id"]: rule["properties"]["security-severity"]
        for rule in run["tool"]["driver"]["rules"]
    }
    assert (severities["PYSEC-27"], severities["PYSEC-2"]) == ("9.8", "8.0")


def test_pins_are_told_apart_by_place_version_and_state() -> None:
    here = (on_pin(1), on_pin(2))
    elsewhere = on_pin(3, line=9)
    edited = on_pin(4)
    told = pins.told([*((each, ()) for each in here), (elsewhere, ()), (edited, ("edited",))])
    assert [(finding.rule, marks, count) for finding, marks, count in told] == [
        ("salt 1.0", (), 2),
        ("salt 1.0", (), 1),
        ("salt 1.0", ("edited",), 1),
    ]


def named(number: int, **facts: Any) -> Finding:
    package = Package(name="jinja2", version="3.1.2", advisory=f"GHSA-{number}", **facts)
    return on_pin(number, rule=f"GHSA-{number}", package=package)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (
            {"aliases": ("PYSEC-7", "CVE-2024-5"), "fix_versions": ("3.1.5", "3.2")},
            "GHSA-1 (CVE-2024-5), fixed in 3.1.5: hole 1",
        ),
        ({"aliases": ("CVE-2024-5",), "kev": True}, "GHSA-1 (CVE-2024-5, exploited): hole 1"),
        ({"aliases": ("PYSEC-7",)}, "GHSA-1: hole 1"),
    ],
)
def test_a_pin_with_one_advisory_tells_version_cve_and_fix(
    facts: dict[str, Any], said: str
) -> None:
    [(finding, _, _)] = pins.told([(named(1, **facts), ())])
    assert (finding.rule, finding.message) == ("jinja2 3.1.2", said)


def test_each_of_several_advisories_is_told_with_its_cve() -> None:
    some = [named(1, aliases=("CVE-2024-5",)), named(2), on_pin(3, rule="CVE-2024-6")]
    [(first, _, _), (second, _, _)] = pins.told([(each, ()) for each in some])
    assert first.message == "2 advisories: GHSA-1 (CVE-2024-5), GHSA-2"
    assert second.message == "CVE-2024-6: hole 3"


def test_malware_keeps_its_remedy() -> None:
    malware = on_pin(9, rule="MAL-1", severity=Level.CRITICAL, remedy="remove salt 1.0")
    [(finding, _, count)] = pins.told([(on_pin(1), ()), (malware, ())])
    assert (finding.remedy, count) == ("remove salt 1.0", 2)
    assert finding.message == "2 advisories: MAL-1, PYSEC-1"


def test_what_is_exploited_does_not_hide_the_remedy_for_malware() -> None:
    malware = on_pin(9, rule="MAL-1", severity=Level.CRITICAL, remedy="remove salt 1.0")
    [(finding, _, _)] = pins.told([(on_pin(1, kev=True), ()), (malware, ())])
    assert finding.remedy == "remove salt 1.0"
