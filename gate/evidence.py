"""Both sides of a change, what was found on them, and what the policy makes of it."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..config import Settings
from ..errors import IncompleteError
from ..records.finding import Finding, Skipped
from ..records.fingerprint import fingerprints
from ..records.run import Judged, Range, SkippedItem, State
from ..repository.changes import changes_between, changes_in_index, changes_in_worktree
from ..repository.git import Git
from ..repository.objects import CORRUPT, Unreadable
from ..repository.staged import read_staged
from ..scanners.interface import Context, Scanner
from ..scanners.run import Looked, look
from ..scanners.secrets.findings import TOOL
from ..scanners.stopwatch import Stopwatch
from ..scanners.targets.disk import Disk
from ..scanners.targets.sides import Base, ReadOther, Side, sides_of
from .landed import landed
from .matching import Matched, against_all, match
from .policy import decide
from .secrets import SecretsLook, look_for_secrets
from .stood import Stood, one_each
from .tampering import Compared, compare_sides

LOOK_FURTHER = frozenset({"pip-audit", "provenance"})
"""Scanners whose gaps may come from other files than the one they name, or from none."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Both sides of the change and what was found on them; a change may have several bases."""

    head: Side
    at_head: Looked
    bases: Sequence[Side]
    at_bases: Sequence[Looked]
    renames: Sequence[Mapping[str, str]]
    """Per merge base, old path to new path."""
    landed: frozenset[str] = frozenset()
    """Paths with gaps whose files stand on the base branch already, as they are at head."""
    compared: Sequence[Base] = ()
    """The merge bases and what lies between each and head."""
    head_commit: str = ""
    """Empty where head is not all of a commit."""
    told: tuple[str, ...] = ()
    """What is new in the changed files of dependencies, a line each."""
    secrets: SecretsLook = field(default_factory=SecretsLook)
    """What the commits bring, which no single side tells."""


def gather(
    git: Git,
    compared: Range,
    context: Context,
    scanners: Mapping[str, Scanner],
    watch: Stopwatch,
    on_done: Callable[[int, int], None],
) -> Evidence:
    """Read both sides and look at them. Raises IncompleteError where git cannot be read."""
    with watch.stage("read"):
        bases = _bases(git, compared)
        base_sides, head = sides_of(
            git,
            bases,
            compared.head,
            max_bytes=context.max_file_bytes,
            disk=Disk(git.root, context.max_file_bytes) if compared.worktree else None,
            read_head=_index_reader(git, context.max_file_bytes) if compared.staged else None,
        )
    with watch.stage("scan"):
        at_head, *at_bases = look([head, *base_sides], context, _of_sides(scanners), on_done)
    renames = [_renames(base) for base in bases]
    with watch.stage("compare"):
        wanted = "provenance" in scanners
        both = compare_sides(head, base_sides, renames, context) if wanted else Compared()
    secrets = _secrets(git, compared, bases, context, scanners, watch)
    at_head = _with(at_head, both, secrets)
    gaps_at_head = (*_gaps_of(head, at_head), *secrets.skipped)
    return Evidence(
        head,
        at_head,
        base_sides,
        at_bases,
        renames,
        landed(git, compared.base_tip, bases, gaps_at_head, [*map(_gaps_of, base_sides, at_bases)]),
        bases,
        "" if compared.worktree or compared.staged else compared.head,
        both.notices,
        secrets,
    )


def _secrets(
    git: Git,
    compared: Range,
    bases: Sequence[Base],
    context: Context,
    scanners: Mapping[str, Scanner],
    watch: Stopwatch,
) -> SecretsLook:
    if TOOL not in scanners:
        return SecretsLook()
    with watch.stage("secrets"):
        return look_for_secrets(git, compared, bases, context)


def _of_sides(scanners: Mapping[str, Scanner]) -> dict[str, Scanner]:
    """Those that look at a side; secrets are looked for in what the commits bring."""
    return {name: scanner for name, scanner in scanners.items() if name != TOOL}


def _with(looked: Looked, both: Compared, secrets: SecretsLook) -> Looked:
    """Head with what only the comparison of both sides shows, which no base has."""
    findings = (*looked.findings, *both.findings)
    return replace(
        looked,
        findings=tuple(sorted(findings, key=lambda f: (f.path, f.line, f.tool, f.rule, f.message))),
        skipped=(*looked.skipped, *both.skipped),
        scanners=looked.scanners | ({TOOL} if secrets.looked else set()),
    )


def _gaps_of(side: Side, looked: Looked) -> tuple[Skipped, ...]:
    return (*side.skipped, *looked.skipped)


def _index_reader(git: Git, max_bytes: int) -> ReadOther:
    def read(path: str) -> bytes | Unreadable | None:
        try:
            return read_staged(git, path, max_bytes)
        except IncompleteError:
            return Unreadable(CORRUPT)

    return read


def _bases(git: Git, compared: Range) -> list[Base]:
    if compared.staged:
        return [Base(c, changes_in_index(git, c)) for c in compared.merge_bases]
    if compared.worktree:
        return [Base(c, changes_in_worktree(git, c)) for c in compared.merge_bases]
    return [Base(c, changes_between(git, c, compared.head)) for c in compared.merge_bases]


def _renames(base: Base) -> dict[str, str]:
    return {
        change.old_path: change.path
        for change in base.changes
        if change.old_path is not None and change.path is not None
    }


def judged(
    evidence: Evidence,
    settings: Settings,
    sources: Sequence[Sequence[Stood]] = (),
    fixed: Sequence[Finding] = (),
) -> list[Judged]:
    """Every finding at head with its decision, then those that went away.

    `sources` is what other tools found at head, `fixed` what they do not find any more. What
    several found is one finding; how it stands to the base is told by the first of them.
    """
    at_head = evidence.at_head.findings
    sides = list(zip(evidence.at_bases, evidence.renames, strict=True))
    matches = [match(looked.findings, at_head, renames) for looked, renames in sides]
    own = (*map(Stood, at_head, against_all(matches, at_head)), *evidence.secrets.findings)
    found = _judged(one_each([own, *sources]), settings)
    if sources:
        found.sort(key=lambda item: _by_place(item.finding))
    at_base = evidence.at_bases[0].findings if matches else ()
    names = fingerprints(at_base)
    return [
        *found,
        *(_judge(Stood(at_base[n], State.FIXED), names[n], settings) for n in _fixed(matches)),
        *_judged([Stood(finding, State.FIXED) for finding in fixed], settings),
    ]


def _fixed(matches: Sequence[Matched]) -> Sequence[int]:
    return matches[0].fixed if matches else ()


def _judged(found: Sequence[Stood], settings: Settings) -> list[Judged]:
    names = fingerprints(stood.finding for stood in found)
    return [_judge(stood, name, settings) for stood, name in zip(found, names, strict=True)]


def _by_place(finding: Finding) -> tuple[str, int, str, str, str]:
    return finding.path, finding.line, finding.tool, finding.rule, finding.message


def _judge(stood: Stood, name: str, settings: Settings) -> Judged:
    decision, line = decide(stood.finding, stood.state, settings)
    return Judged(
        finding=stood.finding,
        fingerprint=name,
        state=stood.state,
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
