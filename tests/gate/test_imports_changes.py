"""What other tools found, held against the change: more of the ways in."""

import pytest

from tidegate.gate.imports.records import Imports
from tidegate.records.finding import Level
from tidegate.records.run import State, Verdict
from tidegate.tests.gate.importing import (
    SPARE,
    changed_by_a_branch,
    gate_with,
    imported,
    states,
)
from tidegate.tests.real import GitRepo
from tidegate.tests.sarif_logs import log, result, run, write


@pytest.fixture
def changed(repo: GitRepo) -> GitRepo:
    return changed_by_a_branch(repo)


def test_a_result_that_became_graver_decides(changed: GitRepo) -> None:
    base = [run("T", [result("R", "b.py", 2, level="note")])]
    run_ = imported(changed, run("T", [result("R", "b.py", 2, level="error")]), base=base)
    assert states(run_) == [("b.py", 2, State.EDITED)]


# Files that cannot be believed


def test_a_base_file_that_the_change_could_have_written_hides_nothing(changed: GitRepo) -> None:
    told = [result("R", "a.py", 7, level="note")]
    changed.commit({"base.sarif": log(run("T", told))})
    head = write(changed.path.parent / "head.sarif", run("T", told))
    run_ = gate_with(changed, Imports((head,), (changed.path / "base.sarif",)))
    assert states(run_) == [("a.py", 7, State.NEW)]
    assert run_.verdict is Verdict.INCOMPLETE


def test_a_base_file_behind_a_committed_link_hides_nothing(changed: GitRepo) -> None:
    told = [result("R", "a.py", 7, level="note")]
    changed.write({"results/base.sarif": log(run("T", told)), ".gitignore": "results\n"})
    (changed.path / "before").symlink_to("results")
    changed.commit({})
    head = write(changed.path.parent / "head.sarif", run("T", told))
    outside = changed.path.parent / "way"
    outside.symlink_to(changed.path / "before")
    for folder in (changed.path / "before", outside):
        run_ = gate_with(changed, Imports((head,), (folder / "base.sarif",)))
        assert states(run_) == [("a.py", 7, State.NEW)]
        assert run_.verdict is Verdict.INCOMPLETE


def test_a_base_file_in_place_of_one_that_is_gone_hides_nothing(repo: GitRepo) -> None:
    told = run("T", [result("R", "a.py", 1, level="note")])
    repo.commit({"base.sarif": "{}", "a.py": SPARE})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({"base.sarif": None, "a.py": SPARE + SPARE})
    repo.write({"base.sarif": log(told)})
    head = write(repo.path.parent / "head.sarif", told)
    run_ = gate_with(repo, Imports((head,), (repo.path / "base.sarif",)))
    assert run_.verdict is Verdict.INCOMPLETE


def test_an_untracked_base_file_in_the_checkout_is_believed(changed: GitRepo) -> None:
    told = [result("R", "a.py", 7, level="note")]
    changed.write({"results/base.sarif": log(run("T", told))})
    head = write(changed.path.parent / "head.sarif", run("T", told))
    run_ = gate_with(changed, Imports((head,), (changed.path / "results" / "base.sarif",)))
    assert run_.verdict is Verdict.PASS


def test_the_file_of_head_is_none_of_the_base(changed: GitRepo) -> None:
    told = run("T", [result("R", "a.py", 7, level="note")])
    head = write(changed.path.parent / "head.sarif", told)
    twin = changed.path.parent / "twin.sarif"
    twin.hardlink_to(head)
    run_ = gate_with(changed, Imports((head,), (twin,)))
    assert states(run_) == [("a.py", 7, State.NEW)]
    assert run_.verdict is Verdict.INCOMPLETE


def test_a_clean_file_of_the_judged_tree_does_not_pass(changed: GitRepo) -> None:
    changed.commit({"head.sarif": log(run("T", []))})
    run_ = gate_with(changed, Imports((changed.path / "head.sarif",)))
    assert run_.verdict is Verdict.INCOMPLETE


def test_a_file_of_the_judged_tree_adds_findings_and_is_told(changed: GitRepo) -> None:
    changed.commit({"head.sarif": log(run("bandit", [result("B301", "a.py", 2, level="note")]))})
    bad = "import pickle\n\n\ndef load(x):\n    return pickle.loads(x)\n"
    changed.commit({"bad.py": bad})
    run_ = gate_with(changed, Imports((changed.path / "head.sarif",)))
    assert run_.verdict is Verdict.BLOCK
    assert ("bad.py", 5, State.NEW) in states(run_)
    (gap,) = [item.skipped for item in run_.skipped if "head.sarif" in item.skipped.what]
    assert gap.reason == "results that the change could have written"


