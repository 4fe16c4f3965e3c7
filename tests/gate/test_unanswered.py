"""Where nothing can be compared, the policy is not known: the defaults decide the exit code."""

import pytest

from tidegate.records.run import Mode, Verdict
from tidegate.tests.gate.gating import BAD, gated
from tidegate.tests.real import GitRepo, Tidegate


@pytest.mark.parametrize("mode", ["warn", "observe"])
def test_no_flag_and_no_variable_makes_an_unknown_range_pass(
    repo: GitRepo, tidegate: Tidegate, mode: str
) -> None:
    repo.commit({"tidegate.toml": f'mode = "{mode}"\n', "a.py": BAD})
    run = gated(repo, base="nowhere", settings={"mode": mode})
    assert (run.verdict, run.exit_code, run.mode) == (Verdict.INCOMPLETE, 3, Mode.ENFORCE)
    place = ["gate", "--repo", str(repo.path), "--base", "nowhere"]
    assert tidegate(*place).code == 3
    assert tidegate(*place, "--mode", mode).code == 3
    answer = tidegate(*place, env={"TIDEGATE_MODE": mode})
    assert answer.code == 3
    assert answer.out.splitlines()[-1].startswith("INCOMPLETE (exit 3)")


def test_what_does_not_fit_is_an_error_before_anything_is_compared(
    repo: GitRepo, tidegate: Tidegate
) -> None:
    repo.commit({"a.py": BAD})
    place = ["gate", "--repo", str(repo.path), "--base", "nowhere"]
    assert tidegate(*place, "--mode", "lax").code == 2
