"""Features and line origins of a whole history, beside PyDriller and `git blame` in one run.

    python -m benchmarks.history --repo DIR --pydriller PYTHON --json

CPU seconds are those of the whole process tree. PyDriller is another environment's Python that has
it; it is given a sample of the commits and of the fixes, and its time is scaled up to all of them.
`git blame` is asked for the removed lines of a sample of the fixes: the share of fixes for which
it names the same commits as the replay is the agreement.
"""

import argparse
import json
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tidegate.analysis.history.building import update
from tidegate.analysis.history.replay import Landed
from tidegate.records.history import CommitDiff
from tidegate.repository.git import Git

HEAD_ID = re.compile(r"^([0-9a-f]{40,64}) \d+ \d+", re.MULTILINE)
BUILD = "import sys; from benchmarks.history import build; build(*sys.argv[1:])"
LABELLED = BUILD.replace("[1:])", "[1:], labels=True)")
PYDRILLER = """
import resource, sys
from pydriller import Git, Repository
repo, commits, fixes = sys.argv[1], sys.argv[2].split(), sys.argv[3].split()
def now():
    both = [resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(used.ru_utime + used.ru_stime for used in both)
started = now()
for commit in Repository(repo, only_commits=commits).traverse_commits():
    for file in commit.modified_files:
        file.added_lines, file.deleted_lines, file.new_path
features = now() - started
started, git = now(), Git(repo)
for sha in fixes:
    try:
        git.get_commits_last_modified_lines(git.get_commit(sha))
    except Exception:
        pass
print(features, now() - started)
"""
PSS = re.compile(r"^Pss:\s+(\d+) kB", re.MULTILINE)
POLL = 0.05
UPDATE = 50
"""Commits of the update that is timed."""


@dataclass(slots=True)
class Fix:
    """A fix with the lines that it removes and where they came from."""

    parent: str
    removed: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    origins: set[str] = field(default_factory=set)


def build(repo: str, place: str, tip: str, *, labels: bool = False) -> None:
    """What the timed process does."""
    done = update(Git.open(Path(repo)), tip, Path(place), now=int(time.time()), labels=labels)
    print(json.dumps({"commits": done.commits, "changes": done.changes, "unknown": done.unknown}))


def measured(argv: Sequence[str]) -> dict[str, Any]:
    """CPU and wall seconds and peak memory in MB of a process and its children."""
    before, started, peak = _children(), time.perf_counter(), 0
    with subprocess.Popen(argv, stdout=subprocess.PIPE, cwd=Path(__file__).parents[1]) as child:
        while child.poll() is None:
            peak = max(peak, _tree_memory(child.pid))
            time.sleep(POLL)
        printed = child.stdout.read() if child.stdout else b""
    if child.returncode:
        sys.exit(f"the build returned {child.returncode}")
    spent = _children() - before
    wall = time.perf_counter() - started
    own = {"cpu_s": round(spent, 2), "wall_s": round(wall, 2), "peak_mb": round(peak / 1e6)}
    counts: dict[str, Any] = json.loads(printed)
    return own | counts


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _tree_memory(root: int) -> int:
    """Bytes of a process and all below it, shared pages once; 0 where the system does not tell."""
    found, waiting = 0, [root]
    while waiting:
        pid = waiting.pop()
        place = Path(f"/proc/{pid}")
        try:
            found += int(PSS.findall((place / "smaps_rollup").read_text())[0]) * 1024
            waiting += [int(n) for n in (place / f"task/{pid}/children").read_text().split()]
        except (OSError, IndexError):
            continue
    return found


def git(repo: Path, *args: str) -> str:
    """What git says."""
    argv = ("git", "-C", str(repo), *args)
    done = subprocess.run(argv, capture_output=True, check=True)
    return done.stdout.decode("utf-8", "surrogateescape").strip()


def collect(repo: Path, tip: str) -> tuple[dict[str, Fix], list[str]]:
    """Every fix that removes lines, and every commit that is no merge."""
    fixes: dict[str, Fix] = {}
    commits: list[str] = []

    def on_landed(landed: Landed) -> None:
        commits.extend(commit.sha for commit, _ in landed.commits)
        for diff in landed.change.diffs:
            hunks = landed.traced.get(diff.commit.sha)
            if hunks:
                origins = {sha for hunk in hunks for sha in hunk.origins}
                fixes[diff.commit.sha] = Fix(diff.commit.parents[0], _removed(diff), origins)

    with tempfile.TemporaryDirectory() as place:
        now = int(time.time())
        update(Git.open(repo), tip, Path(place) / "state", now=now, on_landed=on_landed)
    return fixes, commits


def _removed(diff: CommitDiff) -> dict[str, list[tuple[int, int]]]:
    found: dict[str, list[tuple[int, int]]] = {}
    for file in diff.files:
        for hunk in file.hunks:
            if hunk.old_count:
                found.setdefault(file.old_path, []).append((hunk.old_start, hunk.old_count))
    return found


def blamed(repo: Path, fix: Fix) -> set[str]:
    """The commits that `git blame` names for the lines."""
    found: set[str] = set()
    for path, ranges in fix.removed.items():
        lines = [word for start, count in ranges for word in ("-L", f"{start},+{count}")]
        said = git(repo, "blame", "--porcelain", "-s", *lines, fix.parent, "--", path)
        found.update(HEAD_ID.findall(said))
    return found


