"""The policy: each layer has its say on a finding or a gap, and the worse decision wins."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ..errors import ExitCode
from ..records.run import Decision, Judged, Mode, SkippedItem, State, Verdict
from .policies.conditions import Subject, of_gap
from .policies.layers import UNSEEN, Layer, Opinion

WORST_FIRST = (Decision.BLOCK, Decision.INCOMPLETE, Decision.REPORT, Decision.IGNORE)


def opinions(subject: Subject, policy: Sequence[Layer]) -> list[tuple[Layer, Opinion]]:
    """What each layer makes of it that holds there and says something."""
    found = ((layer, layer.opinion(subject)) for layer in policy if layer.covers(subject))
    return [(layer, opinion) for layer, opinion in found if opinion]


def worst(found: Iterable[Opinion]) -> Opinion:
    """The worst of them, the first of those that are as bad."""
    return min(found, key=lambda opinion: WORST_FIRST.index(opinion.decision), default=UNSEEN)


def decide(subject: Subject, policy: Sequence[Layer]) -> Opinion:
    """What is made of a finding: only what is new, or edited in place, can block.

    `# nosec` decides nothing.
    """
    found = worst(opinion for _, opinion in opinions(subject, policy))
    known = subject.state in (State.EXISTING, State.FIXED)
    if known and found.decision is not Decision.IGNORE:
        return Opinion(Decision.REPORT, f"state = {subject.state}: only what is new can block")
    return found


def decide_gap(
    item: SkippedItem, policy: Sequence[Layer] = (), former: Sequence[str] = ()
) -> SkippedItem:
    """The gap with its decision: one that stood at the base, untouched, decides nothing."""
    found = worst(opinion for _, opinion in opinions(of_gap(item.skipped, former), policy))
    if item.existing and found.decision is not Decision.IGNORE:
        line = "existing: only what the change leaves unseen is incomplete"
        found = Opinion(Decision.REPORT, line)
    return replace(item, decision=found.decision, decided_by=found.because)


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
