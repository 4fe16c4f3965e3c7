"""The oracle of reverts counts what it says it counts, on a history that is written here."""

from collections.abc import Callable

import pytest

from tidegate.benchmarks.labels import Tally, measured, report, steps
from tidegate.tests.real import GitRepo

CODE = "def mean(a):\n    return sum(a) / len(a)\n"


@pytest.fixture
def history(new_repo: Callable[[str], GitRepo]) -> GitRepo:
    """Three reverts: of lines that were added, of lines that were removed, of what came late."""
    repo = new_repo("history")
    repo.commit({"a.py": CODE})
    added = repo.commit({"a.py": CODE + "print(mean([]))\n"}, "Show it")
    repo.commit({"a.py": CODE}, f"Undo\n\nThis reverts commit {added}.")
    removed = repo.commit(
        {"a.py": CODE.replace("    return", "    # todo\n    #return")}, "Drop it"
    )
    repo.commit({"a.py": CODE}, f"Undo\n\nThis reverts commit {removed}.")
    repo.commit({"a.py": CODE + "x = 1\n"}, f"Undo\n\nThis reverts commit {'0' * 40}.")
    return repo


def test_reverts_are_found_and_told_by_filter(history: GitRepo) -> None:
    found, commits = measured(history.path, transparent=False)
    rows = {(row["level"], row["filters"]): row for row in found.rows()}
    assert commits == 6
    assert {row["oracle"] for row in rows.values() if row["named"]} == {"revert"}
    names = [name for name, _ in steps()]
    assert set(rows) == {(level, name) for level in ("commit", "change") for name in names}
    assert all(row["named"] == 2 for row in rows.values())
    assert (rows["commit", "+ share"]["precision"], rows["commit", "+ share"]["recall"]) == (1, 1)
    assert rows["commit", "all but restored"]["recall"] == 0.5


def test_repositories_are_pooled(history: GitRepo) -> None:
    found = report([history.path, history.path], transparent=True)
    assert len(found["repos"]) == 2
    assert all(row["named"] == 4 for row in found["pooled"])


def test_one_of_several_named_commits_is_enough() -> None:
    tally = Tally()
    tally.add({"a", "x"}, [{"a", "b"}, {"c"}])
    assert tally.row() == {"precision": 0.5, "recall": 0.5, "found": 2, "named": 2}
