"""The same defect seen by several tools is one finding: the first one's, with the others named."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from ...records.finding import Finding, Level
from ...records.fingerprint import defect
from .secrecy import is_secret_tool


def alike(sources: Sequence[Sequence[Finding]]) -> list[list[tuple[int, int]]]:
    """The findings of all sources, those of one defect together, as (source, position).

    One defect are findings of rules known to be the same at one line, and those of tools
    that look for secrets at one line. Of one source each finding is a defect of its own.
    """
    found: dict[tuple[object, ...], list[tuple[int, int]]] = defaultdict(list)
    for source, findings in enumerate(sources):
        seen: dict[tuple[object, ...], int] = defaultdict(int)
        for position, finding in enumerate(findings):
            key = (finding.path, finding.line, *_kind(finding))
            found[*key, seen[key]].append((source, position))
            seen[key] += 1
    return list(found.values())


def _kind(finding: Finding) -> tuple[object, ...]:
    return ("a secret",) if is_secret_tool(finding.tool) else defect(finding)


def joined(findings: Sequence[Finding]) -> Finding:
    """The first of findings of one defect, as grave and as sure as any of them."""
    first, *others = findings
    if not others:
        return first
    names = [f"{other.tool} {other.rule}" for other in others]
    own = f"{first.tool} {first.rule}"
    return replace(
        first,
        severity=_most(finding.severity for finding in findings),
        confidence=_most(finding.confidence for finding in findings),
        witnesses=tuple(dict.fromkeys(name for name in names if name != own)),
    )


def _most(levels: Iterable[Level]) -> Level:
    return max(levels, key=lambda level: level.rank)
