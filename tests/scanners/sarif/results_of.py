"""Results read without a file."""

from typing import Any

from tidegate.records.finding import Finding
from tidegate.scanners.sarif.places import Places
from tidegate.scanners.sarif.results import NoFinding, Result, Run
from tidegate.scanners.sarif.rules import rules_of

ROOT = "/repo"


def read(node: Any, root: str = ROOT) -> list[Result | NoFinding]:
    reader = Run(rules_of(node), Places(node, root))
    return [reader.read(item) for item in node["results"]]


def finding(node: Any) -> Finding:
    (found,) = read(node)
    assert isinstance(found, Result)
    return found.finding
