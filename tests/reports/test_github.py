import re
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from tidegate.records.finding import Finding, Level, Skipped
from tidegate.records.run import (
    Decision,
    GateRun,
    Judged,
    Located,
    ScanRun,
    SkippedItem,
    State,
)
from tidegate.reports import github, pins, summary

BLOCKED = """\
::error file=app/run.py,line=12,endLine=13,title=B602 HIGH/MEDIUM::\
subprocess call with shell=True%0Apass a list of arguments
::warning file=app/new.py,title=not looked at::app/new.py: syntax error (line 3)%0Afix the file
::warning file=app/run.py,line=12,endLine=13,title=B101 HIGH/MEDIUM%2C edited::\
subprocess call with shell=True%0Apass a list of arguments
::notice title=tidegate%3A BLOCK::BLOCK (exit 1): 4 findings (1 blocking, 1 reported, \
1 existing, 1 fixed), 1 suppressed, 1 not looked at, 10 files (8 scanned, 1 not wholly, \
1 of other kinds)%0ADecided by: block-severity = MEDIUM (1 finding)%0A\
Next: fix what blocks and what could not be looked at, as told beside each, \
then run the gate again%0A\
What is to stay: needs a waiver on the base branch, from somebody who answers for it \
(`tidegate waive PATH:LINE` writes one); one that this change brings does not count. \
`tidegate policy explain PATH:LINE` tells why it blocks
"""

COMMAND = re.compile(
    r"::(error|warning|notice) (?:file=[^:,]*,)?(?:line=\d+,endLine=\d+,)?title=[^:,]*::.*"
)


def test_a_blocked_change(gate_run: Callable[..., GateRun]) -> None:
    assert github.gate(gate_run(), colour=False) == BLOCKED


def test_a_scan_warns(scan_run: Callable[..., ScanRun]) -> None:
    lines = github.scan(scan_run(), colour=False).splitlines()
    assert [line.split()[0] for line in lines] == ["::warning"] * 3 + ["::notice"]


@given(data=st.data())
def test_every_line_is_a_command_of_ours(
    data: st.DataObject, gate_runs: st.SearchStrategy[GateRun]
) -> None:
    run = data.draw(gate_runs)
    lines = github.gate(run, colour=False).splitlines()
    assert all(COMMAND.fullmatch(line) for line in lines)
    blocking = [i for i in run.findings if i.decision is Decision.BLOCK]
    reported = [
        i
        for i in run.findings
        if i.decision is Decision.REPORT and i.state in (State.NEW, State.EDITED)
    ]
    waived = [i for i in run.findings if i.decision is Decision.WAIVED]
    told = [
        count
        for items in (blocking, [*reported, *waived])
        for *_, count in pins.told((i.finding, summary.marks(i)) for i in items)
    ]
    assert sum(told) == len(blocking) + len(reported) + len(waived)
    gaps = [item for item in run.skipped if item.decision is not Decision.IGNORE]
    assert len(lines) == len(told) + len(gaps) + 1


def test_a_file_name_cannot_start_a_command(
    gate_run: Callable[..., GateRun], judged: Callable[..., Judged]
) -> None:
    name = "a,line=9::\n::error file=x::planted"
    report = github.gate(gate_run(findings=(judged(path=name),), skipped=()), colour=False)
    first, second = report.splitlines()
    assert first.startswith(
        r"::error file=a%2Cline=9%3A%3A\n%3A%3Aerror file=x%3A%3Aplanted,line=12,"
    )
    assert second.startswith("::notice ")


def test_ten_of_a_level_and_the_others_counted(
    gate_run: Callable[..., GateRun],
    judged: Callable[..., Judged],
    gap: Callable[..., Skipped],
) -> None:
    run = gate_run(
        findings=tuple(judged(line=line) for line in range(1, 14)),
        skipped=tuple(SkippedItem(skipped=gap()) for _ in range(11)),
    )
    lines = github.gate(run, colour=False).splitlines()
    assert sum(line.startswith("::error ") for line in lines) == 10
    assert sum(line.startswith("::warning ") for line in lines) == 10
    assert lines[-1] == (
        "tidegate: 3 errors and 1 warning more are in the other outputs"
        " (text, json, sarif, markdown)"
    )


def test_gaps_that_decide_come_before_other_warnings(
    gate_run: Callable[..., GateRun], judged: Callable[..., Judged]
) -> None:
    many = tuple(judged(State.NEW, Decision.REPORT) for _ in range(20))
    report = github.gate(gate_run(findings=many), colour=False)
    assert "title=not looked at::" in report


def test_lines_start_at_one(
    gate_run: Callable[..., GateRun], judged: Callable[..., Judged]
) -> None:
    report = github.gate(gate_run(findings=(judged(line=5, end_line=2),)), colour=False)
    assert "line=5,endLine=5," in report


def test_the_gravest_of_a_scan_are_among_the_ten(
    scan_run: Callable[..., ScanRun], finding: Callable[..., Finding]
) -> None:
    low = [finding(severity=Level.LOW, line=line) for line in range(1, 20)]
    found = [*low, finding(path="app/zzz.py", severity=Level.HIGH)]
    run = scan_run(findings=tuple(Located(finding=item, fingerprint="") for item in found))
    assert "file=app/zzz.py" in github.scan(run, colour=False)
