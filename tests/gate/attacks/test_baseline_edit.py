"""A baseline is believed of nothing that Tidegate looks at itself, planted, stale or not."""

import pytest

from tidegate.gate.baseline_file import NAME
from tidegate.records.run import Verdict
from tidegate.tests.gate.baselines import all_new
from tidegate.tests.gate.gating import BAD, GOOD, gated
from tidegate.tests.real import GitRepo


@pytest.fixture
def start(repo: GitRepo) -> GitRepo:
    """A repository whose branch `control` brings something bad, and blocks."""
    repo.commit({"good.py": GOOD})
    repo.git("checkout", "-q", "-b", "control")
    repo.commit({"a.py": BAD})
    assert gated(repo).verdict is Verdict.BLOCK
    repo.git("checkout", "-q", "main")
    return repo


def test_a_stale_or_planted_entry_at_the_base_hides_nothing(start: GitRepo) -> None:
    start.commit({NAME: all_new(start, {"a.py": BAD})})
    start.git("checkout", "-q", "-b", "feature")
    start.commit({"a.py": BAD})
    assert gated(start).verdict is Verdict.BLOCK


def test_a_baseline_that_the_change_brings_hides_nothing(start: GitRepo) -> None:
    entries = all_new(start, {"a.py": BAD})
    start.git("checkout", "-q", "-b", "feature")
    start.commit({"a.py": BAD, NAME: entries})
    assert gated(start).verdict is Verdict.BLOCK


def test_entries_that_the_change_adds_to_one_hide_nothing(start: GitRepo) -> None:
    entries = all_new(start, {"a.py": BAD})
    start.commit({NAME: entries.splitlines(keepends=True)[0]})
    start.git("checkout", "-q", "-b", "feature")
    start.commit({"a.py": BAD, NAME: entries})
    assert gated(start).verdict is Verdict.BLOCK
