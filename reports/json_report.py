"""The JSON contract, `tidegate/gate/1` and `tidegate/scan/1`: docs/json.md tells each key."""

from collections.abc import Mapping

from ..records.finding import Finding, Package, Skipped
from ..records.run import Coverage, GateRun, Judged, Located, Range, ScanRun, SkippedItem
from .inert import json_rows

GATE_SCHEMA = "tidegate/gate/1"
SCAN_SCHEMA = "tidegate/scan/1"


def gate(run: GateRun, *, colour: bool) -> str:  # noqa: ARG001 - JSON has no colour
    """The whole gate run as one document."""
    return json_rows(
        {
            "schema": GATE_SCHEMA,
            **decision(run),
            "findings": [judged(item) for item in run.findings],
            "skipped": [judged_gap(item) for item in run.skipped],
            "judge_digest": run.judge_digest or None,
            "judge_accepted": run.judge_accepted,
            **circumstances(run),
        }
    )


def scan(run: ScanRun, *, colour: bool) -> str:  # noqa: ARG001 - JSON has no colour
    """The whole scan as one document."""
    return json_rows(
        {
            "schema": SCAN_SCHEMA,
            "exit_code": int(run.exit_code),
            "baseline": run.baseline or None,
            "findings": [located(item) for item in run.findings],
            "skipped": [skipped(gap) for gap in run.skipped],
            **circumstances(run),
        }
    )


def decision(run: GateRun) -> dict[str, object]:
    """The verdict, and which sides were compared."""
    return {
        "verdict": run.verdict,
        "exit_code": int(run.exit_code),
        "mode": run.mode,
        "profile": run.profile,
        "base": run.range.base or None,
        "head": run.range.head or None,
        "range": _range(run.range),
    }


def circumstances(run: GateRun | ScanRun) -> dict[str, object]:
    """What was covered, by what and how long it took."""
    return {
        "coverage": _coverage(run.coverage),
        "notices": list(run.notices),
        "timings": {stage: round(seconds, 6) for stage, seconds in run.timings.items()},
        "versions": dict(run.versions),
    }


def _range(compared: Range) -> dict[str, object]:
    return {
        "base_tip": compared.base_tip or None,
        "base_ref": compared.base_ref or None,
        "base_origin": compared.base_origin or None,
        "merge_bases": list(compared.merge_bases),
        "worktree": compared.worktree,
        "staged": compared.staged,
    }


def judged(item: Judged) -> dict[str, object]:
    """A finding of a gate."""
    return {
        **_what(item.finding, item.fingerprint),
        "state": item.state,
        "remedy": item.finding.remedy,
        "decided_by": item.decided_by,
        "past_blob": item.past_blob or None,
        "decision": item.decision,
        **_more(item.finding),
    }


def located(item: Located) -> dict[str, object]:
    """A finding of a scan."""
    return {
        **_what(item.finding, item.fingerprint),
        "known": item.known,
        "remedy": item.finding.remedy,
        **_more(item.finding),
    }


def _what(finding: Finding, fingerprint: str) -> dict[str, object]:
    return {
        "tool": finding.tool,
        "rule": finding.rule,
        "cwe": finding.cwe,
        "severity": finding.severity,
        "confidence": finding.confidence,
        "path": finding.path,
        "line": finding.line,
        "end_line": finding.end_line,
        "message": finding.message,
        "fingerprint": fingerprint,
    }


def _more(finding: Finding) -> dict[str, object]:
    return {
        "url": finding.url,
        "scope": finding.scope,
        "suppressed": finding.suppressed,
        "package": _package(finding.package) if finding.package else None,
        "witnesses": list(finding.witnesses),
    }


def _package(package: Package) -> dict[str, object]:
    return {
        "name": package.name,
        "version": package.version,
        "advisory": package.advisory,
        "aliases": list(package.aliases),
        "fix_versions": list(package.fix_versions),
        "upgrade": package.upgrade,
        "cvss": package.cvss,
        "cvss_vector": package.cvss_vector,
        "epss": package.epss,
        "kev": package.kev,
    }


def skipped(gap: Skipped) -> dict[str, object]:
    """What was not looked at."""
    return {
        "what": gap.what,
        "reason": gap.reason,
        "detail": gap.detail,
        "remedy": gap.remedy,
        "path": gap.path,
        "tool": gap.tool,
    }


def judged_gap(item: SkippedItem) -> dict[str, object]:
    """What a gate could not look at, and what was decided about it."""
    return {
        **skipped(item.skipped),
        "existing": item.existing,
        "decided_by": item.decided_by,
        "decision": item.decision,
    }


def _coverage(files: Coverage) -> dict[str, object]:
    return {
        "seen": files.seen,
        "scanned": files.scanned,
        "out_of_scope": files.out_of_scope,
        "skipped": _by_reason(files.skipped),
    }


def _by_reason(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items()))
