import json
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tidegate.errors import ExitCode
from tidegate.scanners.advisories.database import (
    SCHEMA,
    AdvisoryDatabaseError,
    default_path,
    opened,
    read_status,
)
from tidegate.scanners.advisories.importing import import_files

EPSS = """#model_version:v2025.03.14,score_date:2024-02-01T00:00:00+0000
cve,epss,percentile
CVE-2024-0001,0.5,0.9
"""


@pytest.fixture
def database(tmp_path: Path) -> Path:
    affected = [{"package": {"ecosystem": "PyPI", "name": "pkg"}, "versions": ["1.0"]}]
    records = [
        {"id": f"P-{n}", "modified": "2024-01-01T00:00:00Z", "affected": affected}
        for n in range(300)
    ]
    (tmp_path / "osv.json").write_text(json.dumps(records), "utf-8")
    path = tmp_path / "advisories.db"
    (tmp_path / "epss.csv").write_text(EPSS, "utf-8")
    import_files([tmp_path / "osv.json", tmp_path / "epss.csv"], path)
    return path


def write(path: Path, statement: str) -> None:
    connection = sqlite3.connect(path)
    with connection:
        connection.execute(statement)
    connection.close()


@pytest.mark.parametrize(
    ("env", "expected"),
    [
        ({"XDG_DATA_HOME": "/d", "HOME": "/h"}, "/d/tidegate/advisories.db"),
        ({"XDG_DATA_HOME": "", "HOME": "/h"}, "/h/.local/share/tidegate/advisories.db"),
        ({"XDG_DATA_HOME": "rel/x", "HOME": "/h"}, "/h/.local/share/tidegate/advisories.db"),
        ({"HOME": "/h"}, "/h/.local/share/tidegate/advisories.db"),
        ({}, str(Path.home() / ".local/share/tidegate/advisories.db")),
    ],
)
def test_default_path(env: dict[str, str], expected: str) -> None:
    assert default_path(env) == Path(expected)


def test_a_database_is_opened_under_any_name_and_never_written(
    tmp_path: Path, database: Path
) -> None:
    odd = tmp_path / "a?mode=rw&x#%41 é"
    odd.mkdir()
    path = database.rename(odd / "db")
    path.chmod(0o400)
    odd.chmod(0o500)
    try:
        assert read_status(path).records == 300
        assert list(odd.iterdir()) == [path]
    finally:
        odd.chmod(0o700)


def ask_everything(path: Path) -> None:
    with opened(path) as database:
        database.status()
        database.lookup(["pkg"])
        database.exploitation(["CVE-2024-0001"])
        database.check()


def test_a_whole_database_answers(database: Path) -> None:
    ask_everything(database)


def reason_of(path: Path) -> str:
    with pytest.raises(AdvisoryDatabaseError) as raised:
        ask_everything(path)
    assert raised.value.exit_code is ExitCode.INCOMPLETE
    assert "tidegate advisories import" in raised.value.remedy
    assert str(path) in str(raised.value) or "schema" in str(raised.value)
    return raised.value.reason


def test_a_missing_database_is_told(tmp_path: Path) -> None:
    assert reason_of(tmp_path / "none.db") == "no advisory database"


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:8192])


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:50])


def overwrite_the_middle(path: Path) -> None:
    content = path.read_bytes()
    middle = len(content) // 2
    path.write_bytes(content[:4096] + b"\xff" * (middle - 4096) + content[middle:])


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


BREAKAGES: dict[str, Callable[[Path], object]] = {
    "cut": cut,
    "cut within its header": cut_short,
    "empty": lambda path: path.write_bytes(b""),
    "garbage": lambda path: path.write_bytes(b"garbage " * 4096),
    "overwritten": overwrite_the_middle,
    "folder": a_folder,
    "another program's": lambda path: write(path, "PRAGMA application_id = 1"),
    "older schema": lambda path: write(path, f"PRAGMA user_version = {SCHEMA - 1}"),
    "no packed document": lambda path: write(path, "UPDATE advisory SET document = x'00'"),
    "text for a document": lambda path: write(path, "UPDATE advisory SET document = 'text'"),
    "document missing": lambda path: write(path, "DELETE FROM advisory WHERE id = 'P-7'"),
    "name changed": lambda path: write(path, "UPDATE advisory SET name = 'x' WHERE id = 'P-7'"),
    "record missing": lambda path: write(path, "DELETE FROM record WHERE id = 'P-7'"),
    "date changed": lambda path: write(path, "UPDATE record SET modified = '' WHERE id = 'P-7'"),
    "exploited unnoticed": lambda path: write(path, "INSERT INTO exploited VALUES ('CVE-1-1')"),
    "score changed": lambda path: write(path, "UPDATE epss SET probability = 0"),
    "table missing": lambda path: write(path, "DROP TABLE advisory"),
    "scores missing": lambda path: write(path, "DROP TABLE epss"),
    "note missing": lambda path: write(path, "DELETE FROM meta WHERE part = 'advisories'"),
    "note odd": lambda path: write(path, "UPDATE meta SET value = '[' WHERE part = 'advisories'"),
    "note empty": lambda path: write(path, "UPDATE meta SET value = '{}' WHERE part = 'epss'"),
    "date odd": lambda path: write(
        path, "UPDATE meta SET value = replace(value, '2024-01-01', '?')"
    ),
}


@pytest.mark.parametrize("how", BREAKAGES)
def test_a_broken_database_never_answers(how: str, database: Path) -> None:
    BREAKAGES[how](database)
    assert reason_of(database) == "advisory database unreadable"


def test_a_newer_database_is_told_apart(database: Path) -> None:
    write(database, f"PRAGMA user_version = {SCHEMA + 1}")
    assert reason_of(database) == "advisory database too new"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_database_that_may_not_be_read(database: Path) -> None:
    database.chmod(0)
    assert reason_of(database) == "advisory database unreadable"
