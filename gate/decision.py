"""What is decided of each finding and each gap: how it stands to the base, then the policy."""

from collections import Counter
from collections.abc import Sequence

from ..config import Settings
from ..records.finding import Finding, Skipped
from ..records.fingerprint import fingerprints
from ..records.run import Judged, SkippedItem, State
from .deduplication import Standing, deduplicated
from .evidence.gathering import Evidence
from .matching import Matched, against_all, match
from .policy import decide

LOOK_FURTHER = frozenset({"pip-audit", "provenance"})
"""Scanners whose gaps may come from other files than the one they name, or from none."""


def judged(
    evidence: Evidence,
    settings: Settings,
    sources: Sequence[Sequence[Standing]] = (),
    fixed: Sequence[Finding] = (),
) -> list[Judged]:
    """Every finding at head with its decision, then those that went away.

    `sources` is what other tools found at head, `fixed` what they do not find any more. What
    several found is one finding; how it stands to the base is told by the first of them.
    """
    at_head = evidence.at_head.findings
    sides = list(zip(evidence.at_bases, evidence.renames, strict=True))
    matches = [match(looked.findings, at_head, renames) for looked, renames in sides]
    own = (*map(Standing, at_head, against_all(matches, at_head)), *evidence.secrets.findings)
    found = _judged(deduplicated([own, *sources]), settings)
    if sources:
        found.sort(key=lambda item: _by_place(item.finding))
    at_base = evidence.at_bases[0].findings if matches else ()
    names = fingerprints(at_base)
    return [
        *found,
        *(_judge(Standing(at_base[n], State.FIXED), names[n], settings) for n in _fixed(matches)),
        *_judged([Standing(finding, State.FIXED) for finding in fixed], settings),
    ]


def _fixed(matches: Sequence[Matched]) -> Sequence[int]:
    return matches[0].fixed if matches else ()


def _judged(found: Sequence[Standing], settings: Settings) -> list[Judged]:
    names = fingerprints(standing.finding for standing in found)
    return [_judge(standing, name, settings) for standing, name in zip(found, names, strict=True)]


def in_order(judge: Sequence[Judged], found: list[Judged]) -> list[Judged]:
    """What changes the judge among all other findings: by place, the fixed ones at the end."""
    if not judge:
        return found
    both = [*judge, *found]
    return sorted(both, key=lambda item: (item.state is State.FIXED, _by_place(item.finding)))


def _by_place(finding: Finding) -> tuple[str, int, str, str, str]:
    return finding.path, finding.line, finding.tool, finding.rule, finding.message


def _judge(standing: Standing, name: str, settings: Settings) -> Judged:
    decision, line = decide(standing.finding, standing.state, settings)
    return Judged(
        finding=standing.finding,
        fingerprint=name,
        state=standing.state,
        decision=decision,
        decided_by=line,
    )


def gaps(evidence: Evidence) -> list[SkippedItem]:
    """The gaps at head; what was as little looked at before the change does not decide.

    That is a part of a file that each base has too, to the letter, and a file that stands
    on the base branch already.
    """
    at_bases = [
        Counter(_part(gap) for gap in (*side.skipped, *looked.skipped) if gap.is_part)
        for side, looked in zip(evidence.bases, evidence.at_bases, strict=True)
    ]
    items = []
    for gap in _all_gaps(evidence):
        part = _part(gap)
        existing = gap.is_part and bool(at_bases) and all(side[part] > 0 for side in at_bases)
        for side in at_bases if existing else ():
            side[part] -= 1
        has_landed = gap.path in evidence.landed and gap.tool not in LOOK_FURTHER
        items.append(SkippedItem(skipped=gap, existing=existing or has_landed))
    return items


def _all_gaps(evidence: Evidence) -> list[Skipped]:
    """The gaps at head, and those of the search for secrets that are not told already."""
    told = [*evidence.head.skipped, *evidence.at_head.skipped]
    known = {(gap.path, gap.reason) for gap in told}
    fresh = [gap for gap in evidence.secrets.skipped if (gap.path, gap.reason) not in known]
    return [*told, *fresh]


def _part(gap: Skipped) -> tuple[str, str, str, str]:
    """What stays the same of a gap where its part of the file only moves."""
    return gap.tool, gap.path, gap.reason, gap.identity
