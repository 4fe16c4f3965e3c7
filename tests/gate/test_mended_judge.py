"""What judges is broken on the base branch: a change that mends it, and does no more, can land."""

import pytest

from tidegate.errors import ConfigError
from tidegate.gate.baseline_file import NAME, written
from tidegate.gate.waiver_entries import FILE_NAME
from tidegate.records.run import Decision, Verdict
from tidegate.tests.gate.gating import BAD, GOOD, Files, gated
from tidegate.tests.real import GitRepo


def branch(repo: GitRepo, before: Files, after: Files) -> None:
    repo.commit({"a.py": GOOD, **before})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit(after)


@pytest.mark.parametrize(
    ("name", "broken", "mended"),
    [
        ("tidegate.toml", "mod = 1\n", 'mode = "observe"\n'),
        ("tidegate.toml", "mod = 1\n", None),
        (FILE_NAME, "[[waiver]]\n", ""),
        (NAME, "x\n", written([])),
    ],
)
def test_it_blocks_until_it_is_accepted(
    repo: GitRepo, name: str, broken: str, mended: str | None
) -> None:
    branch(repo, {name: broken}, {name: mended})
    run = gated(repo)
    assert (run.verdict, run.exit_code) == (Verdict.BLOCK, 1), "head's own mode decides nothing"
    assert [item.finding.rule for item in run.findings] == ["TG101"]
    accepted = gated(repo, accept_judge_change=run.judge_digest)
    assert accepted.verdict is Verdict.PASS
    assert [item.decision for item in accepted.findings] == [Decision.REPORT]


@pytest.mark.parametrize(
    "after",
    [
        {"tidegate.toml": "", "b.py": BAD},
        {"b.py": GOOD},
        {"tidegate.toml": "mod = 2\n"},
        {"tidegate.toml": "", "pyproject.toml": "[project]\n"},
        {FILE_NAME: ""},
        {},
    ],
    ids=["with code", "code", "broken", "with a project file", "another file", "nothing"],
)
def test_nothing_else_is_judged_without_a_policy(repo: GitRepo, after: Files) -> None:
    branch(repo, {"tidegate.toml": "mod = 1\n"}, after)
    with pytest.raises(ConfigError, match="unknown key 'mod'"):
        gated(repo, accept_judge_change="0" * 40)


def test_what_the_base_branch_broke_since_is_not_mended_by_an_older_branch(repo: GitRepo) -> None:
    branch(repo, {"tidegate.toml": "", FILE_NAME: "# none\n"}, {FILE_NAME: "# no waiver\n"})
    repo.git("checkout", "-q", "main")
    repo.commit({"tidegate.toml": "mod = 1\n"})
    repo.git("checkout", "-q", "feature")
    with pytest.raises(ConfigError, match="unknown key 'mod'"):
        gated(repo)
