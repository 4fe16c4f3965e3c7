"""What a database holds as digests: the same for the same content, whatever came first."""

import hashlib
import json
import sqlite3

from .documents import unpacked

NO_ROWS = hashlib.sha256().hexdigest()
"""The digest of a part that was never imported."""
_ROWS = {
    "kev": "SELECT cve FROM exploited ORDER BY cve",
    "epss": "SELECT cve, probability FROM epss ORDER BY cve",
}


def digest_of(connection: sqlite3.Connection, part: str) -> str:
    """sha256 over one of the parts as it stands in the tables."""
    digest = hashlib.sha256()
    if part != "advisories":
        # This very text is checked again, so that its form has only to be unambiguous.
        rows = connection.execute(_ROWS[part])
        while some := rows.fetchmany(10_000):
            digest.update(repr(some).encode())
        return digest.hexdigest()
    for name, id_, document in connection.execute("SELECT * FROM advisory ORDER BY name, id"):
        content = unpacked(document)
        digest.update(json.dumps([name, id_, len(content)]).encode() + content)
    for row in connection.execute("SELECT id, modified, withdrawn FROM record ORDER BY id"):
        digest.update(json.dumps(row).encode())
    return digest.hexdigest()
