"""Which findings at head stood at the base already: one to one, never across path classes."""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ..records.finding import Finding
from ..records.fingerprint import defect
from ..records.path_class import path_class
from ..records.run import State

Key = Callable[[Finding], tuple[object, ...] | None]
"""What two findings have to share; None where there is nothing to go by."""


@dataclass(frozen=True, slots=True)
class Matched:
    """How the findings of one base and those at head stand to each other."""

    states: tuple[State, ...]
    """Of each finding at head, in their order."""
    fixed: tuple[int, ...]
    """Positions of the findings of the base that none at head matched."""


def same_code(finding: Finding) -> tuple[object, ...] | None:
    """The same code in the same place of the same file."""
    return *defect(finding), finding.path, finding.scope, finding.snippet


def _same_function_in_file(finding: Finding) -> tuple[object, ...] | None:
    """A function that was renamed, or moved into a class: all of its code is as it was."""
    if not finding.body:
        return None
    return *defect(finding), finding.path, finding.snippet, finding.body


def _same_function(finding: Finding) -> tuple[object, ...] | None:
    """A function that was moved to another file, name and all."""
    if not finding.body:
        return None
    kind = path_class(finding.path)
    return *defect(finding), kind, finding.scope, finding.snippet, finding.body


def _same_snippet(finding: Finding) -> tuple[object, ...] | None:
    return *defect(finding), finding.path, finding.snippet


def _same_scope(finding: Finding) -> tuple[object, ...] | None:
    return *defect(finding), finding.path, finding.scope


Stages = tuple[tuple[Key, State], ...]

STAGES: Stages = (
    (same_code, State.EXISTING),
    (_same_function_in_file, State.EXISTING),
    (_same_function, State.EXISTING),
    (_same_snippet, State.EDITED),
    (_same_scope, State.EDITED),
)
"""From the surest to the weakest likeness; each finding of the base is used up once.

The same expression in other surroundings is edited, not existing: what was dead code, or
was fed with constants, may be reached by a request now.
"""


def match(
    base: Sequence[Finding],
    head: Sequence[Finding],
    renames: Mapping[str, str],
    stages: Stages = STAGES,
) -> Matched:
    """Match the findings of one base with those at head.

    `renames` maps a path at the base to the path that git sees it renamed to.
    """
    moved = [_renamed(finding, renames) for finding in base]
    unused = set(range(len(base)))
    states = dict.fromkeys(range(len(head)), State.NEW)
    for key, state in stages:
        candidates: dict[tuple[object, ...], deque[int]] = defaultdict(deque)
        for index in sorted(unused):
            if (name := key(moved[index])) is not None:
                candidates[name].append(index)
        for index, finding in enumerate(head):
            if states[index] is not State.NEW:
                continue
            if queue := candidates.get(key(finding) or ()):
                known = queue.popleft()
                unused.discard(known)
                states[index] = State.EDITED if _graver(finding, base[known]) else state
    return Matched(tuple(states.values()), tuple(sorted(unused)))


def _graver(finding: Finding, known: Finding) -> bool:
    """Whether the tool rates it higher than it rated the one that was there.

    Ruff's findings bear the highest rating of their rule, so across tools that says nothing.
    """
    return finding.tool == known.tool and (
        finding.severity.rank > known.severity.rank
        or finding.confidence.rank > known.confidence.rank
    )


def _renamed(finding: Finding, renames: Mapping[str, str]) -> Finding:
    path = renames.get(finding.path, finding.path)
    return replace(finding, path=path) if path_class(path) == path_class(finding.path) else finding


_LEAST_KNOWN = (State.NEW, State.EDITED, State.EXISTING)


def against_all(matches: Iterable[Matched], head: Sequence[Finding]) -> tuple[State, ...]:
    """With several merge bases a finding is existing only where each of them has it."""
    sides = [matched.states for matched in matches]
    if not sides:
        return tuple(State.NEW for _ in head)
    return tuple(min(states, key=_LEAST_KNOWN.index) for states in zip(*sides, strict=True))
