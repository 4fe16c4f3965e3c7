import gzip
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.records.finding import Finding, Level
from tidegate.scanners.interface import Context
from tidegate.scanners.sarif.failures import failures_of
from tidegate.scanners.sarif.log import NotRead, read_runs
from tidegate.scanners.sarif.places import Places
from tidegate.scanners.sarif.reading import Imported, import_files
from tidegate.scanners.sarif.results import NoFinding, Result, Run
from tidegate.scanners.sarif.rules import rules_of
from tidegate.tests.sarif_logs import log, result, run, write

ROOT = "/repo"


def read(node: Any, root: str = ROOT) -> list[Result | NoFinding]:
    reader = Run(rules_of(node), Places(node, root))
    return [reader.read(item) for item in node["results"]]


def finding(node: Any) -> Finding:
    (found,) = read(node)
    assert isinstance(found, Result)
    return found.finding


def imported(path: Path, context: Context) -> Imported:
    (answer,) = import_files([path], path.parent, context)
    assert answer.read == len(answer.results) + answer.no_findings + answer.malformed
    return answer


@pytest.fixture
def context(tmp_path: Path) -> Context:
    return Context(database=tmp_path / "none.db", file_timeout=20, workers=1)


# What a result says


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
    ],
)
def test_a_secret_is_kept_nowhere(tool: str, rule: dict[str, Any]) -> None:
    told = result(rule["id"], "a.py", 1, f"found '{SECRET}'")
    told["locations"][0]["physicalLocation"]["region"]["snippet"] = {"text": f"k = '{SECRET}'"}
    told["fixes"] = [{"description": {"text": SECRET}}]
    (found,) = read(run(tool, [told], [rule]))
    assert SECRET not in repr(found)
    assert isinstance(found, Result)
    assert found.secret


# Where it is


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("a/b.py", "a/b.py"),
        ("./a//b.py", "a/b.py"),
        ("a/../b.py", "b.py"),
        ("a%20b.py", "a b.py"),
        ("a\\b.py", "a/b.py"),
        ("file:///repo/a.py", "a.py"),
        ("file://localhost/repo/a.py", "a.py"),
        ("/repo/a.py", "a.py"),
        ("n%FF.py", "n\udcff.py"),
    ],
)
def test_a_uri_of_the_tree_is_its_path(uri: str, path: str) -> None:
    (found,) = read(run("t", [result("R", uri, 1)]))
    assert isinstance(found, Result)
    assert (found.finding.path, found.inside) == (path, True)


@pytest.mark.parametrize(
    "uri",
    [
        "../a.py",
        "a/../../etc/passwd",
        "%2e%2e/a.py",
        "..\\a.py",
        "/etc/passwd",
        "file:///etc/passwd",
        "file:///repo/../etc/passwd",
        "file:///repository/a.py",
        "file://host/repo/a.py",
        "https://example.com/a.py",
        "pkg:pypi/x",
        "a%00.py",
    ],
)
def test_any_other_uri_is_text_as_it_came(uri: str) -> None:
    (found,) = read(run("t", [result("R", uri, 1)]))
    assert isinstance(found, Result)
    assert (found.finding.path, found.inside) == (uri, False)


def test_bases_may_stand_on_bases_and_go_in_circles() -> None:
    bases = {
        "SRC": {"uri": "src/", "uriBaseId": "TOP"},
        "TOP": {"uri": "file:///repo/"},
        "LOOP": {"uri": "x/", "uriBaseId": "LOOP"},
    }
    told = [result("R", "a.py", 1) for _ in range(3)]
    for item, base in zip(told, ("SRC", "LOOP", "UNKNOWN"), strict=True):
        item["locations"][0]["physicalLocation"]["artifactLocation"]["uriBaseId"] = base
    paths = [
        item.finding.path
        for item in read(run("t", told, originalUriBaseIds=bases))
        if isinstance(item, Result)
    ]
    assert paths[0] == "src/a.py"
    assert paths[2] == "a.py"


def test_a_place_may_be_an_index_into_the_artifacts() -> None:
    told = result("R", "", 4)
    told["locations"][0]["physicalLocation"]["artifactLocation"] = {"index": 1}
    artifacts = [{"location": {"uri": "x"}}, {"location": {"uri": "b.py"}}]
    assert finding(run("t", [told], artifacts=artifacts)).path == "b.py"


