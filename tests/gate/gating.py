"""The gate on a repository of a test."""

import json
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tidegate.config import OPTIONS
from tidegate.gate.run import Request, run_gate
from tidegate.records.run import GateRun
from tidegate.scanners.advisories.importing import import_files
from tidegate.scanners.interface import Scanner
from tidegate.scanners.registry import SCANNERS
from tidegate.tests.real import GitRepo

BAD = "import pickle\n\n\ndef load(data):\n    return pickle.loads(data)\n"
MODIFIED = datetime.now(UTC).replace(microsecond=0)
"""When the advisories below were modified: they are new in every test that does not age them."""
GOOD = "def double(x):\n    return 2 * x\n"


def gated(
    repo: GitRepo,
    *,
    base: str = "main",
    head: str = "HEAD",
    worktree: bool = False,
    scanners: Mapping[str, Scanner] = SCANNERS,
    settings: Mapping[str, str] | None = None,
    now: Callable[[], float] = time.time,
    accept_judge_change: str = "",
) -> GateRun:
    flags = {"database": str(repo.path.parent / "none.db")}
    flags |= {key.replace("_", "-"): value for key, value in (settings or {}).items()}
    request = Request(
        repo=repo.path,
        base=base,
        head=head,
        worktree=worktree,
        flags=flags,
        env={},
        now=now,
        accept_judge_change=accept_judge_change,
    )
    return run_gate(request, scanners)


Files = Mapping[str, str | bytes | None]


def changed(repo: GitRepo, before: Files, after: Files, **settings: str) -> GateRun:
    """The gate on a branch that makes `after` of `before`, under settings of the base branch."""
    outside = {key: settings.pop(key) for key in ("database",) if key in settings}
    repo.commit({**before, **policy_of(**settings)} if settings else before)
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit(after)
    return gated(repo, settings=outside)


def policy_of(**settings: str) -> dict[str, str]:
    """A configuration file: flags could not make a gate laxer."""
    lines = []
    for name, value in settings.items():
        key = name.replace("_", "-")
        lines.append(f"{key} = {json.dumps(value) if OPTIONS[key].textual else value}\n")
    return {"tidegate.toml": "".join(lines)}


def criss_cross(repo: GitRepo, left: Files, right: Files) -> GateRun:
    """The gate on two branches that make `left` and `right`, each merged into the other."""
    repo.git("checkout", "-q", "-b", "left")
    on_left = repo.commit(left)
    repo.git("checkout", "-q", "-b", "right", "main")
    on_right = repo.commit(right)
    repo.git("checkout", "-q", "left")
    repo.git("merge", "-q", "--no-edit", on_right)
    repo.git("checkout", "-q", "right")
    repo.git("merge", "-q", "--no-edit", on_left)
    run = gated(repo, base="left", head="right")
    assert len(run.range.merge_bases) == 2
    return run


def reasons(run: GateRun) -> dict[str, str]:
    return {item.skipped.what: item.skipped.reason for item in run.skipped}


def sums_hold(run: GateRun) -> bool:
    told = sum(run.coverage.skipped.values())
    return run.coverage.seen == run.coverage.scanned + run.coverage.out_of_scope + told


JINJA_ADVISORY = "GHSA-jinja"
JINJA_FIX = "3.1.6"


def osv(id_: str, name: str, fixed: str, modified: str = MODIFIED.isoformat()) -> dict[str, Any]:
    """An advisory in the OSV format: every version before `fixed` is affected."""
    events = [{"introduced": "0"}, {"fixed": fixed}]
    package = {"ecosystem": "PyPI", "name": name}
    affected = [{"package": package, "ranges": [{"type": "ECOSYSTEM", "events": events}]}]
    return {"id": id_, "modified": modified, "summary": f"hole in {name}", "affected": affected}


def advisories(folder: Path, *more: Mapping[str, Any]) -> str:
    """An advisory database that knows of jinja2 and of `more`; its place."""
    records = folder / "osv.json"
    records.write_text(json.dumps([osv(JINJA_ADVISORY, "Jinja2", JINJA_FIX), *more]), "utf-8")
    database = folder / "advisories.db"
    import_files([records], database)
    return str(database)
