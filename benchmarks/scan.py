"""Our scan of a tree against bandit's command line: the same findings, and how long each takes.

    python -m benchmarks.scan --tree DIR --runs 3 --json

Each run takes bandit, our driver, our scanner and the whole `tidegate scan` in turn, cold and with
a cache that knows every file, so that a slow minute of the machine meets all of them; the load at
its start is printed beside the times. `inside, warm` is the walk and the look of the scan before
it, as its report times them: without start-up and rendering.
Exits 1 where the two disagree.
"""

import argparse
import contextlib
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tidegate.processes import map_partitions
from tidegate.scanners.interface import Context, Kind, SourceFile
from tidegate.scanners.python.bandit.issue import (
    Issue,
    Metrics,
    metrics_of,
    metrics_of_bandit,
)

ANSWERED = (0, 1, 3)
"""Nothing found, something found, and for us something skipped."""
WORKERS = 2
TIMEOUT = 600.0
ADDRESS = re.compile(r" at 0x[0-9a-f]+")
"""Bandit prints the addresses of objects in some messages (B202)."""
Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """What is said of one file: its issues in order, or why it was skipped."""

    rows: tuple[Row, ...]
    metrics: Metrics
    skipped: str = ""


@dataclass(frozen=True, slots=True)
class Process:
    """A child's answer, seconds and peak memory in MiB."""

    output: bytes
    seconds: float
    memory: float


@dataclass(frozen=True, slots=True)
class OneFile:
    """A scanner's target: one file of the disk."""

    path: str

    @property
    def files(self) -> Sequence[SourceFile]:
        """The file."""
        return (SourceFile(self.path, Kind.PYTHON),)

    def read(self, path: str) -> bytes:
        """Its bytes."""
        return Path(path).read_bytes()


def run(argv: Sequence[str], cwd: Path) -> Process:
    """Run a command to its end. Raises SystemExit where it failed, which is quick as well."""
    with tempfile.TemporaryFile() as output:
        started = time.perf_counter()
        child = subprocess.Popen(argv, stdout=output, stderr=subprocess.DEVNULL, cwd=cwd)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode not in ANSWERED:
            sys.exit(f"{' '.join(argv)} returned {child.returncode}")
        output.seek(0)
        return Process(output.read(), seconds, mebibytes(usage.ru_maxrss))


def mebibytes(peak: int) -> float:
    """The unit of `ru_maxrss` is the system's own."""
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)


def bandit(tree: Path) -> Process:
    """Bandit's own command line over the tree."""
    argv = [sys.executable, "-m", "bandit", "-q", "-r", str(tree), "-f", "json"]
    return run(argv, Path("/"))


def tidegate(tree: Path, *cached: str) -> Process:
    """The whole of `tidegate scan` over the tree."""
    argv = [sys.executable, "-P", "-m", "tidegate", "scan", "--format", "json", *cached]
    return run([*argv, "--workers", str(WORKERS)], tree)


def looking(scan: Process) -> Process:
    """What of a `tidegate scan` was the look at the files."""
    timings = json.loads(scan.output)["timings"]
    return Process(b"", timings["walk"] + timings["scan"], scan.memory)


def judged_by_bandit(answer: Mapping[str, Any]) -> dict[str, Judged]:
    """By file what bandit's JSON says."""
    rows: dict[str, list[Row]] = {}
    for found in answer["results"]:
        row = (
            found["test_id"],
            ADDRESS.sub("", found["issue_text"]),
            found["line_number"],
            min([found["line_number"], *found["line_range"]]),
            max([found["line_number"], *found["line_range"]]),
            found["col_offset"],
            found["end_col_offset"],
            found["issue_severity"],
            found["issue_confidence"],
            found["issue_cwe"].get("id", 0),
        )
        rows.setdefault(found["filename"], []).append(row)
    skipped = {error["filename"]: error["reason"] for error in answer["errors"]}
    counts = {path: found for path, found in answer["metrics"].items() if path != "_totals"}
    return {
        path: Judged(tuple(rows.get(path, [])), metrics_of_bandit(found), skipped.get(path, ""))
        for path, found in counts.items()
    }


def judged(path: str) -> Judged:
    """What our driver says of a file."""
    from tidegate.scanners.python.bandit.engine import Unparsable, examine

    source = Path(path).read_bytes()
    try:
        issues = examine(path, source).issues
    except Unparsable as error:
        return Judged((), metrics_of(source, ()), str(error))
    rows = tuple(row(issue) for issue in issues if not issue.hush)
    return Judged(rows, metrics_of(source, issues))


