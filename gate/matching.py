"""Which findings at head stood at the base already: one to one, never across path classes."""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from ..records.finding import Finding
from ..records.run import State
from .path_class import path_class

Key = Callable[[Finding], tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class Matched:
    """How the findings of one base and those at head stand to each other."""

    states: tuple[State, ...]
    """Of each finding at head, in their order."""
    fixed: tuple[int, ...]
    """Positions of the findings of the base that none at head matched."""


STAGES: tuple[tuple[Key, State], ...] = (
    (lambda f: (f.tool, f.rule, f.path, f.scope, f.snippet), State.EXISTING),
    (lambda f: (f.tool, f.rule, f.path, f.snippet), State.EXISTING),
    (
        lambda f: (f.tool, f.rule, path_class(f.path), PurePosixPath(f.path).name, f.snippet),
        State.EXISTING,
    ),
    (lambda f: (f.tool, f.rule, f.path, f.scope), State.EDITED),
)
"""From the surest to the weakest likeness; each finding of the base is used up once."""


def match(base: Sequence[Finding], head: Sequence[Finding], renames: Mapping[str, str]) -> Matched:
    """Match the findings of one base with those at head.

    `renames` maps a path at the base to the path that git sees it renamed to.
    """
    moved = [_renamed(finding, renames) for finding in base]
    unused = set(range(len(base)))
    states = dict.fromkeys(range(len(head)), State.NEW)
    for key, state in STAGES:
        candidates: dict[tuple[object, ...], deque[int]] = defaultdict(deque)
        for index in sorted(unused):
            candidates[key(moved[index])].append(index)
        for index, finding in enumerate(head):
            if states[index] is State.NEW and (queue := candidates.get(key(finding))):
                unused.discard(queue.popleft())
                states[index] = state
    return Matched(tuple(states.values()), tuple(sorted(unused)))


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
