"""GitLab Code Quality: a list of what stands at head, from which GitLab tells what is new.

GitLab takes what the report of the target branch has too for existing, by the fingerprint,
and what only that one has for fixed. So existing findings are told and fixed ones are not.
"""

from collections import Counter
from collections.abc import Iterable
from hashlib import blake2b

from ...records.finding import Finding, Level, Skipped
from ...records.run import Decision, GateRun, Judged, Located, ScanRun, SkippedItem, State
from .. import summary
from ..inert import PATH_LIMIT, json_text, visible

Node = dict[str, object]

SEVERITIES = {
    Level.LOW: "minor",
    Level.MEDIUM: "major",
    Level.HIGH: "critical",
    Level.UNKNOWN: "critical",
    Level.CRITICAL: "blocker",
}
HUSHED = "info"
"""What a waiver covers, the baseline knows or a mark in the code hushes; gaps likewise."""
NOT_LOOKED_AT = "not-looked-at"
"""The rule under which gaps are told, so that a report without findings is no clean one."""

_DECIDING = (Decision.BLOCK, Decision.INCOMPLETE)


def gate(run: GateRun, *, colour: bool) -> str:  # noqa: ARG001 - JSON has no colour
    """Every finding at head and every gap, but for those that the policy ignores."""
    findings = [
        _finding(item.finding, item.fingerprint, _weight(item), summary.marks(item))
        for item in run.findings
        if item.state is not State.FIXED and item.decision is not Decision.IGNORE
    ]
    gaps = [item for item in run.skipped if item.decision is not Decision.IGNORE]
    return json_text([*findings, *_gaps((item.skipped, _gap_weight(item)) for item in gaps)])


def scan(run: ScanRun, *, colour: bool) -> str:  # noqa: ARG001 - JSON has no colour
    """Every finding and every gap of a tree."""
    findings = [
        _finding(
            item.finding,
            item.fingerprint,
            _located_weight(item),
            (*(("known",) if item.known else ()), *summary.asides(item.finding)),
        )
        for item in run.findings
    ]
    return json_text([*findings, *_gaps((gap, SEVERITIES[Level.UNKNOWN]) for gap in run.skipped)])


def _weight(item: Judged) -> str:
    """As grave as the finding is, unless it was hushed and may be so."""
    hushed = item.finding.suppressed and item.state is State.EXISTING
    if item.decision is Decision.WAIVED or (hushed and item.decision is not Decision.BLOCK):
        return HUSHED
    return SEVERITIES[item.finding.severity]


def _located_weight(item: Located) -> str:
    hushed = item.known or item.finding.suppressed
    return HUSHED if hushed else SEVERITIES[item.finding.severity]


def _gap_weight(item: SkippedItem) -> str:
    return SEVERITIES[Level.UNKNOWN] if item.decision in _DECIDING else HUSHED


def _finding(finding: Finding, fingerprint: str, severity: str, marks: Iterable[str]) -> Node:
    weight = ", ".join([summary.weight(finding), *marks])
    remedy = f" -> {finding.remedy}" if finding.remedy else ""
    start = max(1, finding.line)
    return _issue(
        check=finding.rule,
        text=f"{finding.rule} [{weight}] {finding.message}{remedy}",
        fingerprint=visible(fingerprint),
        severity=severity,
        path=finding.path,
        lines=(start, max(start, finding.end_line)),
        engine=finding.tool,
    )


def _gaps(gaps: Iterable[tuple[Skipped, str]]) -> list[Node]:
    seen: Counter[tuple[str, ...]] = Counter()
    issues = []
    for gap, severity in gaps:
        identity = (NOT_LOOKED_AT, gap.tool, gap.what, gap.reason, gap.path)
        remedy = f" -> {gap.remedy}" if gap.remedy else ""
        issues.append(
            _issue(
                check=NOT_LOOKED_AT,
                text=f"Not looked at: {gap.what}: {summary.cause(gap)}{remedy}",
                fingerprint=_digest((*identity, str(seen[identity]))),
                severity=severity,
                path=gap.path,
                lines=(1, 1),
                engine=gap.tool,
            )
        )
        seen[identity] += 1
    return issues


def _issue(
    *,
    check: str,
    text: str,
    fingerprint: str,
    severity: str,
    path: str,
    lines: tuple[int, int],
    engine: str,
) -> Node:
    return {
        "type": "issue",
        "check_name": visible(check),
        "description": visible(text),
        "categories": ["Security"],
        "severity": severity,
        "fingerprint": fingerprint,
        "location": {
            "path": visible(path, PATH_LIMIT) or ".",
            "lines": {"begin": lines[0], "end": lines[1]},
        },
        "engine_name": visible(engine) or "tidegate",
    }


def _digest(fields: tuple[str, ...]) -> str:
    raw = "\0".join(fields).encode("utf-8", "surrogatepass")
    return blake2b(raw, digest_size=16).hexdigest()
