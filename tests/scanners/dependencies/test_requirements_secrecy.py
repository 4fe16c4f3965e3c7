"""Requirements may hold credentials: nothing of them is stored, not even for a moment."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tidegate.scanners.dependencies.pins import Pin
from tidegate.scanners.dependencies.requirements_lines import entries

KILLED = """
import os, signal
from tidegate.scanners.dependencies.requirements_lines import entries
lines = entries("a==1\\nb @ https://user:hunter2@host/b.whl\\n", "r.txt")
print(next(lines), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("platform", ["", "import os; vars(os).pop('memfd_create', None)"])
def test_a_process_that_is_killed_leaves_nothing(tmp_path: Path, platform: str) -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-c", platform + KILLED],
        env={"PATH": os.environ["PATH"], "TMPDIR": str(tmp_path)},
        cwd="/",
        capture_output=True,
        check=False,
    )
    assert done.returncode == -9, done.stderr
    assert b"Pin(name='a'" in done.stdout, "it was killed while the text was being read"
    assert list(tmp_path.iterdir()) == []


def test_it_is_read_alike_where_there_are_no_files_in_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(os, "memfd_create", raising=False)
    found = [entry for _, entry in entries("a==1\n" * 5000, "r.txt")]
    assert found == [Pin("a", "1", "r.txt", line + 1) for line in range(5000)]
