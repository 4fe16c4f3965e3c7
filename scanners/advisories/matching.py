"""Which versions an advisory affects: the OSV schema's rules over PEP 440 versions."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from packaging.utils import canonicalize_version
from packaging.version import InvalidVersion, Version

from ...records.finding import Level

LOWEST = Version("0.dev0")
"""Sorts before every release: what OSV writes as "0"."""

INTRODUCED, FIXED, LAST_AFFECTED, LIMIT = "introduced", "fixed", "last_affected", "limit"
MALICIOUS = "MAL-"
"""How the ids of packages begin that are malware themselves."""
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
    cvss: float | None = None
    """Base score from 0 to 10; the highest where there are several."""
    cvss_vector: str = ""
    cwe: int | None = None
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


def fix_versions(
    parts: Iterable[Affected], version: str, mending: Iterable[Affected] | None = None
) -> tuple[str, ...]:
    """Versions that `parts` name as fixes above `version`, lowest first.

    Only those that none of `mending` affects, which are `parts` themselves unless given.
    """
    current = version_of(version)
    if current is None:
        return ()
    parts = tuple(parts)
    mended = parts if mending is None else tuple(mending)
    named = {
        bound
        for part in parts
        for events in part.ranges
        for bound, kind in _steps(events)
        if kind == FIXED and bound > current
    }
    fixes = (str(bound) for bound in sorted(named))
    return tuple(fix for fix in fixes if not any(is_affected(part, fix) for part in mended))


def upgrade(affecting: Sequence[Affected], known: Sequence[Affected], version: str) -> str:
    """The lowest version above `version` that mends all of `affecting`; empty if none is known.

    `known` is all that is known of the package: a version that has other advisories is
    taken only where each has. So is a pre-release, unless `version` is one.
    """
    current = version_of(version)
    if current is None:
        return ""
    fixes = fix_versions(known, version, mending=affecting)
    clean = [fix for fix in fixes if not any(is_affected(part, fix) for part in known)]
    candidates = clean or fixes
    final = [fix for fix in candidates if current.is_prerelease or not Version(fix).is_prerelease]
    return next(iter(final or candidates), "")


def parts_of(advisory: Advisory, name: str) -> tuple[Affected, ...]:
    """What the advisory says of the package `name` (canonical)."""
    return tuple(part for part in advisory.affected if part.name == name)