def agreement(repo: Path, fixes: dict[str, Fix], sample: Sequence[str]) -> dict[str, Any]:
    """How many fixes are traced to the very commits that `git blame` names, and its CPU."""
    started = _children()
    reference = {sha: blamed(repo, fixes[sha]) for sha in sample}
    spent = _children() - started
    same = sum(reference[sha] == fixes[sha].origins for sha in sample)
    both = sum(len(reference[sha] & fixes[sha].origins) for sha in sample)
    ours, theirs = (
        sum(map(len, sets)) for sets in ([fixes[sha].origins for sha in sample], reference.values())
    )
    return {
        "fixes": len(sample),
        "same": same,
        "share": round(same / len(sample), 4),
        "links_precision": round(both / max(1, ours), 4),
        "links_recall": round(both / max(1, theirs), 4),
        "blame_cpu_s": round(spent, 2),
        "differ": [sha for sha in sample if reference[sha] != fixes[sha].origins][:10],
    }


def pydriller(
    python: str,
    repo: Path,
    commits: Sequence[str],
    fixes: Sequence[str],
    all_commits: int,
    all_fixes: int,
) -> dict[str, Any]:
    """PyDriller's CPU seconds for both jobs, scaled up from the samples."""
    argv = (python, "-c", PYDRILLER, str(repo), " ".join(commits), " ".join(fixes))
    done = subprocess.run(argv, capture_output=True, check=False, text=True)
    if done.returncode:
        return {"skipped": done.stderr.strip().splitlines()[-1][:200]}
    features, szz = map(float, done.stdout.split())
    whole = features / len(commits) * all_commits + szz / len(fixes) * all_fixes
    return {
        "commits": len(commits),
        "fixes": len(fixes),
        "features_cpu_s": round(features, 2),
        "szz_cpu_s": round(szz, 2),
        "scaled_cpu_s": round(whole, 1),
    }


def timed_update(repo: Path, tip: str, place: Path) -> dict[str, Any]:
    """The seconds of an update by the newest commits, after a build up to them."""
    before = git(repo, "rev-list", "--first-parent", f"--skip={UPDATE}", "-n1", tip)
    state = str(place / "before")
    measured((sys.executable, "-c", LABELLED, str(repo), state, before))
    return measured((sys.executable, "-c", LABELLED, str(repo), state, tip))


def measure(asked: argparse.Namespace) -> dict[str, Any]:
    """All figures of one repository."""
    repo = asked.repo.resolve()
    tip = git(repo, "rev-parse", "HEAD")
    dice = random.Random(0)  # noqa: S311 - which are taken, the same in every run
    with tempfile.TemporaryDirectory() as place:
        argv = (sys.executable, "-c", BUILD, str(repo), f"{place}/state", tip)
        runs = [measured(argv) for _ in _fresh(Path(place) / "state", asked.runs)]
        best = min(runs, key=lambda run: float(run["cpu_s"]))
        labelled = (sys.executable, "-c", LABELLED, str(repo), f"{place}/labelled", tip)
        with_labels = measured(labelled)
        after = timed_update(repo, tip, Path(place))
    found: dict[str, Any] = {"build": best, "with_labels": with_labels, "update": after}
    found["build"]["commits_per_s"] = round(best["commits"] / best["cpu_s"])
    fixes, commits = collect(repo, tip)
    names = sorted(fixes)
    found["fixes"] = len(names)
    if asked.pydriller:
        found["pydriller"] = pydriller(
            asked.pydriller,
            repo,
            _some(commits, asked.commits, dice),
            _some(names, asked.fixes, dice),
            len(commits),
            len(names),
        )
        scaled = found["pydriller"].get("scaled_cpu_s")
        found["times_pydriller"] = round(scaled / best["cpu_s"], 1) if scaled else None
    else:
        found["pydriller"] = {"skipped": "no --pydriller PYTHON was given"}
    found["agreement"] = agreement(repo, fixes, _some(names, asked.fixes, dice))
    return found


def _fresh(state: Path, runs: int) -> Iterator[int]:
    for number in range(runs):
        state.unlink(missing_ok=True)
        yield number


def _some(items: Sequence[str], number: int, dice: random.Random) -> list[str]:
    return dice.sample(list(items), min(number, len(items)))


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="One pass over a history, and its peers.")
    parser.add_argument("--repo", type=Path, required=True)
    parser.add_argument("--pydriller", default="", help="a Python that has PyDriller")
    parser.add_argument("--runs", type=int, default=3, help="builds; the quickest counts (3)")
    parser.add_argument("--commits", type=int, default=600, help="commits for PyDriller (600)")
    parser.add_argument("--fixes", type=int, default=200, help="fixes for git blame (200)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    asked = parser.parse_args()
    document = {"schema": "tidegate/history-benchmark/1", "repo": asked.repo.name, **measure(asked)}
    if asked.json:
        print(json.dumps(document, indent=2))
    else:
        for name, value in document.items():
            print(f"{name:18} {value}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
