"""The gate from a repository to a verdict: range, policy, both sides, match, decide."""

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..config import Settings, resolve
from ..errors import IncompleteError
from ..records.finding import Skipped
from ..records.run import GateRun, Range, SkippedItem, Verdict
from ..repository.git import Git
from ..repository.ranges import resolve_range
from ..scanners.context import context_of, own_versions, versions_of
from ..scanners.interface import Scanner
from ..scanners.run import coverage
from ..scanners.stopwatch import Stopwatch
from .evidence import gaps, gather, judged
from .notices import notices
from .policy import exit_code, verdict
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
    now: Callable[[], float] = time.time
    """Seconds since the epoch."""


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
        return _judge(git, compared, settings, request, scanners, watch, on_done)
    except IncompleteError as error:
        return _unanswered(request, error, watch)


def _asked(git: Git, request: Request, watch: Stopwatch) -> tuple[Range, Settings]:
    """Which sides are compared, and by which settings."""
    with watch.stage("range"):
        compared = resolve_range(
            git, base=request.base, head=request.head, worktree=request.worktree, env=request.env
        )
    with watch.stage("policy"):
        found = settings_at(git, compared.base_tip, flags=request.flags, env=request.env)
    return compared, found.settings


def _judge(
    git: Git,
    compared: Range,
    settings: Settings,
    request: Request,
    scanners: Mapping[str, Scanner],
    watch: Stopwatch,
    on_done: Callable[[int, int], None],
) -> GateRun:
    context = context_of(settings, request.env)
    evidence = gather(git, compared, context, scanners, watch, on_done)
    with watch.stage("decide"):
        findings = judged(evidence, settings)
        skipped = gaps(evidence)
        answer = verdict(findings, skipped)
    return GateRun(
        verdict=answer,
        exit_code=exit_code(answer, settings.mode),
        mode=settings.mode,
        range=compared,
        findings=tuple(findings),
        skipped=tuple(skipped),
        coverage=coverage(
            evidence.head.files, [item.skipped for item in skipped], evidence.head.unread
        ),
        notices=tuple(notices(evidence, context, request.now())),
        timings=watch.seconds,
        versions=versions_of(evidence.at_head.scanners, scanners, context),
    )


def _unanswered(request: Request, error: IncompleteError, watch: Stopwatch) -> GateRun:
    """The sides cannot be told apart: neither all new nor none new."""
    settings = resolve(flags=request.flags, env=request.env, file={}).settings
    gap = Skipped(what="range", reason=error.message, remedy=error.remedy)
    return GateRun(
        verdict=Verdict.INCOMPLETE,
        exit_code=exit_code(Verdict.INCOMPLETE, settings.mode),
        mode=settings.mode,
        range=Range(base_ref=request.base or "", worktree=request.worktree),
        skipped=(SkippedItem(skipped=gap),),
        timings=watch.seconds,
        versions=own_versions(),
    )