@pytest.mark.parametrize("content", [b"", b"{}", b'{"version": "2.0.0", "runs": [{}]}'])
def test_a_file_that_cannot_be_read_is_incomplete(changed: GitRepo, content: bytes) -> None:
    file = changed.path.parent / "x.sarif"
    file.write_bytes(content)
    run_ = gate_with(changed, Imports((file,)))
    assert run_.verdict is Verdict.INCOMPLETE
    assert "SARIF" in run_.skipped[0].skipped.reason


def test_a_base_file_that_cannot_be_read_is_incomplete(changed: GitRepo) -> None:
    missing = changed.path.parent / "missing.sarif"
    assert gate_with(changed, Imports((), (missing,))).verdict is Verdict.INCOMPLETE


@pytest.mark.parametrize(("path", "verdict"), [("a.py", "INCOMPLETE"), ("b.py", "PASS")])
def test_what_a_tool_could_not_read_decides_where_the_change_is(
    changed: GitRepo, path: str, verdict: str
) -> None:
    failed = [{"level": "error", "locations": result("R", path, 1)["locations"]}]
    told = [{"executionSuccessful": True, "toolExecutionNotifications": failed}]
    assert imported(changed, run("T", [], invocations=told)).verdict == verdict


def test_another_commit_is_told(changed: GitRepo) -> None:
    told = run("T", [], versionControlProvenance=[{"revisionId": "f" * 40}])
    run_ = imported(changed, told)
    assert any("ffffffffffff, which is not the head" in notice for notice in run_.notices)


# The same defect seen by two tools

SHELL = "import subprocess\n\n\ndef f(x):\n    subprocess.call(x, shell=True)\n"


def test_what_two_tools_found_is_one_finding(repo: GitRepo) -> None:
    repo.commit({"x.py": SPARE})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({"s.py": SHELL})
    seen = result("S602", "s.py", 5, level="error")
    alone = imported(repo, run("T", []))
    both = imported(repo, run("ruff", [seen]), run("Bandit", [result("B602", "s.py", 5)]))
    assert len(both.findings) == len(alone.findings)
    (found,) = [j.finding for j in both.findings if j.finding.rule == "B602"]
    assert (found.tool, found.witnesses) == ("bandit", ("ruff S602",))
    names = {j.finding.rule: j.fingerprint for j in alone.findings}
    assert all(names[j.finding.rule] == j.fingerprint for j in both.findings)


def test_the_graver_severity_stays(repo: GitRepo) -> None:
    repo.commit({"x.py": SPARE})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({"t.py": "assert x\n"})
    grave = result("B101", "t.py", 1, properties={"security-severity": "9.9"})
    (found,) = imported(repo, run("Bandit", [grave])).findings
    assert found.finding.severity is Level.CRITICAL


def test_our_finding_that_another_tool_holds_for_graver_decides(changed: GitRepo) -> None:
    changed.git("checkout", "-q", "main")
    changed.commit({"t.py": "def f(x):\n    assert x\n    a = 1\n"})
    changed.git("checkout", "-q", "-b", "other")
    changed.commit({"t.py": "def f(x):\n    assert x\n    a = 2\n"})
    grave = result("B101", "t.py", 2, properties={"security-severity": "9.9"})
    light = result("B101", "t.py", 2, level="note")
    run_ = imported(changed, run("Bandit", [grave]))
    assert states(run_) == [("t.py", 2, State.EDITED)]
    assert run_.verdict is Verdict.BLOCK
    assert states(imported(changed, run("Bandit", [light]))) == [("t.py", 2, State.EXISTING)]


def test_of_other_tools_the_one_decides_by_which_it_is_new(changed: GitRepo) -> None:
    told = [run(tool, [result("key", "w.yml", 3)]) for tool in ("gitleaks", "trufflehog")]
    run_ = imported(changed, *told, base=[told[0], run("trufflehog", [])])
    assert states(run_) == [("w.yml", 3, State.NEW)]


def test_two_secret_tools_on_a_line_are_one_finding(changed: GitRepo) -> None:
    told = [run(tool, [result(tool[:3], "new.py", 1)]) for tool in ("gitleaks", "trufflehog")]
    (found,) = imported(changed, *told).findings
    assert (found.finding.tool, found.finding.witnesses) == ("gitleaks", ("trufflehog tru",))


def test_others_are_not_joined_and_one_source_not_with_itself(changed: GitRepo) -> None:
    told = [run("A", [result("R", "new.py", 1)] * 2), run("B", [result("R", "new.py", 1)])]
    assert len(imported(changed, *told).findings) == 3


def test_the_versions_of_the_tools_are_told(changed: GitRepo) -> None:
    assert imported(changed, run("T", [])).versions["T"] == "1.2"
