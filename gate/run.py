"""The gate from a repository to a verdict: range, policy, both sides, match, decide."""

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..config import resolve
from ..errors import IncompleteError, TidegateError
from ..records.finding import Skipped
from ..records.run import Coverage, GateRun, Judged, Range, SkippedItem, Verdict
from ..repository.git import Git
from ..repository.ranges import resolve_range
from ..repository.staged import staged_range, with_index_of
from ..scanners.advisories.age import Age, age_of
from ..scanners.context import context_of, own_versions, versions_of
from ..scanners.interface import Context, Scanner
from ..scanners.run import coverage
from ..scanners.stopwatch import Stopwatch
from .decision import in_order
from .evidence.database import refuse_committed
from .evidence.gathering import Evidence, gather
from .imports.records import ImportedEvidence, Imports
from .judge import Judge, decided, judge_of
from .judge_changed import JudgeChange
from .judge_files.worker import change_of_judge
from .notices import changes_pins, notices, unchanged_notices
from .policy import exit_code, verdict
from .waivers import notices_of


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
    accept_judge_change: str = ""
    """The digest of a change to what judges that somebody has accepted."""
    imports: Imports = field(default_factory=Imports)
    """What other tools say, in files from outside the repository."""
    excerpts: bool = False
    """Whether the new findings come with the code around them, for a report that shows it."""


def run_gate(
    request: Request,
    scanners: Mapping[str, Scanner],
    on_done: Callable[[int, int], None] = lambda _done, _all: None,
) -> GateRun:
    """The verdict on a change.

    What cannot be compared at all is INCOMPLETE. Raises UsageError where there is no
    repository or where it holds the advisory database itself, and ConfigError where the
    policy at the base tip is broken.
    """
    watch = Stopwatch()
    git = Git.open(request.repo)
    if request.staged:
        git = with_index_of(git, request.env)
    resolve(flags=request.flags, env=request.env, file={})  # what does not fit is told at once
    known = _Known(
        Range(base_ref=request.base or "", worktree=request.worktree, staged=request.staged)
    )
    try:
        with watch.stage("range"):
            known.what, known.range = "policy", _range_of(git, request)
        with watch.stage("policy"):
            flags, env, now = request.flags, request.env, request.now()
            known.judge = judge_of(git, known.range, flags=flags, env=env, now=now)
            known.what = "change"
        context = context_of(known.judge.policy.settings, request.env)
        refuse_committed(git, known.range.head, context.database)
        evidence = gather(git, known.range, context, scanners, watch, on_done)
    except IncompleteError as error:
        return _unanswered(known, error, watch)
    return _answered(known, git, evidence, context, request, scanners, watch)


@dataclass(slots=True)
class _Known:
    """What is settled so far; it holds whatever fails after it."""

    range: Range
    judge: Judge = field(default_factory=Judge)
    what: str = "range"
    """What is asked next."""


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
    judge = known.judge
    said = _imported(git, evidence, request.imports, context, judge, watch)
    change = _change_of_judge(git, known, evidence, context, request, watch)
    with watch.stage("decide"):
        age = age_of(context, request.now()) if changes_pins(evidence) else Age()
        others, unseen = decided(judge, git, known.range, evidence, said, age.gaps)
        findings, skipped = in_order(change.findings, others), [*unseen, *change.gaps]
        answer = verdict(findings, skipped)
    return GateRun(
        verdict=answer,
        exit_code=exit_code(answer, judge.mode),
        mode=judge.mode,
        range=known.range,
        findings=tuple(_excerpted(findings, skipped, evidence, context, request, watch)),
        skipped=tuple(skipped),
        coverage=_coverage(evidence, skipped),
        notices=(
            *request.notices,
            *said.notices,
            *change.notices,
            *_told(notices(evidence, context, judge.baseline)),
            *_told(_of_nothing(git, evidence, known.range)),
            *age.notices,
            *notices_of(judge.waivers, findings),
        ),
        judge_digest=change.digest,
        judge_accepted=change.accepted,
        timings=watch.seconds,
        versions={**said.versions, **versions_of(evidence.at_head.scanners, scanners, context)},
    )


def _coverage(evidence: Evidence, skipped: Sequence[SkippedItem]) -> Coverage:
    return coverage(evidence.head.files, [item.skipped for item in skipped], evidence.head.unread)


def _excerpted(
    findings: Sequence[Judged],
    skipped: Sequence[SkippedItem],
    evidence: Evidence,
    context: Context,
    request: Request,
    watch: Stopwatch,
) -> Sequence[Judged]:
    if not request.excerpts:
        return findings
    from .evidence.excerpts import with_excerpts

    with watch.stage("excerpts"):
        gaps = [item.skipped for item in skipped]
        return with_excerpts(findings, gaps, evidence.head, context)


def _imported(
    git: Git,
    evidence: Evidence,
    imports: Imports,
    context: Context,
    judge: Judge,
    watch: Stopwatch,
) -> ImportedEvidence:
    if not imports.any:
        return ImportedEvidence()
    from .imports.comparison import look_at_imports

    try:
        with watch.stage("import"):
            return look_at_imports(git, evidence, imports, context, judge.baseline)
    except IncompleteError as error:
        gap = Skipped(what="SARIF import", reason=error.message, remedy=error.remedy)
        return ImportedEvidence(gaps=(SkippedItem(skipped=gap),))


def _change_of_judge(
    git: Git,
    known: _Known,
    evidence: Evidence,
    context: Context,
    request: Request,
    watch: Stopwatch,
) -> JudgeChange:
    accepted, waivers = request.accept_judge_change, known.judge.waivers
    with watch.stage("judge"):
        return change_of_judge(git, known.range, evidence.compared, context, accepted, waivers)


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
        exit_code=exit_code(Verdict.INCOMPLETE, known.judge.mode),
        mode=known.judge.mode,
        range=known.range,
        skipped=(SkippedItem(skipped=gap),),
        timings=watch.seconds,
        versions=own_versions(),
    )
