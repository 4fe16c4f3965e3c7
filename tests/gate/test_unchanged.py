"""A gate that has nothing to compare says why that may not be what was meant."""

from tidegate.records.run import Verdict
from tidegate.tests.gate.gating import BAD, GOOD, gated
from tidegate.tests.real import GitRepo


def test_what_is_not_committed_is_told(repo: GitRepo) -> None:
    repo.commit({"a.py": GOOD, "b.py": GOOD})
    repo.write({"a.py": BAD})
    run = gated(repo, base="HEAD")
    assert run.verdict is Verdict.PASS
    assert any("1 file is modified and not committed; --worktree" in line for line in run.notices)
    assert any("base and head are the same commit" in line for line in run.notices)
    repo.write({"b.py": BAD})
    assert any("2 files are modified" in line for line in gated(repo, base="HEAD").notices)


def test_a_change_and_a_clean_checkout_need_no_such_word(repo: GitRepo) -> None:
    repo.commit({"a.py": GOOD})
    repo.commit({"b.py": GOOD})
    repo.write({"a.py": BAD})
    assert not any("committed" in line for line in gated(repo, base="HEAD^").notices)
    assert not any("committed" in line for line in gated(repo, base="HEAD", worktree=True).notices)
