from dataclasses import replace
from pathlib import Path

import pytest

from tidegate.benchmarks.gating import Bench, Outcome
from tidegate.benchmarks.replay import failed
from tidegate.benchmarks.spans import Kind, Span, evenly, moved_whole
from tidegate.repository.git import Git
from tidegate.tests.house.measuring import measured
from tidegate.tests.real import GitRepo

PICKLE = "import pickle\n\n\ndef load(data):\n    return pickle.loads(data)\n"
EVAL = "def run(text):\n    return eval(text)\n"


@pytest.fixture
def history(tmp_path: Path) -> GitRepo:
    path = tmp_path / "repo"
    path.mkdir()
    repo = GitRepo(path)
    repo.git("init", "-q", "-b", "main")
    repo.commit({"package/io.py": PICKLE, "tests/test_io.py": "x = 1\n", "readme": "a\n"})
    repo.commit({"package/run.py": EVAL})
    repo.git("mv", "package", "renamed")
    repo.commit({"readme": "b\n"}, "a move")
    repo.git("checkout", "-q", "-b", "branch")
    repo.commit({"renamed/bad.py": "def (\n"})
    repo.git("checkout", "-q", "main")
    repo.git("merge", "-q", "--no-ff", "--no-edit", "branch")
    return repo


def fresh_of(repo: GitRepo, database: Path) -> Outcome:
    base, head = repo.git("rev-parse", "HEAD^", "HEAD").split()
    bench = Bench(Git.open(repo.path), database)
    return bench.outcome(Span(Kind.LANDED, base, head), as_process=True)


def test_replay_gates_each_kind_of_range(history: GitRepo) -> None:
    objects = history.git("count-objects")
    document = measured("replay", "--repo", history.path, "--ranges", "9", "--moves", "2")
    (figures,) = document["repositories"]
    assert history.git("count-objects") == objects

    told = figures["replayed"]
    assert (told["ranges"], told["crashes"], told["disagreements"]) == (3, 0, 0)
    assert told["verdicts"] == {"BLOCK": 2, "INCOMPLETE": 1}
    assert told["incomplete because of"] == {"cannot be parsed": 1}
    assert told["gate ms"]["runs"] == 3

    fresh = [finding for row in figures["ranges"] for finding in row["fresh"]]
    assert {(f["rule"], f["path"], f["line"]) for f in fresh} == {
        ("bandit B307", "package/run.py", 2),  # the eval alone
        ("bandit B307", "renamed/run.py", 2),  # and moved at once
    }
    assert all(f["on_changed_lines"] and not f["moved_whole"] for f in fresh)

    for kind in ("moved in history", "synthetic moves"):
        assert figures[kind]["findings"]["existing"] > 0
        assert figures[kind]["new or edited in files moved whole"] == 0
    spans = [row["span"] for row in figures["ranges"]]
    assert {span["kind"] for span in spans} == {"landed", "squashed", "moved", "synthetic"}
    moved = {span["about"] for span in spans if span["kind"] == "synthetic"}
    assert moved == {"everything", "folder renamed", "file renamed/run.py"}


def test_what_is_fresh_is_told_with_why_it_may_be_wrong(repo: GitRepo, tmp_path: Path) -> None:
    repo.commit({"old.py": "def (\n", "b.py": EVAL, "tests/c.py": PICKLE})
    repo.git("mv", "tests/c.py", "c.py")
    repo.commit({"old.py": EVAL, "b.py": "\n" + EVAL + "\n\ndef go(a):\n    eval(a)\n"})
    outcome = fresh_of(repo, tmp_path / "none.db")
    assert outcome.agrees
    assert {(f.path, f.line, f.on_changed_lines, f.base_unread) for f in outcome.fresh} == {
        ("old.py", 2, True, True),
        ("b.py", 7, True, False),
        ("c.py", 1, False, False),
        ("c.py", 5, False, False),
    }
    assert not any(f.moved_whole for f in outcome.fresh)  # c.py changed its path class
    assert not failed([outcome])
    wrong = replace(outcome, fresh=(replace(outcome.fresh[0], moved_whole=True),))
    assert failed([wrong])
    assert failed([replace(outcome, agrees=False)])
    assert failed([replace(outcome, crash="KeyError()")])


def test_a_file_moved_whole_is_known(repo: GitRepo) -> None:
    base = repo.commit({"a.py": PICKLE, "tests/b.py": EVAL, "c.py": EVAL * 9})
    repo.git("mv", "a.py", "d.py")
    repo.git("mv", "tests/b.py", "b.py")
    repo.git("mv", "c.py", "e.py")
    head = repo.commit({"e.py": EVAL * 9 + "x = 1\n"})
    git = Git.open(repo.path)
    assert moved_whole(git, (base,), head) == {"d.py"}
    assert moved_whole(git, (base, head), head) == set()


def test_ranges_are_spread_evenly() -> None:
    assert evenly(100, 4) == [12, 37, 62, 87]
    assert evenly(3, 4) == [0, 1, 2]
    assert evenly(0, 4) == []
