"""How long Tidegate takes to start, against bare Python in the same run.

`python -m benchmarks.startup [--runs N] [--data DIR] [--json]`: medians of N calls each, the
calls of all subjects taken in turn, so that a slow second of the machine meets every one of them.
DIR keeps the small repository whose empty range is gated; without it one is made and removed.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

WHO = {
    f"GIT_{role}_{key}": value
    for role in ("AUTHOR", "COMMITTER")
    for key, value in (
        ("NAME", "Ada"),
        ("EMAIL", "ada@example.com"),
        ("DATE", "2024-05-01T12:00:00Z"),
    )
}
"""A fixed author and date: the same repository each time."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One command line to time, and the goal for its ratio to bare Python."""

    name: str
    argv: tuple[str, ...]
    goal: float | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """Median time of a subject in milliseconds, and how many times bare Python that is."""

    name: str
    milliseconds: float
    ratio: float
    goal: float | None


def subjects(repository: Path) -> tuple[Subject, ...]:
    """What is timed. The first is bare Python: what the environment adds is not part of it."""
    tidegate = str(Path(sys.executable).parent / "tidegate")
    empty = ("--repo", str(repository), "--base", "HEAD", "--head", "HEAD")
    return (
        Subject("bare Python", (sys.executable, "-I", "-S", "-c", "pass")),
        Subject("Python with its packages", (sys.executable, "-c", "pass")),
        Subject("import tidegate", (sys.executable, "-P", "-c", "import tidegate")),
        Subject("tidegate --version", (tidegate, "--version")),
        Subject("tidegate --help", (tidegate, "--help"), goal=15),
        Subject("tidegate gate, empty range", (tidegate, "gate", *empty), goal=40),
    )


def make_repository(folder: Path) -> Path:
    """A repository of one commit below `folder`; the one that stands there already, if any."""
    repository = folder / "startup-repository"
    if not (repository / ".git").is_dir():
        repository.mkdir(parents=True)
        (repository / "module.py").write_text("def one() -> int:\n    return 1\n", "utf-8")
        for words in (("init", "--quiet"), ("add", "."), ("commit", "--quiet", "-m", "start")):
            _call(["git", "-C", str(repository), *words], os.environ | WHO)
    return repository


def measure(timed: Sequence[Subject], runs: int) -> list[Measure]:
    """Medians over `runs` rounds, in each of which every subject is called once.

    Raises SystemExit, with what it said, where a call does not exit 0.
    """
    for subject in timed:
        _call(subject.argv, os.environ)  # what the first call compiles is not counted
    seconds: dict[str, list[float]] = {subject.name: [] for subject in timed}
    for _ in range(runs):
        for subject in timed:
            started = time.perf_counter()
            _call(subject.argv, os.environ)
            seconds[subject.name].append(time.perf_counter() - started)
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    bare = medians[timed[0].name]
    return [Measure(s.name, medians[s.name] * 1000, medians[s.name] / bare, s.goal) for s in timed]


def _call(argv: Sequence[str], env: Mapping[str, str]) -> None:
    done = subprocess.run(argv, check=False, capture_output=True, cwd="/", env=env)
    if done.returncode:
        said = done.stderr.decode(errors="replace")
        sys.exit(f"{' '.join(argv)} returned {done.returncode}: {said}")


def table(measures: Sequence[Measure]) -> str:
    """The figures for people."""
    lines = [f"{'':28}{'ms':>8}{'ratio':>8}{'goal':>8}"]
    for item in measures:
        goal = f"{item.goal:>8g}" if item.goal else ""
        lines.append(f"{item.name:28}{item.milliseconds:>8.1f}{item.ratio:>8.1f}{goal}")
    return "\n".join(lines)


def document(measures: Sequence[Measure], runs: int) -> str:
    """The figures for programs."""
    found = [
        {
            "name": item.name,
            "milliseconds": round(item.milliseconds, 2),
            "ratio": round(item.ratio, 2),
            "goal": item.goal,
        }
        for item in measures
    ]
    python = ".".join(map(str, sys.version_info[:3]))
    return json.dumps({"python": python, "runs": runs, "measures": found}, indent=2)


def main() -> int:
    """Parse the call, measure, print."""
    parser = argparse.ArgumentParser(description="Tidegate's start against bare Python's.")
    parser.add_argument("--data", type=Path, help="folder that keeps the repository")
    parser.add_argument("--runs", type=int, default=15, help="calls of each subject (15)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        repository = make_repository((asked.data or Path(made)).resolve())
        measures = measure(subjects(repository), asked.runs)
    print(document(measures, asked.runs) if asked.json else table(measures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
