"""Labels from what a message says of other commits: that it reverts them, that they did harm."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ....records.history import Commit, Label
from ..messages import KnownIds, Reverted, Said

REVERT, INTRODUCED_IN = "revert", "introduced-in"
EXACT, IN_PASSING, REINSTATED, NAMED = 1.0, 0.7, 0.5, 0.9
"""Confidence: a revert as git writes it, one said beside the point, one that undoes a revert
and so blames only the haste of it, a cause that is named."""
LONGEST_RANGE = 500
"""Commits; a range of more is a rebuilt branch and nobody's fault in particular."""


@dataclass(frozen=True, slots=True)
class Blamed:
    """A commit that a message blames."""

    sha: str
    source: str
    confidence: float


@dataclass(slots=True)
class Ancestry:
    """The commits that came so far, with their parents."""

    ids: KnownIds = field(default_factory=KnownIds)
    parents: dict[str, tuple[str, ...]] = field(default_factory=dict)
    reverting: set[str] = field(default_factory=set)
    """Those that revert others."""

    def add(self, commit: Commit, said: Said) -> None:
        """Know one more commit."""
        self.ids.add(commit.sha)
        self.parents[commit.sha] = commit.parents
        if said.reverts:
            self.reverting.add(commit.sha)

    def between(self, after: Sequence[str], last: str) -> list[str]:
        """Every commit that `last` has behind it, itself too, and none of `after` has."""
        known = self._behind(after)
        return sorted(self._behind([last], known))

    def _behind(
        self, starts: Sequence[str], stop: frozenset[str] | set[str] = frozenset()
    ) -> set[str]:
        found: set[str] = set()
        waiting = [sha for sha in starts if sha not in stop]
        while waiting:
            sha = waiting.pop()
            if sha not in found:
                found.add(sha)
                waiting += [p for p in self.parents.get(sha, ()) if p not in stop]
        return found


def blamed(said: Said, known: Ancestry) -> list[Blamed]:
    """Every commit that came before and that a message blames, each once."""
    found: dict[str, Blamed] = {}
    for each in (*_reverted(said, known), *_named(said, known)):
        before = found.get(each.sha)
        if before is None or before.confidence < each.confidence:
            found[each.sha] = each
    return list(found.values())


def undone(reverted: Reverted, known: Ancestry) -> list[str]:
    """The commits that one revert takes back, the one that it names first."""
    sha = known.ids.resolve(reverted.sha)
    if sha is None:
        return []
    parents = known.parents[sha]
    if reverted.after:
        first = known.ids.resolve(reverted.after)
        after = [] if first is None else [first]
        if first is not None and reverted.includes_after:
            after = list(known.parents[first])
    else:
        after = list(parents[:1]) if len(parents) > 1 else []
    if not after:
        return [sha]
    return [sha, *(each for each in known.between(after, sha) if each != sha)]


def _reverted(said: Said, known: Ancestry) -> Iterator[Blamed]:
    for reverted in said.reverts:
        commits = undone(reverted, known)
        if len(commits) > LONGEST_RANGE:
            continue
        for position, sha in enumerate(commits):
            confidence = IN_PASSING if reverted.embedded else EXACT
            if sha in known.reverting:
                confidence = min(confidence, REINSTATED)
            yield Blamed(sha, REVERT, confidence if position == 0 else confidence / len(commits))


def _named(said: Said, known: Ancestry) -> Iterator[Blamed]:
    for start in said.introduced_in:
        sha = known.ids.resolve(start)
        if sha is not None:
            yield Blamed(sha, INTRODUCED_IN, NAMED)


def label(blame: Blamed, evidence: str, time: int) -> Label:
    """What a message of `evidence`, which landed at `time`, says as a label."""
    return Label(blame.sha, blame.source, time, blame.confidence, evidence)
