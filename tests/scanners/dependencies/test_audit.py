import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from tidegate.records.finding import Finding, Level, Package, Skipped
from tidegate.scanners.advisories.database import import_remedy, read_status
from tidegate.scanners.advisories.importing import import_files
from tidegate.scanners.dependencies import audit as dependencies
from tidegate.scanners.interface import PINNING_KINDS, Context, Kind, Scanner, SourceFile

PACKAGE = '[[package]]\nname = "flask"\nversion = "1.1"\nsource = { registry = "https://h/" }\n'
PLAIN = '[[package]]\nname = "flask"\nversion = "1.1"\n'
PIPFILE_LOCK = {"_meta": {"pipfile-spec": 6}, "default": {"Flask": {"version": "==1.1"}}}
CYCLONEDX = {"bomFormat": "CycloneDX", "components": [{"purl": "pkg:pypi/flask@1.1"}]}


@dataclass
class Tree:
    """A target made of a few files, the first to be looked at."""

    contents: Mapping[str, bytes]
    kind: Kind = Kind.REQUIREMENTS

    @property
    def files(self) -> Sequence[SourceFile]:
        return [SourceFile(next(iter(self.contents)), self.kind)]

    def read(self, path: str) -> bytes:
        if path not in self.contents:
            raise FileNotFoundError(path)
        return self.contents[path]


def osv(id_: str, name: str, fixed: str | None = None, **changes: Any) -> dict[str, Any]:
    events = [{"introduced": "0"}, *([{"fixed": fixed}] if fixed else [])]
    package = {"ecosystem": "PyPI", "name": name}
    affected = [{"package": package, "ranges": [{"type": "ECOSYSTEM", "events": events}]}]
    return {"id": id_, "modified": "2024-03-01T00:00:00Z", "affected": affected} | changes


RECORDS = [
    osv("PYSEC-1", "Flask", "1.2", aliases=["CVE-1"], summary="A hole"),
    osv("GHSA-1", "flask", "1.2", aliases=["CVE-1"], database_specific={"severity": "MODERATE"}),
    osv("GHSA-2", "stray", database_specific={"cwe_ids": ["CWE-506"]}),
    osv("MAL-1", "evil"),
    osv("GHSA-9", "dated", versions=["2019-09-12"]) | {},
]
RECORDS[-1]["affected"][0]["versions"] = ["2019-09-12"]


@pytest.fixture
def context(tmp_path: Path) -> Context:
    (tmp_path / "osv.json").write_text(json.dumps(RECORDS), "utf-8")
    import_files([tmp_path / "osv.json"], tmp_path / "advisories.db")
    return Context(tmp_path / "advisories.db", max_file_bytes=10_000)


def scan(context: Context, text: str, kind: Kind = Kind.REQUIREMENTS, **others: str) -> list[Any]:
    name = "pylock.toml" if kind is Kind.PYLOCK else "requirements.txt"
    contents = {name: text} | {f"{other}.txt": content for other, content in others.items()}
    tree = Tree({path: content.encode() for path, content in contents.items()}, kind)
    return list(dependencies.scan(tree, context))


def test_it_is_a_scanner() -> None:
    scanner: Scanner = dependencies
    assert {Kind.REQUIREMENTS, Kind.PYLOCK, Kind.UV_LOCK, Kind.UNREAD_LOCK} < scanner.KINDS
    assert Kind.DECLARING not in scanner.KINDS


def test_a_finding_says_what_and_what_to_do(context: Context) -> None:
    assert scan(context, "# pins\nunknown==1\nFlask==1.1\n") == [
        Finding(
            tool="pip-audit",
            rule="PYSEC-1",
            message="A hole",
            path="requirements.txt",
            line=3,
            end_line=3,
            severity=Level.MEDIUM,
            confidence=Level.HIGH,
            remedy="upgrade flask to 1.2",
            url="https://osv.dev/vulnerability/PYSEC-1",
            snippet="flask",
            package=Package(
                name="flask",
                version="1.1",
                advisory="PYSEC-1",
                aliases=("CVE-1", "GHSA-1"),
                fix_versions=("1.2",),
                upgrade="1.2",
            ),
        )
    ]


def test_unknown_severity_stays_unknown_and_a_missing_fix_is_said(context: Context) -> None:
    [finding] = scan(context, "stray==1")
    assert (finding.severity, finding.cwe) == (Level.UNKNOWN, 506)
    assert finding.remedy == "no fixed version is known; replace stray"
    assert finding.message == "stray 1 has a known vulnerability"


def test_scores_and_exploitation_come_with_the_finding(context: Context, tmp_path: Path) -> None:
    vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
    scored = osv("GHSA-5", "scored", "2", severity=[{"type": "CVSS_V3", "score": vector}])
    records = [*RECORDS, scored | {"aliases": ["CVE-2024-0001"]}]
    kev = {"catalogVersion": "1", "dateReleased": "2025-01-01", "cves": {"CVE-2024-0001": []}}
    epss = "#model_version:v1,score_date:2025-02-03\ncve,epss,percentile\nCVE-2024-0001,0.25,0.5\n"
    (tmp_path / "osv.json").write_text(json.dumps(records), "utf-8")
    (tmp_path / "kev.json").write_text(json.dumps(kev), "utf-8")
    (tmp_path / "epss.csv").write_text(epss, "utf-8")
    files = [tmp_path / name for name in ("osv.json", "kev.json", "epss.csv")]
    import_files(files, context.database)
    found = scan(context, "scored==1\nflask==1.1")
    assert [each.severity for each in found] == [Level.CRITICAL, Level.MEDIUM]
    scored_package, flask = (each.package for each in found)
    assert (scored_package.cvss, scored_package.cvss_vector) == (9.8, vector)
    assert (scored_package.epss, scored_package.kev) == (0.25, True)
    assert (flask.cvss, flask.epss, flask.kev) == (None, None, False)


