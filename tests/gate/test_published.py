"""A policy that asks since when an advisory is out, through a database that tells."""

import json
import sqlite3
import zlib
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tidegate.records.run import Decision
from tidegate.scanners.advisories.aliases import merged
from tidegate.scanners.advisories.importing import import_files
from tidegate.scanners.advisories.matching import Advisory
from tidegate.tests.gate.gating import changed, gated, osv
from tidegate.tests.gate.policies import line
from tidegate.tests.real import GitRepo

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC).timestamp


@pytest.mark.parametrize(
    ("published", "warns"),
    [
        ("2026-11-20T23:30:00-02:00", True),
        ("2026-11-01T00:00:00Z", False),
        ("2027-01-01T00:00:00Z", False),
        ("soon", False),
        (None, False),
    ],
)
def test_only_a_young_advisory_is_let_pass_for_a_while(
    repo: GitRepo, tmp_path: Path, published: str | None, warns: bool
) -> None:
    record = osv("PYSEC-1", "heron", "2") | ({"published": published} if published else {})
    database = database_of(tmp_path, record)
    policy = line("published-within-days = 7", "warn")
    repo.commit({"tidegate.toml": policy})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({"requirements.txt": "heron==1\n"})
    [found] = gated(repo, settings={"database": str(database)}, now=NOW).findings
    assert found.decision is (Decision.REPORT if warns else Decision.BLOCK)


def test_a_database_of_before_answers_that_it_is_not_known(repo: GitRepo, tmp_path: Path) -> None:
    record = osv("PYSEC-1", "heron", "2") | {"published": "2026-11-20T00:00:00Z"}
    database = database_of(tmp_path, record)
    with closing(sqlite3.connect(database)) as connection, connection:
        [(document,)] = connection.execute("SELECT document FROM advisory")
        old = json.loads(zlib.decompress(document))
        del old["published"]
        connection.execute(
            "UPDATE advisory SET document = ?", (zlib.compress(json.dumps(old).encode()),)
        )
    files = {"requirements.txt": "heron==1\n"}
    [found] = changed(repo, {"a": ""}, files, database=str(database)).findings
    assert found.finding.package is not None
    assert found.finding.package.published == ""


def test_a_vulnerability_is_out_since_the_first_of_its_advisories() -> None:
    days = ("2026-02-01", "", "2026-01-31")
    told = [Advisory(id=f"A-{n}", published=day) for n, day in enumerate(days)]
    assert merged(told, "heron").published == "2026-01-31"


def database_of(folder: Path, record: dict[str, object]) -> Path:
    (folder / "osv.json").write_text(json.dumps([record]))
    import_files([folder / "osv.json"], folder / "osv.db")
    return folder / "osv.db"
