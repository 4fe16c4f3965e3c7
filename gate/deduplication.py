"""Findings with how they stand to the base, those of several tools joined."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..records.finding import Finding
from ..records.run import State
from ..scanners.sarif.witnesses import alike, joined


@dataclass(frozen=True, slots=True)
class Standing:
    """A finding and how it stands to the base."""

    finding: Finding
    state: State
    past_blob: str = ""
    """Git's id of the content that holds it, where an earlier commit of the change has it only."""


def deduplicated(sources: Sequence[Sequence[Standing]]) -> list[Standing]:
    """What several sources found as one finding each, in the order in which they are found.

    How it stands is told by our own look at both sides, the first source; of files of other
    tools the one decides by which it is new.
    """
    own, *others = sources
    if not others:
        return list(own)
    found = []
    for places in alike([[standing.finding for standing in source] for source in sources]):
        same = [sources[source][position] for source, position in places]
        looked = places[0][0] == 0
        state = _own(same) if looked else min((s.state for s in same), key=_ORDER.index)
        past = same[0].past_blob
        found.append(Standing(joined([standing.finding for standing in same]), state, past))
    return found


def _own(same: Sequence[Standing]) -> State:
    """As we saw it; edited where another tool holds it for graver and for new."""
    first, *others = same
    graver = (s for s in others if s.finding.severity.rank > first.finding.severity.rank)
    if first.state is State.EXISTING and any(s.state in _DECIDING for s in graver):
        return State.EDITED
    return first.state


_DECIDING = (State.NEW, State.EDITED)
_ORDER = (State.NEW, State.EDITED, State.EXISTING, State.FIXED)
