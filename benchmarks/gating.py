"""One span under the gate, several times: what it says, how long it takes, whether it agrees."""

import json
import os
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from tidegate.benchmarks.fresh import Fresh, fresh_findings
from tidegate.benchmarks.spans import Span
from tidegate.gate.run import Request, run_gate
from tidegate.records.run import Decision, GateRun
from tidegate.reports import json_report
from tidegate.repository.git import Git
from tidegate.scanners.registry import SCANNERS

VOLATILE = "timings"
Answer = TypeVar("Answer")
Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds: wall time, and processor time, which a busy machine disturbs less."""

    first: float
    second: float
    process: float | None
    """Of `tidegate gate` as a process of its own, where it was started."""
    process_cpu: float | None
    """Of that process and its workers."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the gate made of one span."""

    span: Span
    times: Times
    agrees: bool
    """Whether all runs say the same, timings apart."""
    crash: str = ""
    verdict: str = "CRASH"
    files: int = 0
    findings: Mapping[str, int] | None = None
    """Findings by state."""
    holding: tuple[str, ...] = ()
    """The files with findings, at head or fixed."""
    blocking: int = 0
    incomplete: Mapping[str, int] | None = None
    """Gaps that decide, by reason."""
    fresh: tuple[Fresh, ...] = ()


@dataclass(frozen=True, slots=True)
class Bench:
    """A repository under the gate."""

    git: Git
    database: Path
    """Of advisories."""

    def outcome(self, span: Span, *, as_process: bool) -> Outcome:
        """Two runs over one span, and a third as a process where that is asked for."""
        first, once = _timed(self.run, span)
        second, again = _timed(self.run, span)
        same = _lasting(first) == _lasting(second)
        spent = processor = None
        if as_process:
            before = _of_children()
            answer, spent = _timed(self._process, span)
            processor = round(_of_children() - before, 1)
            same = same and _document(first) == answer
        times = Times(once, again, spent, processor)
        if isinstance(first, GateRun):
            return _outcome(span, times, first, self.git, agrees=same)
        return Outcome(span, times, same, crash=first)

    def run(self, span: Span) -> GateRun | str:
        """What the gate says in this process; how it crashed where it did."""
        flags = {"database": str(self.database)}
        request = Request(repo=self.git.root, base=span.base, head=span.head, flags=flags)
        try:
            return run_gate(request, SCANNERS)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
            return repr(error)

    def _process(self, span: Span) -> Document | str:
        command = [sys.executable, "-P", "-m", "tidegate", "gate", "--format", "json"]
        command += ["--repo", str(self.git.root), "--database", str(self.database)]
        command += ["--base", span.base, "--head", span.head]
        done = subprocess.run(command, capture_output=True, check=False, env=dict(os.environ))
        try:
            answer: Document = json.loads(done.stdout)
        except ValueError:
            return done.stderr.decode(errors="replace")
        answer.pop(VOLATILE)
        return answer if answer["exit_code"] == done.returncode else f"exit {done.returncode}"


def _outcome(span: Span, times: Times, run: GateRun, git: Git, *, agrees: bool) -> Outcome:
    deciding = [item.skipped.reason for item in run.skipped if item.decision is Decision.INCOMPLETE]
    return Outcome(
        span,
        times,
        agrees,
        verdict=run.verdict,
        files=run.coverage.seen,
        findings=dict(sorted(Counter(item.state for item in run.findings).items())),
        holding=tuple(sorted({item.finding.path for item in run.findings})),
        blocking=sum(item.decision is Decision.BLOCK for item in run.findings),
        incomplete=dict(sorted(Counter(deciding).items())),
        fresh=fresh_findings(git, run),
    )


def _timed(run: Callable[[Span], Answer], span: Span) -> tuple[Answer, float]:
    started = time.perf_counter()
    answer = run(span)
    return answer, round((time.perf_counter() - started) * 1000, 1)


def _of_children() -> float:
    """Processor time of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (used.ru_utime + used.ru_stime) * 1000


def _lasting(run: GateRun | str) -> GateRun | str:
    return replace(run, timings={}) if isinstance(run, GateRun) else run


def _document(run: GateRun | str) -> Document | str:
    """The JSON report of a run, without what differs from one to the next."""
    if isinstance(run, str):
        return run
    answer: Document = json.loads(json_report.gate(run, colour=False))
    answer.pop(VOLATILE)
    return answer
