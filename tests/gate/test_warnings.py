"""Odd code that Python warns of is looked at, also where warnings are errors."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tidegate.tests.gate.gating import BAD
from tidegate.tests.real import GitRepo


@pytest.mark.parametrize("line", ["x = '\\d'\n", "x = 1if 1else 2\n", "x = 1 is 1\n"])
def test_warnings_that_are_errors_hide_no_code(repo: GitRepo, tmp_path: Path, line: str) -> None:
    repo.commit({"a.py": "x = 1\n"})
    repo.commit({"b.py": line + BAD, "tool": line + BAD})
    strict = [sys.executable, "-W", "error", "-P", "-m", "tidegate"]
    gate = subprocess.run(
        [*strict, "gate", "--base", "HEAD^"],
        cwd=repo.path,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path / "home")},
        capture_output=True,
        check=False,
    )
    assert gate.returncode == 1, gate.stdout + gate.stderr
    assert b"b.py:6: B301" in gate.stdout
    assert b"tool:6: B301" in gate.stdout
    assert b"not looked at" not in gate.stdout
