"""JUnit XML: a test case for each finding and each gap, for CI systems that show tests.

A failure is what blocks, an error what had to be looked at and was not; what decides
nothing is skipped and says why, what was fixed passes. Where the mode takes the force
from the verdict nothing fails: CI systems fail a job on what fails here.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ..records.finding import Finding, Skipped
from ..records.run import (
    Decision,
    GateRun,
    Judged,
    Located,
    Mode,
    ScanRun,
    SkippedItem,
    State,
    Verdict,
)
from . import beside, summary
from .inert import PATH_LIMIT, visible

_FAILURE, _ERROR, _SKIPPED = "failure", "error", "skipped"
_DECIDING = (Decision.BLOCK, Decision.INCOMPLETE)
_GAP_NAME = "looked at"


@dataclass(frozen=True, slots=True)
class Case:
    """One test case: the texts as they came, made inert when it is written."""

    group: str
    """The file, or what else it is about."""
    name: str
    outcome: str = ""
    """An element of the format; empty where the case passes."""
    kind: str = ""
    message: str = ""
    lines: tuple[str, ...] = ()


def gate(run: GateRun, *, colour: bool) -> str:  # noqa: ARG001 - XML has no colour
    """Every finding and gap as what was decided about it."""
    cases = [*map(_judged, run.findings), *map(_judged_gap, run.skipped)]
    if run.mode is not Mode.ENFORCE:
        cases = [_without_force(case, run.mode) for case in cases]
    said = [
        f"{summary.named_verdict(run)} (exit {run.exit_code:d}): {summary.gate_totals(run)}",
        *beside.sentences(run),
        summary.mode_note(run),
        summary.compared(run),
    ]
    cases = [*cases, *_verdict(run, cases)]
    return _document(run, "tidegate gate", cases, [*filter(None, said), *run.notices])


def scan(run: ScanRun, *, colour: bool) -> str:  # noqa: ARG001 - XML has no colour
    """A failure for each finding that neither baseline nor a mark hushes, an error for each gap."""
    cases = [*map(_located, run.findings), *(_gap(gap, _ERROR, "") for gap in run.skipped)]
    nothing = Case("tidegate", "scan: nothing was found")
    said = [summary.scan_totals(run), *beside.scan_sentences(run), *run.notices]
    return _document(run, "tidegate scan", cases or [nothing], said)


def _verdict(run: GateRun, cases: Sequence[Case]) -> Iterator[Case]:
    """The verdict itself where no case tells of it: a report is never empty or too green."""
    told = any(case.outcome in (_FAILURE, _ERROR) for case in cases)
    if run.verdict is not Verdict.PASS and run.mode is Mode.ENFORCE and not told:
        why = summary.decided_by(run)
        yield Case("tidegate", f"gate: {run.verdict}", _ERROR, run.verdict, why)
    elif not cases:
        yield Case("tidegate", f"gate: {run.verdict}")


def _judged(item: Judged) -> Case:
    outcome, kind, why = _outcome(item)
    return _case(item.finding, outcome, kind, why, summary.marks(item))


def _outcome(item: Judged) -> tuple[str, str, str]:
    """The element, its type, and what goes before its message."""
    if item.decision is Decision.BLOCK:
        return _FAILURE, item.finding.severity, ""
    if item.decision is Decision.WAIVED:
        return _SKIPPED, "waived", f"waived by {item.decided_by}: "
    if item.decision is Decision.IGNORE:
        return _SKIPPED, "ignored", f"ignored by {item.decided_by}: "
    if item.state is State.FIXED:
        return "", "fixed", ""
    if item.state is State.EXISTING:
        return _SKIPPED, "existing", "existing: "
    return _SKIPPED, "reported", "reported, not blocking: "


def _located(item: Located) -> Case:
    finding = item.finding
    if item.known:
        outcome, kind, why = _SKIPPED, "known", "known to the baseline: "
    elif finding.suppressed:
        outcome, kind, why = _SKIPPED, "suppressed", "suppressed: "
    else:
        outcome, kind, why = _FAILURE, str(finding.severity), ""
    return _case(finding, outcome, kind, why, summary.asides(finding))


def _case(finding: Finding, outcome: str, kind: str, why: str, marks: Iterable[str]) -> Case:
    weight = ", ".join([summary.weight(finding), *marks])
    return Case(
        finding.path,
        _name(finding),
        outcome,
        kind,
        f"{why}line {finding.line}: {finding.message}",
        tuple(
            filter(
                None,
                (
                    f"{summary.place(finding)}: {finding.rule} [{weight}] {finding.message}",
                    f"What to do: {finding.remedy}" if finding.remedy else "",
                    finding.url,
                ),
            )
        ),
    )


def _name(finding: Finding) -> str:
    """The same while lines move, so that a CI system knows the case again."""
    if finding.package:
        return f"{finding.rule} in {finding.package.name} {finding.package.version}"
    return f"{finding.rule} in {finding.scope}" if finding.scope else finding.rule


def _judged_gap(item: SkippedItem) -> Case:
    if item.decision in _DECIDING:
        return _gap(item.skipped, _ERROR, "")
    if item.decision is Decision.REPORT and item.existing:
        return _gap(item.skipped, _SKIPPED, "as at the base: ")
    return _gap(item.skipped, _SKIPPED, f"allowed by {item.decided_by}: ")


def _gap(gap: Skipped, outcome: str, why: str) -> Case:
    return Case(
        gap.path or gap.what,
        f"{_GAP_NAME}: {gap.what}",
        outcome,
        "not looked at",
        f"{why}not looked at: {summary.cause(gap)}",
        (f"What to do: {gap.remedy}",) if gap.remedy else (),
    )


def _without_force(case: Case, mode: Mode) -> Case:
    if case.outcome not in (_FAILURE, _ERROR):
        return case
    return replace(case, outcome=_SKIPPED, message=f"decides nothing, mode {mode}: {case.message}")


def _document(run: GateRun | ScanRun, name: str, cases: Sequence[Case], said: Iterable[str]) -> str:
    import xml.etree.ElementTree as ET

    counts = Counter(case.outcome for case in cases)
    totals = {
        "tests": str(len(cases)),
        "failures": str(counts[_FAILURE]),
        "errors": str(counts[_ERROR]),
    }
    root = ET.Element("testsuites", totals)
    seconds = f"{sum(run.timings.values()):.3f}"
    suite = ET.SubElement(
        root,
        "testsuite",
        {"name": name, **totals, "skipped": str(counts[_SKIPPED]), "time": seconds},
    )
    for case, label in _labelled(cases):
        group = visible(case.group, PATH_LIMIT)
        node = ET.SubElement(suite, "testcase", {"name": label, "classname": group})
        if case.outcome:
            told = {"type": visible(case.kind), "message": visible(case.message)}
            ET.SubElement(node, case.outcome, told).text = _text(case.lines)
        elif case.lines:
            ET.SubElement(node, "system-out").text = _text([case.kind, *case.lines])
    ET.SubElement(suite, "system-out").text = _text(said)
    ET.indent(root)
    raw: bytes = ET.tostring(root, encoding="us-ascii", xml_declaration=True)
    return raw.decode("ascii") + "\n"


def _labelled(cases: Iterable[Case]) -> Iterator[tuple[Case, str]]:
    """Each with a name of its own: GitLab keeps one case of a name."""
    seen: Counter[tuple[str, str]] = Counter()
    for case in cases:
        name = visible(case.name)
        seen[case.group, name] += 1
        count = seen[case.group, name]
        yield case, f"{name} ({count})" if count > 1 else name


def _text(lines: Iterable[str]) -> str:
    return "\n".join(map(visible, lines))
