import json
import os
import uuid
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from markdown_it import MarkdownIt

from tidegate.records.finding import Level, Package, Skipped
from tidegate.records.run import Decision, GateRun, Judged, ScanRun, SkippedItem, State
from tidegate.reports.gitlab import dependency_scanning, sast

KINDS = {"sast": sast, "dependency-scanning": dependency_scanning}
TEXT = {"type": "string", "minLength": 1}
ADDRESS = {"type": "string", "pattern": "^https://.+"}
MOMENT = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$"}


def an_object(**keys: Any) -> dict[str, Any]:
    """Of exactly these keys; those that may be absent end in an underscore."""
    return {
        "type": "object",
        "required": [key for key in keys if not key.endswith("_")],
        "properties": {key.removesuffix("_"): value for key, value in keys.items()},
        "additionalProperties": False,
    }


TOOL = an_object(id=TEXT, name=TEXT, version=TEXT, vendor=an_object(name=TEXT))
LOCATIONS = {
    "sast": an_object(
        file=TEXT, start_line={"minimum": 1}, end_line={"minimum": 1}, method_={"type": "string"}
    ),
    "dependency-scanning": an_object(
        file=TEXT,
        dependency=an_object(package=an_object(name={"type": "string"}), version={}),
    ),
}


def ours(kind: str) -> Draft7Validator:
    """The part of the published form that is used here, its bounds, and no key beside it."""
    name = kind.replace("-", "_")
    vulnerability = an_object(
        id=TEXT,
        category={"const": name},
        scanner=an_object(id=TEXT, name=TEXT),
        name={"type": "string", "maxLength": 255},
        description={"type": "string", "maxLength": 1_048_576},
        severity={"enum": ["Unknown", "Low", "Medium", "High", "Critical"]},
        solution_={"type": "string", "maxLength": 7_000},
        identifiers={
            "type": "array",
            "minItems": 1,
            "items": an_object(type=TEXT, name=TEXT, value=TEXT, url_=ADDRESS),
        },
        links_={"type": "array", "items": an_object(url=ADDRESS)},
        cvss_vectors_={"type": "array", "minItems": 1},
        location=LOCATIONS[kind],
        tracking_={"type": "object"},
        details={
            "additionalProperties": an_object(name=TEXT, type={"const": "text"}, value=TEXT),
        },
    )
    message = an_object(level={"enum": ["info", "warn"]}, value=TEXT)
    scan = an_object(
        analyzer=TOOL,
        scanner=TOOL,
        type={"const": name},
        start_time=MOMENT,
        end_time=MOMENT,
        status={"enum": ["success", "failure"]},
        messages={"type": "array", "items": message},
    )
    found = {"type": "array", "items": vulnerability}
    return Draft7Validator(an_object(version={"const": "15.2.1"}, scan=scan, vulnerabilities=found))


def published(kind: str) -> Draft7Validator:
    """GitLab's own schema, which is not ours to keep here."""
    folder = os.environ.get("TIDEGATE_SCHEMAS", "")
    file = Path(folder, f"{kind}-report-format.json")
    if not folder or not file.is_file():
        pytest.skip(
            f"no {file.name} of GitLab's security-report-schemas: name its folder in"
            " TIDEGATE_SCHEMAS"
        )
    return Draft7Validator(json.loads(file.read_text("utf-8")))


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def module(kind: str) -> ModuleType:
    return KINDS[kind]


def report_of(module: ModuleType, run: GateRun) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(module.gate(run, colour=False))
    return report


@pytest.mark.parametrize("schema", [ours, published])
@pytest.mark.parametrize("name", KINDS)
@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_any_run_is_valid(
    name: str,
    schema: Callable[[str], Draft7Validator],
    data: st.DataObject,
    gate_runs: st.SearchStrategy[GateRun],
) -> None:
    schema(name).validate(report_of(KINDS[name], data.draw(gate_runs)))


def test_hostile_empty_and_scanned_runs_are_valid(
    kind: str,
    module: ModuleType,
    hostile_run: GateRun,
    empty_run: GateRun,
    unknown_range: GateRun,
    scan_run: Callable[..., ScanRun],
) -> None:
    validator = ours(kind)
    for run in (hostile_run, empty_run, unknown_range):
        validator.validate(report_of(module, run))
    validator.validate(json.loads(module.scan(scan_run(), colour=False)))


def test_the_form_refuses_what_is_none(kind: str) -> None:
    assert not ours(kind).is_valid({"version": "15.2.1", "vulnerabilities": []})


def test_markdown_of_the_scanned_world_renders_as_text(
    hostile: str, gate_run: Callable[..., GateRun], judged: Callable[..., Judged]
) -> None:
    run = gate_run(findings=(judged(message=hostile, remedy=hostile),))
    (found,) = report_of(sast, run)["vulnerabilities"]
    for text in (found["description"], found["solution"]):
        rendered = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(text)
        assert rendered.replace("<p>", "").replace("</p>", "").count("<") == 0


