"""What each side of a change holds."""

from tidegate.records.run import State, Verdict
from tidegate.tests.gate.gating import BAD, GOOD, changed, criss_cross, reasons, sums_hold
from tidegate.tests.real import GitRepo


def test_a_large_file_without_an_ending_may_be_code(repo: GitRepo) -> None:
    big = "x = 1\n" * 400
    run = changed(repo, {"a.py": GOOD}, {"tool": big, "notes.md": big}, max_file_bytes="2048")
    assert run.verdict is Verdict.INCOMPLETE
    assert reasons(run) == {"tool": "too large"}
    assert run.coverage.out_of_scope == 1
    assert sums_hold(run)


def test_a_file_that_differs_from_one_merge_base_only_is_compared_with_each(repo: GitRepo) -> None:
    repo.commit({"old.py": BAD})
    run = criss_cross(repo, {"old.py": "# a note\n" + BAD}, {"right.py": GOOD})
    assert {(item.finding.path, item.state) for item in run.findings} == {
        ("old.py", State.EXISTING)
    }
    assert run.verdict is Verdict.PASS
