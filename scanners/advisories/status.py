"""What an advisory database says of itself: its parts, each imported for itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sqlite3

PARTS = ("advisories", "kev", "epss")
"""The kinds of content: an import replaces those that it brings and keeps the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """What was imported beside the advisories: CISA's KEV or EPSS."""

    dated: str
    """The day it is of, ISO 8601."""
    entries: int
    sources: tuple[str, ...]
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseStatus:
    """What the database says of itself."""

    records: int
    """Records of its sources that are matched."""
    vulnerabilities: int
    """What they are about: records that are aliases count once."""
    packages: int
    withdrawn: int
    """Records that their source took back: kept out of matching."""
    malformed: int
    """Records that the import could not read."""
    modified: str
    """When its newest record was modified, ISO 8601 in UTC."""
    built_at: str
    sources: tuple[str, ...]
    kev: Catalogue | None
    epss: Catalogue | None
    digest: str
    """sha256 over the content, the same whatever the order it was imported in."""


def noted_parts(connection: "sqlite3.Connection") -> dict[str, dict[str, Any]]:
    """What was noted of each part that was imported."""
    import json

    rows = connection.execute("SELECT part, value FROM meta")
    return {str(part): dict(json.loads(value)) for part, value in rows}


def status_of(parts: Mapping[str, Mapping[str, Any]]) -> DatabaseStatus:
    """The notes on all parts as one; raises KeyError, ValueError or TypeError."""
    from datetime import datetime

    noted = parts["advisories"]
    return DatabaseStatus(
        records=int(noted["records"]),
        vulnerabilities=int(noted["vulnerabilities"]),
        packages=int(noted["packages"]),
        withdrawn=int(noted["withdrawn"]),
        malformed=int(noted["malformed"]),
        modified=datetime.fromisoformat(noted["modified"]).isoformat(),
        built_at=max(str(part["built_at"]) for part in parts.values()),
        sources=tuple(str(name) for name in noted["sources"]),
        kev=_catalogue(parts.get("kev")),
        epss=_catalogue(parts.get("epss")),
        digest=_joined({name: str(part["digest"]) for name, part in parts.items()}),
    )


def _catalogue(noted: Mapping[str, Any] | None) -> Catalogue | None:
    if noted is None:
        return None
    return Catalogue(
        dated=str(noted["dated"]),
        entries=int(noted["entries"]),
        sources=tuple(map(str, noted["sources"])),
        digest=str(noted["digest"]),
    )


def _joined(digests: Mapping[str, str]) -> str:
    """One digest of all parts."""
    import hashlib
    import json

    return hashlib.sha256(json.dumps(digests, sort_keys=True).encode()).hexdigest()
