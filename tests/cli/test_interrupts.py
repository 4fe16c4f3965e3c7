"""A real SIGINT: exit code 130, every file whole or as it was, and nothing beside it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tidegate.tests.real import GitRepo

SLOW = "x = [1, 2, 3]\n" * 200_000
"""A file that takes many seconds."""


@pytest.fixture
def slow(repo: GitRepo) -> GitRepo:
    """A repository with a baseline and a file that takes long to look at."""
    repo.commit({"a.py": "x = 1\n"})
    repo.commit({"long.py": SLOW})
    return repo


def interrupted(folder: Path, home: Path, *words: str) -> tuple[int, str]:
    """Exit code and standard error of a call that gets SIGINT, its workers as well."""
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "tidegate", *words],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    time.sleep(2)
    assert process.poll() is None, "it was to be under way still"
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=30)
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)
    return process.returncode, err.decode()


def content(folder: Path) -> dict[str, bytes]:
    return {
        path.name: path.read_bytes()
        for path in folder.iterdir()
        if path.is_file() and path.name != "long.py"
    }


@pytest.mark.parametrize(
    "words",
    [
        ("init", "--adopt"),
        ("baseline", "create"),
        ("scan", "--file-timeout", "100", "--output", "json=report.json"),
        ("gate", "--base", "HEAD^", "--output", "json=report.json"),
    ],
)
def test_nothing_is_half_written(words: tuple[str, ...], slow: GitRepo, tmp_path: Path) -> None:
    (slow.path / "report.json").write_text("the last report")
    before = content(slow.path)
    assert interrupted(slow.path, tmp_path / "home", *words) == (130, "interrupted\n")
    assert content(slow.path) == before
