"""Baselines of trees that a gate has looked at."""

from collections.abc import Mapping

from tidegate.gate.baseline import entries_of
from tidegate.gate.baseline_file import written
from tidegate.records.run import GateRun
from tidegate.tests.gate.gating import gated
from tidegate.tests.real import GitRepo


def baseline_of(run_: GateRun) -> str:
    return written(entries_of(item.finding for item in run_.findings))


def all_new(repo: GitRepo, files: Mapping[str, str]) -> str:
    """The baseline of a tree with such files, as it would be made of a branch that adds them."""
    repo.git("checkout", "-q", "-b", "made")
    repo.commit(files)
    text = baseline_of(gated(repo))
    repo.git("checkout", "-q", "main")
    repo.git("branch", "-q", "-D", "made")
    return text
