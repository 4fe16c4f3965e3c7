from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.config import Settings
from tidegate.gate.policy import decide, decide_gap, exit_code, verdict
from tidegate.records.finding import Finding, Level, Package, Skipped
from tidegate.records.run import Decision, Judged, Mode, SkippedItem, State, Verdict

PLAIN = Finding(
    tool="bandit",
    rule="B307",
    message="m",
    path="a.py",
    line=1,
    end_line=1,
    severity=Level.MEDIUM,
    confidence=Level.MEDIUM,
    remedy="r",
)
ADVISORY = replace(
    PLAIN, severity=Level.LOW, package=Package(name="jinja2", version="2.10", advisory="PYSEC-1")
)


@pytest.mark.parametrize(
    ("severity", "confidence", "blocks"),
    [
        (Level.MEDIUM, Level.MEDIUM, True),
        (Level.CRITICAL, Level.HIGH, True),
        (Level.LOW, Level.HIGH, False),
        (Level.HIGH, Level.LOW, False),
        (Level.UNKNOWN, Level.UNKNOWN, True),
    ],
)
def test_new_findings_block_from_medium_on(
    severity: Level, confidence: Level, blocks: bool
) -> None:
    finding = replace(PLAIN, severity=severity, confidence=confidence)
    decision, line = decide(finding, State.NEW, Settings())
    assert (decision is Decision.BLOCK) is blocks
    assert "block-" in line


def test_unknown_is_never_low_but_below_critical() -> None:
    strict = Settings(block_severity=Level.CRITICAL)
    assert decide(replace(PLAIN, severity=Level.UNKNOWN), State.NEW, strict)[0] is Decision.REPORT


def test_an_advisory_blocks_whatever_its_severity() -> None:
    assert decide(ADVISORY, State.NEW, Settings())[0] is Decision.BLOCK
    told = Settings(block_advisories=False)
    assert decide(ADVISORY, State.NEW, told) == (Decision.REPORT, "block-advisories = false")


@pytest.mark.parametrize("state", [State.EXISTING, State.FIXED])
@pytest.mark.parametrize("finding", [PLAIN, ADVISORY])
def test_what_is_not_new_never_blocks(state: State, finding: Finding) -> None:
    assert decide(finding, state, Settings())[0] is Decision.REPORT


def test_edited_decides_as_new_and_nosec_decides_nothing() -> None:
    assert decide(PLAIN, State.EDITED, Settings())[0] is Decision.BLOCK
    hushed = replace(PLAIN, suppressed="nosec")
    assert decide(hushed, State.NEW, Settings())[0] is Decision.BLOCK


def judged(decision: Decision) -> Judged:
    return Judged(
        finding=PLAIN, fingerprint="0", state=State.NEW, decision=decision, decided_by="x"
    )


def gap(*, existing: bool) -> SkippedItem:
    return decide_gap(SkippedItem(skipped=Skipped(what="a.py", reason="r"), existing=existing))


def test_block_beats_incomplete_beats_pass() -> None:
    block, report = judged(Decision.BLOCK), judged(Decision.REPORT)
    assert verdict([], []) is Verdict.PASS
    assert verdict([report], [gap(existing=True)]) is Verdict.PASS
    assert verdict([report], [gap(existing=False)]) is Verdict.INCOMPLETE
    assert verdict([report, block], [gap(existing=False)]) is Verdict.BLOCK
    assert verdict([report], [replace(gap(existing=False), decision=Decision.BLOCK)]) == "BLOCK"


@pytest.mark.parametrize("decision", [Decision.REPORT, Decision.IGNORE, Decision.WAIVED])
def test_what_a_line_or_a_waiver_lets_pass_is_no_block_and_no_gap(decision: Decision) -> None:
    allowed = replace(gap(existing=False), decision=decision)
    assert verdict([judged(decision)], [allowed]) is Verdict.PASS


@given(st.lists(st.sampled_from(Decision)), st.lists(st.booleans()))
def test_more_evidence_never_makes_a_verdict_milder(
    decisions: list[Decision], gaps: list[bool]
) -> None:
    order = [Verdict.PASS, Verdict.INCOMPLETE, Verdict.BLOCK]
    findings = [judged(decision) for decision in decisions]
    skipped = [gap(existing=existing) for existing in gaps]
    before = order.index(verdict(findings, skipped))
    assert order.index(verdict([*findings, judged(Decision.BLOCK)], skipped)) == 2
    assert order.index(verdict(findings, [*skipped, gap(existing=False)])) >= max(before, 1)


def test_only_enforce_turns_a_verdict_into_a_code() -> None:
    assert [exit_code(v, Mode.ENFORCE) for v in (Verdict.PASS, Verdict.BLOCK)] == [0, 1]
    assert exit_code(Verdict.INCOMPLETE, Mode.ENFORCE) == 3
    assert {exit_code(v, m) for v in Verdict for m in (Mode.WARN, Mode.OBSERVE)} == {0}
