import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tidegate
from tidegate.records.finding import Finding, Package, Skipped
from tidegate.records.run import Coverage, GateRun, Judged, Located, ScanRun, SkippedItem
from tidegate.reports import json_report

GATE = {
    "schema": "tidegate/gate/1",
    "verdict": "BLOCK",
    "exit_code": 1,
    "mode": "enforce",
    "profile": "full",
    "base": "1111111111111111111111111111111111111111",
    "head": "2222222222222222222222222222222222222222",
    "range": {
        "base_tip": "3333333333333333333333333333333333333333",
        "base_ref": "origin/main",
        "base_origin": "github",
        "merge_bases": ["1111111111111111111111111111111111111111"],
        "worktree": False,
        "staged": False,
    },
    "findings": [
        {
            "tool": "pip-audit",
            "rule": "PYSEC-2019-217",
            "cwe": None,
            "severity": "UNKNOWN",
            "confidence": "HIGH",
            "path": "requirements.txt",
            "line": 3,
            "end_line": 3,
            "message": "jinja2 2.10 lets a template leave its sandbox",
            "fingerprint": "0123456789abcdef",
            "state": "new",
            "remedy": "upgrade jinja2 to 2.10.1",
            "decided_by": "block-advisories = true",
            "past_blob": None,
            "decision": "block",
            "url": "https://osv.dev/PYSEC-2019-217",
            "scope": "",
            "suppressed": "",
            "package": {
                "name": "jinja2",
                "version": "2.10",
                "advisory": "PYSEC-2019-217",
                "aliases": ["CVE-2019-10906"],
                "fix_versions": ["2.10.1", "2.11"],
                "upgrade": "2.11.3",
                "cvss": 8.6,
                "cvss_vector": "CVSS:3.1/AV:N",
                "epss": 0.25,
                "kev": True,
            },
            "witnesses": ["osv-scanner PYSEC-2019-217"],
        }
    ],
    "skipped": [
        {
            "what": "app/new.py",
            "reason": "syntax error",
            "detail": "line 3",
            "remedy": "fix the file",
            "path": "app/new.py",
            "tool": "bandit",
            "existing": False,
            "decided_by": "what could not be looked at is incomplete",
            "decision": "incomplete",
        }
    ],
    "judge_digest": "00112233445566778899aabbccddeeff00112233",
    "judge_accepted": False,
    "coverage": {"seen": 10, "scanned": 8, "out_of_scope": 1, "skipped": {"syntax error": 1}},
    "notices": ["the advisory database is 40 days old"],
    "timings": {"range": 0.25, "scan": 1.5},
    "versions": {"tidegate": "0.1.0", "bandit": "1.9.4"},
}

SCAN = {
    "schema": "tidegate/scan/1",
    "exit_code": 3,
    "baseline": "tidegate.baseline",
    "findings": [
        {
            "tool": "bandit",
            "rule": "B602",
            "cwe": 78,
            "severity": "HIGH",
            "confidence": "MEDIUM",
            "path": "app/run.py",
            "line": 12,
            "end_line": 13,
            "message": "subprocess call with shell=True",
            "fingerprint": "0123456789abcdef",
            "known": True,
            "remedy": "pass a list of arguments",
            "url": "https://bandit.readthedocs.io/en/1.9.4/plugins/b602.html",
            "scope": "run",
            "suppressed": "nosec",
            "package": None,
            "witnesses": ["ruff S602"],
        }
    ],
    "skipped": [
        {
            "what": "app/new.py",
            "reason": "syntax error",
            "detail": "line 3",
            "remedy": "fix the file",
            "path": "app/new.py",
            "tool": "bandit",
        }
    ],
    "coverage": {"seen": 3, "scanned": 1, "out_of_scope": 1, "skipped": {"syntax error": 1}},
    "notices": ["a .bandit file is ignored"],
    "timings": {"scan": 1.5},
    "versions": {"tidegate": "0.1.0", "bandit": "1.9.4"},
}

ADVISORY: dict[str, Any] = {
    "tool": "pip-audit",
    "rule": "PYSEC-2019-217",
    "cwe": None,
    "severity": "UNKNOWN",
    "confidence": "HIGH",
    "path": "requirements.txt",
    "line": 3,
    "end_line": 3,
    "message": "jinja2 2.10 lets a template leave its sandbox",
    "remedy": "upgrade jinja2 to 2.10.1",
    "url": "https://osv.dev/PYSEC-2019-217",
    "package": Package(
        name="jinja2",
        version="2.10",
        advisory="PYSEC-2019-217",
        aliases=("CVE-2019-10906",),
        fix_versions=("2.10.1", "2.11"),
        upgrade="2.11.3",
        cvss=8.6,
        cvss_vector="CVSS:3.1/AV:N",
        epss=0.25,
        kev=True,
    ),
    "witnesses": ("osv-scanner PYSEC-2019-217",),
}


@pytest.fixture
def gated(gate_run: Callable[..., GateRun], judged: Callable[..., Judged]) -> str:
    finding = judged(decided_by="block-advisories = true", **ADVISORY)
    digest = "00112233445566778899aabbccddeeff00112233"
    return json_report.gate(gate_run(findings=(finding,), judge_digest=digest), colour=False)


