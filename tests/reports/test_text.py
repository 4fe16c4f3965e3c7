import re
from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.records.finding import Finding, Skipped
from tidegate.records.run import (
    Coverage,
    Decision,
    GateRun,
    Judged,
    Mode,
    Range,
    ScanRun,
    SkippedItem,
    State,
    Verdict,
)
from tidegate.reports import text

BLOCKED = """\
Compared 111111111111 (merge base with origin/main, named by github) with 222222222222

Blocking: 1 finding
  app/run.py:12: B602 [HIGH/MEDIUM] subprocess call with shell=True -> pass a list of arguments

Reported, not blocking: 1 finding
  app/run.py:12: B101 [HIGH/MEDIUM, edited] subprocess call with shell=True -> pass a list of arguments

Not looked at: 1
  app/new.py: syntax error (line 3) -> fix the file

Notice: the advisory database is 40 days old

Decided by: block-severity = MEDIUM (1 finding)
Next: fix what blocks and what could not be looked at, as told beside each, then run the gate again
What is to stay: needs a waiver on the base branch, from somebody who answers for it \
(`tidegate waive PATH:LINE` writes one); one that this change brings does not count. \
`tidegate policy explain PATH:LINE` tells why it blocks
BLOCK (exit 1): 4 findings (1 blocking, 1 reported, 1 existing, 1 fixed), 1 suppressed, \
1 not looked at, 10 files (8 scanned, 1 not wholly, 1 of other kinds)
"""  # noqa: E501 - the report's own lines

EMPTY = """\
Compared 111111111111 (merge base) with 111111111111

Decided by: no changed file to look at
Next: nothing: there is no change to judge
PASS (exit 0): no findings, no files
"""

UNKNOWN_RANGE = """\
Compared nothing: the range is not known

Not looked at: 1
  range: no common ancestor -> fetch more history: git fetch --unshallow

Decided by: not looked at: no common ancestor (1 gap)
Next: fetch more history: git fetch --unshallow
INCOMPLETE (exit 3): no findings, 1 not looked at, no files
"""

SCANNED = """\
app/run.py:12: B101 [LOW/MEDIUM] subprocess call with shell=True -> pass a list of arguments
app/run.py:12: B602 [HIGH/MEDIUM] subprocess call with shell=True -> pass a list of arguments

Not looked at: 1
  app/new.py: syntax error (line 3) -> fix the file

Notice: a .bandit file is ignored

Found in product code 1 HIGH, 1 LOW
Next: fix the file
Until then: a job that may go on without it takes exit code 3 too; \
`tidegate gate` minds only what a change leaves out anew
Scanned (exit 3): 2 findings (1 HIGH, 1 LOW), 1 not looked at, \
3 files (1 scanned, 1 not wholly, 1 of other kinds)
"""


def test_a_blocked_change(gate_run: Callable[..., GateRun]) -> None:
    assert text.gate(gate_run(), colour=False) == BLOCKED


def test_an_empty_change(empty_run: GateRun) -> None:
    assert text.gate(empty_run, colour=False) == EMPTY


def test_a_change_that_only_removes_files_may_merge(gate_run: Callable[..., GateRun]) -> None:
    nothing = {"findings": (), "skipped": (), "coverage": Coverage()}
    report = text.gate(gate_run(verdict=Verdict.PASS, exit_code=0, **nothing), colour=False)
    assert "Next: nothing: this change may merge\n" in report


def test_an_unknown_range(unknown_range: GateRun) -> None:
    assert text.gate(unknown_range, colour=False) == UNKNOWN_RANGE


def test_a_scan(scan_run: Callable[..., ScanRun]) -> None:
    assert text.scan(scan_run(), colour=False) == SCANNED


def test_colour_adds_styles_and_nothing_else(gate_run: Callable[..., GateRun]) -> None:
    coloured = text.gate(gate_run(), colour=True)
    assert "\x1b[1;31mBLOCK (exit 1)\x1b[0m" in coloured
    assert re.sub(r"\x1b\[[0-9;]+m", "", coloured) == BLOCKED


