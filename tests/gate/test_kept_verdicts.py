"""What cannot be read besides takes neither the findings nor the policy away."""

import pytest

from tidegate.gate.run import Request, run_gate
from tidegate.records.run import Mode, Verdict
from tidegate.scanners.registry import SCANNERS
from tidegate.scanners.targets import includes
from tidegate.tests.gate.gating import BAD, GOOD, changed, gated, reasons
from tidegate.tests.real import GitRepo

HUGE = "#" * (17 * 1024 * 1024)


@pytest.mark.parametrize("name", [".bandit", "pyproject.toml"])
def test_a_huge_file_beside_the_code_undoes_no_block(repo: GitRepo, name: str) -> None:
    run = changed(repo, {"a.py": GOOD}, {"b.py": BAD, name: HUGE})
    assert (run.verdict, len(run.findings)) == (Verdict.BLOCK, 3)  # and what it judges by


def test_a_huge_file_behind_a_link_undoes_no_block(repo: GitRepo) -> None:
    repo.commit({"a.py": GOOD, "huge": HUGE})
    (repo.path / "c.py").symlink_to("huge")
    repo.commit({"b.py": BAD})
    run = gated(repo, base="HEAD^")
    assert (run.verdict, reasons(run)) == (Verdict.BLOCK, {"c.py": "too large"})


def test_more_requirements_files_than_are_read_undo_no_block(
    repo: GitRepo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(includes, "MAX_FILES", 20)
    many = {f"requirements/{n}.txt": f"-r {n + 1}.txt\n" for n in range(100)}
    repo.commit({"a.py": GOOD, **many})
    repo.commit({"b.py": BAD, "notes.md": "words"})
    run = gated(repo, base="HEAD^")
    assert run.verdict is Verdict.BLOCK
    assert "the tree around the change" in reasons(run)


def test_a_change_that_cannot_be_read_keeps_range_and_policy(repo: GitRepo) -> None:
    base = repo.commit({"tidegate.toml": 'mode = "warn"\n', "sub/a.py": GOOD})
    head = repo.commit({"sub/b.py": BAD})
    tree = repo.git("rev-parse", "HEAD:sub")
    (repo.path / ".git" / "objects" / tree[:2] / tree[2:]).unlink()
    run = run_gate(Request(repo=repo.path, base=base, head=head, env={}), SCANNERS)
    assert (run.verdict, run.mode, run.exit_code) == (Verdict.INCOMPLETE, Mode.WARN, 0)
    assert (run.range.base, run.range.head) == (base, head)
    assert list(reasons(run)) == ["change"]
