"""What is imported together and apart: folders, archives, KEV and EPSS beside advisories."""

import gzip
import io
import json
import os
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tidegate.errors import ExitCode, UsageError
from tidegate.records.finding import Level
from tidegate.scanners.advisories.database import (
    AdvisoryDatabaseError,
    Exploitation,
    opened,
    read_status,
)
from tidegate.scanners.advisories.importing import ImportSummary, import_files
from tidegate.scanners.advisories.sources.limits import Limits

PYPA = """id: PYSEC-2024-1
modified: 2024-05-01T00:00:00Z
details: a hole
aliases: [CVE-2024-0001]
severity:
- type: CVSS_V3
  score: CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H
affected:
- package: {name: One, ecosystem: PyPI}
  ranges:
  - type: ECOSYSTEM
    events: [{introduced: '0'}, {fixed: 1.10}]
  versions: [1.0, "1.1"]
"""
KEV = {
    "catalogVersion": "1",
    "dateReleased": "2025-01-02T00:00:00Z",
    "count": 1,
    "vulnerabilities": [{"cveID": "CVE-2024-0001"}],
}
EPSS = (
    "#model_version:v1,score_date:2025-02-03T00:00:00+0000\ncve,epss,percentile\n"
    "CVE-2024-0001,0.25,0.5\nCVE-2024-0002,0.75,0.5\n"
)


def osv(id_: str, name: str, **changes: Any) -> dict[str, Any]:
    affected = [{"package": {"ecosystem": "PyPI", "name": name}, "versions": ["1.0"]}]
    return {"id": id_, "modified": "2024-01-01T00:00:00Z", "affected": affected} | changes


def tarred(members: Mapping[str, bytes], **changes: Any) -> bytes:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            for key, value in changes.items():
                setattr(info, key, value)
            archive.addfile(info, io.BytesIO(content))
    return data.getvalue()


