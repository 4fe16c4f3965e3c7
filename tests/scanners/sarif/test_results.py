import json
import subprocess
from typing import Any

import pytest

from tidegate.records.finding import Level
from tidegate.scanners.sarif.results import NoFinding, Result
from tidegate.scanners.sarif.ruff_names import CODES
from tidegate.tests.sarif_logs import result, run
from tidegate.tests.scanners.sarif.results_of import finding, read


def test_a_result_of_codeql_takes_its_rule_from_an_extension() -> None:
    rules = [
        {
            "id": "py/sql-injection",
            "shortDescription": {"text": "SQL query built from user input"},
            "helpUri": "https://codeql.github.com/py-sql",
            "defaultConfiguration": {"level": "error"},
            "properties": {
                "tags": ["security", "external/cwe/cwe-089"],
                "precision": "medium",
                "security-severity": "8.8",
            },
        }
    ]
    told = result("py/sql-injection", "app/db.py", 7, "depends on [a value](1).")
    told |= {"rule": {"id": "py/sql-injection", "index": 0, "toolComponent": {"index": 0}}}
    node = run("CodeQL", [told], [{"id": "other"}])
    node["tool"]["extensions"] = [{"name": "codeql/python-queries", "rules": rules}]
    found = finding(node)
    assert (found.tool, found.rule, found.path, found.line) == (
        *("CodeQL", "py/sql-injection"),
        *("app/db.py", 7),
    )
    assert (found.severity, found.confidence, found.cwe) == (Level.HIGH, Level.MEDIUM, 89)
    assert found.message == "depends on a value."
    assert found.remedy == "see https://codeql.github.com/py-sql"


def test_a_result_of_semgrep_takes_level_and_confidence_from_its_rule() -> None:
    rule = {
        "id": "x.exec",
        "defaultConfiguration": {"level": "warning"},
        "properties": {"tags": ["CWE-95: Eval", "HIGH CONFIDENCE"]},
    }
    found = finding(run("Semgrep OSS", [result("x.exec", "a.py", 1)], [rule]))
    assert (found.severity, found.confidence, found.cwe) == (Level.MEDIUM, Level.HIGH, 95)


def test_a_result_of_trivy_has_a_security_severity_and_a_place_below_a_base() -> None:
    rule = {"id": "CVE-2024-1", "properties": {"security-severity": "9.1", "tags": ["CRITICAL"]}}
    told = result("CVE-2024-1", "requirements.txt", 1, ruleIndex=0)
    artifact = told["locations"][0]["physicalLocation"]["artifactLocation"]
    artifact["uriBaseId"] = "ROOTPATH"
    node = run("Trivy", [told], [rule], originalUriBaseIds={"ROOTPATH": {"uri": "file:///repo/"}})
    found = finding(node)
    assert (found.path, found.severity) == ("requirements.txt", Level.CRITICAL)


def test_a_result_of_bandit_keeps_its_own_confidence_and_our_name_of_the_tool() -> None:
    told = result("B101", "a.py", 3, level="note", properties={"issue_confidence": "HIGH"})
    found = finding(run("Bandit", [told]))
    assert (found.tool, found.severity, found.confidence) == ("bandit", Level.LOW, Level.HIGH)


def test_ruff_calls_everything_an_error_and_is_rated_as_bandit_rates() -> None:
    told = result("S101", "file:///repo/a.py", 3, level="error")
    found = finding(run("ruff", [told]))
    assert (found.path, found.severity) == ("a.py", Level.LOW)


@pytest.mark.parametrize(
    ("rule", "told", "severity"),
    [
        ({}, {}, Level.MEDIUM),
        ({}, {"level": "error"}, Level.HIGH),
        ({}, {"level": "none"}, Level.LOW),
        ({}, {"level": "grave"}, Level.UNKNOWN),
        ({}, {"level": 7}, Level.UNKNOWN),
        ({"defaultConfiguration": {"level": "note"}}, {}, Level.LOW),
        ({"defaultConfiguration": {"level": "note"}}, {"level": "error"}, Level.HIGH),
        ({}, {"rank": 95.0}, Level.CRITICAL),
        ({}, {"rank": -1}, Level.MEDIUM),
        ({"properties": {"security-severity": "9.0"}}, {"level": "note"}, Level.CRITICAL),
        ({"properties": {"security-severity": "7.0"}}, {}, Level.HIGH),
        ({"properties": {"security-severity": 4}}, {}, Level.MEDIUM),
        ({"properties": {"security-severity": "3.9"}}, {"level": "error"}, Level.LOW),
        ({"properties": {"security-severity": "high"}}, {"level": "error"}, Level.HIGH),
        ({"properties": {"security-severity": "nan"}}, {"level": "error"}, Level.HIGH),
    ],
)
def test_how_grave_a_result_is(rule: Any, told: Any, severity: Level) -> None:
    node = run("t", [result("R", "a.py", 1, **told)], [{"id": "R", **rule}])
    assert finding(node).severity is severity


def test_a_message_is_put_together_from_the_rule_and_the_arguments() -> None:
    told = result("R", "a.py", 1)
    told["message"] = {"id": "default", "arguments": ["x", "y"]}
    rule = {"id": "R", "messageStrings": {"default": {"text": "{1} after {0}, {{not}} {9}"}}}
    assert finding(run("t", [told], [rule])).message == "y after x, {not} {9}"


