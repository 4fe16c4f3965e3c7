"""Standard streams that are closed, full or left never end in the code of an answer."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tidegate.tests.gate.gating import BAD
from tidegate.tests.real import Answer, GitRepo

GATE, SHOW = "gate --base HEAD^", "config show"
needs_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")


@pytest.fixture
def shell(repo: GitRepo, tmp_path: Path) -> Callable[[str], Answer]:
    """Run the command line by a shell, in a repository whose last commit brings a defect."""
    repo.commit({"a.py": "x = 1\n"})
    repo.commit({"b.py": BAD})

    def call(words: str) -> Answer:
        done = subprocess.run(
            ["bash", "-c", f"set -o pipefail; {sys.executable} -P -m tidegate {words}"],
            cwd=repo.path,
            capture_output=True,
            env={"PATH": os.environ["PATH"], "HOME": str(tmp_path / "home")},
            check=False,
        )
        assert not (tmp_path / "home").exists(), "no internal error was reported"
        return Answer(done.returncode, done.stdout.decode(), done.stderr.decode())

    return call


@pytest.mark.parametrize("verb", [GATE, SHOW, "--help"])
def test_a_closed_output_is_wrong_usage(shell: Callable[[str], Answer], verb: str) -> None:
    answer = shell(f"{verb} >&-")
    assert answer.code == 2
    assert answer.err.startswith("error: standard output is closed\n")
    assert shell(f"{verb} <&- >&- 2>&-").code == 2


@needs_full
@pytest.mark.parametrize("verb", [GATE, SHOW, "--help"])
def test_a_full_output_is_wrong_usage(shell: Callable[[str], Answer], verb: str) -> None:
    answer = shell(f"{verb} >/dev/full")
    assert answer.code == 2
    assert "standard output cannot be written: No space" in answer.err
    assert "Traceback" not in answer.err


@pytest.mark.parametrize("way", ["2>&-", pytest.param("2>/dev/full", marks=needs_full)])
def test_without_standard_error_the_answer_stays(
    shell: Callable[[str], Answer], way: str, tmp_path: Path
) -> None:
    answer = shell(f"{GATE} {way}")
    assert answer.code == 1
    assert answer.out.splitlines()[-1].startswith("BLOCK (exit 1)")
    assert shell(f"gate --no-such-option {way}").code == 2
    assert shell(f"gate --repo {tmp_path} {way}").code == 2


def test_a_reader_that_left_changes_no_answer(shell: Callable[[str], Answer]) -> None:
    assert shell(f"{SHOW} | true").code == 0
    assert shell(f"{GATE} | true").code == 1


def test_a_report_file_does_not_take_the_place_of_a_closed_stream(
    shell: Callable[[str], Answer], tmp_path: Path
) -> None:
    answer = shell(f"{GATE} --output json={tmp_path / 'out.json'} <&- 2>&-")
    assert answer.code == 1
    assert (tmp_path / "out.json").read_text().startswith("{")