@pytest.fixture
def put(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "db" / "advisories.db"


Put = Callable[[str, str | bytes], Path]
Import = Callable[..., ImportSummary]


@pytest.mark.parametrize("form", ["yaml", "yaml.gz", "folder", "tar", "tar.gz"])
def test_yaml_gives_what_json_would(form: str, put: Put, database: Path, tmp_path: Path) -> None:
    tree = {"vulns/one/PYSEC-2024-1.yaml": PYPA.encode(), "README.md": b"x", ".github/w.yaml": b"["}
    for name, content in tree.items():
        put(f"folder/{name}", content)
    made = {
        "yaml": lambda: put("a.yaml", PYPA),
        "yaml.gz": lambda: put("a.yaml.gz", gzip.compress(PYPA.encode())),
        "folder": lambda: tmp_path / "folder",
        "tar": lambda: put("a.bin", tarred(tree)),
        "tar.gz": lambda: put("a.bin", gzip.compress(tarred(tree))),
    }
    assert import_files([made[form]()], database).records == 1
    with opened(database) as found:
        [advisory] = found.lookup(["one"])["one"]
        found.check()
    assert (advisory.severity, advisory.cvss) == (Level.CRITICAL, 9.8)
    assert advisory.affected[0].versions == frozenset()  # both lie in the range
    assert [event.version for event in advisory.affected[0].ranges[0]] == ["0", "1.10"]


def test_githubs_folder_and_malicious_packages(put: Put, database: Path, tmp_path: Path) -> None:
    ghsa = osv("GHSA-1", "two", database_specific={"severity": "LOW"})
    npm = osv("GHSA-n", "x", affected=[{"package": {"ecosystem": "npm", "name": "x"}}])
    mal = osv("MAL-2024-1", "evil")
    put("g/advisories/github-reviewed/2024/01/GHSA-1/GHSA-1.json", json.dumps(ghsa))
    put("g/advisories/github-reviewed/2024/01/GHSA-n/GHSA-n.json", json.dumps(npm))
    put("m/osv/malicious/pypi/evil/MAL-2024-1.json", json.dumps(mal))
    (tmp_path / "g/link.json").symlink_to(tmp_path / "m/osv/malicious/pypi/evil/MAL-2024-1.json")
    os.mkfifo(tmp_path / "g/pipe.json")
    summary = import_files([tmp_path / "g", tmp_path / "m"], database)
    assert (summary.read, summary.records, summary.other_ecosystems) == (3, 2, 1)
    assert summary.status.sources == ("g", "m")
    with opened(database) as found:
        assert found.lookup(["evil"])["evil"][0].severity is Level.CRITICAL
        assert found.lookup(["two"])["two"][0].severity is Level.LOW


def test_a_broken_member_is_named(put: Put, database: Path, tmp_path: Path) -> None:
    put("folder/a.json", json.dumps(osv("A-1", "a")))
    put("folder/sub/bad.yaml", "a: &x [1]\nb: *x")
    with pytest.raises(UsageError, match=r"cannot read .*folder: 'sub/bad.yaml' .*anchor"):
        import_files([tmp_path / "folder"], database)
    sparse = tarred({"a.json": b"{}"}, type=tarfile.GNUTYPE_SPARSE)
    with pytest.raises(UsageError, match="cannot read"):
        import_files([put("sparse.tar", sparse)], database)


@pytest.mark.parametrize("limits", [Limits(members=2), Limits(total_bytes=300)])
@pytest.mark.parametrize("kind", ["folder", "tar"])
def test_folders_and_tars_are_bounded(kind: str, limits: Limits, put: Put, database: Path) -> None:
    tree = {f"{n}.json": json.dumps(osv(f"A-{n}", "a")).encode() for n in range(3)}
    paths = [put(f"folder/{name}", content) for name, content in tree.items()]
    path = paths[0].parent if kind == "folder" else put("a.tar", tarred(tree))
    with pytest.raises(UsageError, match="more than"):
        import_files([path], database, limits=limits)
    assert import_files([path], database).records == 3


def test_aliases_are_one_under_a_name_of_that_package(put: Put, database: Path) -> None:
    records = [
        osv("PYSEC-1", "one", aliases=["CVE-2024-0001"]),
        osv("GHSA-1", "one", aliases=["CVE-2024-0001", "CVE-2024-0002"]),
        osv("GHSA-2", "one", aliases=["CVE-2024-0002"], summary="text"),
        osv("OSV-9", "one", aliases=["CVE-2024-0002"], withdrawn="2024-02-01T00:00:00Z"),
    ]
    status = import_files([put("a.json", json.dumps(records))], database).status
    assert (status.records, status.vulnerabilities, status.packages) == (3, 1, 1)
    with opened(database) as found:
        [one] = found.lookup(["one"])["one"]
    assert one.id == "PYSEC-1"
    assert one.aliases == ("CVE-2024-0001", "CVE-2024-0002", "GHSA-1", "GHSA-2")


def exploitation(database: Path, *cves: str) -> Exploitation:
    with opened(database) as found:
        return found.exploitation(cves)


def test_each_kind_replaces_its_own_and_keeps_the_others(put: Put, database: Path) -> None:
    advisories = put("a.json", json.dumps([osv("A-1", "a")]))
    kev, epss = put("kev.json", json.dumps(KEV)), put("epss", gzip.compress(EPSS.encode()))
    import_files([advisories], database)
    digests = {read_status(database).digest}
    assert exploitation(database, "CVE-2024-0001") == Exploitation(None, None)
    summary = import_files([kev], database)
    assert (summary.imported, summary.read, summary.status.records) == (("kev",), 0, 1)
    assert exploitation(database, "CVE-2024-0001") == Exploitation(True, None)
    digests.add(read_status(database).digest)
    import_files([epss], database)
    assert exploitation(database, "CVE-2024-0001") == Exploitation(True, 0.25)
    both = ("GHSA-x", "CVE-2024-0001", "CVE-2024-0002", "CVE-2024-0003")
    assert exploitation(database, *both) == Exploitation(True, 0.75)
    assert exploitation(database, "CVE-2024-0003") == Exploitation(False, None)
    digests.add(read_status(database).digest)
    import_files([put("b.json", json.dumps([osv("B-1", "b")]))], database)
    status = read_status(database)
    assert (status.records, status.sources) == (1, ("b.json",))
    assert status.kev is not None
    assert (status.kev.dated, status.kev.entries) == ("2025-01-02", 1)
    assert status.epss is not None
    assert (status.epss.dated, status.epss.sources) == ("2025-02-03", ("epss",))
    assert len(digests | {status.digest}) == 4
    with opened(database) as found:
        found.check()
        assert list(found.lookup(["a", "b"])) == ["b"]
    together = database.with_name("together.db")
    import_files([epss, put("b.json", json.dumps([osv("B-1", "b")])), kev], together)
    assert read_status(together).digest == status.digest


@pytest.mark.parametrize("old", [None, b"garbage" * 1000])
def test_kev_alone_is_no_database(old: bytes | None, put: Put, database: Path) -> None:
    if old:
        put("db/advisories.db", old)
    with pytest.raises(AdvisoryDatabaseError) as raised:
        import_files([put("kev.json", json.dumps(KEV))], database)
    assert raised.value.exit_code is ExitCode.INCOMPLETE
    assert "import advisories first" in raised.value.remedy
    assert (database.read_bytes() if old else None) == old


def test_a_broken_database_is_rebuilt_and_what_is_lost_is_told(put: Put, database: Path) -> None:
    advisories = put("a.json", json.dumps([osv("A-1", "a")]))
    put("db/advisories.db", b"garbage" * 1000)
    summary = import_files([advisories], database)
    assert summary.lost == ("kev", "epss")
    assert import_files([advisories], database).lost == ()


@pytest.mark.parametrize("content", ["{}", json.dumps(KEV | {"count": 2}), EPSS[:-1]])
def test_an_odd_catalogue_changes_nothing(content: str, put: Put, database: Path) -> None:
    good = [put("a.json", json.dumps([osv("A-1", "a")])), put("k.json", json.dumps(KEV))]
    import_files(good, database)
    before = database.read_bytes()
    with pytest.raises(UsageError):
        import_files([put("odd", content)], database)
    assert database.read_bytes() == before


def test_the_newest_date_is_none_to_come(put: Put, database: Path) -> None:
    records = [osv("A-1", "a"), osv("A-2", "a", modified="2999-01-01T00:00:00Z")]
    path = put("a.json", json.dumps(records))
    assert import_files([path], database).status.modified == "2024-01-01T00:00:00+00:00"
    only = put("b.json", json.dumps(records[1:]))
    status = import_files([only], database, now=lambda: 0.0).status
    assert status.modified == "1970-01-01T00:00:00+00:00"
