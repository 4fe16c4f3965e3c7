"""What every report for people says: who decided, what to do next, and the sums.

The sentences hold text of the scanned world as it came: each format makes them inert.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from ..errors import ExitCode
from ..records.finding import Finding, Level, Skipped
from ..records.path_class import PathClass, path_class
from ..records.run import (
    Coverage,
    Decision,
    GateRun,
    Judged,
    Located,
    Mode,
    Profile,
    ScanRun,
    State,
    Verdict,
)

JUDGE_CHANGED = ("tidegate", "TG101")
"""Tidegate's rule of a change to policy, waivers, baseline or CI files."""
_DECIDING = (Decision.BLOCK, Decision.INCOMPLETE)
_CHANGED = (State.NEW, State.EDITED)
_NAMED_CAUSES = 3
"""How many causes the sentence on the decision names."""
_CLASSES = {
    PathClass.PRODUCT: "in product code",
    PathClass.VENDORED: "in vendored code",
    PathClass.MIGRATIONS: "in migrations",
    PathClass.TESTS: "in tests",
}


def plural(count: int, noun: str) -> str:
    """'1 finding', '2 findings'."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def place(finding: Finding) -> str:
    """Where a finding is, as editors and terminals link it."""
    return f"{finding.path}:{finding.line}"


def weight(finding: Finding) -> str:
    """Severity of a finding and confidence in it."""
    return f"{finding.severity}/{finding.confidence}"


def marks(item: Judged) -> tuple[str, ...]:
    """What sets a finding of a gate apart: its state where not new, its waiver, what hushes it."""
    state = () if item.state is State.NEW else (str(item.state),)
    waiver = (item.decided_by,) if item.decision is Decision.WAIVED else ()
    return state + waiver + asides(item.finding)


def asides(finding: Finding) -> tuple[str, ...]:
    """What asks to hush the finding, in words, and who else found it."""
    hush = (f"suppressed by {finding.suppressed}",) if finding.suppressed else ()
    return hush + tuple(f"also {witness}" for witness in finding.witnesses)


def blocking(run: GateRun) -> list[Judged]:
    """The findings that block, the gravest first."""
    return _decided(run, Decision.BLOCK)


def waived(run: GateRun) -> list[Judged]:
    """The findings that would block but for a waiver, the gravest first."""
    return _decided(run, Decision.WAIVED)


def _decided(run: GateRun, decision: Decision) -> list[Judged]:
    found = [item for item in run.findings if item.decision is decision]
    return sorted(found, key=lambda item: by_gravity(item.finding))


def by_gravity(finding: Finding) -> tuple[tuple[int, bool, int], str, int]:
    """Orders findings: the gravest first, then by place."""
    return gravity(finding), finding.path, finding.line


def gravity(finding: Finding) -> tuple[int, bool, int]:
    """Severity first, a known one before an unknown one of its rank; then what ships."""
    unknown = finding.severity is Level.UNKNOWN
    return -finding.severity.rank, unknown, list(PathClass).index(path_class(finding.path))


def within(kind: PathClass) -> str:
    """Where findings of a path class are: 'in tests'."""
    return _CLASSES[kind]


def reported(run: GateRun) -> list[Judged]:
    """The findings of this change that do not block, the gravest first."""
    return [item for item in _decided(run, Decision.REPORT) if item.state in _CHANGED]


def found(run: ScanRun) -> list[Finding]:
    """The findings of a scan that the baseline does not know, the gravest first."""
    return sorted((item.finding for item in counting(run)), key=by_gravity)


def counting(run: ScanRun) -> list[Located]:
    """The findings of a scan that the baseline does not know."""
    return [item for item in run.findings if not item.known]


def deciding_gaps(run: GateRun) -> list[Skipped]:
    """What was not looked at and keeps the verdict from PASS."""
    return [item.skipped for item in run.skipped if item.decision in _DECIDING]


def existing_gaps(run: GateRun) -> list[Skipped]:
    """What was not looked at, at the base neither."""
    return [
        item.skipped for item in run.skipped if item.decision is Decision.REPORT and item.existing
    ]


def allowed_gaps(run: GateRun) -> list[Skipped]:
    """What was not looked at and may be so, each with what allows it for a remedy."""
    return [
        replace(item.skipped, remedy=item.decided_by)
        for item in run.skipped
        if item.decision is Decision.WAIVED
        or (item.decision is Decision.REPORT and not item.existing)
    ]


def _ignored(run: GateRun) -> list[Judged]:
    """The findings of this change that the policy ignores: they are counted alone."""
    return [item for item in _decided(run, Decision.IGNORE) if item.state in _CHANGED]


def cause(gap: Skipped) -> str:
    """Why something was not looked at, with the detail."""
    return f"{gap.reason} ({gap.detail})" if gap.detail else gap.reason


def named_verdict(run: GateRun) -> str:
    """The verdict, and that it is not that of the full rules where it is not."""
    return f"{run.verdict} of the quick rules only" if _is_quick(run) else str(run.verdict)


def _is_quick(run: GateRun) -> bool:
    return run.profile is Profile.QUICK


def _is_empty(run: GateRun) -> bool:
    """Whether one commit was compared with itself; a change that removes files is none such."""
    between = run.range
    return between.base == between.head and not (between.worktree or between.staged)


def decided_by(run: GateRun) -> str:
    """What made the verdict, the most frequent causes first."""
    if run.verdict is Verdict.PASS:
        return _passed(run)
    if run.verdict is Verdict.INCOMPLETE:
        unseen = Counter((f"not looked at: {gap.reason}", "gap") for gap in deciding_gaps(run))
        return _listed(unseen) or "something that had to be looked at was not"
    gaps = (item.decided_by for item in run.skipped if item.decision is Decision.BLOCK)
    found = (item.decided_by for item in blocking(run))
    return _listed(
        Counter([*((name, "finding") for name in found), *((name, "gap") for name in gaps)])
    )


def _passed(run: GateRun) -> str:
    if not run.coverage.seen and not run.findings:
        return "no changed file to look at"
    known = ", but for what the base left out too" if existing_gaps(run) else ""
    allowed = ", but for what may be left out" if allowed_gaps(run) else ""
    knows = " that the quick rules know" if _is_quick(run) else ""
    return f"nothing{knows} blocks, and all that had to be looked at was{known}{allowed}"


def _listed(causes: Counter[tuple[str, str]]) -> str:
    """The most frequent causes, each with how much of what it decided about."""
    first = causes.most_common(_NAMED_CAUSES)
    named = [f"{name} ({plural(count, noun)})" for (name, noun), count in first]
    more = len(causes) - len(named)
    return "; ".join(named) + (f"; and {more} more" if more else "")


def next_step(run: GateRun) -> str:
    """What to do about the verdict."""
    if run.verdict is Verdict.PASS and _is_empty(run):
        return "nothing: there is no change to judge"
    if run.verdict is Verdict.PASS and _is_quick(run):
        return "let the gate with all rules decide (without --quick, as in CI) before it merges"
    if run.verdict is Verdict.PASS:
        return "nothing: this change may merge"
    gaps = deciding_gaps(run)
    if run.verdict is Verdict.INCOMPLETE:
        return _remedies(gaps)
    also = " and what could not be looked at" if gaps else ""
    rules = {(item.finding.tool, item.finding.rule) for item in blocking(run)}
    if rules == {JUDGE_CHANGED} and run.judge_digest:
        flag = f"--accept-judge-change {run.judge_digest}"
        return f"have the change to what judges reviewed{also}, then run the gate with {flag}"
    return f"fix what blocks{also}, as told beside each, then run the gate again"


def _remedies(gaps: Iterable[Skipped]) -> str:
    remedies = list(dict.fromkeys(gap.remedy for gap in gaps if gap.remedy))
    return "; ".join(remedies[:_NAMED_CAUSES]) or "see what was not looked at"


def scan_next(run: ScanRun) -> Mapping[str, str]:
    """What to do about the gaps where they decided the exit code, and what until then, by label."""
    if run.exit_code != ExitCode.INCOMPLETE:
        return {}
    until = (
        f"a job that may go on without it takes exit code {run.exit_code:d} too; "
        "`tidegate gate` minds only what a change leaves out anew"
    )
    return {"Next": _remedies(run.skipped), "Until then": until}


def mode_note(run: GateRun) -> str:
    """That the verdict has no force, where it has none."""
    if run.mode is Mode.ENFORCE:
        return ""
    return f"mode {run.mode}: the verdict does not decide the exit code, which is {run.exit_code:d}"


def compared(run: GateRun) -> str:
    """The two sides, the merge base first."""
    between = run.range
    if between.staged and between.base_origin == "staged" and not between.base:
        return "Compared the index with nothing: there is no commit yet"
    if not between.base:
        return "Compared nothing: the range is not known"
    named = f" with {between.base_ref}" if between.base_ref else ""
    by = "" if between.base_origin == "staged" else between.base_origin  # nobody named HEAD
    origin = f", named by {by}" if by else ""
    beside = " and the working tree" if between.worktree else ""
    beside = " and the index" if between.staged else beside
    return (
        f"Compared {between.base[:12]} (merge base{named}{origin}) with {between.head[:12]}{beside}"
    )


def gate_totals(run: GateRun) -> str:
    """Every finding by what it means for the change, every gap and every file."""
    counts = {
        "blocking": len(blocking(run)),
        "reported": len(reported(run)),
        "waived": len(waived(run)),
        "ignored": len(_ignored(run)),
    }
    fixed = sum(
        item.state is State.FIXED and item.decision not in (Decision.BLOCK, Decision.WAIVED)
        for item in run.findings
    )
    existing = len(run.findings) - fixed - sum(counts.values())
    parts = counts | {"existing": existing, "fixed": fixed}
    gaps = {"ignored": sum(item.decision is Decision.IGNORE for item in run.skipped)}
    left_out = _divided(f"{len(run.skipped)} not looked at", gaps) if run.skipped else ""
    return _totals([item.finding for item in run.findings], parts, left_out, run.coverage)


def scan_totals(run: ScanRun) -> str:
    """Every finding by severity, every gap and every file."""
    every = [item.finding for item in run.findings]
    counted = [item.finding for item in counting(run)]
    parts = _by_severity(counted) | {"known": len(every) - len(counted)}
    left_out = f"{len(run.skipped)} not looked at" if run.skipped else ""
    return _totals(every, parts, left_out, run.coverage)


def _totals(
    findings: Sequence[Finding], parts: Mapping[str, int], left_out: str, files: Coverage
) -> str:
    """What there is none of is left out."""
    return ", ".join(
        [
            _divided(plural(len(findings), "finding"), parts) if findings else "no findings",
            *_seen_as(findings),
            *([left_out] if left_out else []),
            coverage_totals(files),
        ]
    )


def _divided(whole: str, parts: Mapping[str, int]) -> str:
    """'3 findings (1 blocking, 2 reported)'."""
    named = _counted(parts)
    return f"{whole} ({named})" if named else whole


def _counted(parts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in parts.items() if count)


def scan_classes(run: ScanRun) -> str:
    """Every finding by path class and severity, empty where there is none."""
    classes: dict[PathClass, list[Finding]] = {kind: [] for kind in PathClass}
    for item in counting(run):
        classes[path_class(item.finding.path)].append(item.finding)
    parts = [
        f"{within(kind)} {_counted(_by_severity(found))}"
        for kind, found in classes.items()
        if found
    ]
    return "Found " + "; ".join(parts) if parts else ""


def _by_severity(findings: Iterable[Finding]) -> dict[str, int]:
    """How many there are of each severity, the gravest first."""
    severities = Counter(finding.severity for finding in findings)
    return {str(level): count for level, count in sorted(severities.items(), key=_gravest)}


def _gravest(item: tuple[Level, int]) -> tuple[int, str]:
    return -item[0].rank, item[0]


def _seen_as(findings: Sequence[Finding]) -> list[str]:
    """How many findings something asks to hush, and how many were found more than once."""
    suppressed = sum(1 for finding in findings if finding.suppressed)
    witnessed = sum(1 for finding in findings if finding.witnesses)
    counts = {"suppressed": suppressed, "found by several tools": witnessed}
    return [f"{count} {name}" for name, count in counts.items() if count]


def coverage_totals(files: Coverage) -> str:
    """The files seen and what became of them; of other kinds are those searched for secrets."""
    if not files.seen:
        return "no files"
    if files.scanned == files.seen:
        return f"{plural(files.seen, 'file')} scanned"
    parts = {
        "scanned": files.scanned,
        "not wholly": sum(files.skipped.values()),
        "of other kinds": files.out_of_scope,
    }
    return _divided(plural(files.seen, "file"), parts)
