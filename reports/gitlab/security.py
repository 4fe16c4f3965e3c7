"""The security reports of GitLab, schema 15.2: what its two kinds have in common.

GitLab takes out what the report of the target branch has too, and calls fixed what only
that one has. So existing findings are told, and fixed ones and what the policy ignores
are not. There is no place for a waiver but the details: dismissing is done in GitLab.
"""

import re
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import blake2b

from ...records.finding import Finding, Level, Package, Skipped
from ...records.run import Decision, GateRun, Judged, Located, ScanRun, State
from .. import beside, summary
from ..inert import PATH_LIMIT, json_rows, markdown, visible, web_address

Node = dict[str, object]
Chosen = Callable[[Finding], bool]
"""Whether a finding belongs in this kind of report."""

VERSION = "15.2.1"
"""Of the schema; GitLab reads any patch of a minor version that it knows."""

_SEVERITIES = {
    Level.LOW: "Low",
    Level.MEDIUM: "Medium",
    Level.HIGH: "High",
    Level.UNKNOWN: "Unknown",
    Level.CRITICAL: "Critical",
}
_NAME_LIMIT = 255
_SOLUTION_LIMIT = 500
"""Characters before escaping, which makes up to a dozen of one: the schema allows 7,000."""
_IDENTIFIERS = 20
_CVE = re.compile(r"CVE-\d{4}-\d{4,}")
_KINDS = {"CVE": "cve", "GHSA": "ghsa", "PYSEC": "pysec", "MAL": "mal", "OSV": "osv"}
_CVSS = re.compile(
    "CVSS:3[.][01]/AV:[NALP]/AC:[LH]/PR:[NLH]/UI:[NR]/S:[UC]/C:[NLH]/I:[NLH]/A:[NLH]"
)
"""The vectors that every 15.x schema knows: base metrics of version 3, in their order."""


def gate(run: GateRun, kind: str, chosen: Chosen) -> str:
    """What stands at head and `chosen` takes; the verdict and the gaps as messages."""
    found = [
        _vulnerability(item.finding, item.fingerprint, kind, _judged_details(item))
        for item in run.findings
        if chosen(item.finding)
        and item.state is not State.FIXED
        and item.decision is not Decision.IGNORE
    ]
    gaps = summary.deciding_gaps(run)
    others = [*summary.existing_gaps(run), *summary.allowed_gaps(run)]
    said = [
        f"{summary.named_verdict(run)} (exit {run.exit_code:d}): {summary.gate_totals(run)}",
        *beside.sentences(run),
        *filter(None, [summary.mode_note(run)]),
        *map(_gap, others),
        *run.notices,
    ]
    return _report(run, kind, found, _messages(gaps, said), whole=not gaps)


def scan(run: ScanRun, kind: str, chosen: Chosen) -> str:
    """What stands in a tree and `chosen` takes; the sums and the gaps as messages."""
    found = [
        _vulnerability(item.finding, item.fingerprint, kind, _located_details(item))
        for item in run.findings
        if chosen(item.finding)
    ]
    said = [summary.scan_totals(run), *beside.scan_sentences(run), *run.notices]
    return _report(run, kind, found, _messages(run.skipped, said), whole=not run.skipped)


def _messages(gaps: Iterable[Skipped], said: Iterable[str]) -> list[Node]:
    return [
        *(_message("warn", f"Not looked at: {_gap(gap)}") for gap in gaps),
        *(_message("info", text) for text in said),
    ]


def _message(level: str, text: str) -> Node:
    return {"level": level, "value": visible(text) or "-"}


def _gap(gap: Skipped) -> str:
    remedy = f" -> {gap.remedy}" if gap.remedy else ""
    return f"{gap.what}: {summary.cause(gap)}{remedy}"


def _report(
    run: GateRun | ScanRun, kind: str, found: list[Node], messages: list[Node], *, whole: bool
) -> str:
    tool = {
        "id": "tidegate",
        "name": "Tidegate",
        "version": visible(run.versions.get("tidegate", "")) or "unknown",
        "vendor": {"name": "Tidegate"},
    }
    started = max(0.0, run.ended - sum(run.timings.values()))
    return json_rows(
        {
            "version": VERSION,
            "scan": {
                "analyzer": tool,
                "scanner": tool,
                "type": kind,
                "start_time": _moment(started),
                "end_time": _moment(run.ended),
                "status": "success" if whole else "failure",
                "messages": messages,
            },
            "vulnerabilities": found,
        }
    )


def _moment(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))