def test_a_weakness_may_be_a_taxon() -> None:
    target = {"target": {"id": "79", "toolComponent": {"name": "CWE"}}}
    rule = {"id": "R", "relationships": [target]}
    assert finding(run("t", [result("R", "a.py", 1)], [rule])).cwe == 79


def test_a_suppression_is_told_unless_it_was_rejected() -> None:
    told = [
        result("R", "a.py", 1, suppressions=[{"kind": "inSource"}]),
        result("R", "a.py", 2, suppressions=[{"kind": "external", "status": "rejected"}]),
    ]
    found = read(run("t", told))
    hushed = [item.finding.suppressed for item in found if isinstance(item, Result)]
    assert hushed == ["t (inSource)", ""]


@pytest.mark.parametrize("kind", ["pass", "notApplicable", "informational"])
def test_what_is_no_failure_is_no_finding(kind: str) -> None:
    assert read(run("t", [result("R", "a.py", 1, kind=kind)])) == [NoFinding.NOT_A_FAILURE]


@pytest.mark.parametrize("state", ["unchanged", "absent"])
def test_what_a_file_says_of_a_baseline_is_not_believed(state: str) -> None:
    assert finding(run("t", [result("R", "a.py", 1, baselineState=state)])).rule == "R"


@pytest.mark.parametrize(
    "node", [None, 3, [], "x", {"locations": 1}, {"kind": "odd"}, {"locations": [{}]}]
)
def test_a_result_that_cannot_be_placed_is_malformed(node: Any) -> None:
    assert read(run("t", [node])) == [NoFinding.MALFORMED]


SECRET = "hunter2hunter2"


@pytest.mark.parametrize(
    ("tool", "rule"),
    [
        ("gitleaks", {"id": "generic-api-key"}),
        ("Bandit", {"id": "B105"}),
        ("ruff", {"id": "S105"}),
        ("Trivy", {"id": "aws", "properties": {"tags": ["secret"]}}),
        ("CodeQL", {"id": "py/x", "properties": {"tags": ["external/cwe/cwe-798"]}}),
        ("Semgrep", {"id": "generic.secrets.key"}),
        ("LeakFinder", {"id": "x"}),
        ("Other", {"id": "github-pat"}),
        ("Other", {"id": "npm-token"}),
        ("Other", {"id": "x", "shortDescription": {"text": "Hard-coded credentials"}}),
    ],
)
def test_a_secret_is_kept_nowhere(tool: str, rule: dict[str, Any]) -> None:
    told = result(rule["id"], "a.py", 1, f"found '{SECRET}'")
    told["locations"][0]["physicalLocation"]["region"]["snippet"] = {"text": f"k = '{SECRET}'"}
    told["fixes"] = [{"description": {"text": SECRET}}]
    told["ruleId"] += f"/{SECRET}"
    told["suppressions"] = [{"kind": SECRET}]
    rule = rule | {"fullDescription": {"text": SECRET}}
    (found,) = read(run(tool, [told], [rule]))
    assert SECRET not in repr(found)
    assert isinstance(found, Result)
    assert found.secret


def test_a_secret_out_of_the_tree_has_no_scope() -> None:
    logical = [{"logicalLocations": [{"name": SECRET}]}]
    assert SECRET not in repr(finding(run("gitleaks", [result("R", "x") | {"locations": logical}])))


def test_a_secret_of_a_rule_that_is_not_told_keeps_its_first_name() -> None:
    assert finding(run("gitleaks", [result(f"key/{SECRET}", "x")])).rule == "key"


@pytest.mark.parametrize("user", ["u:p", "u:" + "p" * 300, "u:" + "p" * 3_000])
def test_no_address_keeps_its_user(user: str) -> None:
    address = f"https://{user}@example.com/x"
    told = result("R", address, 1, f"{'x ' * 500}at {{0}}")
    told["message"]["arguments"] = [address]
    found = finding(run("t", [told], [{"id": "R", "helpUri": address}]))
    assert "p@" not in repr(found)
    assert "u:p" not in repr(found)
    assert (found.path, found.url) == ("https://@example.com/x",) * 2


def test_a_place_out_of_the_tree_is_bounded() -> None:
    assert len(finding(run("t", [result("R", "../" + "x" * 9_000, 1)])).path) == 1_000


def test_a_case_of_a_case_has_its_rule() -> None:
    rule = {"id": "CA1", "properties": {"security-severity": "9.5"}}
    assert finding(run("t", [result("CA1/1/2", "a.py", 1)], [rule])).severity is Level.CRITICAL


def test_ruff_may_write_names_for_codes() -> None:
    rule = {"id": "assert", "name": "assert"}
    node = run("ruff", [result("assert", "a.py", 1)], [rule])
    assert (finding(node).rule, finding(node).severity) == ("S101", Level.LOW)
    assert finding(run("Other", [result("assert", "a.py", 1)])).rule == "assert"


def test_the_names_are_those_of_ruff() -> None:
    import ruff  # type: ignore[import-untyped]  # it has no types

    command = [ruff.find_ruff_bin(), "rule", "--all", "--output-format", "json"]
    told = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    bandit = [r for r in told if r["linter"] == "flake8-bandit" or r["code"] == "PLE2502"]
    assert {r["name"]: r["code"] for r in bandit} == CODES