def test_a_finding_that_blocks_is_listed_in_whatever_state(
    gate_run: Callable[..., GateRun], judged: Callable[..., Judged]
) -> None:
    report = text.gate(gate_run(findings=(judged(State.EXISTING, path="old.py"),)), colour=False)
    assert "  old.py:12: B602 [HIGH/MEDIUM, existing]" in report


def test_a_self_suppressed_finding_says_so(
    gate_run: Callable[..., GateRun], judged: Callable[..., Judged]
) -> None:
    report = text.gate(gate_run(findings=(judged(suppressed="nosec"),)), colour=False)
    assert "[HIGH/MEDIUM, suppressed by nosec]" in report
    assert ", 1 suppressed, " in report


@pytest.mark.parametrize("mode", [Mode.WARN, Mode.OBSERVE])
def test_a_mode_without_force_is_told(mode: Mode, gate_run: Callable[..., GateRun]) -> None:
    report = text.gate(gate_run(mode=mode, exit_code=0), colour=False)
    assert f"mode {mode}: the verdict does not decide the exit code, which is 0" in report
    assert "\nBLOCK (exit 0): " in report
    assert "mode enforce" not in text.gate(gate_run(), colour=False)


def test_a_gap_of_the_base_does_not_count_as_the_change_s_own(
    gate_run: Callable[..., GateRun], gap: Callable[..., Skipped]
) -> None:
    run = gate_run(
        verdict=Verdict.PASS,
        exit_code=0,
        findings=(),
        skipped=(
            SkippedItem(skipped=gap(what="legacy==1"), existing=True, decision=Decision.REPORT),
        ),
    )
    report = text.gate(run, colour=False)
    assert "Not looked at, as at the base: 1\n  legacy==1: syntax error" in report
    assert "all that had to be looked at was, but for what the base left out too" in report
    assert ", 1 not looked at, " in report


def test_waivers_are_shown_and_what_the_policy_ignores_is_counted(
    gate_run: Callable[..., GateRun],
    judged: Callable[..., Judged],
    gap: Callable[..., Skipped],
) -> None:
    waiver = "waiver of ada@example.com until 2026-12-31: built from constants"
    run = gate_run(
        verdict=Verdict.PASS,
        exit_code=0,
        findings=(
            judged(State.NEW, Decision.WAIVED, waiver, path="waived.py"),
            judged(State.NEW, Decision.IGNORE, path="ignored.py"),
            judged(State.EXISTING, Decision.IGNORE, path="ignored.py"),
        ),
        skipped=(
            SkippedItem(skipped=gap(what="a"), decision=Decision.WAIVED, decided_by=waiver),
            SkippedItem(skipped=gap(what="b"), decision=Decision.REPORT, decided_by="line 2: warn"),
            SkippedItem(skipped=gap(what="c"), decision=Decision.IGNORE),
        ),
    )
    report = text.gate(run, colour=False)
    assert f"Waived: 1 finding\n  waived.py:12: B602 [HIGH/MEDIUM, {waiver}] " in report
    allowed = (
        f"  a: syntax error (line 3) -> {waiver}",
        "  b: syntax error (line 3) -> line 2: warn",
    )
    assert "Not looked at, and allowed: 2\n" + "\n".join(allowed) in report
    assert "ignored.py" not in report
    assert "but for what may be left out" in report
    assert "3 findings (1 waived, 1 ignored, 1 existing), 3 not looked at (1 ignored), " in report


def test_a_gap_that_blocks_is_told_as_what_decided(
    gate_run: Callable[..., GateRun], gap: Callable[..., Skipped]
) -> None:
    blocks = SkippedItem(skipped=gap(), decision=Decision.BLOCK, decided_by="policy line 1: block")
    report = text.gate(gate_run(findings=(), skipped=(blocks,)), colour=False)
    assert "\nNot looked at: 1\n  app/new.py" in report
    assert "\nDecided by: policy line 1: block (1 gap)\n" in report


