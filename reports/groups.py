"""Findings that are alike, and gaps that are: what the report for people tells in one line."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from ..records.finding import Finding, Level, Skipped
from ..records.path_class import PathClass, path_class
from . import summary

MANY = 4
"""So many alike are told in one line."""
MANY_GRAVE = 10
"""The same for MEDIUM and more in product code: there each is worth a line for longer."""

Marked = tuple[Finding, tuple[str, ...]]
"""A finding and what sets it apart."""

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Group:
    """Findings of one rule, severity, confidence, path class and marks, in the order given."""

    findings: tuple[Finding, ...]
    kind: PathClass
    marks: tuple[str, ...]

    @property
    def is_large(self) -> bool:
        """Whether they are too many for a line each."""
        grave = self.kind is PathClass.PRODUCT and self.findings[0].severity.reaches(Level.MEDIUM)
        return len(self.findings) >= (MANY_GRAVE if grave else MANY)

    @property
    def typical(self) -> Finding:
        """The first of those with the commonest message and remedy."""
        texts = Counter((finding.message, finding.remedy) for finding in self.findings)
        commonest = texts.most_common(1)[0][0]
        return next(item for item in self.findings if (item.message, item.remedy) == commonest)

    @property
    def messages(self) -> int:
        """How many messages differ: a rule may name what it found in its message."""
        return len({finding.message for finding in self.findings})


def of_findings(items: Iterable[Marked]) -> list[Group]:
    """Every finding in one group: the gravest group first, then the largest."""
    groups = [
        Group(tuple(finding for finding, _ in alike), path_class(alike[0][0].path), alike[0][1])
        for alike in _alike(items, _key)
    ]
    return sorted(groups, key=lambda group: (summary.gravity(group.findings[0]), -_size(group)))


def _size(group: Group) -> int:
    return len(group.findings)


def of_gaps(gaps: Iterable[Skipped]) -> list[list[Skipped]]:
    """Every gap in one group, by the reason and what to do about it, in the order given."""
    return _alike(gaps, lambda gap: (gap.tool, gap.reason, gap.remedy))


def _key(item: Marked) -> tuple[object, ...]:
    finding, marks = item
    weight = finding.severity, finding.confidence
    return finding.tool, finding.rule, *weight, path_class(finding.path), marks


def _alike(items: Iterable[_T], key: Callable[[_T], tuple[object, ...]]) -> list[list[_T]]:
    """The items with equal keys together, in the order of the first of each."""
    found: dict[tuple[object, ...], list[_T]] = {}
    for item in items:
        found.setdefault(key(item), []).append(item)
    return list(found.values())
