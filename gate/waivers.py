"""Waivers: somebody answers, until a day, for what would stop a change. No other files, no git.

A waiver covers what would block, and gaps that would make the verdict INCOMPLETE; never that a
change edits what it is judged by.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import Enum, auto
from fnmatch import fnmatchcase
from types import MappingProxyType

from ..records.finding import Finding, Level, Skipped
from ..records.fingerprint import defect, defect_of
from ..records.path_class import PathClass, path_class
from ..records.path_glob import matches_glob
from ..records.run import Decision, Judged, SkippedItem, State

NOTICE_DAYS = 14
"""A waiver that ends within so many days is told."""
NEVER_WAIVED = frozenset({("tidegate", "TG101"), ("tidegate", "TG102")})
"""Findings about what a change is judged by."""
NEVER_WAIVED_GAPS = frozenset({"what judges", "policy of a folder"})
"""The same for gaps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """Which findings, or which gaps, a waiver is about; what is empty asks for nothing."""

    tool: str = ""
    rule: str = ""
    paths: tuple[str, ...] = ()
    """Globs, of which one has to fit."""
    path_class: PathClass | None = None
    advisory: str = ""
    """An advisory's own id or one of its aliases."""
    skipped: str = ""
    """A glob on the reason of a gap: with it the pattern is about gaps."""
    what: str = ""
    """What was not looked at, to the letter."""

    def __str__(self) -> str:
        what = self.advisory or self.skipped or self.rule
        where = self.what or ", ".join(self.paths)
        return f"{what} in {where}" if where else what

    def fits(self, finding: Finding) -> bool:
        """Whether it is about a finding."""
        return (
            not self.skipped
            and self.tool in ("", finding.tool, defect(finding)[0])
            and (not self.rule or self._is_rule_of(finding))
            and (not self.advisory or _is_known_as(finding, self.advisory))
            and self.is_about(finding.path)
        )

    def fits_gap(self, gap: Skipped) -> bool:
        """Whether it is about a gap."""
        return (
            bool(self.skipped)
            and fnmatchcase(gap.reason, self.skipped)
            and self.tool in ("", gap.tool)
            and self.what in ("", gap.what)
            and self.is_about(gap.path)
        )

    def _is_rule_of(self, finding: Finding) -> bool:
        """Bandit's and ruff's names of one rule are one."""
        return self.rule == finding.rule or defect_of("ruff", self.rule) == defect(finding)

    def is_about(self, path: str) -> bool:
        """Whether it is about what is in a file."""
        if self.path_class not in (None, path_class(path)):
            return False
        return not self.paths or any(matches_glob(path, glob) for glob in self.paths)


def _is_known_as(finding: Finding, advisory: str) -> bool:
    package = finding.package
    names = (package.advisory, *package.aliases) if package else ()
    return advisory.casefold() in map(str.casefold, names)


BlobOf = Callable[[str], str]
"""A path to git's id of its content at head; empty where that is not known."""


class Force(Enum):
    """Whether a waiver counts."""

    IN_FORCE = auto()
    EXPIRED = auto()
    TOO_FAR = auto()
    """It would last longer than waivers may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """One entry of the file: who answers for what, why and until when."""

    number: int
    """Of the entry in its file, from 1."""
    owner: str
    reason: str
    until: date
    """The last day on which it counts, in UTC."""
    ticket: str = ""
    fingerprint: str = ""
    """The finding; where it is empty, `pattern` says what is waived."""
    pattern: Pattern = field(default_factory=Pattern)
    blob: str = ""
    """Git's id of the content of the file: other content is not covered. Empty for any."""
    severity_at_most: Level | None = None
    """What is graver is not covered."""

    @property
    def target(self) -> str:
        """What is waived, in words."""
        return f"finding {self.fingerprint[:12]}" if self.fingerprint else str(self.pattern)

    @property
    def decided_by(self) -> str:
        """The sentence that a report gives for what it covers."""
        ticket = f", {self.ticket}" if self.ticket else ""
        return f"waiver of {self.owner} until {self.until}: {self.reason}{ticket}"

    def force(self, today: date, max_days: int) -> Force:
        """Whether it counts on a day, where waivers may last `max_days` days from then."""
        left = (self.until - today).days
        if left < 0:
            return Force.EXPIRED
        return Force.TOO_FAR if left > max_days else Force.IN_FORCE

    def covers(self, finding: Finding, fingerprint: str, blob_of: BlobOf) -> bool:
        """Whether it is about a finding, as grave as it is, in the content that it has."""
        most = self.severity_at_most
        return (
            self.names(finding, fingerprint)
            and defect(finding) not in NEVER_WAIVED
            and (most is None or finding.severity.rank <= most.rank)
            and self._is_of_content(finding.path, blob_of)
        )

    def names(self, finding: Finding, fingerprint: str) -> bool:
        """Whether it is about a finding, whatever became of it."""
        if self.fingerprint:
            return self.fingerprint == fingerprint
        return self.pattern.fits(finding)

    def covers_no_more_than(self, other: "Waiver") -> bool:
        """Whether another entry names the same, as grave and in the same content or more."""
        same = (self.fingerprint, self.pattern) == (other.fingerprint, other.pattern)
        mine, most = self.severity_at_most, other.severity_at_most
        is_as_grave = most is None or (mine is not None and mine.rank <= most.rank)
        return same and is_as_grave and other.blob in ("", self.blob)

    def covers_gap(self, gap: Skipped, blob_of: BlobOf) -> bool:
        """Whether it is about a gap, in the content that its file has."""
        if self.fingerprint or gap.what in NEVER_WAIVED_GAPS:
            return False
        return self.pattern.fits_gap(gap) and self._is_of_content(gap.path, blob_of)

    @property
    def names_one_place(self) -> bool:
        """Whether what it can name is in one file."""
        if self.fingerprint:
            return True
        return len(self.pattern.paths) == 1 and not set("*?[") & set(self.pattern.paths[0])

    def _is_of_content(self, path: str, blob_of: BlobOf) -> bool:
        return not self.blob or self.blob == blob_of(path)


