"""Every match of the advisory database against what the records list themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.version import Version

from tidegate.scanners.advisories.matching import Advisory, affects, version_of
from tidegate.scanners.advisories.sources.files import values
from tidegate.scanners.advisories.sources.osv_records import MalformedRecord, read_record


@dataclass(frozen=True, slots=True)
class Agreement:
    """Every pair of an advisory and a version that any advisory on its package lists."""

    pairs: int
    missed: int
    """Listed as affected, and not matched."""
    false: int
    """Matched, though neither listed nor in a range by the oracle."""
    by_range_only: int
    """Matched by range, and not listed: affected by OSV's rule, most are pre-releases."""


def records_of(data: Path) -> dict[str, dict[str, Any]]:
    """The records for PyPI as they were written, by id; none that are withdrawn or malformed."""
    found: dict[str, dict[str, Any]] = {}
    for _, value in values(data, str(data)):
        try:
            record = read_record(value)
        except MalformedRecord:
            continue
        if isinstance(value, dict) and record.advisory.affected and not record.withdrawn:
            found[record.advisory.id] = value
    return found


Listed = Mapping[str, Mapping[str, set[str]]]
"""The versions that records list as affected, by package and the id of the record."""


def listed_by(records: Mapping[str, dict[str, Any]]) -> Listed:
    """What the records list themselves: the database leaves out what lies in a range too."""
    found: dict[str, dict[str, set[str]]] = {}
    for id_, value in records.items():
        for part in read_record(value).advisory.affected:
            found.setdefault(part.name, {}).setdefault(id_, set()).update(part.versions)
    return found


def agreement(advisories: Mapping[str, Sequence[Advisory]], listed: Listed) -> Agreement:
    """Hold every match against what the records list themselves."""
    pairs = missed = false = by_range = 0
    for name, each in advisories.items():
        universe = set().union(*listed[name].values())
        for one in each:
            names = {one.id, *one.aliases} & listed[name].keys()
            affected = set().union(*(listed[name][id_] for id_ in names))
            for version in universe:
                pairs += 1
                matched = affects(one, name, version)
                missed += version in affected and not matched
                if matched and version not in affected:
                    within = _in_a_range(one, version)
                    by_range += within
                    false += not within
    return Agreement(pairs, missed, false, by_range)


def _in_a_range(advisory: Advisory, text: str) -> bool:
    """An oracle of its own: the state after the last event at or below the version."""
    version = version_of(text)
    if version is None:
        return False
    for events in (events for part in advisory.affected for events in part.ranges):
        state = False
        for bound, kind in sorted((_bound(event.version), event.kind) for event in events):
            if kind == "introduced" and bound <= version:
                state = True
            elif (kind == "fixed" and bound <= version) or (
                kind == "last_affected" and bound < version
            ):
                state = False
        if state:
            return True
    return False


def _bound(text: str) -> Version:
    return Version("0.dev0") if text == "0" else version_of(text) or Version("0.dev0")
