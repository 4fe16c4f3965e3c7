"""Shell completion: Typer's own, and never in the place of an answer."""

import subprocess
from pathlib import Path

import pytest

from tidegate.tests.real import GitRepo, Tidegate

ASK = "_TIDEGATE_COMPLETE"


def completed(tidegate: Tidegate, typed: str) -> list[str]:
    """What bash would be offered behind `typed`."""
    words = typed.split(" ")
    env = {ASK: "complete_bash", "COMP_WORDS": typed, "COMP_CWORD": str(len(words) - 1)}
    return tidegate(env=env).out.split()


def test_verbs_options_and_values_are_completed(tidegate: Tidegate) -> None:
    assert completed(tidegate, "tidegate ga") == ["gate"]
    assert completed(tidegate, "tidegate advisories u") == ["update"]
    assert completed(tidegate, "tidegate gate --block-s") == ["--block-severity"]
    assert completed(tidegate, "tidegate scan --format s") == ["sarif"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_each_shell_asks_for_it_in_that_way(shell: str, tidegate: Tidegate) -> None:
    answer = tidegate(env={ASK: f"source_{shell}"})
    assert (answer.code, f"{ASK}=complete_{shell}" in answer.out) == (0, True)


def test_bash_takes_the_script(tidegate: Tidegate, tmp_path: Path) -> None:
    script = tmp_path / "completion.bash"
    script.write_text(tidegate(env={ASK: "source_bash"}).out)
    subprocess.run(["bash", "--norc", "-n", str(script)], check=True, timeout=20)


@pytest.mark.parametrize("instruction", ["source_bash", "complete_bash", "x"])
def test_a_variable_keeps_no_gate_from_judging(
    instruction: str, repo: GitRepo, tidegate: Tidegate
) -> None:
    repo.commit({"a.py": "x = 1\n"})
    repo.commit({"a.py": "exec(input())\n"})
    env = {ASK: instruction, "COMP_WORDS": "tidegate", "COMP_CWORD": "0"}
    answer = tidegate("gate", "--base", "HEAD^", cwd=repo.path, env=env)
    assert (answer.code, "Blocking: 1 finding" in answer.out) == (1, True)
