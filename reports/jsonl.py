"""JSON lines: the verdict first, then a finding or a gap a line, as docs/json.md tells them."""

from collections.abc import Iterable, Mapping

from ..records.run import GateRun, ScanRun
from . import json_report
from .inert import json_line

GATE_SCHEMA = "tidegate/gate-lines/1"
SCAN_SCHEMA = "tidegate/scan-lines/1"

Node = Mapping[str, object]


def gate(run: GateRun, *, colour: bool) -> str:  # noqa: ARG001 - JSON has no colour
    """A line on the run with its verdict, then each finding, then each gap."""
    header = {
        "schema": GATE_SCHEMA,
        **json_report.decision(run),
        "judge_digest": run.judge_digest or None,
        "judge_accepted": run.judge_accepted,
        **_circumstances(run),
    }
    return _lines(
        header, map(json_report.judged, run.findings), map(json_report.judged_gap, run.skipped)
    )


def scan(run: ScanRun, *, colour: bool) -> str:  # noqa: ARG001 - JSON has no colour
    """A line on the run, then each finding, then each gap."""
    header = {
        "schema": SCAN_SCHEMA,
        "exit_code": int(run.exit_code),
        "baseline": run.baseline or None,
        **_circumstances(run),
    }
    return _lines(
        header, map(json_report.located, run.findings), map(json_report.skipped, run.skipped)
    )


def _circumstances(run: GateRun | ScanRun) -> Node:
    """With how many lines follow, so that a reader sees where some are missing."""
    counts = {"findings": len(run.findings), "skipped": len(run.skipped)}
    return {"counts": counts, **json_report.circumstances(run)}


def _lines(header: Node, findings: Iterable[Node], gaps: Iterable[Node]) -> str:
    lines = [
        header,
        *({"kind": "finding", **node} for node in findings),
        *({"kind": "skipped", **node} for node in gaps),
    ]
    return "".join(map(json_line, lines))
