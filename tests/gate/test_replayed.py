"""What landed, judged again with and without a policy."""

from tidegate.gate.replayed import landed, layer_of, replay
from tidegate.gate.run import Request
from tidegate.records.run import Verdict
from tidegate.repository.git import Git
from tidegate.scanners.registry import SCANNERS
from tidegate.tests.real import GitRepo

POLICY = """
[[policy]]
match = { rule = "B102", path-class = "tests" }
action = "warn"
reason = "tests may run what they like"
"""


def history(repo: GitRepo) -> None:
    """Four changes: none, one in tests, one in the product, one that brings a policy."""
    repo.commit({"a.py": "x = 1\n"})
    repo.commit({"a.py": "x = 2\n"})
    repo.commit({"tests/test_a.py": "exec(input())\n"})
    repo.commit({"a.py": "exec(input())\n"})


def test_the_lines_decide_on_the_same_changes(repo: GitRepo) -> None:
    history(repo)
    commits = landed(Git.open(repo.path), 20)
    assert len(commits) == 3, "the first commit has nothing before it"
    request = Request(repo=repo.path, env={"HOME": "/nonexistent"})
    done = replay(request, commits, SCANNERS, POLICY)
    assert (done.judged, done.left) == (3, 0)
    assert done.before == {Verdict.PASS: 1, Verdict.BLOCK: 2}
    assert done.after == {Verdict.PASS: 2, Verdict.BLOCK: 1}


def test_what_the_time_does_not_suffice_for_is_told(repo: GitRepo) -> None:
    history(repo)
    commits = landed(Git.open(repo.path), 2)
    request = Request(repo=repo.path, env={"HOME": "/nonexistent"})
    done = replay(request, commits, SCANNERS, POLICY, has_time=lambda: False)
    assert (done.judged, done.left) == (0, 2)


def test_the_text_is_read_as_the_gate_would_read_it() -> None:
    assert layer_of(POLICY).lines[0].number == 1
