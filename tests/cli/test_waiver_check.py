"""`tidegate waive --check`: what counts on the base branch, and what here does not yet."""

from datetime import UTC, datetime, timedelta

import pytest

from tidegate.tests.real import GitRepo, Tidegate

NAME = "tidegate.waivers.toml"
BAD = "import pickle\n\n\ndef load(data):\n    return pickle.loads(data)\n"


def day(days: int = 30) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()


@pytest.fixture
def hot(repo: GitRepo) -> GitRepo:
    """A branch that brings a defect, a file that nothing can read, and a token."""
    repo.commit({"a.py": "x = 1\n"})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({"b.py": BAD})
    return repo


def land(repo: GitRepo) -> None:
    """Commit the waivers of the work tree to the base branch."""
    data = (repo.path / NAME).read_bytes()
    (repo.path / NAME).unlink()
    repo.git("checkout", "-q", "main")
    repo.commit({NAME: data})
    repo.git("checkout", "-q", "feature")


ENTRY = '[[waiver]]\nfingerprint = "{}"\nowner = "ada"\nreason = "we look at it"\nuntil = {}\n'


def entry(name: str, days: int) -> str:
    return ENTRY.format(name * 32, day(days))


def check(repo: GitRepo, tidegate: Tidegate, *args: str) -> tuple[int, list[str]]:
    answer = tidegate("waive", "--check", *args, cwd=repo.path)
    assert answer.err == ""
    return answer.code, answer.out.splitlines()


def test_check_tells_what_counts_on_the_base_branch(hot: GitRepo, tidegate: Tidegate) -> None:
    entries = entry("f", -1) + entry("1", 5) + entry("2", 90)
    hot.write({NAME: entries})
    land(hot)
    tip = hot.git("rev-parse", "main")[:12]
    code, (expired, ends, total, gone) = check(hot, tidegate, "--base", "main")
    assert code == 1
    assert "waiver 1 (ada: finding ffffffffffff) expired on" in expired
    assert "ends in 5 days" in ends
    assert total == f"{NAME} on main at {tip}: 2 in force, 1 that does not"
    assert gone == "3 on main are not here: every gate obeys them"


def test_check_tells_what_is_not_on_the_base_branch_yet(hot: GitRepo, tidegate: Tidegate) -> None:
    tip = hot.git("rev-parse", "main")[:12]
    nothing = f"{NAME} on main at {tip}: 0 in force, 0 that do not"
    assert check(hot, tidegate, "--base", "main") == (0, [nothing])
    hot.commit({NAME: entry("1", 90)})
    here = "1 here is not on main yet: no gate obeys it"
    assert check(hot, tidegate, "--base", "main") == (0, [nothing, here])
    hot.write({NAME: entry("1", 90) + entry("2", 900)})
    code, lines = check(hot, tidegate, "--base", "main")
    assert (code, lines[1]) == (1, "2 here are not on main yet: no gate obeys them")
    assert "here: waiver 2 (ada: finding 222222222222) lasts until" in lines[2]


def test_check_without_a_base_tells_the_file_as_it_is_here(
    hot: GitRepo, tidegate: Tidegate
) -> None:
    hot.write({NAME: entry("1", 90)})
    code, (why, total) = check(hot, tidegate)
    assert (code, total) == (0, f"{NAME}: 1 in force, 0 that do not")
    assert "no base branch is known" in why
