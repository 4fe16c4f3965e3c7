"""A baseline, for adopting on an old code base: the findings that a tree had already.

An entry bears no line, no time and no order, so that merging two baselines is the union of
their lines. A finding is known where an entry matches it, one to one; what was edited is new.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import PurePosixPath

from ..records.finding import Finding, Level, Skipped
from ..records.fingerprint import defect, defect_of
from ..records.path_class import path_class
from ..records.run import State
from .matching import Stages, match, same_code

Identity = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One known finding."""

    path: str
    tool: str
    rule: str
    scope: str
    code: str
    """Short digest of the snippet; empty where there is none."""
    severity: Level
    confidence: Level
    """As the tool rated it: a finding that it rates higher is not known."""
    occurrence: int = 0
    """The how-manieth of those that are alike in all but their rating, from 0."""

    @property
    def identity(self) -> Identity:
        """What is the same for entries that only their number tells apart."""
        return self.path, *defect_of(self.tool, self.rule), self.scope, self.code


@dataclass(frozen=True, slots=True)
class Compared:
    """The findings of a tree against a baseline."""

    known: tuple[bool, ...]
    """Of each finding, in their order."""
    stale: tuple[Entry, ...]
    """Entries whose finding went away, or is of other code now."""
    unseen: tuple[Entry, ...]
    """Entries without a finding whose place was not looked at: nothing is known of them."""


def entries_of(findings: Iterable[Finding]) -> tuple[Entry, ...]:
    """An entry for each finding, those that are alike numbered."""
    counts: Counter[Identity] = Counter()
    entries = []
    for finding in findings:
        entry = Entry(
            path=finding.path,
            tool=finding.tool,
            rule=finding.rule,
            scope=finding.scope,
            code=digest_of(finding),
            severity=finding.severity,
            confidence=finding.confidence,
        )
        entries.append(replace(entry, occurrence=counts[entry.identity]))
        counts[entry.identity] += 1
    return tuple(entries)


def digest_of(finding: Finding) -> str:
    """What an entry tells of the code: 24 hexadecimal digits in three groups, or nothing.

    In one piece they would look like a key to tools that search for secrets, ours among them.
    """
    raw = finding.snippet.encode("utf-8", "surrogatepass")
    return blake2b(raw, digest_size=12).digest().hex("-", 4) if raw else ""


def as_set(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Each finding once, in order: a union of lines may bring one with two ratings.

    The lower one counts, so that neither hides a graver finding.
    """
    found: dict[tuple[Identity, int], Entry] = {}
    for entry in entries:
        key = entry.identity, entry.occurrence
        other = found.get(key)
        found[key] = _lower(entry, other) if other else entry
    return tuple(found[key] for key in sorted(found))


def _lower(entry: Entry, other: Entry) -> Entry:
    severity, confidence = (
        min(levels, key=lambda level: (level.rank, level))
        for levels in (
            (entry.severity, other.severity),
            (entry.confidence, other.confidence),
        )
    )
    return replace(entry, severity=severity, confidence=confidence)


def compare(
    entries: Sequence[Entry],
    findings: Sequence[Finding],
    renames: Mapping[str, str] | None = None,
    *,
    looked_at: Callable[[Entry], bool] = lambda _entry: True,
    is_there: Callable[[str], bool] = lambda _path: True,
) -> Compared:
    """Which findings are known, and which entries no finding matched.

    `renames` maps a path of the baseline to what git sees it renamed to. `looked_at` tells
    whether what an entry is about was looked for in its place, `is_there` whether the tree has
    a file of a path: where it has not, findings may have moved with it.
    """
    base = [_finding(entry) for entry in entries]
    head = [replace(finding, snippet=digest_of(finding)) for finding in findings]
    in_place = match(base, head, renames or {}, IN_PLACE)
    states = list(in_place.states)
    left = [n for n, state in enumerate(states) if state is State.NEW]
    gone = [n for n in in_place.fixed if not is_there(entries[n].path)]
    moved = match([base[n] for n in gone], [head[n] for n in left], {}, IN_MOVED_FILE)
    for n, state in zip(left, moved.states, strict=True):
        states[n] = state
    unmoved = {gone[n] for n in moved.fixed}
    rest = [entries[n] for n in in_place.fixed if n not in set(gone) or n in unmoved]
    return Compared(
        known=tuple(state is State.EXISTING for state in states),
        stale=tuple(entry for entry in rest if looked_at(entry)),
        unseen=tuple(entry for entry in rest if not looked_at(entry)),
    )


def _finding(entry: Entry) -> Finding:
    """An entry as matching wants it."""
    return Finding(
        tool=entry.tool,
        rule=entry.rule,
        message="",
        path=entry.path,
        line=0,
        end_line=0,
        severity=entry.severity,
        confidence=entry.confidence,
        remedy="",
        scope=entry.scope,
        snippet=entry.code,
    )


def _same_code_in_moved_file(finding: Finding) -> tuple[object, ...]:
    name = PurePosixPath(finding.path).name
    return *defect(finding), path_class(finding.path), name, finding.scope, finding.snippet


IN_PLACE: Stages = ((same_code, State.EXISTING),)
IN_MOVED_FILE: Stages = ((_same_code_in_moved_file, State.EXISTING),)
"""For files that are gone: what a change of folders does, seen without git."""


def updated(findings: Sequence[Finding], found: Compared) -> list[Entry]:
    """The entries of what is there now, and those of what was not looked at."""
    return [*entries_of(findings), *found.unseen]


def pruned(entries: Sequence[Entry], found: Compared) -> list[Entry]:
    """The entries but for those that are stale."""
    stale = set(found.stale)
    return [entry for entry in entries if entry not in stale]


_BY_FILE_ALONE = frozenset({"bandit", "secrets", "tidegate"})
"""Tools of ours that need nothing but the files."""


def looked_for(
    gaps: Iterable[Skipped], tools: Iterable[str], is_within: Callable[[str], bool]
) -> Callable[[Entry], bool]:
    """Whether what an entry is about was looked for in its place.

    That is so where its path `is_within` what was looked at, its tool is one of `tools`, and
    no gap is of its file, of a folder of it, or of its tool as a whole.
    """
    looked = {defect_of(tool, "")[0] for tool in tools}
    told = list(gaps)
    places = {gap.path or gap.what for gap in told}
    whole = {defect_of(gap.tool, "")[0] for gap in told if not gap.path}

    def answer(entry: Entry) -> bool:
        tool = defect_of(entry.tool, entry.rule)[0]
        heard = tool in looked and tool not in whole
        heard = heard and ("" not in whole or tool in _BY_FILE_ALONE)
        around = (entry.path, *map(str, PurePosixPath(entry.path).parents))
        return heard and places.isdisjoint(around) and is_within(entry.path)

    return answer