def _vulnerability(
    finding: Finding, fingerprint: str, kind: str, details: Mapping[str, str]
) -> Node:
    address = web_address(finding.url)
    return {
        "id": _identity(kind, fingerprint),
        "category": kind,
        "scanner": {"id": "tidegate", "name": "Tidegate"},
        "name": visible(_name(finding), 200)[:_NAME_LIMIT],
        "description": markdown(finding.message),
        "severity": _SEVERITIES[finding.severity],
        **({"solution": markdown(finding.remedy, _SOLUTION_LIMIT)} if finding.remedy else {}),
        "identifiers": list(_identifiers(finding))[:_IDENTIFIERS],
        **({"links": [{"url": address}]} if address else {}),
        **(_scores(finding.package) if finding.package else {}),
        "location": _location(finding),
        **({} if finding.package else {"tracking": _tracking(finding, fingerprint)}),
        "details": {
            key: {"name": key.capitalize(), "type": "text", "value": visible(value)}
            for key, value in details.items()
            if value
        },
    }


def _name(finding: Finding) -> str:
    if finding.package:
        return f"{finding.rule} in {finding.package.name}"
    return f"{finding.rule}: {finding.message}"


def _identity(kind: str, fingerprint: str) -> str:
    """The same for the same finding wherever its lines move."""
    raw = f"{kind}\0{fingerprint}".encode("utf-8", "surrogatepass")
    return str(uuid.UUID(bytes=blake2b(raw, digest_size=16).digest()))


def _judged_details(item: Judged) -> dict[str, str]:
    return {
        "decision": item.decision,
        "decided by": item.decided_by,
        "state": item.state,
        **_details(item),
    }


def _located_details(item: Located) -> dict[str, str]:
    return {"state": "known" if item.known else "", **_details(item)}


def _details(item: Judged | Located) -> dict[str, str]:
    finding = item.finding
    package = finding.package
    exploited = "yes, as CISA knows" if package and package.kev else ""
    epss = f"{package.epss:.1%}" if package and package.epss is not None else ""
    return {
        "confidence": finding.confidence,
        "suppressed by": finding.suppressed,
        "also found by": ", ".join(finding.witnesses),
        "exploited": exploited,
        "probability of exploitation": epss,
    }


def _identifiers(finding: Finding) -> Iterator[Node]:
    """The rule or advisory first: by it GitLab knows the finding again."""
    address = web_address(finding.url)
    package = finding.package
    kind = _kind_of(finding.rule) if package else f"{finding.tool}_rule"
    yield _identifier(kind, finding.rule, address or _record(finding.rule))
    for alias in package.aliases if package else ():
        yield _identifier(_kind_of(alias), alias, _record(alias))
    if finding.cwe is not None:
        number = str(finding.cwe)
        where = f"https://cwe.mitre.org/data/definitions/{number}.html"
        yield {"type": "cwe", "name": f"CWE-{number}", "value": number, "url": where}


def _kind_of(advisory: str) -> str:
    return _KINDS.get(advisory.partition("-")[0], "advisory")


def _record(advisory: str) -> str:
    known = _CVE.fullmatch(advisory)
    return f"https://www.cve.org/CVERecord?id={advisory}" if known else ""


def _identifier(kind: str, value: str, address: str) -> Node:
    shown = visible(value) or "unknown"
    return {
        "type": visible(kind),
        "name": shown,
        "value": shown,
        **({"url": address} if address else {}),
    }


def _scores(package: Package) -> Node:
    """The vector where the schema knows its like."""
    if not _CVSS.fullmatch(package.cvss_vector):
        return {}
    return {"cvss_vectors": [{"vendor": "unknown", "vector": package.cvss_vector}]}


def _location(finding: Finding) -> Node:
    path = visible(finding.path, PATH_LIMIT) or "."
    if finding.package:
        name, version = visible(finding.package.name), visible(finding.package.version)
        return {"file": path, "dependency": {"package": {"name": name}, "version": version}}
    scope = {"method": visible(finding.scope)} if finding.scope else {}
    return {"file": path, **_lines(finding), **scope}


def _lines(finding: Finding) -> Node:
    start = max(1, finding.line)
    return {"start_line": start, "end_line": max(start, finding.end_line)}


def _tracking(finding: Finding, fingerprint: str) -> Node:
    """By which GitLab follows it through moved lines."""
    signature = {"algorithm": "hash", "value": visible(fingerprint)}
    item = {"file": visible(finding.path, PATH_LIMIT), **_lines(finding)}
    return {"type": "source", "items": [{**item, "signatures": [signature]}]}