@pytest.fixture
def scanned(scan_run: Callable[..., ScanRun], finding: Callable[..., Finding]) -> str:
    found = finding(scope="run", suppressed="nosec", witnesses=("ruff S602",))
    located = Located(finding=found, fingerprint="0123456789abcdef", known=True)
    run = scan_run(findings=(located,), baseline="tidegate.baseline")
    return json_report.scan(run, colour=False)


def test_a_gate_in_full_and_in_order(gated: str) -> None:
    assert in_order(gated) == json.dumps(GATE)


def test_a_scan_in_full_and_in_order(scanned: str) -> None:
    assert in_order(scanned) == json.dumps(SCAN)


def test_each_finding_is_one_line(
    scan_run: Callable[..., ScanRun], finding: Callable[..., Finding]
) -> None:
    found = [Located(finding=finding(line=n, message="a\nb"), fingerprint="0") for n in (1, 2)]
    lines = json_report.scan(scan_run(findings=tuple(found)), colour=False).splitlines()
    told = [json.loads(line.strip().rstrip(",")) for line in lines if '"rule"' in line]
    assert [item["line"] for item in told] == [1, 2]


def in_order(text: str) -> str:
    return json.dumps(json.loads(text))


def test_what_is_not_known_is_null(unknown_range: GateRun) -> None:
    document = json.loads(json_report.gate(unknown_range, colour=False))
    assert document["base"] is None
    assert document["head"] is None
    assert document["range"] == {
        "base_tip": None,
        "base_ref": "main",
        "base_origin": None,
        "merge_bases": [],
        "worktree": False,
        "staged": False,
    }


@given(data=st.data())
def test_the_sums_hold_and_the_order_stays(
    data: st.DataObject, gate_runs: st.SearchStrategy[GateRun]
) -> None:
    run = data.draw(gate_runs)
    document = json.loads(json_report.gate(run, colour=False))
    assert [item["line"] for item in document["findings"]] == [
        item.finding.line for item in run.findings
    ]
    assert [item["existing"] for item in document["skipped"]] == [
        item.existing for item in run.skipped
    ]
    assert document["range"]["worktree"] is run.range.worktree
    assert list(document["coverage"]["skipped"].values()) == [
        run.coverage.skipped[reason] for reason in sorted(run.coverage.skipped)
    ]


def test_bytes_of_a_name_are_told(
    gate_run: Callable[..., GateRun], judged: Callable[..., Judged], gap: Callable[..., Skipped]
) -> None:
    run = gate_run(
        findings=(judged(path="caf\udce9.py"),),
        skipped=(SkippedItem(skipped=gap(path="\udcff")),),
        coverage=Coverage(seen=1, skipped={"bad \udcfe": 1}),
    )
    document = json.loads(json_report.gate(run, colour=False))
    assert document["findings"][0]["path"] == r"caf\xe9.py"
    assert document["skipped"][0]["path"] == r"\xff"
    assert document["coverage"]["skipped"] == {r"bad \xfe": 1}


def test_a_long_message_is_cut(
    gate_run: Callable[..., GateRun], judged: Callable[..., Judged]
) -> None:
    run = gate_run(findings=(judged(message="m" * 1_000_000),))
    message = json.loads(json_report.gate(run, colour=False))["findings"][0]["message"]
    assert message == "m" * 4096 + "... (1000000 characters, cut)"


DOCUMENTED = Path(tidegate.__file__).with_name("docs") / "json.md"
OPEN_OBJECTS = ("coverage.skipped", "timings", "versions")
TYPES = {str: "string", bool: "boolean", int: "integer", float: "number", dict: "object"}


def documented(schema: str) -> dict[str, str]:
    section = re.split(r"^## ", DOCUMENTED.read_text(), flags=re.MULTILINE)
    (text,) = (part for part in section if part.startswith(schema))
    return dict(re.findall(r"^\| `([^`]+)` \| ([^|]+) \|", text, re.MULTILINE))


def emitted(node: dict[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    """Every key of a document, down to the last, with its type in the words of the page."""
    for name, value in node.items():
        key = f"{above}*" if above.rstrip(".") in OPEN_OBJECTS else f"{above}{name}"
        yield key, type_of(value)
        if isinstance(value, dict):
            yield from emitted(value, f"{key}.")
        elif isinstance(value, list) and isinstance(value[0], dict):
            yield from emitted(value[0], f"{key}[].")


def type_of(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, list):
        return f"list of {TYPES[type(value[0])]}s"
    return TYPES[type(value)]


def assert_documented(schema: str, document: dict[str, Any]) -> None:
    keys = dict(emitted(document))
    told = documented(schema)
    assert list(keys) == list(told)
    assert {k: t for k, t in keys.items() if t not in told[k].split(" or ")} == {}


def test_each_key_of_a_gate_is_documented_with_its_type_and_no_other(gated: str) -> None:
    assert_documented("tidegate/gate/1", json.loads(gated))


def test_each_key_of_a_scan_is_documented_with_its_type_and_no_other(
    scan_run: Callable[..., ScanRun], finding: Callable[..., Finding]
) -> None:
    found = Located(finding=finding(**ADVISORY), fingerprint="0123")
    report = json_report.scan(scan_run(findings=(found,)), colour=False)
    assert_documented("tidegate/scan/1", json.loads(report))