def test_malware_is_critical_and_to_be_removed(context: Context) -> None:
    [finding] = scan(context, "evil==1")
    assert (finding.rule, finding.severity) == ("MAL-1", Level.CRITICAL)
    assert finding.remedy == (
        "remove evil 1: it is malicious; rotate every secret that it could read"
    )


def test_what_the_database_does_not_know_is_no_gap(context: Context) -> None:
    assert scan(context, "flask==1.2\nunknown==1\n") == []


def test_every_pin_of_a_name_is_audited_where_it_stands(context: Context) -> None:
    found = scan(context, "flask==1.1\n-r base.txt\nflask==1.2", base="\nflask==1.0")
    assert [(each.path, each.line, each.package.version) for each in found] == [
        ("requirements.txt", 1, "1.1"),
        ("base.txt", 2, "1.0"),
    ]


def test_a_lock_is_audited(context: Context) -> None:
    text = 'lock-version = "1.0"\n[[packages]]\nname = "flask"\nversion = "1.0"\n'
    [finding] = scan(context, text + '[[packages]]\nname = "git"\n', Kind.PYLOCK)[1:]
    assert (finding.rule, finding.path, finding.line) == ("PYSEC-1", "pylock.toml", 3)


def test_findings_and_gaps_come_together(context: Context) -> None:
    gap, finding = scan(context, "flask==1.1\nopen>=1")
    assert isinstance(gap, Skipped)
    assert gap.what == "requirements.txt: open"
    assert finding.rule == "PYSEC-1"


def test_a_version_without_order_is_looked_up_as_written_and_is_a_gap(context: Context) -> None:
    finding, gap = scan(context, "dated===2019-09-12\nunknown===odd")
    assert finding.rule == "GHSA-9"
    assert (gap.what, gap.reason) == ("requirements.txt: dated", "version cannot be ordered")
    [gap] = scan(context, "flask===odd")
    assert gap.what == "requirements.txt: flask"


def test_locks_that_are_not_read_are_gaps(context: Context) -> None:
    [gap] = dependencies.scan(Tree({"conda-lock.yml": b""}, Kind.UNREAD_LOCK), context)
    assert isinstance(gap, Skipped)
    assert (gap.what, gap.path) == ("conda-lock.yml", "conda-lock.yml")
    assert gap.reason == "lock file format not read"
    assert "export it" in gap.remedy


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Kind.UV_LOCK, f"version = 1\n{PACKAGE}"),
        (Kind.POETRY_LOCK, f'{PLAIN}[metadata]\nlock-version = "2.1"\n'),
        (Kind.PDM_LOCK, f'{PACKAGE}[metadata]\nlock_version = "4.5.0"\n'),
        (Kind.PIPFILE_LOCK, json.dumps(PIPFILE_LOCK)),
        (Kind.SBOM, json.dumps(CYCLONEDX)),
        (Kind.INSTALLED, "Metadata-Version: 2.1\nName: Flask\nVersion: 1.1\n\nFlask 2\n"),
    ],
)
def test_pins_of_every_kind_of_file_are_audited(context: Context, kind: Kind, text: str) -> None:
    found = list(dependencies.scan(Tree({"a/file": text.encode()}, kind), context))
    assert [(each.path, getattr(each, "rule", "")) for each in found] == [("a/file", "PYSEC-1")]


@pytest.mark.parametrize("kind", sorted(PINNING_KINDS - {Kind.REQUIREMENTS}))
def test_a_file_over_the_limit_is_a_gap(context: Context, kind: Kind) -> None:
    [gap] = dependencies.scan(Tree({"a/file": b" " * 10_001}, kind), context)
    assert isinstance(gap, Skipped)
    assert gap.reason == ("file too large" if kind is not Kind.INSTALLED else gap.reason)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "no advisory database"),
        (b"", "advisory database unreadable"),
        (b"garbage" * 1000, "advisory database unreadable"),
    ],
)
@pytest.mark.parametrize("text", ["flask==1.1\nother==2\n", ""])
def test_without_a_database_the_file_is_one_gap(
    context: Context, content: bytes | None, reason: str, text: str
) -> None:
    context.database.unlink()
    if content is not None:
        context.database.write_bytes(content)
    [gap] = scan(context, text)
    assert (gap.what, gap.path, gap.reason) == ("requirements.txt", "requirements.txt", reason)
    assert (gap.tool, gap.remedy) == ("pip-audit", import_remedy(context.database))
    [gap] = scan(context, 'lock-version = "1.0"\npackages = []', Kind.PYLOCK)
    assert gap.reason == reason


def test_files_of_other_kinds_are_left_alone(context: Context) -> None:
    assert list(dependencies.scan(Tree({"a.py": b"flask==1.1"}, Kind.PYTHON), context)) == []


def test_versions(context: Context) -> None:
    found = dependencies.versions(context)
    assert found == {
        "pip-audit": version("pip-audit"),
        "advisories": f"sha256:{read_status(context.database).digest}",
        "advisories-newest": "2024-03-01",
    }
    context.database.unlink()
    assert dependencies.versions(context)["advisories"] == "no advisory database"
