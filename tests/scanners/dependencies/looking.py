"""What the scanner of provenance says of a file of a test."""

from collections.abc import Mapping
from pathlib import Path

from tidegate.records.finding import Finding, Level, Skipped
from tidegate.scanners.dependencies import provenance
from tidegate.scanners.interface import Context, Kind, SourceFile
from tidegate.scanners.targets.kinds import kind_by_name
from tidegate.tests.scanners.dependencies.locks import uv_lock, uv_package
from tidegate.tests.scanners.dependencies.reading import Tree

CONTEXT = Context(Path("none.db"), max_file_bytes=10**6)
PROJECT = '[project]\nname = "app"\ndependencies = ["heron>=1", "tern"]\n'
HELD = uv_lock(uv_package("heron"), uv_package("tern"))


def looked(
    path: str, text: str, others: Mapping[str, str] | None = None
) -> list[Finding | Skipped]:
    contents = {name: other.encode() for name, other in (others or {}).items()}
    kind = Kind.DECLARING if path.endswith("setup.py") else kind_by_name(path)
    tree = Tree(contents | {path: text.encode()}, [SourceFile(path, kind)])
    return list(provenance.scan(tree, CONTEXT))


def told(found: list[Finding | Skipped]) -> list[tuple[str, Level, int]]:
    findings = [each for each in found if isinstance(each, Finding)]
    assert len(findings) == len(found)
    return [(each.rule, each.severity, each.line) for each in findings]


def gaps(found: list[Finding | Skipped]) -> list[tuple[str, str]]:
    assert all(isinstance(each, Skipped) and each.remedy for each in found)
    return [(each.what, each.reason) for each in found if isinstance(each, Skipped)]
