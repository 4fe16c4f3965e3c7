"""Which versions an advisory affects: the OSV schema's rules over PEP 440 versions."""

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

from packaging.utils import canonicalize_version
from packaging.version import InvalidVersion, Version

from ...records.finding import Level

LOWEST = Version("0.dev0")
"""Sorts before every release: what OSV writes as "0"."""

INTRODUCED, FIXED, LAST_AFFECTED, LIMIT = "introduced", "fixed", "last_affected", "limit"
EVENT_KINDS = (INTRODUCED, FIXED, LAST_AFFECTED, LIMIT)

# At one version the end of an older stretch comes before the start of a new one.
_ORDER = {FIXED: 0, INTRODUCED: 1, LAST_AFFECTED: 2}


@dataclass(frozen=True, slots=True)
class Event:
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
    cwe: int | None = None
    affected: tuple[Affected, ...] = ()


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
    if canonicalize_version(version) in part.versions:
        return True
    return any(
        _in_range(events, version)
        for events in part.ranges
        if not part.versions or _is_ordered(events)
    )


def _is_ordered(events: Sequence[Event]) -> bool:
    """Whether each event has a place among the versions; else the list alone is to be trusted."""
    return all(
        version_of(event.version) is not None or (event.kind, event.version) == (LIMIT, "*")
        for event in events
    )


def _in_range(events: Sequence[Event], version: Version) -> bool:
    """OSV's evaluation: below one of the limits, and the last step at or below says affected."""
    limits = [_limit(event) for event in events if event.kind == LIMIT]
    if limits and not any(limit is None or version < limit for limit in limits):
        return False
    affected = False
    for bound, kind in sorted(_steps(events), key=lambda step: (step[0], _ORDER[step[1]])):
        if kind == INTRODUCED:
            affected = affected or version >= bound
        elif version > bound or (kind == FIXED and version == bound):
            affected = False
    return affected


def _limit(event: Event) -> Version | None:
    """The bound; None for "*" and for what cannot be ordered: it limits nothing."""
    return version_of(event.version)


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
    current = version_of(version)
    if current is None:
        return ()
    parts = tuple(parts)
    named = {
        bound
        for part in parts
        for events in part.ranges
        for bound, kind in _steps(events)
        if kind == FIXED and bound > current
    }
    fixes = (str(bound) for bound in sorted(named))
    return tuple(fix for fix in fixes if not any(is_affected(part, fix) for part in parts))


def parts_of(advisory: Advisory, name: str) -> tuple[Affected, ...]:
    """What the advisory says of the package `name` (canonical)."""
    return tuple(part for part in advisory.affected if part.name == name)


def merged(primary: str, advisories: Iterable[Advisory], ids: Set[str]) -> Advisory:
    """The advisories that share one of `ids` as one, under the id `primary`.

    The highest severity known wins over an unknown one; text and CWE come from the
    primary where it has them.
    """
    group = sorted(
        (each for each in advisories if not ids.isdisjoint((each.id, *each.aliases))),
        key=lambda each: (each.id != primary, each.id),
    )
    known = [each.severity for each in group if each.severity is not Level.UNKNOWN]
    names = ids | {name for each in group for name in (each.id, *each.aliases)}
    return Advisory(
        id=primary,
        aliases=tuple(sorted(names - {primary})),
        summary=next((each.summary for each in group if each.summary), ""),
        severity=max(known, key=lambda level: level.rank, default=Level.UNKNOWN),
        cwe=next((each.cwe for each in group if each.cwe is not None), None),
        affected=tuple(part for each in group for part in each.affected),
    )
