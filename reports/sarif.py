"""SARIF 2.1.0, for code scanning: one run of the driver tidegate, one rule an id."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ..records.finding import Finding, Level, Package, Skipped
from ..records.run import (
    Decision,
    GateRun,
    Judged,
    Located,
    ScanRun,
    SkippedItem,
    State,
    Verdict,
)
from . import sarif_limits, summary
from .inert import json_text, markdown, relative_uri, sarif_text, visible, web_address

Node = dict[str, object]

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
ROOT = "SRCROOT"

# GitHub reads a security severity over 9.0 as critical, from 7.0 as high, from 4.0 as medium.
_SECURITY_SEVERITY = {
    Level.LOW: "3.0",
    Level.MEDIUM: "5.5",
    Level.HIGH: "8.0",
    Level.UNKNOWN: "8.0",
    Level.CRITICAL: "9.5",
}
_FROM = {Level.MEDIUM: 4.0, Level.HIGH: 7.0, Level.CRITICAL: 9.1}
_PRECISION = {
    Level.LOW: "low",
    Level.MEDIUM: "medium",
    Level.HIGH: "high",
    Level.UNKNOWN: "high",
    Level.CRITICAL: "very-high",
}
_LEVELS = {
    Level.LOW: "note",
    Level.MEDIUM: "warning",
    Level.HIGH: "error",
    Level.UNKNOWN: "error",
    Level.CRITICAL: "error",
}
_BASELINE_STATES = {
    State.NEW: "new",
    State.EDITED: "updated",
    State.EXISTING: "unchanged",
    State.FIXED: "absent",
}


def gate(run: GateRun, *, colour: bool) -> str:  # noqa: ARG001 - SARIF has no colour
    """Every finding of a gate with its state; gaps and notices as notifications."""
    return sarif_limits.fitted(len(run.findings), lambda limit: _gate(run, limit))


def _gate(run: GateRun, limit: int) -> str:
    found = sarif_limits.kept(run.findings, limit)
    rules = _rules(item.finding for item in found)
    order = {rule: index for index, rule in enumerate(rules)}
    notifications = [
        *map(_judged_gap, run.skipped),
        *map(_notice, [*run.notices, *sarif_limits.notes(len(found), len(run.findings))]),
    ]
    whole = run.verdict is not Verdict.INCOMPLETE and not summary.deciding_gaps(run)
    return _log(
        run,
        verb="gate",
        rules=rules,
        results=[_judged(item, order) for item in found],
        invocation=_invocation(run.exit_code, notifications, successful=whole),
        properties={
            "verdict": run.verdict,
            "mode": run.mode,
            "profile": run.profile,
            "base": run.range.base,
            "head": run.range.head,
            **({"judgeDigest": run.judge_digest} if run.judge_digest else {}),
        },
    )


def scan(run: ScanRun, *, colour: bool) -> str:  # noqa: ARG001 - SARIF has no colour
    """Every finding of a scan; gaps and notices as notifications."""
    return sarif_limits.fitted(len(run.findings), lambda limit: _scan(run, limit))


def _scan(run: ScanRun, limit: int) -> str:
    found = sarif_limits.kept(run.findings, limit)
    rules = _rules(item.finding for item in found)
    order = {rule: index for index, rule in enumerate(rules)}
    notifications = [
        *(_gap(gap, "error") for gap in run.skipped),
        *map(_notice, [*run.notices, *sarif_limits.notes(len(found), len(run.findings))]),
    ]
    return _log(
        run,
        verb="scan",
        rules=rules,
        results=[_located(item, order) | _known(run, item) for item in found],
        invocation=_invocation(run.exit_code, notifications, successful=not run.skipped),
        properties={},
    )


def _log(
    run: GateRun | ScanRun,
    *,
    verb: str,
    rules: Mapping[str, Sequence[Finding]],
    results: Sequence[Node],
    invocation: Node,
    properties: Node,
) -> str:
    # The head is told in `properties`: versionControlProvenance wants the address of the
    # repository, which is not known.
    tools = sorted({finding.tool for found in rules.values() for finding in found} - {"tidegate"})
    return json_text(
        {
            "$schema": SCHEMA,
            "version": "2.1.0",
            "runs": [
                {
                    "tool": {
                        "driver": _component("tidegate", run.versions)
                        | {"rules": [_rule(name, found) for name, found in rules.items()]},
                        "extensions": [
                            _component(tool, run.versions)
                            for tool in tools[: sarif_limits.MAX_EXTENSIONS]
                        ],
                    },
                    "automationDetails": {"id": f"tidegate/{verb}/"},
                    "originalUriBaseIds": {ROOT: {"description": {"text": _ROOTS[verb]}}},
                    "invocations": [invocation],
                    "results": list(results),
                    "properties": properties | {"versions": dict(run.versions)},
                }
            ],
        }
    )


_ROOTS = {"gate": "The root of the repository.", "scan": "The folder that the scan ran in."}


def _component(name: str, versions: Mapping[str, str]) -> Node:
    component: Node = {"name": visible(name)}
    if versions.get(name):
        component["version"] = visible(versions[name])
    return component


def _rules(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    """The findings of each rule, by its id."""
    rules: dict[str, list[Finding]] = {}
    for finding in findings:
        rules.setdefault(_rule_id(finding), []).append(finding)
    return rules


def _rule_id(finding: Finding) -> str:
    return visible(finding.rule)


def _rule(name: str, found: Sequence[Finding]) -> Node:
    """A rule as its gravest finding shows it."""
    gravest = max(found, key=lambda finding: finding.severity.rank)
    surest = max(found, key=lambda finding: finding.confidence.rank)
    remedy = gravest.remedy or "See the message of the finding."
    address = web_address(gravest.url)
    return {
        "id": name,
        "shortDescription": {"text": f"{name} ({visible(gravest.tool)})"},
        **({"helpUri": address} if address else {}),
        "help": {"text": sarif_text(remedy), "markdown": markdown(remedy)},
        "defaultConfiguration": {"level": _LEVELS[gravest.severity]},
        "properties": {
            "tags": _tags(found),
            "precision": _PRECISION[surest.confidence],
            "security-severity": _security_severity(gravest),
        },
    }


def _security_severity(finding: Finding) -> str:
    """The CVSS score, unless more than that made the finding as severe as it is."""
    cvss = finding.package.cvss if finding.package else None
    if cvss is not None and cvss >= _FROM.get(finding.severity, 0.0):
        return f"{cvss:.1f}"
    return _SECURITY_SEVERITY[finding.severity]


def _tags(found: Sequence[Finding]) -> list[str]:
    weaknesses = {f"external/cwe/cwe-{found.cwe:03d}" for found in found if found.cwe is not None}
    others = sorted(weaknesses | {visible(finding.tool) for finding in found})
    return sorted({"security", *others[: sarif_limits.MAX_TAGS - 1]})


def _judged(item: Judged, order: Mapping[str, int]) -> Node:
    decided = {"decision": item.decision, "decidedBy": visible(item.decided_by)}
    result = _result(item.finding, item.fingerprint, order, decided)
    result["level"] = _judged_level(item)
    result["baselineState"] = _BASELINE_STATES[item.state]
    if item.state is State.FIXED:
        # The rule was evaluated and finds nothing here any more; `pass` wants the level `none`.
        result |= {"kind": "pass", "level": "none"}
    if hushed := list(suppressions(item)):
        result["suppressions"] = hushed
    return result


def _located(item: Located, order: Mapping[str, int]) -> Node:
    result = _result(item.finding, item.fingerprint, order, {})
    if item.finding.suppressed:
        result["suppressions"] = [_suppression(item.finding)]
    return result


def _known(run: ScanRun, item: Located) -> Node:
    """How a finding stands to the baseline, where there is one."""
    state = State.EXISTING if item.known else State.NEW
    return {"baselineState": _BASELINE_STATES[state]} if run.baseline else {}


def _result(
    finding: Finding, fingerprint: str, order: Mapping[str, int], decided: Mapping[str, str]
) -> Node:
    rule = _rule_id(finding)
    return {
        "ruleId": rule,
        "ruleIndex": order[rule],
        "level": _LEVELS[finding.severity],
        "message": {"text": sarif_text(finding.message) or rule},
        "locations": [_location(finding.path, _region(finding))],
        "partialFingerprints": {"tidegate/v1": visible(fingerprint)},
        "properties": {
            "tool": visible(finding.tool),
            "severity": finding.severity,
            "confidence": finding.confidence,
            "remedy": visible(finding.remedy),
            "witnesses": [visible(witness) for witness in finding.witnesses],
            **(_package(finding.package) if finding.package else {}),
            **decided,
        },
    }


def _package(package: Package) -> Node:
    return {
        "package": f"{visible(package.name)}=={visible(package.version)}",
        "aliases": [visible(alias) for alias in package.aliases],
        "upgrade": visible(package.upgrade),
        "cvss": package.cvss,
        "cvssVector": visible(package.cvss_vector),
        "epss": package.epss,
        "kev": package.kev,
    }


def _judged_level(item: Judged) -> str:
    """What blocks is an error; what does not is none, however grave."""
    if item.decision is Decision.BLOCK:
        return "error"
    return "note" if item.finding.severity is Level.LOW else "warning"


def suppressions(item: Judged) -> Iterator[Node]:
    """What hushes a finding: a mark in the code, a line of the policy, a waiver."""
    if item.finding.suppressed:
        yield _suppression(item.finding) | {"status": _review(item)}
    if item.decision in (Decision.IGNORE, Decision.WAIVED):
        reason = visible(item.decided_by)
        yield {"kind": "external", "justification": reason, "status": "accepted"}


def _review(item: Judged) -> str:
    """A mark in the code hushes only what it already hushed at the base."""
    if item.decision is Decision.BLOCK:
        return "rejected"
    accepted = item.decision is not Decision.REPORT or item.state in (State.EXISTING, State.FIXED)
    return "accepted" if accepted else "underReview"


def _suppression(finding: Finding) -> Node:
    return {"kind": "inSource", "justification": visible(finding.suppressed)}


def _location(path: str, region: Node | None = None) -> Node:
    artifact = {"uri": relative_uri(path), "uriBaseId": ROOT}
    physical: Node = {"artifactLocation": artifact}
    return {"physicalLocation": physical | ({"region": region} if region else {})}


def _region(finding: Finding) -> Node:
    start = max(1, finding.line)
    return {"startLine": start, "endLine": max(start, finding.end_line)}


def _invocation(exit_code: int, notifications: Sequence[Node], *, successful: bool) -> Node:
    return {
        "exitCode": int(exit_code),
        "executionSuccessful": successful,
        "toolExecutionNotifications": list(notifications),
    }


def _judged_gap(item: SkippedItem) -> Node:
    deciding = item.decision in (Decision.BLOCK, Decision.INCOMPLETE)
    node = _gap(item.skipped, "error" if deciding else "note")
    decided: Node = {"decision": item.decision, "decidedBy": visible(item.decided_by)}
    return node | {"properties": {**_gap_properties(item.skipped), **decided}}


def _gap(gap: Skipped, level: str) -> Node:
    sentences = (f"{gap.what}: {summary.cause(gap)}", gap.remedy)
    return {
        "descriptor": {"id": "not-looked-at"},
        "level": level,
        "message": {"text": "; ".join(sarif_text(part) for part in sentences if part)},
        **({"locations": [_location(gap.path)]} if gap.path else {}),
        "properties": _gap_properties(gap),
    }


def _gap_properties(gap: Skipped) -> Node:
    return {"reason": visible(gap.reason), "tool": visible(gap.tool)}


def _notice(text: str) -> Node:
    return {"level": "note", "message": {"text": sarif_text(text)}}
