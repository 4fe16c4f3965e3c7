"""The gate on real repositories: what is new decides."""

import json

import pytest

from tidegate.errors import ConfigError
from tidegate.records.run import Decision, Mode, State, Verdict
from tidegate.tests.gate.gating import BAD, GOOD, changed, gated, reasons
from tidegate.tests.real import GitRepo


def test_a_new_finding_blocks_and_says_where_why_and_what_to_do(repo: GitRepo) -> None:
    run = changed(repo, {"a.py": GOOD}, {"b.py": BAD})
    assert (run.verdict, run.exit_code) == (Verdict.BLOCK, 1)
    (new,) = [item for item in run.findings if item.decision is Decision.BLOCK]
    assert (new.finding.rule, new.finding.path, new.finding.line) == ("B301", "b.py", 5)
    assert new.finding.scope == "load"
    assert new.finding.cwe == 502
    assert new.finding.remedy
    assert new.decided_by == "block-severity = MEDIUM, block-confidence = MEDIUM"
    assert run.coverage.seen == 1
    assert run.versions["bandit"]


def test_what_stood_there_before_does_not_block(repo: GitRepo) -> None:
    run = changed(repo, {"b.py": BAD}, {"b.py": "# a comment\n\n" + BAD + "\n\n" + GOOD})
    assert (run.verdict, run.exit_code) == (Verdict.PASS, 0)
    assert {item.state for item in run.findings} == {State.EXISTING}


def test_only_changed_files_are_looked_at(repo: GitRepo) -> None:
    run = changed(repo, {"b.py": BAD, "c.py": GOOD}, {"c.py": GOOD + "\n"})
    assert run.verdict is Verdict.PASS
    assert run.findings == ()
    assert run.coverage.seen == 1


def test_a_repaired_defect_is_told_as_fixed(repo: GitRepo) -> None:
    run = changed(repo, {"b.py": BAD}, {"b.py": GOOD})
    assert run.verdict is Verdict.PASS
    assert {item.state for item in run.findings} == {State.FIXED}


def test_a_rename_brings_nothing_new_and_hides_nothing(repo: GitRepo) -> None:
    moved = changed(repo, {"b.py": BAD}, {"b.py": None, "lib/other.py": BAD})
    assert moved.verdict is Verdict.PASS
    repo.git("checkout", "-q", "main")
    repo.git("checkout", "-q", "-b", "hidden")
    code = GOOD + "".join(f"def f{n}(x):\n    return x + {n}\n" for n in range(20))
    repo.commit({"c.py": code})
    base = repo.commit({})
    repo.commit({"c.py": None, "c.txt": code + "eval(input())\n"})
    assert gated(repo, base=base).verdict is Verdict.BLOCK


def test_a_finding_from_tests_is_new_in_the_product(repo: GitRepo) -> None:
    run = changed(repo, {"tests/b.py": BAD}, {"tests/b.py": None, "b.py": BAD})
    assert run.verdict is Verdict.BLOCK


def test_an_edited_call_decides_as_new(repo: GitRepo) -> None:
    run = changed(
        repo,
        {"a.py": "def f(request):\n    return eval('1+1')\n"},
        {"a.py": "def f(request):\n    return eval(request.args['x'])\n"},
    )
    assert run.verdict is Verdict.BLOCK
    assert [item.state for item in run.findings] == [State.EDITED]


def test_nosec_in_the_change_is_shown_and_still_decides(repo: GitRepo) -> None:
    hushed = BAD.replace("pickle.loads(data)", "pickle.loads(data)  # nosec")
    run = changed(repo, {"a.py": GOOD}, {"b.py": hushed})
    assert run.verdict is Verdict.BLOCK
    assert {item.finding.rule for item in run.findings if item.finding.suppressed} == {"B301"}


def test_a_base_that_moved_on_is_not_judged(repo: GitRepo) -> None:
    repo.commit({"a.py": GOOD})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({"c.py": GOOD})
    repo.git("checkout", "-q", "main")
    repo.commit({"b.py": BAD})
    run = gated(repo, head="feature")
    assert run.verdict is Verdict.PASS
    assert [file.finding for file in run.findings] == []


def test_an_empty_range_passes_with_no_file_seen(repo: GitRepo) -> None:
    repo.commit({"a.py": BAD})
    run = gated(repo, base="HEAD")
    assert (run.verdict, run.exit_code, run.coverage.seen) == (Verdict.PASS, 0, 0)


def test_the_working_tree_can_be_judged_before_it_is_committed(repo: GitRepo) -> None:
    repo.commit({"a.py": GOOD})
    repo.write({"b.py": BAD, "ignored.py": BAD, ".gitignore": "ignored.py\n"})
    assert gated(repo).verdict is Verdict.PASS
    run = gated(repo, worktree=True)
    assert run.verdict is Verdict.BLOCK
    assert run.range.worktree
    assert {item.finding.path for item in run.findings} == {"b.py"}


