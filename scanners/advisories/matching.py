"""Which versions an advisory affects: the OSV schema's rules over PEP 440 versions."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from packaging.utils import canonicalize_version
from packaging.version import InvalidVersion, Version

from ...records.finding import MALICIOUS, Level

LOWEST = Version("0.dev0")
"""Sorts before every release: what OSV writes as "0"."""

INTRODUCED, FIXED, LAST_AFFECTED, LIMIT = "introduced", "fixed", "last_affected", "limit"
EVENT_KINDS = (INTRODUCED, FIXED, LAST_AFFECTED, LIMIT)

# At one version the end of an older stretch comes before the start of a new one.
_ORDER = {FIXED: 0, INTRODUCED: 1, LAST_AFFECTED: 2}


class Event(NamedTuple):
    """One step of a range: what begins or ends at a version."""

    kind: str
    """One of EVENT_KINDS."""
    version: str


@dataclass(frozen=True, slots=True)
class Affected:
    """One package in an advisory; affected are the listed versions and those in a range."""

    name: str
    """Canonical (PEP 503)."""
    ranges: tuple[tuple[Event, ...], ...] = ()
    versions: frozenset[str] = frozenset()
    """Canonical (PEP 440), as written where they are no such version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advisory:
    """What is known of one vulnerability."""

    id: str
    aliases: tuple[str, ...] = ()
    summary: str = ""
    severity: Level = Level.UNKNOWN
    cvss: float | None = None
    """Base score from 0 to 10; the highest where there are several."""
    cvss_vector: str = ""
    cwe: int | None = None
    published: str = ""
    """The day, in UTC, as ISO 8601 writes it; empty where the source does not say."""
    affected: tuple[Affected, ...] = ()

    @property
    def is_malicious(self) -> bool:
        """Whether the package is malware, and not merely at fault."""
        return any(name.startswith(MALICIOUS) for name in (self.id, *self.aliases))


@lru_cache(maxsize=65536)
def version_of(text: str) -> Version | None:
    """The PEP 440 version, or None where the text is none."""
    try:
        return Version(text)
    except InvalidVersion:
        return None


def affects(advisory: Advisory, name: str, version: str) -> bool:
    """Whether the advisory affects this version of the package `name` (canonical)."""
    return any(is_affected(part, version) for part in parts_of(advisory, name))


def is_affected(part: Affected, version: str) -> bool:
    """Whether `version` is listed or lies in a range.

    A local version (1.0+cu118) is also looked up as the release it was built from. What
    is no PEP 440 version cannot be ordered: it is affected only where it is listed.
    """
    parsed = version_of(version)
    if parsed is None:
        return version in part.versions
    return _covers(part, parsed) or (
        parsed.local is not None and _covers(part, Version(parsed.public))
    )


def _covers(part: Affected, version: Version) -> bool:
    if _canonical(version) in part.versions:
        return True
    return any(
        stretches.hold(version)
        for stretches in map(_stretches, part.ranges)
        if stretches.are_ordered or not part.versions
    )


def shortened(part: Affected) -> Affected:
    """The same without the listed versions that lie in a range anyway: most of them do."""
    ranges = [_stretches(events) for events in part.ranges]
    if not all(stretches.are_ordered for stretches in ranges):
        return part
    apart = {
        text
        for text in part.versions
        if (version := version_of(text)) is None
        or not any(stretches.hold(version) for stretches in ranges)
    }
    return Affected(part.name, part.ranges, frozenset(apart))


@lru_cache(maxsize=65536)
def _canonical(version: Version) -> str:
    return canonicalize_version(version)


@dataclass(frozen=True, slots=True)
class _Stretches:
    """A range as stretches of affected versions: each with its end, and whether it has that."""

    found: tuple[tuple[Version, Version | None, bool], ...]
    limit: Version | None
    """Nothing from here on is affected."""
    are_ordered: bool
    """Each event has a place among the versions; else a list of versions is to be trusted."""

    def hold(self, version: Version) -> bool:
        """Whether the version lies in one."""
        if self.limit is not None and version >= self.limit:
            return False
        return any(
            start <= version and (end is None or version < end or (has_end and version == end))
            for start, end, has_end in self.found
        )


@lru_cache(maxsize=65536)
def _stretches(events: tuple[Event, ...]) -> _Stretches:
    """OSV's evaluation: below the limits, and the last step at or below says affected."""
    found: list[tuple[Version, Version | None, bool]] = []
    start: Version | None = None
    for bound, kind in sorted(_steps(events), key=lambda step: (step[0], _ORDER[step[1]])):
        if kind == INTRODUCED:
            start = bound if start is None else start
        elif start is not None:
            found.append((start, bound, kind == LAST_AFFECTED))
            start = None
    if start is not None:
        found.append((start, None, False))
    # A limit that is "*" or cannot be ordered limits nothing, and the highest is what counts.
    limits = [version_of(event.version) for event in events if event.kind == LIMIT]
    limit = None if None in limits else max(filter(None, limits), default=None)
    ordered = all(
        version_of(event.version) is not None or (event.kind, event.version) == (LIMIT, "*")
        for event in events
    )
    return _Stretches(tuple(found), limit, ordered)


def _steps(events: Iterable[Event]) -> Iterator[tuple[Version, str]]:
    """Bounds with their kind. What cannot be ordered widens the range, never narrows it."""
    for event in events:
        bound = LOWEST if event.version == "0" else version_of(event.version)
        if event.kind == INTRODUCED:
            yield (LOWEST if bound is None else bound, event.kind)
        elif event.kind != LIMIT and bound is not None:
            yield (bound, event.kind)


def fix_versions(parts: Iterable[Affected], version: str) -> tuple[str, ...]:
    """Versions named as fixes above `version` that none of `parts` affects, lowest first."""
    parts = tuple(parts)
    named = _named_fixes(parts, version)
    return tuple(fix for fix in named if not any(is_affected(part, fix) for part in parts))


def upgrade(affecting: Sequence[Affected], known: Sequence[Affected], version: str) -> str:
    """The lowest version above `version` that mends all of `affecting`; empty if none is known.

    `known` is all that is known of the package: a version that has other advisories is
    taken only where each has. So is a pre-release, unless `version` is one.
    """
    current = version_of(version)
    named = _named_fixes(known, version)
    final = [fix for fix in named if not Version(fix).is_prerelease]
    first, second = (named, []) if current and current.is_prerelease else (final, named)
    return next(
        (
            fix
            for parts in (known, affecting)
            for fixes in (first, second)
            for fix in fixes
            if not any(is_affected(part, fix) for part in parts)
        ),
        "",
    )


def _named_fixes(parts: Iterable[Affected], version: str) -> list[str]:
    """Versions above `version` that `parts` name as fixes, lowest first."""
    current = version_of(version)
    if current is None:
        return []
    named = {
        bound
        for part in parts
        for events in part.ranges
        for bound, kind in _steps(events)
        if kind == FIXED and bound > current
    }
    return [str(bound) for bound in sorted(named)]


def parts_of(advisory: Advisory, name: str) -> tuple[Affected, ...]:
    """What the advisory says of the package `name` (canonical)."""
    return tuple(part for part in advisory.affected if part.name == name)
