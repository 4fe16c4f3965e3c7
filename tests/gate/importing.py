"""A gate that is given SARIF files, and a change to hold them against."""

from collections.abc import Sequence
from typing import Any

from tidegate.gate.imports.records import Imports
from tidegate.gate.run import Request, run_gate
from tidegate.records.run import GateRun, State
from tidegate.scanners.registry import SCANNERS
from tidegate.tests.real import GitRepo
from tidegate.tests.sarif_logs import write

OLD = "def old(x):\n    return check(x)\n\n\ndef other(x):\n    a = 1\n    return check(a)\n"
SPARE = "spare = 1\n"


def imported(
    repo: GitRepo,
    *runs: dict[str, Any],
    base: Sequence[dict[str, Any]] | None = None,
    worktree: bool = False,
) -> GateRun:
    """The gate of HEAD against main with a SARIF file, and one of the base."""
    outside = repo.path.parent
    head = write(outside / "head.sarif", *runs)
    files = (write(outside / "base.sarif", *base),) if base is not None else ()
    return gate_with(repo, Imports((head,), files), worktree=worktree)


def gate_with(repo: GitRepo, imports: Imports, *, worktree: bool = False) -> GateRun:
    flags = {"database": str(repo.path.parent / "none.db")}
    request = Request(
        repo=repo.path, base="main", worktree=worktree, flags=flags, env={}, imports=imports
    )
    return run_gate(request, SCANNERS)


def states(run: GateRun) -> list[tuple[str, int, State]]:
    return [(j.finding.path, j.finding.line, j.state) for j in run.findings]


def changed_by_a_branch(repo: GitRepo) -> GitRepo:
    """The repository on a branch that adds a line to a function of one of two files, and a file."""
    repo.commit({"a.py": OLD, "b.py": OLD, "w.yml": "on: push\njobs:\n  x: 1\n  y: 2\n"})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit(
        {
            "a.py": OLD.replace("    a = 1\n", "    a = 1\n    a = x\n"),
            "new.py": SPARE,
            "w.yml": "on: push\njobs:\n  x: 1\n  y: 3\n",
        }
    )
    return repo
