"""Small SARIF logs in the shapes that tools write."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

Node = dict[str, Any]


def result(
    rule: str, path: str, line: int | None = None, message: str = "bad", **more: Any
) -> Node:
    """One result at a line of a file, or at the file."""
    region = {"region": {"startLine": line}} if line else {}
    location = {"physicalLocation": {"artifactLocation": {"uri": path}, **region}}
    return {"ruleId": rule, "message": {"text": message}, "locations": [location], **more}


def run(
    tool: str, results: Sequence[Any], rules: Sequence[Mapping[str, Any]] = (), **more: Any
) -> Node:
    """One run of a tool."""
    driver = {"name": tool, "version": "1.2", "rules": list(rules)}
    return {"tool": {"driver": driver}, "results": list(results), **more}


def log(*runs: Node, **more: Any) -> bytes:
    """A whole file."""
    return json.dumps({"version": "2.1.0", "runs": list(runs), **more}).encode()


def write(path: Path, *runs: Node) -> Path:
    """A whole file on disk."""
    path.write_bytes(log(*runs))
    return path
