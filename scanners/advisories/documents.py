"""How an advisory is stored: compressed JSON, bounded on the way in and on the way out."""

import json
import zlib
from typing import Any

from ...records.finding import Level
from .matching import Advisory, Affected, Event

MAX_DOCUMENT_BYTES = 4 * 1024 * 1024
"""The largest advisory, unpacked."""


def encode(advisory: Advisory) -> bytes:
    """The stored form; raises ValueError where it would be larger than is ever read."""
    document = {
        "id": advisory.id,
        "aliases": advisory.aliases,
        "summary": advisory.summary,
        "severity": advisory.severity,
        "cvss": advisory.cvss,
        "cvss_vector": advisory.cvss_vector,
        "cwe": advisory.cwe,
        "published": advisory.published,
        "affected": [
            {
                "name": part.name,
                "ranges": [[[e.kind, e.version] for e in events] for events in part.ranges],
                "versions": sorted(part.versions),
            }
            for part in advisory.affected
        ],
    }
    content = json.dumps(document, sort_keys=True, separators=(",", ":")).encode()
    if len(content) > MAX_DOCUMENT_BYTES:
        raise ValueError(f"larger than {MAX_DOCUMENT_BYTES} bytes")
    return zlib.compress(content, 6)


def decode(document: bytes) -> Advisory:
    """The advisory of a stored form; raises ValueError, KeyError, TypeError or zlib.error."""
    value: dict[str, Any] = json.loads(unpacked(document))
    return Advisory(
        id=str(value["id"]),
        aliases=tuple(map(str, value["aliases"])),
        summary=str(value["summary"]),
        severity=Level(value["severity"]),
        cvss=None if value["cvss"] is None else float(value["cvss"]),
        cvss_vector=str(value["cvss_vector"]),
        cwe=None if value["cwe"] is None else int(value["cwe"]),
        # Databases that were built before it was kept are read all the same.
        published=str(value.get("published", "")),
        affected=tuple(map(_affected, value["affected"])),
    )


def _affected(value: dict[str, Any]) -> Affected:
    return Affected(
        name=str(value["name"]),
        ranges=tuple(
            tuple(Event(str(kind), str(version)) for kind, version in events)
            for events in value["ranges"]
        ),
        versions=frozenset(map(str, value["versions"])),
    )


def unpacked(document: bytes) -> bytes:
    """The JSON of a stored form. Raises ValueError or zlib.error."""
    unpacker = zlib.decompressobj()
    content = unpacker.decompress(document, MAX_DOCUMENT_BYTES)
    if not unpacker.eof:
        raise ValueError("an advisory is larger than any that was imported, or cut short")
    return content
