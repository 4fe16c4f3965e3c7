import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_startup_benchmark_measures_each_subject_against_bare_python(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.startup", "--runs", "1", "--json", "--data", tmp_path],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    measures = {item["name"]: item for item in document["measures"]}
    assert measures["bare Python"]["ratio"] == 1
    assert {"tidegate --help", "tidegate --version", "tidegate gate, empty range"} <= set(measures)
    assert all(item["milliseconds"] > 0 for item in measures.values())
    assert (tmp_path / "startup-repository" / ".git").is_dir()