@dataclass(frozen=True, slots=True)
class Waivers:
    """The entries of the file, those that count today first."""

    in_force: tuple[Waiver, ...] = ()
    lapsed: tuple[Waiver, ...] = ()
    """Expired, or further ahead than waivers may last."""
    today: date = date.min
    max_days: int = 0


def waivers_of(entries: Sequence[Waiver], today: date, max_days: int) -> Waivers:
    """The entries of the file sorted by whether they count on a day."""
    by_force = [(waiver, waiver.force(today, max_days)) for waiver in entries]
    return Waivers(
        tuple(waiver for waiver, force in by_force if force is Force.IN_FORCE),
        tuple(waiver for waiver, force in by_force if force is not Force.IN_FORCE),
        today,
        max_days,
    )


def waived(
    findings: Iterable[Judged], waivers: Waivers, blob_of: BlobOf = lambda _path: ""
) -> list[Judged]:
    """The findings, those that would block and are covered waived."""
    return [_waived(item, waivers, blob_of) for item in findings]


def _waived(item: Judged, waivers: Waivers, blob_of: BlobOf) -> Judged:
    if item.decision is not Decision.BLOCK:
        return item
    past = item.past_blob
    holds = (lambda _path: past) if past else blob_of
    for waiver in waivers.in_force:
        is_moved_in = any(not waiver.pattern.is_about(path) for path in item.former_paths)
        if waiver.covers(item.finding, item.fingerprint, holds) and not is_moved_in:
            return replace(item, decision=Decision.WAIVED, decided_by=waiver.decided_by)
    return item


def waived_gaps(
    items: Iterable[SkippedItem],
    waivers: Waivers,
    blob_of: BlobOf = lambda _path: "",
    former: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> list[SkippedItem]:
    """The gaps, those that would keep the verdict from PASS and are covered waived.

    `former` are the paths from which the change moved files, by those that they have now.
    """
    return [
        _waived_gap(item, waivers, blob_of, former.get(item.skipped.path, ())) for item in items
    ]


def _waived_gap(
    item: SkippedItem, waivers: Waivers, blob_of: BlobOf, former: Sequence[str]
) -> SkippedItem:
    if item.decision not in (Decision.BLOCK, Decision.INCOMPLETE):
        return item
    for waiver in waivers.in_force:
        is_moved_in = any(not waiver.pattern.is_about(path) for path in former)
        if waiver.covers_gap(item.skipped, blob_of) and not is_moved_in:
            return replace(item, decision=Decision.WAIVED, decided_by=waiver.decided_by)
    return item


def notices_of(waivers: Waivers, findings: Iterable[Judged] = ()) -> Iterator[str]:
    """Which waivers do not count, which will soon not, and which the change makes idle."""
    renewed = {(waiver.fingerprint, waiver.pattern) for waiver in waivers.in_force}
    for waiver in waivers.lapsed:
        if (waiver.fingerprint, waiver.pattern) not in renewed:
            yield f"{_named(waiver)} {_lapse(waiver, waivers)}"
    for waiver in waivers.in_force:
        left = (waiver.until - waivers.today).days
        if left <= NOTICE_DAYS:
            days = "today" if left == 0 else f"in {left} day{'s' * (left > 1)}, on {waiver.until}"
            yield f"{_named(waiver)} ends {days}: mend it, or renew it on the base branch"
    yield from _idle(waivers, findings)


def _idle(waivers: Waivers, findings: Iterable[Judged]) -> Iterator[str]:
    """Which waivers do nothing any more, as far as one change can tell.

    That is where all that they can name is gone at head, or stood at the base already.
    """
    known = list(findings)
    for waiver in waivers.in_force:
        states = {i.state for i in known if waiver.names(i.finding, i.fingerprint)}
        if states == {State.FIXED} and waiver.names_one_place:
            yield f"{_named(waiver)} covers nothing after this change: remove it"
        if states == {State.EXISTING} and waiver.fingerprint:
            yield f"{_named(waiver)} names what stands at the base already: remove it"


def _lapse(waiver: Waiver, waivers: Waivers) -> str:
    if waiver.force(waivers.today, waivers.max_days) is Force.EXPIRED:
        return f"expired on {waiver.until} and does not count: renew or remove it"
    limit = f"waiver-max-days = {waivers.max_days}"
    return f"lasts until {waiver.until} and does not count: {limit} at most"


def lapses(waivers: Waivers) -> list[str]:
    """Each waiver that would not count, and why."""
    return [f"{_named(waiver)} {_lapse(waiver, waivers)}" for waiver in waivers.lapsed]


def _named(waiver: Waiver) -> str:
    return f"waiver {waiver.number} ({waiver.owner}: {waiver.target})"
