import gzip
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.scanners.interface import Context
from tidegate.scanners.sarif.failures import failures_of
from tidegate.scanners.sarif.log import NotRead, read_runs
from tidegate.scanners.sarif.places import Places
from tidegate.scanners.sarif.reading import Imported, import_files
from tidegate.scanners.sarif.results import NoFinding, Result
from tidegate.scanners.sarif.rules import rules_of
from tidegate.tests.sarif_logs import log, result, run, write
from tidegate.tests.scanners.sarif.results_of import ROOT, read


def imported(path: Path, context: Context) -> Imported:
    (answer,) = import_files([path], path.parent, context)
    assert answer.read == len(answer.results) + answer.no_findings + answer.malformed
    return answer


@pytest.fixture
def context(tmp_path: Path) -> Context:
    return Context(database=tmp_path / "none.db", file_timeout=20, workers=1)


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
        (gzip.compress(log(run("t", [])), mtime=0)[:-6], "SARIF file is cut or broken"),
        (gzip.compress(b"0" * 5_000, mtime=0), "SARIF file too large"),
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
            {"externalPropertyFileReferences": {"results": [{"location": {"uri": "r.json"}}]}},
            ["results in another file"],
        ),
        (
            {
                "invocations": [
                    {
                        "toolExecutionNotifications": [
                            {"level": "warning", "descriptor": {"id": "PartialParsing"}},
                            {"message": {"text": "a.py could not be read: timeout"}},
                            {"level": "warning", "message": {"text": "a new version is out"}},
                            {"level": "note", "descriptor": {"id": "PartialParsing"}},
                        ]
                    }
                ]
            },
            ["tool reports that it did not look at everything"] * 2,
        ),
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


@pytest.mark.parametrize(("tool", "kept"), [("gitleaks", False), ("T", True)])
def test_what_a_secret_tool_says_of_its_failures_is_not_kept(tool: str, *, kept: bool) -> None:
    notification = {"level": "error", "message": {"text": "hunter2"}}
    told = [
        {
            "executionSuccessful": False,
            "exitCodeDescription": "hunter2",
            "toolExecutionNotifications": [notification],
        }
    ]
    node = run(tool, [], invocations=told)
    found = list(failures_of(node, rules_of(node), Places(node, ROOT), "x.sarif"))
    assert len(found) == 2
    assert [("hunter2" in failure.skipped.detail) for failure in found] == [kept, kept]


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
