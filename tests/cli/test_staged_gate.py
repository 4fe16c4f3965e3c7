"""`tidegate gate --staged` and `--quick` as a commit hook runs them."""

import json
import sys
from pathlib import Path

import pytest

from tidegate.tests.real import GitRepo, Tidegate

BAD = "import pickle\n\n\ndef load(data):\n    return pickle.loads(data)\n"
ENGINES = [(), ("--quick",)]


@pytest.fixture
def staged(repo: GitRepo) -> GitRepo:
    """A repository with an old defect and a new one that is staged."""
    repo.commit({"old.py": BAD, "a.py": "x = 1\n"})
    repo.write({"a.py": BAD})
    repo.git("add", "-A")
    return repo


@pytest.mark.parametrize("engine", ENGINES)
def test_a_staged_defect_blocks_and_an_old_one_is_not_told(
    staged: GitRepo, tidegate: Tidegate, engine: tuple[str, ...]
) -> None:
    answer = tidegate("gate", "--staged", *engine, cwd=staged.path)
    assert answer.code == 1
    assert "a.py:5" in answer.out
    assert "old.py" not in answer.out
    assert "and the index" in answer.out
    assert "(merge base with HEAD)" in answer.out, "nobody named it"


@pytest.mark.parametrize("engine", ENGINES)
def test_what_is_not_staged_does_not_count(
    staged: GitRepo, tidegate: Tidegate, engine: tuple[str, ...]
) -> None:
    staged.git("reset", "-q")
    answer = tidegate("gate", "--staged", *engine, "--format", "json", cwd=staged.path)
    document = json.loads(answer.out)
    assert (answer.code, document["findings"]) == (0, [])
    assert document["range"]["staged"] is True


@pytest.mark.parametrize("engine", ENGINES)
def test_the_first_commit_of_all_is_judged(
    repo: GitRepo, tidegate: Tidegate, engine: tuple[str, ...]
) -> None:
    repo.write({"a.py": BAD})
    repo.git("add", "-A")
    answer = tidegate("gate", "--staged", *engine, cwd=repo.path)
    assert answer.code == 1
    assert "there is no commit yet" in answer.out


def test_quick_says_that_it_is_and_imports_no_bandit(staged: GitRepo, tidegate: Tidegate) -> None:
    answer = tidegate("gate", "--staged", "--quick", "--format", "json", cwd=staged.path)
    document = json.loads(answer.out)
    assert any(notice.startswith("quick:") for notice in document["notices"])
    assert {finding["tool"] for finding in document["findings"]} == {"ruff"}
    assert "ruff" in document["versions"]
    assert "bandit" not in document["versions"]


def test_a_quick_pass_does_not_read_like_a_full_one(staged: GitRepo, tidegate: Tidegate) -> None:
    staged.git("reset", "-q")
    quick = tidegate("gate", "--staged", "--quick", cwd=staged.path)
    *_, following, last = quick.out.splitlines()
    assert (quick.code, last.startswith("PASS of the quick rules only (exit 0)")) == (0, True)
    assert "may merge" not in quick.out
    assert "without --quick" in following
    page = tidegate("gate", "--staged", "--quick", "--format", "markdown", cwd=staged.path)
    assert "Tidegate: PASS of the quick rules only\n" in page.out
    for engine, profile in (((), "full"), (("--quick",), "quick")):
        answer = tidegate("gate", "--staged", *engine, "--format", "json", cwd=staged.path)
        assert json.loads(answer.out)["profile"] == profile
    full = tidegate("gate", "--staged", cwd=staged.path)
    assert "quick" not in full.out
    assert full.out.splitlines()[-1].startswith("PASS (exit 0)")


def test_staged_and_worktree_exclude_each_other(staged: GitRepo, tidegate: Tidegate) -> None:
    answer = tidegate("gate", "--staged", "--worktree", cwd=staged.path)
    assert answer.code == 2
    assert "cannot stand beside --worktree" in answer.err


def test_as_a_hook_of_git_it_judges_what_this_commit_holds(staged: GitRepo) -> None:
    """`git commit FILE` hands its hook an index of its own."""
    staged.write({"b.py": "y = 1\n", "old.py": BAD + "z = 1\n"})
    staged.git("add", "-A")
    hook = staged.path / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    out = staged.path.parent / "told.json"
    hook.write_text(
        "#!/bin/sh\n"
        f"{Path(sys.executable)} -P -m tidegate gate --staged --format json > '{out}' || true\n"
    )
    hook.chmod(0o755)
    staged.git("commit", "-q", "-m", "only b", "--", "b.py")
    document = json.loads(out.read_text())
    assert document["coverage"]["seen"] == 1
    assert document["verdict"] == "PASS"