def row(issue: Issue) -> Row:
    """An issue in the order of bandit's row."""
    place = issue.location
    return (
        issue.rule,
        ADDRESS.sub("", issue.text),
        *(place.line, issue.first_line, place.end_line, place.column, place.end_column),
        *(issue.severity, issue.confidence, issue.cwe),
    )


def driven(path: str) -> float:
    """Our driver over a file; the worker's peak memory so far, in MiB."""
    from resource import RUSAGE_SELF, getrusage

    from tidegate.scanners.collection import no_garbage_collection
    from tidegate.scanners.python.bandit.engine import Unparsable, examine

    with contextlib.suppress(Unparsable), no_garbage_collection():
        examine(path, Path(path).read_bytes())
    return mebibytes(getrusage(RUSAGE_SELF).ru_maxrss)


def scanned(path: str) -> float:
    """Our scanner over a file, to findings; the worker's peak memory so far, in MiB."""
    from resource import RUSAGE_SELF, getrusage

    from tidegate.scanners.registry import SCANNERS

    list(SCANNERS["bandit"].scan(OneFile(path), Context(database=Path("/nonexistent"))))
    return mebibytes(getrusage(RUSAGE_SELF).ru_maxrss)


def in_workers(work: Callable[[str], float], paths: Sequence[str]) -> Process:
    """`work` over all files in worker processes that begin without bandit."""
    started = time.perf_counter()
    peaks = map_partitions(work, paths, workers=WORKERS, timeout=TIMEOUT)
    seconds = time.perf_counter() - started
    return Process(b"", seconds, max(p for p in peaks if isinstance(p, float)))


def differences(tree: Path) -> tuple[list[str], dict[str, Judged]]:
    """The files on which the two disagree, and what bandit says of all."""
    theirs = judged_by_bandit(json.loads(bandit(tree).output))
    answers = map_partitions(judged, list(theirs), workers=WORKERS, timeout=TIMEOUT)
    ours = dict(zip(theirs, answers, strict=True))
    return [path for path in theirs if ours[path] != theirs[path]], theirs


def subjects(
    tree: Path, paths: Sequence[str], known: Sequence[str]
) -> Iterator[tuple[str, Process]]:
    """Each subject once; `known` names the cache that knows the tree."""
    yield "bandit", bandit(tree)
    yield "driver", in_workers(driven, paths)
    yield "scanner", in_workers(scanned, paths)
    yield "tidegate scan", tidegate(tree, "--no-cache")
    warm = tidegate(tree, *known)
    yield "tidegate scan, warm", warm
    yield "inside, warm", looking(warm)


def measure(tree: Path, paths: Sequence[str], runs: int) -> dict[str, Any]:
    """Medians of wall seconds, ratios to bandit, and the highest memory of one process."""
    taken: dict[str, list[Process]] = {}
    loads = []
    with tempfile.TemporaryDirectory() as folder:
        known = ("--cache", str(Path(folder) / "scan.db"))
        tidegate(tree, *known)
        for _ in range(runs):
            loads.append(round(os.getloadavg()[0], 2))
            for name, process in subjects(tree, paths, known):
                taken.setdefault(name, []).append(process)
    medians = {name: statistics.median(p.seconds for p in done) for name, done in taken.items()}
    return {"load": loads} | {
        name: {
            "seconds": round(medians[name], 3),
            "faster": round(medians["bandit"] / medians[name], 2),
            "mebibytes": round(max(process.memory for process in done)),
        }
        for name, done in taken.items()
    }


def main() -> int:
    """Compare, measure, print."""
    parser = argparse.ArgumentParser(description="Our scan of a tree against bandit's.")
    parser.add_argument("--tree", type=Path, required=True)
    parser.add_argument("--runs", type=int, default=3, help="calls of each subject (3)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    asked = parser.parse_args()
    tree = asked.tree.resolve()
    differing, theirs = differences(tree)
    document = {
        "schema": "tidegate/scan-benchmark/1",
        "tree": tree.name,
        "files": len(theirs),
        "findings": sum(len(judged.rows) for judged in theirs.values()),
        "skipped": sum(bool(judged.skipped) for judged in theirs.values()),
        "hidden by nosec": sum(j.metrics.nosec + j.metrics.skipped_tests for j in theirs.values()),
        "files that differ": differing,
        "measured": measure(tree, list(theirs), asked.runs) if asked.runs else {},
    }
    if asked.json:
        print(json.dumps(document, indent=2))
    else:
        for name, value in document.items():
            print(f"{name:18} {value}")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
