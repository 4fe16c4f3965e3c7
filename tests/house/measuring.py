"""A benchmark run as a reader would run it, made small."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def measured(name: str, *asked: str | Path) -> dict[str, Any]:
    """The document that `python -m benchmarks.NAME --json` prints."""
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{name}", "--json", *asked],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    return document
