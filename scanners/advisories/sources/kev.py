"""CISA's catalogue of known exploited vulnerabilities: as published, or CVE to date."""

import re
from dataclasses import dataclass
from datetime import date

from .limits import BrokenFile

CVE = re.compile(r"CVE-([0-9]{4})-([0-9]{4,10})")


@dataclass(frozen=True, slots=True)
class KevCatalogue:
    """The CVEs that are known to be exploited."""

    released: str
    """Day of the catalogue, ISO 8601."""
    cves: frozenset[str]


def is_kev(value: object) -> bool:
    """Whether a JSON value is a catalogue, in either form."""
    return (
        isinstance(value, dict)
        and "catalogVersion" in value
        and ("vulnerabilities" in value or "cves" in value)
    )


def read_kev(value: dict[str, object]) -> KevCatalogue:
    """The catalogue that a JSON value holds. Raises BrokenFile where any of it is odd."""
    listed = value.get("vulnerabilities")
    named = value.get("cves")
    if isinstance(listed, list):
        cves = [each.get("cveID") if isinstance(each, dict) else None for each in listed]
        if value.get("count", len(listed)) != len(listed):
            raise BrokenFile("the KEV catalogue does not hold as many entries as it says")
    else:
        cves = list(named) if isinstance(named, dict | list) else []
    if not cves or not all(isinstance(cve, str) and CVE.fullmatch(cve) for cve in cves):
        raise BrokenFile("the KEV catalogue is empty, or names what is no CVE")
    return KevCatalogue(_released(value.get("dateReleased")), frozenset(map(str, cves)))


def _released(text: object) -> str:
    try:
        return date.fromisoformat(str(text)[:10]).isoformat()
    except ValueError as error:
        raise BrokenFile("the KEV catalogue bears no date") from error
