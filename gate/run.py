"""The gate from a repository to a verdict: range, policy, both sides, match, decide."""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..config import Settings, resolve
from ..errors import IncompleteError
from ..records.finding import Finding, Skipped
from ..records.fingerprint import fingerprints
from ..records.run import GateRun, Judged, Range, SkippedItem, State, Verdict
from ..repository.changes import changes_between, changes_in_worktree
from ..repository.git import Git
from ..repository.ranges import resolve_range
from ..scanners.context import context_of, own_versions, versions_of
from ..scanners.disk import Disk
from ..scanners.ignored import ignored_configuration, ignored_plugins
from ..scanners.interface import DEPENDENCY_KINDS, Context, Scanner
from ..scanners.run import Looked, coverage, look
from ..scanners.sides import Base, Side, sides_of
from ..scanners.stopwatch import Stopwatch
from .matching import against_all, match
from .policy import decide, exit_code, verdict
from .policy_file import settings_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is to be gated, and what was said of it from outside the repository."""

    repo: Path
    base: str | None = None
    head: str = "HEAD"
    worktree: bool = False
    flags: Mapping[str, object] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))


@dataclass(frozen=True, slots=True)
class Evidence:
    """Both sides of the change and what was found on them."""

    renames: Sequence[Mapping[str, str]]
    """Per merge base, old path to new path."""
    head: Side
    looked_at_head: Looked
    looked_at_bases: Sequence[Looked]


def run_gate(
    request: Request,
    scanners: Mapping[str, Scanner],
    on_done: Callable[[int, int], None] = lambda _done, _all: None,
) -> GateRun:
    """The verdict on a change.

    What cannot be compared at all is INCOMPLETE. Raises UsageError where there is no
    repository and ConfigError where the policy at the base tip is broken.
    """
    watch = Stopwatch()
    git = Git.open(request.repo)
    try:
        compared, settings = _asked(git, request, watch)
    except IncompleteError as error:
        return _unanswered(request, error)
    context = context_of(settings, request.env)
    with watch.stage("read"):
        bases = _bases(git, compared)
        base_sides, head = sides_of(
            git,
            bases,
            compared.head,
            max_bytes=settings.max_file_bytes,
            disk=Disk(git.root, settings.max_file_bytes) if request.worktree else None,
        )
    with watch.stage("scan"):
        at_head, *at_bases = look([head, *base_sides], context, scanners, on_done)
    evidence = Evidence([_renames(base) for base in bases], head, at_head, at_bases)
    with watch.stage("decide"):
        judged = _judged(evidence, settings)
        skipped = _skipped(evidence, base_sides)
    answer = verdict(judged, skipped)
    return GateRun(
        verdict=answer,
        exit_code=exit_code(answer, settings.mode),
        mode=settings.mode,
        range=compared,
        findings=tuple(judged),
        skipped=tuple(skipped),
        coverage=coverage(head.files, [item.skipped for item in skipped], head.unread),
        notices=tuple(_notices(evidence, base_sides, context)),
        timings=watch.seconds,
        versions=versions_of(at_head.scanners, scanners, context),
    )


def _asked(git: Git, request: Request, watch: Stopwatch) -> tuple[Range, Settings]:
    """Which sides are compared, and by which settings."""
    with watch.stage("range"):
        compared = resolve_range(
            git, base=request.base, head=request.head, worktree=request.worktree, env=request.env
        )
    with watch.stage("policy"):
        found = settings_at(git, compared.base_tip, flags=request.flags, env=request.env)
    return compared, found.settings


def _bases(git: Git, compared: Range) -> list[Base]:
    if compared.worktree:
        return [Base(c, changes_in_worktree(git, c)) for c in compared.merge_bases]
    return [Base(c, changes_between(git, c, compared.head)) for c in compared.merge_bases]


def _renames(base: Base) -> dict[str, str]:
    return {
        change.old_path: change.path
        for change in base.changes
        if change.old_path is not None and change.path is not None
    }


def _judged(evidence: Evidence, settings: Settings) -> list[Judged]:
    """Every finding at head with its decision, then those that went away."""
    at_head = evidence.looked_at_head.findings
    sides = list(zip(evidence.looked_at_bases, evidence.renames, strict=True))
    matches = [match(looked.findings, at_head, renames) for looked, renames in sides]
    states = against_all(matches, at_head)
    judged = [
        _judge(finding, name, state, settings)
        for finding, name, state in zip(at_head, fingerprints(at_head), states, strict=True)
    ]
    if matches:
        at_base = evidence.looked_at_bases[0].findings
        names = fingerprints(at_base)
        judged += [
            _judge(at_base[gone], names[gone], State.FIXED, settings) for gone in matches[0].fixed
        ]
    return judged


def _judge(finding: Finding, name: str, state: State, settings: Settings) -> Judged:
    decision, line = decide(finding, state, settings)
    return Judged(
        finding=finding, fingerprint=name, state=state, decision=decision, decided_by=line
    )


def _skipped(evidence: Evidence, base_sides: Sequence[Side]) -> list[SkippedItem]:
    """The gaps at head; a dependency that each base skipped in the same words is existing."""
    at_bases = [
        Counter([*side.skipped, *looked.skipped])
        for side, looked in zip(base_sides, evidence.looked_at_bases, strict=True)
    ]
    items = []
    for gap in [*evidence.head.skipped, *evidence.looked_at_head.skipped]:
        part_of_a_file = gap.what != gap.path
        existing = part_of_a_file and bool(at_bases) and all(side[gap] > 0 for side in at_bases)
        for side in at_bases if existing else ():
            side[gap] -= 1
        items.append(SkippedItem(skipped=gap, existing=existing))
    return items


def _notices(evidence: Evidence, base_sides: Sequence[Side], context: Context) -> Iterator[str]:
    """What the reader should know and what decided nothing."""
    gaps = {
        gap.path
        for side, looked in zip(base_sides, evidence.looked_at_bases, strict=True)
        for gap in (*side.skipped, *looked.skipped)
    }
    if gaps:
        yield (
            f"{len(gaps)} changed file(s) could not be looked at on the base side: "
            "what is found in them at head counts as new"
        )
    touched = any(file.kind in DEPENDENCY_KINDS for file in evidence.head.files)
    if not touched and not context.database.exists():
        yield "no advisory database; run `tidegate advisories import FILE` before one is needed"
    if "bandit" in evidence.looked_at_head.scanners:
        yield from ignored_configuration(evidence.head.read_other)
        yield from ignored_plugins()


def _unanswered(request: Request, error: IncompleteError) -> GateRun:
    """The sides cannot be told apart: neither all new nor none new."""
    settings = resolve(flags=request.flags, env=request.env, file={}).settings
    gap = Skipped(what="range", reason=error.message, remedy=error.remedy)
    return GateRun(
        verdict=Verdict.INCOMPLETE,
        exit_code=exit_code(Verdict.INCOMPLETE, settings.mode),
        mode=settings.mode,
        range=Range(base_ref=request.base or "", worktree=request.worktree),
        skipped=(SkippedItem(skipped=gap),),
        versions=own_versions(),
    )
