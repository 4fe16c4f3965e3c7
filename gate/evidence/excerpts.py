"""Which findings of a change come with the code around them, and that code."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from ...records.finding import Skipped
from ...records.run import Decision, Judged, State
from ...scanners.interface import Context
from ...scanners.secrets.excerpts import excerpts_of
from ...scanners.targets.sides import Side

_CHANGED = (State.NEW, State.EDITED)


def with_excerpts(
    findings: Sequence[Judged], gaps: Collection[Skipped], head: Side, context: Context
) -> list[Judged]:
    """The same findings, the new ones that matter most with the code around them."""
    wanted = ((at, findings[at].finding) for at in _most_important(findings))
    standing = [item.finding for item in findings if item.state is not State.FIXED]
    excerpts = excerpts_of(wanted, standing, gaps, head, context)
    return [replace(item, excerpt=excerpts.get(at)) for at, item in enumerate(findings)]


def _most_important(findings: Sequence[Judged]) -> list[int]:
    """The positions of those worth reading in full, what blocks first, then by severity."""
    new = [
        at
        for at, item in enumerate(findings)
        if item.state in _CHANGED and item.decision is not Decision.IGNORE
    ]
    return sorted(new, key=lambda at: _rank(findings[at]))


def _rank(item: Judged) -> tuple[bool, int]:
    return item.decision is not Decision.BLOCK, -item.finding.severity.rank
