"""Where nothing can be compared, what was said from outside the repository still counts."""

import pytest

from tidegate.records.run import Mode, Verdict
from tidegate.tests.gate.gating import BAD, gated
from tidegate.tests.real import GitRepo, Tidegate


@pytest.mark.parametrize("mode", ["warn", "observe"])
def test_a_mode_of_a_flag_or_of_the_environment_counts_for_an_unknown_range(
    repo: GitRepo, tidegate: Tidegate, mode: str
) -> None:
    repo.commit({"a.py": BAD})
    run = gated(repo, base="nowhere", settings={"mode": mode})
    assert (run.verdict, run.exit_code, run.mode) == (Verdict.INCOMPLETE, 0, Mode(mode))
    place = ["gate", "--repo", str(repo.path), "--base", "nowhere"]
    assert tidegate(*place).code == 3
    assert tidegate(*place, "--mode", mode).code == 0
    answer = tidegate(*place, env={"TIDEGATE_MODE": mode})
    assert answer.code == 0
    assert answer.out.splitlines()[-1].startswith("INCOMPLETE (exit 0)")