def test_the_working_tree_is_named(gate_run: Callable[..., GateRun]) -> None:
    run = gate_run(range=Range(base="1" * 40, head="2" * 40, worktree=True))
    assert "with 222222222222 and the working tree\n" in text.gate(run, colour=False)


def test_the_frequent_causes_are_named_and_the_others_counted(
    gate_run: Callable[..., GateRun], judged: Callable[..., Judged]
) -> None:
    causes = ["a", "b", "b", "c", "d", "e"]
    run = gate_run(findings=tuple(judged(decided_by=cause) for cause in causes))
    assert "Decided by: b (2 findings); a (1 finding); c (1 finding); and 2 more\n" in text.gate(
        run, colour=False
    )


@given(data=st.data())
def test_the_sums_hold(data: st.DataObject, gate_runs: st.SearchStrategy[GateRun]) -> None:
    run = data.draw(gate_runs)
    counts = Coverage(seen=9, scanned=4, out_of_scope=2, skipped={"a": 1, "b": 2})
    run = GateRun(
        verdict=run.verdict,
        exit_code=run.exit_code,
        mode=run.mode,
        range=run.range,
        findings=run.findings,
        skipped=run.skipped,
        coverage=counts,
    )
    last = text.gate(run, colour=False).splitlines()[-1].split(": ", 1)[1]
    told = counted(re.sub(r" \([^)]*\)", "", last))
    parts = {name: counted(some) for name, some in re.findall(r"\d+ ([a-z ]+) \(([^)]*)\)", last)}
    states = parts.get("findings") or parts.get("finding") or Counter()
    assert not re.search(r"\b0\b", last), "what there is none of is left out"
    assert told["findings"] + told["finding"] == states.total() == len(run.findings)
    own = [item for item in run.findings if item.state in (State.NEW, State.EDITED)]
    assert states["reported"] == sum(item.decision is Decision.REPORT for item in own)
    assert states["ignored"] == sum(item.decision is Decision.IGNORE for item in own)
    assert states["blocking"] == sum(i.decision is Decision.BLOCK for i in run.findings)
    assert states["waived"] == sum(i.decision is Decision.WAIVED for i in run.findings)
    assert told["suppressed"] == sum(bool(i.finding.suppressed) for i in run.findings)
    assert told["not looked at"] == len(run.skipped)
    ignored = sum(item.decision is Decision.IGNORE for item in run.skipped)
    assert parts.get("not looked at", Counter())["ignored"] == ignored
    assert told["files"] == 9
    assert parts["files"] == {"scanned": 4, "not wholly": 3, "of other kinds": 2}


def counted(text: str) -> Counter[str]:
    """'2 blocking, 1 fixed' as counts by name."""
    return Counter({name: int(number) for number, name in re.findall(r"(\d+) ([a-z ]+)", text)})


def test_a_line_holds_one_finding_whatever_it_says(
    hostile: str, gate_run: Callable[..., GateRun], finding: Callable[..., Finding]
) -> None:
    calm = text.gate(gate_run(), colour=False)
    item = Judged(
        finding=finding(path=hostile, message=hostile, rule=hostile, remedy=hostile),
        fingerprint="",
        state=State.NEW,
        decision=Decision.BLOCK,
        decided_by=hostile,
    )
    report = text.gate(gate_run(findings=(item, *gate_run().findings[1:])), colour=False)
    assert report.count("\n") == calm.count("\n")


def test_the_next_step_for_what_judges_is_a_review(
    gate_run: Callable[..., GateRun], judged: Callable[..., Judged]
) -> None:
    judge = judged(tool="tidegate", rule="TG101")
    told = text.gate(gate_run(findings=(judge,), judge_digest="ab" * 20), colour=False)
    assert f"then run the gate with --accept-judge-change {'ab' * 20}\n" in told
    both = text.gate(gate_run(findings=(judge, judged()), judge_digest="ab" * 20), colour=False)
    assert "Next: fix what blocks" in both
