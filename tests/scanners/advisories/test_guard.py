"""What takes the place of an advisory database only by force; more is told with updates."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from tidegate.scanners.advisories.database import read_status
from tidegate.scanners.advisories.guard import SuspiciousUpdate, guard
from tidegate.scanners.advisories.importing import import_files

RECORDS = 200


def of(packages: int) -> list[dict[str, Any]]:
    return [
        {
            "id": f"A-{number}",
            "modified": "2024-01-01T00:00:00Z",
            "affected": [
                {
                    "package": {"ecosystem": "PyPI", "name": f"p{number % packages}"},
                    "versions": ["1.0"],
                }
            ],
        }
        for number in range(RECORDS)
    ]


def take(records: Iterable[object], database: Path) -> None:
    file = database.with_name("records.json")
    file.write_text(json.dumps(list(records)), "utf-8")
    import_files([file], database, accept=lambda new, status: guard(database, new, status))


def test_packages_do_not_go_away_behind_as_many_records(tmp_path: Path) -> None:
    database = tmp_path / "db"
    take(of(100), database)
    with pytest.raises(SuspiciousUpdate, match="97 packages, 100 before"):
        take(of(97), database)
    take(of(98), database)
    assert read_status(database).packages == 98


def test_records_do_not_go_away_behind_as_many_others(tmp_path: Path) -> None:
    database = tmp_path / "db"
    records = of(100)
    others = [record | {"id": f"B-{n}"} for n, record in enumerate(records)]
    take(records, database)
    with pytest.raises(SuspiciousUpdate, match="5 of 200 records are gone"):
        take([*others[:5], *records[5:]], database)
    take([*others[:4], *records[4:]], database)
    assert read_status(database).records == RECORDS


def test_records_that_cannot_be_read_do_not_come_behind_as_many_others(tmp_path: Path) -> None:
    database = tmp_path / "db"
    take(of(100), database)
    with pytest.raises(SuspiciousUpdate, match="5 records cannot be read, 0 before"):
        take([*of(100), *({"id": f"B-{n}"} for n in range(5))], database)
    for count in (4, 8):  # what was taken before is the measure of the next
        take([*of(100), *({"id": f"B-{n}"} for n in range(count))], database)
    assert read_status(database).malformed == 8
