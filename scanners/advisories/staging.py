"""Records on their way into a new database: kept apart until all are read, then joined."""

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Sequence

from .aliases import merged, vulnerabilities
from .documents import decode, encode
from .sources.osv_records import MalformedRecord, OsvRecord, read_record

MAX_EXAMPLES = 5

STAGED = """
CREATE TEMP TABLE staged (
    id TEXT PRIMARY KEY, modified TEXT, withdrawn INTEGER, aliases TEXT, names TEXT, document BLOB
)
"""


class Staging:
    """Every record read so far, the newest of each id, and what became of them all."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.counts: Counter[str] = Counter()
        self.examples: list[str] = []
        self._connection = connection
        connection.execute(STAGED)

    def add(self, value: object, where: str) -> None:
        """Keep one record, of any shape; `where` tells it to the reader if it is malformed."""
        self.counts["read"] += 1
        try:
            self.counts[self._keep(read_record(value))] += 1
        except (MalformedRecord, ValueError) as error:
            self.counts["malformed"] += 1
            if len(self.examples) < MAX_EXAMPLES:
                self.examples.append(f"{where}: {error}")

    def _keep(self, record: OsvRecord) -> str:
        """Keep one record unless a newer one of its id is there; what became of it."""
        advisory = record.advisory
        if not advisory.affected:
            return "other_ecosystems"
        row = (
            advisory.id,
            record.modified,
            int(record.withdrawn),
            json.dumps(advisory.aliases),
            json.dumps(sorted({part.name for part in advisory.affected})),
            encode(advisory),
        )
        old = self._connection.execute("SELECT * FROM staged WHERE id = ?", row[:1]).fetchone()
        # The whole row decides among equal dates, so that the order of files does not.
        if old is None or row[1:] > old[1:]:
            self._connection.execute("INSERT OR REPLACE INTO staged VALUES (?, ?, ?, ?, ?, ?)", row)
        return "stored" if old is None else "duplicates"

    def join(self) -> int:
        """Fill the tables of the database: aliases become one. How many vulnerabilities."""
        self._connection.execute("INSERT INTO record SELECT id, modified, withdrawn FROM staged")
        rows = "SELECT id, aliases, names FROM staged WHERE withdrawn = 0"
        known = {
            id_: (json.loads(aliases), json.loads(names))
            for id_, aliases, names in self._connection.execute(rows)
        }
        by_name: dict[str, dict[str, list[str]]] = defaultdict(dict)
        for id_, (aliases, names) in known.items():
            for name in names:
                by_name[name][id_] = aliases
        for name in sorted(by_name):
            # A record on another package makes no two holes of this one the same.
            for group in vulnerabilities(by_name[name]):
                # By which record it goes does not depend on the version that is asked for.
                self._store(name, group)
        return len(vulnerabilities({id_: aliases for id_, (aliases, _) in known.items()}))

    def _store(self, name: str, ids: Sequence[str]) -> None:
        """What the records `ids`, which are one vulnerability, say of one package."""
        advisory = merged([decode(self._document(id_)) for id_ in ids], name)
        row = (name, advisory.id, encode(advisory))
        self._connection.execute("INSERT INTO advisory VALUES (?, ?, ?)", row)

    def _document(self, id_: str) -> bytes:
        query = "SELECT document FROM staged WHERE id = ?"
        document: bytes = self._connection.execute(query, (id_,)).fetchone()[0]
        return document
