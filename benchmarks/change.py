"""The gate on a change of a large repository, and the hook on staged files beside ruff alone.

    python -m benchmarks.change --tree DIR --files 20 --staged 10 --runs 5 --json

A repository is made of the tree in a temporary folder. The change puts a function of another
file of the tree at the end of each changed file, so that real code is compared with real code.
Each run is a process of its own; both subjects of a pair are run in turn. Ruff alone is given the
rules and the flags that the quick profile gives it.
"""

import argparse
import ast
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from tidegate.scanners.python.ruff.rules import SELECTED

ANSWERED = (0, 1, 3)
DONORS = 300
"""Files whose functions are taken."""
RUFF = Path(sysconfig.get_path("scripts")) / "ruff"
FLAGS = ("--isolated", "--no-cache", "--preview", "--ignore-noqa", "--output-format", "json")
RUFF_ALONE: tuple[str | Path, ...] = (RUFF, "check", *FLAGS, "--select", ",".join(SELECTED))
Subjects = dict[str, Callable[[], float]]
TIDEGATE = (sys.executable, "-P", "-m", "tidegate", "gate", "--format", "json")


def git(repo: Path, *args: str) -> str:
    """What git says."""
    env = os.environ | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    who = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "core.hooksPath=/dev/null")
    done = subprocess.run(
        ["git", "-C", str(repo), *who, *args],  # noqa: S607 - git is wherever PATH has it
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def repository(tree: Path, place: Path) -> Path:
    """A repository whose one commit holds the tree."""
    repo = place / "repo"
    shutil.copytree(tree, repo, symlinks=True, ignore=shutil.ignore_patterns(".git"))
    git(repo, "init", "-q", "-b", "main")
    git(repo, "add", "-A", "--force")
    git(repo, "commit", "-q", "-m", "the tree")
    return repo


def functions(path: Path) -> Iterator[str]:
    """The source of each top-level function; of a file that does not parse, none."""
    try:
        source = path.read_text(encoding="utf-8")
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield ast.get_source_segment(source, node) or ""


def edit(repo: Path, number: int, dice: random.Random) -> list[Path]:
    """Add a function of another file to `number` files, or all there are, and say which."""
    files = sorted(path for path in repo.rglob("*.py") if path.stat().st_size)
    donors = [code for path in some(files, DONORS, dice) for code in functions(path)]
    likely = some(files, number * 9, dice)
    changed = [path for path in likely if any(functions(path))][:number]
    for path in changed:
        code = path.read_text(encoding="utf-8")
        path.write_text(f"{code}\n\n{dice.choice(donors)}\n", encoding="utf-8")
    return changed


def some(files: list[Path], number: int, dice: random.Random) -> list[Path]:
    """`number` of the files, or all of them, in any order."""
    return dice.sample(files, min(number, len(files)))


def seconds(argv: Sequence[str | Path], cwd: Path) -> float:
    """Wall time of a process. Raises SystemExit where it failed, which is quick as well."""
    started = time.perf_counter()
    done = subprocess.run(argv, cwd=cwd, capture_output=True, check=False)
    spent = time.perf_counter() - started
    if done.returncode not in ANSWERED:
        sys.exit(f"{argv[:9]} returned {done.returncode}: {done.stderr.decode()[-500:]}")
    return spent


def median_of(subjects: Subjects, runs: int) -> dict[str, float]:
    """Median seconds of each subject, all of them in turn."""
    taken: dict[str, list[float]] = {name: [] for name in subjects}
    for _ in range(runs):
        for name, subject in subjects.items():
            taken[name].append(subject())
    return {name: round(statistics.median(times), 3) for name, times in taken.items()}


def measure(repo: Path, files: int, staged: int, runs: int) -> dict[str, Any]:
    """The change as a commit under the gate; the staged files under the hook and ruff."""
    dice = random.Random(0)  # noqa: S311 - which files are taken, the same in every run
    changed = edit(repo, files, dice)
    git(repo, "commit", "-q", "-a", "-m", "the change")
    change: Subjects = {"gate": lambda: seconds([*TIDEGATE, "--base", "HEAD^"], repo)}
    of_change = median_of(change, runs)
    paths = edit(repo, staged, dice)
    git(repo, "add", "-u")
    ruff = [*RUFF_ALONE, *paths]
    hook: Subjects = {
        "gate --staged": lambda: seconds([*TIDEGATE, "--staged"], repo),
        "gate --staged --quick": lambda: seconds([*TIDEGATE, "--staged", "--quick"], repo),
        "ruff": lambda: seconds(ruff, repo),
    }
    return {
        "files changed": len(changed),
        "files staged": len(paths),
        "seconds": {"change": of_change, "hook": median_of(hook, runs)},
    }


def main() -> int:
    """Make the repository, measure, print."""
    parser = argparse.ArgumentParser(description="The gate on a change of a large repository.")
    parser.add_argument("--tree", type=Path, required=True)
    parser.add_argument("--files", type=int, default=20, help="files of the change (20)")
    parser.add_argument("--staged", type=int, default=10, help="files staged for the hook (10)")
    parser.add_argument("--runs", type=int, default=5, help="calls of each subject (5)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        repo = repository(asked.tree.resolve(), Path(place))
        document = {
            "schema": "tidegate/change-benchmark/1",
            "tree": asked.tree.name,
            "files in the repository": len(git(repo, "ls-files").splitlines()),
            **measure(repo, asked.files, asked.staged, asked.runs),
        }
    if asked.json:
        print(json.dumps(document, indent=2))
    else:
        for name, value in document.items():
            print(f"{name:24} {value}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
