"""Workflow commands of GitHub Actions: annotations on the lines of a change.

A scanned text cannot start a command: it stands inside ours, on one line, escaped.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from ..records.finding import Finding, Skipped
from ..records.run import GateRun, ScanRun
from . import beside, pins, summary
from .inert import PATH_LIMIT, command_data, command_property, visible

MAX_PER_LEVEL = 10
"""Annotations of one level that GitHub shows of one step."""


@dataclass(frozen=True, slots=True)
class Annotation:
    """One command: the texts as they came, made inert when it is written."""

    level: str
    title: str
    lines: tuple[str, ...]
    path: str = ""
    line: int = 0
    end_line: int = 0


def gate(run: GateRun, *, colour: bool) -> str:  # noqa: ARG001 - commands have no colour
    """An error for each blocking finding, a warning for gaps and the other new ones."""
    named = summary.named_verdict(run)
    verdict = f"{named} (exit {run.exit_code:d}): {summary.gate_totals(run)}"
    notice = [
        verdict,
        *beside.sentences(run),
        summary.mode_note(run),
    ]
    return _written(
        errors=_of_findings(
            "error", ((item.finding, summary.marks(item)) for item in summary.blocking(run))
        ),
        warnings=[
            *(_of_gap(gap, "not looked at") for gap in summary.deciding_gaps(run)),
            *_of_findings(
                "warning",
                (
                    (item.finding, summary.marks(item))
                    for item in (*summary.reported(run), *summary.waived(run))
                ),
            ),
            *(_of_gap(gap, "not looked at, as at the base") for gap in summary.existing_gaps(run)),
            *(_of_gap(gap, "not looked at, and allowed") for gap in summary.allowed_gaps(run)),
        ],
        notice=Annotation("notice", f"tidegate: {named}", tuple(filter(None, notice))),
    )


def scan(run: ScanRun, *, colour: bool) -> str:  # noqa: ARG001 - commands have no colour
    """A warning for each gap and each finding: a scan judges nothing."""
    return _written(
        errors=[],
        warnings=[
            *(_of_gap(gap, "not looked at") for gap in run.skipped),
            *_of_findings(
                "warning",
                ((finding, summary.asides(finding)) for finding in summary.found(run)),
            ),
        ],
        notice=Annotation(
            "notice", "tidegate: scan", (summary.scan_totals(run), *beside.scan_sentences(run))
        ),
    )


def _of_findings(level: str, items: Iterable[pins.Marked]) -> list[Annotation]:
    """An annotation for each, and one for each pin: GitHub shows few."""
    return [_of_finding(level, finding, marks) for finding, marks, _ in pins.told(items)]


def _of_finding(level: str, finding: Finding, marks: Iterable[str]) -> Annotation:
    return Annotation(
        level,
        ", ".join([f"{finding.rule} {summary.weight(finding)}", *marks]),
        tuple(filter(None, (finding.message, finding.remedy))),
        finding.path,
        finding.line,
        finding.end_line,
    )


def _of_gap(gap: Skipped, title: str) -> Annotation:
    sentences = (f"{gap.what}: {summary.cause(gap)}", gap.remedy)
    return Annotation("warning", title, tuple(filter(None, sentences)), gap.path)


def _written(*, errors: list[Annotation], warnings: list[Annotation], notice: Annotation) -> str:
    kept = [*islice(errors, MAX_PER_LEVEL), *islice(warnings, MAX_PER_LEVEL), notice]
    return "\n".join([*map(_command, kept), *_left_out(len(errors), len(warnings))]) + "\n"


def _left_out(errors: int, warnings: int) -> Iterable[str]:
    more = [max(0, count - MAX_PER_LEVEL) for count in (errors, warnings)]
    if any(more):
        named = f"{summary.plural(more[0], 'error')} and {summary.plural(more[1], 'warning')}"
        yield f"tidegate: {named} more are in the other outputs (text, json, sarif, markdown)"


def _command(annotation: Annotation) -> str:
    properties = ",".join(f"{key}={command_property(value)}" for key, value in _where(annotation))
    data = "\n".join(visible(line) for line in annotation.lines)
    return f"::{annotation.level} {properties}::{command_data(data)}"


def _where(annotation: Annotation) -> Iterator[tuple[str, str]]:
    if annotation.path:
        yield "file", visible(annotation.path, PATH_LIMIT)
    if annotation.line:
        start = max(1, annotation.line)
        yield "line", str(start)
        yield "endLine", str(max(start, annotation.end_line))
    yield "title", visible(annotation.title)
