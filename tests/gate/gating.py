"""The gate on a repository of a test."""

from collections.abc import Mapping

from tidegate.gate.run import Request, run_gate
from tidegate.records.run import GateRun
from tidegate.scanners.interface import Scanner
from tidegate.scanners.registry import SCANNERS
from tidegate.tests.real import GitRepo

BAD = "import pickle\n\n\ndef load(data):\n    return pickle.loads(data)\n"
GOOD = "def double(x):\n    return 2 * x\n"


def gated(
    repo: GitRepo,
    *,
    base: str = "main",
    head: str = "HEAD",
    worktree: bool = False,
    scanners: Mapping[str, Scanner] = SCANNERS,
    settings: Mapping[str, str] | None = None,
) -> GateRun:
    flags = {"database": str(repo.path.parent / "none.db"), "file-timeout": "20"}
    flags |= {key.replace("_", "-"): value for key, value in (settings or {}).items()}
    request = Request(repo=repo.path, base=base, head=head, worktree=worktree, flags=flags, env={})
    return run_gate(request, scanners)


Files = Mapping[str, str | bytes | None]


def changed(repo: GitRepo, before: Files, after: Files, **settings: str) -> GateRun:
    """The gate on a branch that makes `after` of `before`."""
    repo.commit(before)
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit(after)
    return gated(repo, settings=settings)


def reasons(run: GateRun) -> dict[str, str]:
    return {item.skipped.what: item.skipped.reason for item in run.skipped}


def sums_hold(run: GateRun) -> bool:
    told = sum(run.coverage.skipped.values())
    return run.coverage.seen == run.coverage.scanned + run.coverage.out_of_scope + told
