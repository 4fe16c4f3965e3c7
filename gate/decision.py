"""What is decided of each finding and each gap: how it stands to the base, then the policy."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain

from ..records.finding import Finding, Skipped
from ..records.fingerprint import fingerprints
from ..records.path_class import path_class
from ..records.run import Judged, SkippedItem, State
from .deduplication import Standing, deduplicated
from .evidence.gathering import Evidence
from .matching import Matched, against_all, match
from .policies.conditions import of_finding
from .policies.layers import Layer
from .policy import decide, decide_gap

LOOK_FURTHER = frozenset({"pip-audit", "provenance"})
"""Scanners whose gaps may come from other files than the one they name, or from none."""
OF_ITS_LINE = frozenset({"dependency not pinned"})
"""Reasons of theirs that hang on a line alone, wherever its file stands."""


def judged(
    evidence: Evidence,
    policy: Sequence[Layer],
    sources: Sequence[Sequence[Standing]] = (),
    fixed: Sequence[Finding] = (),
    today: date | None = None,
) -> list[Judged]:
    """Every finding at head with its decision, then those that went away.

    `sources` is what other tools found at head, `fixed` what they do not find any more. What
    several found is one finding; how it stands to the base is told by the first of them.
    `today` tells how old an advisory is.
    """
    at_head = evidence.at_head.findings
    sides = list(zip(evidence.at_bases, evidence.renames, strict=True))
    matches = [match(looked.findings, at_head, renames) for looked, renames in sides]
    own = (*map(Standing, at_head, against_all(matches, at_head)), *evidence.secrets.findings)
    decider = _Decider(policy, former_paths(evidence), today)
    found = decider.all(deduplicated([own, *sources]))
    if sources:
        found.sort(key=lambda item: _by_place(item.finding))
    at_base = evidence.at_bases[0].findings if matches else ()
    names = fingerprints(at_base)
    return [
        *found,
        *(decider.one(Standing(at_base[n], State.FIXED), names[n]) for n in _fixed(matches)),
        *decider.all([Standing(finding, State.FIXED) for finding in fixed]),
    ]


def _fixed(matches: Sequence[Matched]) -> Sequence[int]:
    return matches[0].fixed if matches else ()


def in_order(judge: Sequence[Judged], found: list[Judged]) -> list[Judged]:
    """What changes the judge among all other findings: by place, the fixed ones at the end."""
    if not judge:
        return found
    both = [*judge, *found]
    return sorted(both, key=lambda item: (item.state is State.FIXED, _by_place(item.finding)))


def _by_place(finding: Finding) -> tuple[str, int, str, str, str]:
    return finding.path, finding.line, finding.tool, finding.rule, finding.message


@dataclass(frozen=True, slots=True)
class _Decider:
    """The policy, where the change moved files from, and the day."""

    policy: Sequence[Layer]
    former: Mapping[str, Sequence[str]]
    today: date | None

    def all(self, found: Sequence[Standing]) -> list[Judged]:
        names = fingerprints(standing.finding for standing in found)
        return [self.one(standing, name) for standing, name in zip(found, names, strict=True)]

    def one(self, standing: Standing, name: str) -> Judged:
        finding, state = standing.finding, standing.state
        former = tuple(self.former.get(finding.path, ()))
        opinion = decide(of_finding(finding, state, former, self.today), self.policy)
        return Judged(
            finding=finding,
            fingerprint=name,
            state=state,
            decision=opinion.decision,
            decided_by=opinion.because,
            former_paths=former,
            past_blob=standing.past_blob,
        )


def former_paths(evidence: Evidence) -> dict[str, list[str]]:
    """The paths from which the change moved a file, by the path that it has now."""
    found: dict[str, list[str]] = {}
    for renames in evidence.renames:
        for old, new in renames.items():
            if old != new and old not in found.setdefault(new, []):
                found[new].append(old)
    return found


def places(
    evidence: Evidence, skipped: Sequence[SkippedItem], sources: Sequence[Sequence[Standing]] = ()
) -> set[str]:
    """Every path of which something is decided, and those that its file was moved from."""
    standings = (*evidence.secrets.findings, *chain.from_iterable(sources))
    found = {finding.path for finding in evidence.at_head.findings}
    found |= {standing.finding.path for standing in standings}
    found |= {item.skipped.path for item in skipped}
    former = former_paths(evidence)
    return found.union(*(former.get(path, ()) for path in found))


def judged_gaps(
    evidence: Evidence, skipped: Sequence[SkippedItem], policy: Sequence[Layer]
) -> list[SkippedItem]:
    """Every gap with its decision."""
    former = former_paths(evidence)
    return [decide_gap(item, policy, former.get(item.skipped.path, ())) for item in skipped]


def gaps(evidence: Evidence) -> list[SkippedItem]:
    """The gaps at head; what was as little looked at before the change does not decide.

    That is a part of a file that each base has too, to the letter, under the path that its
    file has now, and a file that stands on the base branch already.
    """
    sides = zip(evidence.bases, evidence.at_bases, evidence.renames, strict=True)
    at_bases = [
        Counter(
            _part(moved_gap(gap, renames))
            for gap in (*side.skipped, *looked.skipped)
            if gap.is_part
        )
        for side, looked, renames in sides
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


def moved_gap(gap: Skipped, renames: Mapping[str, str]) -> Skipped:
    """The gap where its file is now; it stays where its class of paths or its place matters.

    What a file of dependencies includes is another file once it stands elsewhere.
    """
    path = renames.get(gap.path, gap.path)
    stays = gap.tool in LOOK_FURTHER and gap.reason not in OF_ITS_LINE
    return gap if stays or path_class(path) != path_class(gap.path) else replace(gap, path=path)


def _all_gaps(evidence: Evidence) -> list[Skipped]:
    """The gaps at head, and those of the search for secrets that are not told already."""
    told = [*evidence.head.skipped, *evidence.at_head.skipped]
    known = {(gap.path, gap.reason) for gap in told}
    fresh = [gap for gap in evidence.secrets.skipped if (gap.path, gap.reason) not in known]
    return [*told, *fresh]


def _part(gap: Skipped) -> tuple[str, str, str, str]:
    """What stays the same of a gap where its part of the file only moves."""
    return gap.tool, gap.path, gap.reason, gap.identity