def test_no_checkout_is_touched(repo: GitRepo) -> None:
    repo.commit({"a.py": GOOD})
    repo.commit({"b.py": BAD})
    repo.write({"a.py": "uncommitted"})
    before = repo.git("status", "--porcelain"), sorted(repo.path.rglob("*"))
    gated(repo, base="HEAD^")
    assert (repo.git("status", "--porcelain"), sorted(repo.path.rglob("*"))) == before


def notebook(*cells: str) -> str:
    made = [
        {"cell_type": "code", "metadata": {}, "source": cell.splitlines(True)} for cell in cells
    ]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1)


def test_code_cells_and_scripts_without_an_ending_count(repo: GitRepo) -> None:
    run = changed(
        repo,
        {"a.py": GOOD},
        {
            "n.ipynb": notebook("import pickle\n", "%time x = 1\npickle.loads(b'')\n"),
            "bin/tool": "#!/usr/bin/env python3\neval(input())\n",
            "types.pyi": "x: int = eval('1')\n",
        },
    )
    blocking = {i.finding.path for i in run.findings if i.decision is Decision.BLOCK}
    assert blocking == {"n.ipynb", "bin/tool", "types.pyi"}


def test_the_policy_is_read_from_the_tip_of_the_base(repo: GitRepo) -> None:
    repo.commit({"tidegate.toml": 'mode = "observe"\n'})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({"b.py": BAD})
    repo.git("checkout", "-q", "main")
    repo.commit({"tidegate.toml": 'mode = "enforce"\n'})
    run = gated(repo, head="feature")
    assert (run.mode, run.exit_code) == (Mode.ENFORCE, 1), "the old lax policy is not back"


def test_a_change_cannot_bring_its_own_policy(repo: GitRepo) -> None:
    run = changed(
        repo, {"a.py": GOOD}, {"b.py": BAD, "tidegate.toml": 'mode = "observe"\nrubbish = 1\n'}
    )
    assert (run.verdict, run.exit_code) == (Verdict.BLOCK, 1)


@pytest.mark.parametrize("mode", ["warn", "observe"])
def test_a_lax_mode_keeps_the_verdict_and_exits_0(repo: GitRepo, mode: str) -> None:
    policy = f'[tool.tidegate]\nmode = "{mode}"\n'
    run = changed(repo, {"pyproject.toml": policy}, {"b.py": BAD})
    assert (run.verdict, run.exit_code, run.mode) == (Verdict.BLOCK, 0, mode)


def test_a_broken_policy_at_the_base_is_an_error_that_names_it(repo: GitRepo) -> None:
    repo.commit({"tidegate.toml": "mod = 'warn'\n"})
    with pytest.raises(ConfigError, match=r"tidegate\.toml at [0-9a-f]{12}: unknown key 'mod'"):
        gated(repo, base="HEAD")


def test_bandits_own_configuration_is_told_and_not_obeyed(repo: GitRepo) -> None:
    run = changed(
        repo,
        {"a.py": GOOD},
        {
            "b.py": BAD,
            ".bandit": "[bandit]\nskips: B301\nexclude: b.py\n",
            "pyproject.toml": "[tool.bandit]\nskips = ['B301']\n",
        },
    )
    assert run.verdict is Verdict.BLOCK
    assert sum("is ignored" in notice for notice in run.notices) == 2


def test_twice_the_same(repo: GitRepo) -> None:
    repo.commit({"a.py": GOOD})
    repo.commit({f"{n}.py": BAD for n in range(9)})
    first, second = gated(repo, base="HEAD^"), gated(repo, base="HEAD^", settings={"workers": "1"})
    assert first.findings == second.findings
    assert len({item.fingerprint for item in first.findings}) == len(first.findings)


def test_a_dependency_file_without_a_database_is_incomplete(repo: GitRepo) -> None:
    run = changed(repo, {"a.py": GOOD}, {"requirements.txt": "jinja2==2.10\n"})
    assert run.verdict is Verdict.INCOMPLETE
    assert reasons(run) == {"requirements.txt": "no advisory database"}
    assert "advisories import" in run.skipped[0].skipped.remedy


def test_without_a_dependency_file_a_missing_database_is_a_notice(repo: GitRepo) -> None:
    run = changed(repo, {"a.py": GOOD}, {"b.py": GOOD})
    assert run.verdict is Verdict.PASS
    assert any("no advisory database" in notice for notice in run.notices)


def test_a_secret_stands_in_no_field(repo: GitRepo) -> None:
    run = changed(repo, {"a.py": GOOD}, {"b.py": "password = 'hunter2secret'\n"})
    assert {item.finding.rule for item in run.findings} == {"B105", "secret-keyword"}
    assert "hunter2" not in repr(run)


def test_a_file_that_only_the_base_side_lacks_is_told(repo: GitRepo) -> None:
    run = changed(repo, {"b.py": "def f(:\n", "c.py": "def f(:\n"}, {"b.py": BAD, "c.py": None})
    assert run.verdict is Verdict.BLOCK
    told = [notice for notice in run.notices if "on the base side" in notice]
    assert [notice.split()[0] for notice in told] == ["b.py"]
