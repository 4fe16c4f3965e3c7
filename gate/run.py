"""The gate from a repository to a verdict: range, policy, both sides, match, decide."""

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..config import Settings, resolve
from ..errors import IncompleteError, TidegateError
from ..records.finding import Skipped
from ..records.run import GateRun, Range, SkippedItem, Verdict
from ..repository.git import Git
from ..repository.ranges import resolve_range
from ..repository.staged import staged_range, with_index_of
from ..scanners.advisories.age import Age, age_of
from ..scanners.context import context_of, own_versions, versions_of
from ..scanners.interface import Context, Scanner
from ..scanners.run import coverage
from ..scanners.stopwatch import Stopwatch
from .baseline import Entry
from .baseline_file import baseline_at
from .decision import gaps, judged
from .evidence.gathering import Evidence, gather
from .imports.records import ImportedEvidence, Imports
from .notices import changes_pins, notices, unchanged_notices
from .policy import decide_gap, exit_code, verdict
from .policy_file import settings_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is to be gated, and what was said of it from outside the repository."""

    repo: Path
    base: str | None = None
    head: str = "HEAD"
    worktree: bool = False
    staged: bool = False
    flags: Mapping[str, object] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    now: Callable[[], float] = time.time
    """Seconds since the epoch."""
    notices: tuple[str, ...] = ()
    """What the caller wants told of how it is gated."""
    imports: Imports = field(default_factory=Imports)
    """What other tools say, in files from outside the repository."""


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
    if request.staged:
        git = with_index_of(git, request.env)
    known = _Known(
        Range(base_ref=request.base or "", worktree=request.worktree, staged=request.staged),
        resolve(flags=request.flags, env=request.env, file={}).settings,
    )
    try:
        with watch.stage("range"):
            known.what, known.range = "policy", _range_of(git, request)
        with watch.stage("policy"):
            tip = known.range.base_tip
            found = settings_at(git, tip, flags=request.flags, env=request.env)
            known.baseline = baseline_at(git, tip)
            known.what, known.settings = "change", found.settings
        context = context_of(known.settings, request.env)
        evidence = gather(git, known.range, context, scanners, watch, on_done)
    except IncompleteError as error:
        return _unanswered(known, error, watch)
    return _answered(known, git, evidence, context, request, scanners, watch)


@dataclass(slots=True)
class _Known:
    """What is settled so far; it holds whatever fails after it."""

    range: Range
    settings: Settings
    what: str = "range"
    """What is asked next."""
    baseline: Sequence[Entry] = ()
    """That of the base tip."""


def _range_of(git: Git, request: Request) -> Range:
    if request.staged:
        return staged_range(git, base=request.base, head=request.head, env=request.env)
    return resolve_range(
        git, base=request.base, head=request.head, worktree=request.worktree, env=request.env
    )


def _answered(
    known: _Known,
    git: Git,
    evidence: Evidence,
    context: Context,
    request: Request,
    scanners: Mapping[str, Scanner],
    watch: Stopwatch,
) -> GateRun:
    """The verdict on what was found; nothing that is told beside it can undo it."""
    said = ImportedEvidence()
    if request.imports.any:
        with watch.stage("import"):
            said = _imported(git, evidence, request.imports, context, known.baseline)
    with watch.stage("decide"):
        findings = judged(evidence, known.settings, said.sources, said.fixed)
        age = age_of(context, request.now()) if changes_pins(evidence) else Age()
        too_old = (SkippedItem(skipped=gap) for gap in age.gaps)
        skipped = [decide_gap(item) for item in (*gaps(evidence), *said.gaps, *too_old)]
        answer = verdict(findings, skipped)
    return GateRun(
        verdict=answer,
        exit_code=exit_code(answer, known.settings.mode),
        mode=known.settings.mode,
        range=known.range,
        findings=tuple(findings),
        skipped=tuple(skipped),
        coverage=coverage(
            evidence.head.files, [item.skipped for item in skipped], evidence.head.unread
        ),
        notices=(
            *request.notices,
            *said.notices,
            *_told(notices(evidence, context, known.baseline)),
            *_told(_of_nothing(git, evidence, known.range)),
            *age.notices,
        ),
        timings=watch.seconds,
        versions={**said.versions, **versions_of(evidence.at_head.scanners, scanners, context)},
    )


def _imported(
    git: Git,
    evidence: Evidence,
    imports: Imports,
    context: Context,
    baseline: Sequence[Entry],
) -> ImportedEvidence:
    from .imports.comparison import look_at_imports

    try:
        return look_at_imports(git, evidence, imports, context, baseline)
    except IncompleteError as error:
        gap = Skipped(what="SARIF import", reason=error.message, remedy=error.remedy)
        return ImportedEvidence(gaps=(SkippedItem(skipped=gap),))


def _of_nothing(git: Git, evidence: Evidence, compared: Range) -> Iterator[str]:
    if not any(base.changes for base in evidence.compared):
        yield from unchanged_notices(git, compared)


def _told(lines: Iterator[str]) -> Iterator[str]:
    try:
        yield from lines
    except TidegateError as error:
        yield f"not every notice could be made: {error}"


def _unanswered(known: _Known, error: IncompleteError, watch: Stopwatch) -> GateRun:
    """The sides cannot be told apart: neither all new nor none new."""
    gap = Skipped(what=known.what, reason=error.message, remedy=error.remedy)
    return GateRun(
        verdict=Verdict.INCOMPLETE,
        exit_code=exit_code(Verdict.INCOMPLETE, known.settings.mode),
        mode=known.settings.mode,
        range=known.range,
        skipped=(SkippedItem(skipped=gap),),
        timings=watch.seconds,
        versions=own_versions(),
    )