# What is read of a file


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "SARIF file is cut or no JSON"),
        (log(run("t", []))[:-3], "SARIF file is cut or no JSON"),
        (b"\xff\xfe", "SARIF file is not UTF-8"),
        (b"[" * 10_000 + b"]" * 10_000, "SARIF file is nested too deeply"),
        (b'{"version": "2.1.0", "runs": ' + b"9" * 5_000 + b"}", "SARIF file is cut or no JSON"),
        (b'{"version": "2.1.0", "x": NaN, "runs": [{}]}', "SARIF file is cut or no JSON"),
        (b'{"version": "2.1.0", "runs": [{}], "runs": []}', "SARIF file is cut or no JSON"),
        (b"[]", "no SARIF file"),
        (b'{"version": "2.0.0", "runs": [{}]}', "SARIF of another version"),
        (b'{"version": "1.0.0", "runs": [{}]}', "SARIF of another version"),
        (b'{"version": "2.1.0", "runs": []}', "SARIF file without a run"),
        (gzip.compress(log(run("t", [])))[:-6], "SARIF file is cut or broken"),
        (gzip.compress(b"0" * 5_000), "SARIF file too large"),
        (b"0" * 5_000, "SARIF file too large"),
    ],
)
def test_what_cannot_be_read_is_refused(content: bytes, reason: str, tmp_path: Path) -> None:
    file = tmp_path / "x.sarif"
    file.write_bytes(content)
    limit = 4_000 if "large" in reason else 100_000
    with pytest.raises(NotRead) as error:
        read_runs(file, limit)
    assert error.value.reason == reason
    assert error.value.remedy


def test_a_link_a_folder_and_nothing_are_refused(tmp_path: Path) -> None:
    (tmp_path / "real.sarif").write_bytes(log(run("t", [])))
    (tmp_path / "link.sarif").symlink_to("real.sarif")
    for name in ("link.sarif", ".", "missing.sarif"):
        with pytest.raises(NotRead, match="cannot be read"):
            read_runs(tmp_path / name)


@pytest.mark.parametrize("pack", [bytes, gzip.compress, lambda data: b"\xef\xbb\xbf" + data])
def test_a_file_is_read_packed_or_not(
    pack: Callable[[bytes], bytes], tmp_path: Path, context: Context
) -> None:
    file = tmp_path / "x"
    told = [result("R", "a.py", 1), result("R", "a.py", 2, kind="pass"), 7]
    file.write_bytes(pack(log(run("t", told))))
    answer = imported(file, context)
    assert (answer.read, len(answer.results), answer.no_findings, answer.malformed) == (3, 1, 1, 1)
    assert [f.skipped.reason for f in answer.failures] == ["malformed results"]
    assert answer.tools == {"t": "1.2"}


def test_a_file_that_takes_too_long_is_a_gap(tmp_path: Path, context: Context) -> None:
    import time

    def slow(_result: Result) -> bool:
        time.sleep(60)
        return True

    file = write(tmp_path / "x.sarif", run("t", [result("R", "a.py", 1)]))
    hasty = Context(database=context.database, file_timeout=0.5, workers=1)
    (answer,) = import_files([file], tmp_path, hasty, slow)
    assert [f.skipped.reason for f in answer.failures] == ["SARIF import timed out"]


@pytest.mark.parametrize(
    ("more", "reasons"),
    [
        ({"invocations": [{"executionSuccessful": True}]}, []),
        ({"invocations": [{"executionSuccessful": False}]}, ["tool failed"]),
        ({"invocations": [{"executionSuccessful": "false"}]}, ["tool failed"]),
        ({"results": None}, ["no results in the SARIF file"]),
        (
            {"invocations": [{"toolExecutionNotifications": [{"level": "error"}, {}]}]},
            ["tool reports an error"],
        ),
    ],
)
def test_what_a_tool_could_not_do_is_a_gap(more: Any, reasons: list[str]) -> None:
    node = run("t", []) | more
    found = failures_of(node, rules_of(node), Places(node, ROOT), "x.sarif")
    assert [failure.skipped.reason for failure in found] == reasons


# Anything at all

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    *("ruleId", "ruleIndex", "rule", "index", "id", "toolComponent", "message"),
                    *("text", "arguments", "locations", "physicalLocation", "artifactLocation"),
                    *("uri", "uriBaseId", "region", "startLine", "endLine", "level", "kind"),
                    *("properties", "tags", "codeFlows", "threadFlows", "location", "taxa"),
                    *("suppressions", "invocations", "fixes", "description", "rank"),
                    *("toolExecutionNotifications", "logicalLocations", "relationships"),
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=25,
)


@given(
    st.lists(_JSON, max_size=3),
    st.dictionaries(
        st.sampled_from(["tool", "artifacts", "invocations", "originalUriBaseIds", "taxonomies"]),
        _JSON,
    ),
)
def test_any_json_is_read_and_adds_up(results: list[Any], more: dict[str, Any]) -> None:
    node = {"results": results, **more}
    found = read(node)
    list(failures_of(node, rules_of(node), Places(node, ROOT), "x"))
    kinds = Counter(type(item) for item in found)
    assert kinds[Result] + kinds[NoFinding] == len(results)


@given(st.text(max_size=30), st.text(max_size=10))
def test_no_uri_leads_out_of_the_tree(uri: str, base: str) -> None:
    told = result("R", uri or "x", 1)
    node = run("t", [told], originalUriBaseIds={"B": {"uri": base}})
    told["locations"][0]["physicalLocation"]["artifactLocation"]["uriBaseId"] = "B"
    (found,) = read(node)
    assert isinstance(found, Result)
    if found.inside:
        parts = found.finding.path.split("/")
        assert not {"", ".", ".."}.intersection(parts)
        assert "\0" not in found.finding.path