@pytest.mark.parametrize(
    ("state", "decision", "told"),
    [
        (State.NEW, Decision.BLOCK, True),
        (State.EDITED, Decision.REPORT, True),
        (State.EXISTING, Decision.REPORT, True),
        (State.NEW, Decision.WAIVED, True),
        (State.NEW, Decision.IGNORE, False),
        (State.FIXED, Decision.REPORT, False),
    ],
)
def test_what_stands_at_head_is_told_with_what_was_decided(
    state: State,
    decision: Decision,
    told: bool,
    gate_run: Callable[..., GateRun],
    judged: Callable[..., Judged],
) -> None:
    run = gate_run(findings=(judged(state, decision, "line 3 of the policy"),))
    found = report_of(sast, run)["vulnerabilities"]
    assert len(found) == told
    for each in found:
        assert each["severity"] == "High"
        details = {key: value["value"] for key, value in each["details"].items()}
        assert (details["decision"], details["state"]) == (decision, state)
        assert details["decided by"] == "line 3 of the policy"


def test_code_and_dependencies_go_to_their_own_reports(
    gate_run: Callable[..., GateRun], judged: Callable[..., Judged]
) -> None:
    package = Package(
        name="celery",
        version="4.4.7",
        advisory="PYSEC-2021-858",
        aliases=("CVE-2021-23727", "GHSA-q4xr-rc97-m4xx"),
        cvss_vector="CVSS:3.1/AV:N/AC:H/PR:L/UI:N/S:U/C:H/I:H/A:H",
        epss=0.0123,
        kev=True,
    )
    run = gate_run(findings=(judged(), judged(rule="PYSEC-2021-858", package=package, cwe=None)))
    (code,) = report_of(sast, run)["vulnerabilities"]
    (pin,) = report_of(dependency_scanning, run)["vulnerabilities"]
    assert code["identifiers"][0]["type"] == "bandit_rule"
    assert code["identifiers"][1]["value"] == "78"
    assert code["location"] == {"file": "app/run.py", "start_line": 12, "end_line": 13}
    assert pin["name"] == "PYSEC-2021-858 in celery"
    assert [(each["type"], each["value"]) for each in pin["identifiers"]] == [
        ("pysec", "PYSEC-2021-858"),
        ("cve", "CVE-2021-23727"),
        ("ghsa", "GHSA-q4xr-rc97-m4xx"),
    ]
    assert pin["identifiers"][1]["url"].endswith("?id=CVE-2021-23727")
    assert pin["location"]["dependency"] == {"package": {"name": "celery"}, "version": "4.4.7"}
    assert pin["cvss_vectors"][0]["vector"] == package.cvss_vector
    assert pin["details"]["exploited"]["value"] == "yes, as CISA knows"
    assert pin["details"]["probability of exploitation"]["value"] == "1.2%"


def test_a_finding_is_known_again_wherever_its_lines_move(
    gate_run: Callable[..., GateRun], judged: Callable[..., Judged]
) -> None:
    before, after = (
        report_of(sast, gate_run(findings=(judged(line=line, end_line=line),)))["vulnerabilities"][
            0
        ]
        for line in (3, 90)
    )
    assert uuid.UUID(before["id"]) == uuid.UUID(after["id"])
    signatures = [each["tracking"]["items"][0]["signatures"] for each in (before, after)]
    assert signatures == [[{"algorithm": "hash", "value": "0123456789abcdef"}]] * 2


def test_gaps_that_decide_are_warnings_and_the_scan_failed(
    module: ModuleType, gate_run: Callable[..., GateRun], gap: Callable[..., Skipped]
) -> None:
    known = SkippedItem(skipped=gap(what="old.so"), existing=True, decision=Decision.REPORT)
    run = gate_run(skipped=(SkippedItem(skipped=gap()), known))
    scan = report_of(module, run)["scan"]
    assert scan["status"] == "failure"
    texts = {(each["level"], each["value"]) for each in scan["messages"]}
    assert ("warn", "Not looked at: app/new.py: syntax error (line 3) -> fix the file") in texts
    assert ("info", "old.so: syntax error (line 3) -> fix the file") in texts
    assert any(value.startswith("BLOCK (exit 1): 4 findings") for _, value in texts)
    assert report_of(module, gate_run(skipped=(known,)))["scan"]["status"] == "success"


def test_when_it_ran_is_told_in_utc(gate_run: Callable[..., GateRun]) -> None:
    scan = report_of(sast, gate_run(ended=1_700_000_000.0, timings={"scan": 60.0}))["scan"]
    assert (scan["start_time"], scan["end_time"]) == ("2023-11-14T22:12:20", "2023-11-14T22:13:20")


@pytest.mark.parametrize("level", Level)
def test_an_unknown_severity_is_said_to_be_unknown(
    level: Level, gate_run: Callable[..., GateRun], judged: Callable[..., Judged]
) -> None:
    (found,) = report_of(sast, gate_run(findings=(judged(severity=level),)))["vulnerabilities"]
    assert found["severity"].upper() == level
