"""What the settings make of one finding, in words that its author can look up."""

from collections.abc import Iterable
from dataclasses import replace

from ..config import Settings
from ..errors import ExitCode
from ..records.finding import Finding
from ..records.run import Decision, Judged, Mode, SkippedItem, State, Verdict


def decide(finding: Finding, state: State, settings: Settings) -> tuple[Decision, str]:
    """Whether a finding blocks, and the line that decided.

    A finding that was edited in place is new here; `# nosec` decides nothing.
    """
    if state in (State.EXISTING, State.FIXED):
        return Decision.REPORT, f"state = {state}: only what is new can block"
    if finding.package:
        line = f"block-advisories = {str(settings.block_advisories).lower()}"
        return (Decision.BLOCK if settings.block_advisories else Decision.REPORT), line
    severity = f"block-severity = {settings.block_severity}"
    confidence = f"block-confidence = {settings.block_confidence}"
    if not finding.severity.reaches(settings.block_severity):
        return Decision.REPORT, f"below {severity}"
    if not finding.confidence.reaches(settings.block_confidence):
        return Decision.REPORT, f"below {confidence}"
    return Decision.BLOCK, f"{severity}, {confidence}"


def decide_gap(item: SkippedItem) -> SkippedItem:
    """The gap with its decision: one that stood at the base, untouched, decides nothing."""
    if not item.existing:
        return item
    line = "existing: only what the change leaves unseen is incomplete"
    return replace(item, decision=Decision.REPORT, decided_by=line)


def verdict(judged: Iterable[Judged], skipped: Iterable[SkippedItem]) -> Verdict:
    """BLOCK beats INCOMPLETE beats PASS."""
    decisions = {item.decision for item in judged} | {item.decision for item in skipped}
    if Decision.BLOCK in decisions:
        return Verdict.BLOCK
    return Verdict.INCOMPLETE if Decision.INCOMPLETE in decisions else Verdict.PASS


_EXIT_CODES = {
    Verdict.PASS: ExitCode.YES,
    Verdict.BLOCK: ExitCode.NO,
    Verdict.INCOMPLETE: ExitCode.INCOMPLETE,
}


def exit_code(verdict: Verdict, mode: Mode) -> ExitCode:
    """What the process returns: the verdict's own code where the mode is enforce."""
    return _EXIT_CODES[verdict] if mode is Mode.ENFORCE else ExitCode.YES
