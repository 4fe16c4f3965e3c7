"""`tidegate init --adopt`: a policy, a baseline and what they need, from what is found today."""

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from ..gate.adoption import Proposal
    from ..records.finding import Finding
    from ..records.run import ScanRun, Verdict
    from ..repository.git import Git
    from ..scanners.bandit_configuration import BanditConfiguration

REPLAY_SECONDS = 90.0
"""No further change is judged after this."""
ATTRIBUTES = ".gitattributes"
MAX_ATTRIBUTES_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Wish:
    """What the call asks for."""

    repo: Path
    changes: int
    """So many are judged again."""
    dry: bool
    """Nothing is written."""
    cached: bool


@dataclass(frozen=True, slots=True)
class _Found:
    """What is there today."""

    run: "ScanRun"
    findings: "list[Finding]"
    """Of files that git tracks."""
    files: list[str]


def adopt(wish: Wish, bandits: "Sequence[BanditConfiguration]", start: str) -> None:
    """Scan, propose, write and tell; `start` is the text that the configuration begins with.

    Raises UsageError where the folder is not the top of a repository or has a baseline.
    """
    from ..gate.adoption import proposals
    from .adoption_text import adoption_lines, told_all
    from .baseline import refuse_existing

    refuse_existing(wish.repo)
    git = _repository(wish.repo)
    found = _found(git, wish)
    settled = [rule for each in bandits for rule in each.skips]
    proposed = proposals(found.findings, found.run.skipped, settled)
    text = start + adoption_lines(proposed, found.findings, found.files)
    if wish.dry:
        typer.echo(text, nl=False)
    else:
        _write(wish.repo, text, found)
    for line in told_all(proposed):
        typer.echo(f"  {line}", err=wish.dry)
    for line in _replayed(git, wish, text, proposed):
        typer.echo(line, err=wish.dry)
    if not wish.dry:
        typer.echo("next: read tidegate.toml, commit all of it to the base branch, and let CI run")
        typer.echo("`tidegate gate` (README.md, In CI)")


def _repository(repo: Path) -> "Git":
    from ..errors import UsageError
    from ..repository.git import Git

    git = Git.open(repo)
    if git.bare or repo.resolve() != git.root.resolve():
        raise UsageError(
            f"{repo} is not the top of a work tree: the gate would not read its files there",
            f"run it in {git.root}",
        )
    return git


def _found(git: "Git", wish: Wish) -> _Found:
    """The findings of today; what git does not track lies in this checkout alone.

    Raises UsageError where git tracks nothing.
    """
    from ..errors import UsageError
    from .scan import How, scanned

    files = [os.fsdecode(name) for name in git.output("ls-files", "-z").split(b"\0") if name]
    if not files:
        raise UsageError("git tracks no file here", "check out a branch, or commit something first")
    root = wish.repo.resolve()
    run = scanned(root, [root], {}, None, [], How(wish.cached))
    tracked = set(files)
    return _Found(run, [x.finding for x in run.findings if x.finding.path in tracked], files)


def _write(repo: Path, text: str, found: _Found) -> None:
    """Each file is written whole; the configuration is the last."""
    from .baseline import write_new
    from .emit import write_file

    typer.echo(write_new(repo, found.findings))
    if others := len(found.run.findings) - len(found.findings):
        typer.echo(f"  left out: {others} in files that git does not track")
    if found.run.skipped:
        typer.echo(f"  not looked at: {len(found.run.skipped)}, which `tidegate scan` lists")
    typer.echo(_attributes(repo))
    write_file(repo / "tidegate.toml", text)
    typer.echo(f"wrote {repo / 'tidegate.toml'}:")


def _attributes(repo: Path) -> str:
    """Add the line with which merges of the baseline never conflict, and say so."""
    from ..gate.baseline_file import MERGING
    from ..repository.regular_files import read_regular
    from .baseline import merges_as_union
    from .emit import write_file

    path = repo / ATTRIBUTES
    if merges_as_union(repo):
        return f"{path} has the line `{MERGING}` already"
    try:
        old = read_regular(path, MAX_ATTRIBUTES_BYTES).decode("utf-8")
    except FileNotFoundError:
        old = ""
    except (OSError, ValueError):
        return f"{path} cannot be added to: put the line `{MERGING}` where git reads it"
    gap = "" if not old or old.endswith("\n") else "\n"
    write_file(path, f"{old}{gap}{MERGING}\n")
    return f"wrote {path}: the line `{MERGING}`, so that merges of the baseline never conflict"


def _replayed(git: "Git", wish: Wish, text: str, proposed: "Sequence[Proposal]") -> Iterator[str]:
    """What the gate would have said of the last changes, without and with the lines."""
    from ..errors import TidegateError
    from ..gate.replayed import landed, replay
    from ..gate.run import Request
    from ..scanners.registry import SCANNERS
    from .emit import Progress

    if not wish.changes:
        return
    try:
        commits = landed(git, wish.changes)
    except TidegateError:
        return
    end = time.monotonic() + REPLAY_SECONDS
    request = Request(repo=wish.repo)
    heard = Progress(did="judged", things="changes")
    done = replay(request, commits, SCANNERS, text, lambda: time.monotonic() < end, heard)
    heard(len(commits), len(commits))
    if not done.judged:
        return
    yield f"of the last {done.judged} changes the gate would have said"
    yield f"  by default: {_verdicts(done.before)}"
    if any(each.counts for each in proposed) or done.before != done.after:
        yield f"  with this policy: {_verdicts(done.after)}"
    if done.left:
        yield f"  {done.left} more were not judged: see `tidegate gate --base REF --head REF`"


def _verdicts(counts: "Mapping[Verdict, int]") -> str:
    from ..records.run import Verdict

    return ", ".join(f"{verdict} {counts.get(verdict, 0)}" for verdict in Verdict)
