"""The SQLite file that holds the state of a history: its tables, and how it is opened."""

import sqlite3
import sys
from dataclasses import fields
from pathlib import Path

from ...errors import IncompleteError, UsageError
from .features import Features

SCHEMA = f"1 {sys.byteorder}"
APPLICATION = b"TDGH"
"""Tells the file from any other SQLite database."""
_DAMAGE = ("SQLITE_ERROR", "SQLITE_CORRUPT", "SQLITE_NOTADB")
PATIENCE = 10.0
"""Seconds to wait for another run that writes."""
COLUMNS = tuple(field.name for field in fields(Features))
_TABLES = f"""
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT);
CREATE TABLE origin (id INTEGER PRIMARY KEY, path BLOB, version TEXT, live INTEGER, lines BLOB);
CREATE UNIQUE INDEX origin_version ON origin (path, version);
CREATE INDEX origin_live ON origin (live);
CREATE TABLE file (path BLOB PRIMARY KEY, last INTEGER, faults INTEGER, commits BLOB, authors BLOB);
CREATE TABLE author (key TEXT PRIMARY KEY, value TEXT);
CREATE TABLE landed (number INTEGER PRIMARY KEY, sha TEXT, author TEXT, change INTEGER);
CREATE INDEX landed_sha ON landed (sha);
CREATE TABLE row (change INTEGER, unit INTEGER, sha TEXT, author TEXT, time INTEGER, skipped TEXT,
  excluded TEXT,
  {", ".join(COLUMNS)});
CREATE TABLE labeller (id INTEGER PRIMARY KEY, value BLOB);
CREATE TABLE label (sha TEXT, source TEXT, time INTEGER, confidence REAL, evidence TEXT);
"""


def opened(place: Path, key: str) -> sqlite3.Connection:
    """The file, within a step that is under way: nobody else writes it.

    It is empty where it was of another `key`, of another make or damaged. Raises UsageError where
    it is another file, and IncompleteError where it cannot be opened or another run writes it.
    """
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        if not _is_ours(place):
            raise UsageError(f"{place} is another file", "name another place, or delete it")
        return _connected(place, key)
    except sqlite3.DatabaseError as error:
        name = str(getattr(error, "sqlite_errorname", ""))
        if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            raise IncompleteError(f"{place} is being written", "wait for the other run") from error
        if not name.startswith(_DAMAGE):
            raise IncompleteError(f"{place}: {error}", "name another place") from error
        place.unlink()
        return _connected(place, key)
    except OSError as error:
        raise IncompleteError(f"{place}: {error.strerror}", "name another place") from error


def _is_ours(place: Path) -> bool:
    """It is absent, empty, or bears our number in its head."""
    try:
        with place.open("rb") as file:
            head = file.read(72)
    except FileNotFoundError:
        return True
    return not head or (head.startswith(b"SQLite format 3\0") and head[68:] == APPLICATION)


def _connected(place: Path, key: str) -> sqlite3.Connection:
    database = sqlite3.connect(place, timeout=PATIENCE, isolation_level=None)
    try:
        database.execute("PRAGMA synchronous = NORMAL")
        database.execute("BEGIN IMMEDIATE")
        if database.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
            known = dict(database.execute("SELECT name, value FROM meta"))
            if known.get("key") == f"{SCHEMA} {key}":
                return database
        _empty(database, f"{SCHEMA} {key}")
    except BaseException:
        database.close()
        raise
    return database


def restart(database: sqlite3.Connection) -> None:
    """Forget all, within the step that is under way."""
    (key,) = database.execute("SELECT value FROM meta WHERE name = 'key'").fetchone()
    _empty(database, key)


def _empty(database: sqlite3.Connection, key: str) -> None:
    names = database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    for (name,) in names:
        database.execute(f"DROP TABLE {name}")
    for statement in _TABLES.split(";"):
        if statement.strip():
            database.execute(statement)
    database.execute(f"PRAGMA application_id = {int.from_bytes(APPLICATION, 'big')}")
    database.execute("INSERT INTO meta VALUES ('key', ?)", (key,))
