"""One OSV record, of whatever shape a file may hold, to an advisory for PyPI packages."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from packaging.utils import InvalidName, canonicalize_name, canonicalize_version

from ....records.finding import MALICIOUS, Level, gravest_of
from ..matching import EVENT_KINDS, Advisory, Affected, Event
from .cvss_vectors import Score, gravest

ORDERED_RANGES = ("ECOSYSTEM", "SEMVER")
"""Ranges over versions; the others are over commits."""
EMBEDDED_MALICE = 506
"""CWE of what malware is; its records tell it elsewhere, or not at all."""
MAX_TEXT = 300
"""Characters kept of a summary, and allowed in a version."""

# The advisories of one package list the same versions over and over.
_canonical_version = lru_cache(maxsize=65536)(canonicalize_version)
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,127}")
_CWE = re.compile(r"CWE-([0-9]{1,6})")
_SEVERITIES = {
    "LOW": Level.LOW,
    "MODERATE": Level.MEDIUM,
    "MEDIUM": Level.MEDIUM,
    "HIGH": Level.HIGH,
    "CRITICAL": Level.CRITICAL,
}


class MalformedRecord(Exception):
    """The value is no OSV record, or one that could only be half understood."""


class MalformedDate(MalformedRecord):
    """One of its dates is none."""


@dataclass(frozen=True, slots=True)
class OsvRecord:
    """One record as far as it concerns PyPI."""

    advisory: Advisory
    """Affects no package where the record is about other ecosystems only."""
    modified: str
    """ISO 8601 in UTC."""
    withdrawn: bool


def read_record(value: object) -> OsvRecord:
    """Read one record; what decides a match must be sound, the rest may be missing.

    Raises MalformedRecord.
    """
    record = _table(value, "record")
    id_ = _identifier(record.get("id"))
    score = gravest(_vectors(record))
    return OsvRecord(
        advisory=Advisory(
            id=id_,
            aliases=tuple(_identifiers(record.get("aliases"))),
            summary=_summary(record),
            severity=_severity(record, id_, score),
            cvss=score.score if score else None,
            cvss_vector=score.vector if score else "",
            cwe=EMBEDDED_MALICE if id_.startswith(MALICIOUS) else _cwe(record),
            published=_day(record.get("published")),
            affected=tuple(_affected(_items(record, "affected"))),
        ),
        modified=_timestamp(_text(record.get("modified"), "modified")),
        withdrawn=_is_withdrawn(record.get("withdrawn")),
    )


def _affected(entries: Iterable[object]) -> Iterator[Affected]:
    for entry in entries:
        table = _table(entry, "affected")
        package = table.get("package")
        if package is None:  # about commits of a repository only
            continue
        ecosystem = _text(_table(package, "package").get("ecosystem"), "ecosystem")
        if ecosystem.partition(":")[0].strip().casefold() == "pypi":
            yield _affected_package(table)


def _affected_package(table: dict[str, object]) -> Affected:
    name = _text(_table(table["package"], "package").get("name"), "package name")
    part = Affected(
        name=_canonical(name),
        ranges=tuple(_ranges(_items(table, "ranges"))),
        versions=frozenset(
            _canonical_version(_text(version, "version")) for version in _items(table, "versions")
        ),
    )
    if not part.ranges and not part.versions:
        raise MalformedRecord(f"no versions of {part.name} are named")
    return part


def _ranges(ranges: Iterable[object]) -> Iterator[tuple[Event, ...]]:
    for each in ranges:
        table = _table(each, "range")
        if table.get("type") in ORDERED_RANGES:
            yield tuple(_events(_items(table, "events")))
        elif table.get("type") != "GIT":
            raise MalformedRecord("range of an unknown type")


def _events(events: Iterable[object]) -> Iterator[Event]:
    for each in events:
        for kind, version in _table(each, "event").items():
            if kind not in EVENT_KINDS:
                raise MalformedRecord("event of an unknown kind")
            yield Event(kind, _text(version, "event"))


def _canonical(name: str) -> str:
    try:
        return canonicalize_name(name, validate=True)
    except InvalidName as error:
        raise MalformedRecord("package name that no package can have") from error


def _is_withdrawn(value: object) -> bool:
    """Whether it is taken back by now; at a time that is none, or is to come, it is not."""
    if not value:
        return False
    try:
        moment = _timestamp(_text(value, "withdrawn"))
    except MalformedDate:
        return False
    return moment <= datetime.now(UTC).isoformat(timespec="seconds")


def _timestamp(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC).isoformat(timespec="seconds")
    except (ValueError, OverflowError) as error:
        raise MalformedDate("modified is no date") from error


def _day(value: object) -> str:
    """The day of a time; empty where it is none."""
    try:
        return _timestamp(value).partition("T")[0] if isinstance(value, str) else ""
    except MalformedDate:
        return ""


def _identifier(value: object) -> str:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise MalformedRecord("id is missing or no identifier")
    return value


def _identifiers(value: object) -> Iterator[str]:
    for each in value if isinstance(value, list) else []:
        if isinstance(each, str) and _ID.fullmatch(each):
            yield each


def _summary(record: dict[str, object]) -> str:
    """One bounded line of the summary, else of the details."""
    for key in ("summary", "details"):
        value = record.get(key)
        if isinstance(value, str) and value.strip():
            line = " ".join(value[: 10 * MAX_TEXT].split())
            clean = line.encode("utf-8", "replace").decode("utf-8")
            return clean if len(clean) <= MAX_TEXT else f"{clean[: MAX_TEXT - 1]}…"
    return ""


def _severity(record: dict[str, object], id_: str, score: Score | None) -> Level:
    """The gravest of what the record says, its vectors come to, and malice."""
    specific = record.get("database_specific")
    name = specific.get("severity") if isinstance(specific, dict) else None
    said = _SEVERITIES.get(name.upper(), Level.UNKNOWN) if isinstance(name, str) else Level.UNKNOWN
    scored = score.level if score else Level.UNKNOWN
    malice = Level.CRITICAL if id_.startswith(MALICIOUS) else Level.UNKNOWN
    return gravest_of((said, scored, malice))


def _vectors(record: dict[str, object]) -> Iterator[object]:
    """The CVSS vectors of the record and of its packages."""
    affected = record.get("affected")
    for table in [record, *(affected if isinstance(affected, list) else [])]:
        severities = table.get("severity") if isinstance(table, dict) else None
        for each in severities if isinstance(severities, list) else []:
            if isinstance(each, dict) and str(each.get("type")).startswith("CVSS_"):
                yield each.get("score")


def _cwe(record: dict[str, object]) -> int | None:
    specific = record.get("database_specific")
    ids = specific.get("cwe_ids") if isinstance(specific, dict) else None
    for each in ids if isinstance(ids, list) else []:
        if isinstance(each, str) and (match := _CWE.fullmatch(each)):
            return int(match[1])
    return None


def _table(value: object, what: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise MalformedRecord(f"{what} is no object")
    return value


def _items(table: dict[str, object], key: str) -> list[object]:
    value = table.get(key)
    if value is None:
        return []
    if not isinstance(value, list):
        raise MalformedRecord(f"{key} is no list")
    return value


def _text(value: object, what: str) -> str:
    if not isinstance(value, str) or not value or len(value) > MAX_TEXT or not value.isprintable():
        raise MalformedRecord(f"{what} is missing or no short text")
    return value
