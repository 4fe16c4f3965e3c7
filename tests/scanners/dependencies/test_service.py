"""The contract with pip-audit: its own Auditor over our service."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from packaging.version import Version
from pip_audit._audit import Auditor
from pip_audit._service.interface import ResolvedDependency, SkippedDependency

from tidegate.records.finding import Level
from tidegate.scanners.advisories.database import opened
from tidegate.scanners.advisories.importing import import_files
from tidegate.scanners.dependencies.pins import Pin
from tidegate.scanners.dependencies.service import DatabaseService, PinSource, audit


def osv(id_: str, name: str, *events: tuple[str, str], **changes: Any) -> dict[str, Any]:
    ranges = [{"type": "ECOSYSTEM", "events": [{kind: version} for kind, version in events]}]
    affected = [{"package": {"ecosystem": "PyPI", "name": name}, "ranges": ranges}]
    return {"id": id_, "modified": "2024-01-01T00:00:00Z", "affected": affected} | changes


RECORDS = [
    osv("PYSEC-1", "Alpha", ("introduced", "0"), ("fixed", "1.2"), aliases=["CVE-1"], summary="s"),
    osv(
        "GHSA-1",
        "alpha",
        ("introduced", "0"),
        ("fixed", "1.2.1"),
        aliases=["CVE-1"],
        database_specific={"severity": "HIGH", "cwe_ids": ["CWE-22"]},
    ),
    osv("GHSA-2", "alpha", ("introduced", "1.0"), aliases=["CVE-2"]),
    osv("GHSA-3", "beta", ("introduced", "0"), aliases=["CVE-3"]),
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "osv.json").write_text(json.dumps(RECORDS), "utf-8")
    import_files([tmp_path / "osv.json"], tmp_path / "db")
    return tmp_path / "db"


def pin(name: str, version: str) -> Pin:
    return Pin(name, version, "requirements.txt", 1)


def test_aliases_count_once_under_one_name_whatever_the_version(path: Path) -> None:
    pins = [pin("alpha", "0.9"), pin("unknown", "1.0"), pin("alpha", "1.2"), pin("beta", "odd!")]
    with opened(path) as database:
        matches = list(audit(pins, database))
    assert [(match.pin, match.advisory.id) for match in matches] == [
        (pins[0], "PYSEC-1"),
        (pins[2], "PYSEC-1"),  # only GHSA-1 has this version: a bump brings nothing new
        (pins[2], "GHSA-2"),
    ]
    first, second, third = matches
    # The severity of one name and the text of the other; a fix must fix both.
    assert (first.advisory.severity, first.advisory.cwe) == (Level.HIGH, 22)
    assert first.advisory.summary == "s"
    assert first.advisory.aliases == ("CVE-1", "GHSA-1")
    assert (first.fixes, first.upgrade, first.advisories) == (("1.2.1",), "1.2.1", 1)
    assert (second.fixes, second.upgrade, second.advisories) == (("1.2.1",), "", 2)
    assert third.fixes == ()
    assert third.advisory.severity is Level.UNKNOWN


def test_the_service_answers_pip_audits_own_dependencies(path: Path) -> None:
    with opened(path) as database:
        service = DatabaseService(database)
        asked = ResolvedDependency("ALPHA", Version("0.9"))
        dependency, [result] = service.query(asked)
        assert dependency is asked
        assert (result.id, result.aliases) == ("PYSEC-1", {"CVE-1", "GHSA-1"})
        assert result.description == "s"
        assert result.fix_versions == [Version("1.2.1")]
        skipped = SkippedDependency("alpha", "why")
        assert service.query(skipped) == (skipped, [])


def test_the_auditor_gives_every_pin_back_in_order(path: Path) -> None:
    pins = [pin(f"p{number}", "1.0") for number in range(30)]
    with opened(path) as database:
        audited = list(Auditor(DatabaseService(database)).audit(PinSource(pins)))
    assert [dependency.pin for dependency, _ in audited] == pins


def test_nothing_is_ever_fixed() -> None:
    with pytest.raises(NotImplementedError):
        PinSource([]).fix(object())


def test_importing_pip_audit_starts_no_process_and_nothing_of_the_current_folder(
    tmp_path: Path,
) -> None:
    for name in ("pip", "json", "requests", "subprocess"):
        (tmp_path / f"{name}.py").write_text("open('planted', 'w').close()\n", "utf-8")
    code = """if True:
        import sys
        started = []
        starts = {"subprocess.Popen", "os.system", "os.exec", "os.fork", "os.posix_spawn"}
        sys.addaudithook(lambda event, args: started.append(args) if event in starts else None)
        import tidegate.scanners.dependencies.service
        assert "pip_audit" in sys.modules
        assert "pip_api" not in sys.modules
        assert not started, started
    """
    subprocess.run([sys.executable, "-P", "-c", code], cwd=tmp_path, check=True)
    assert not (tmp_path / "planted").exists()
