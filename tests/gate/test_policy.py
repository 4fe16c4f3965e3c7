"""Layers have their say, the worse decision wins, and only what is new can block."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.config import Settings
from tidegate.errors import ConfigError
from tidegate.gate.policies.conditions import of_finding
from tidegate.gate.policies.layers import Layer, folder_layers, other_layer
from tidegate.gate.policy import WORST_FIRST, decide_gap, exit_code, opinions, verdict
from tidegate.records.finding import Finding, Level, Skipped
from tidegate.records.run import Decision, Judged, Mode, SkippedItem, State, Verdict
from tidegate.tests.gate.policies import ADVISORY, PLAIN, decided, file_of, layer, line


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
    decision, words = decided(replace(PLAIN, severity=severity, confidence=confidence))
    assert (decision is Decision.BLOCK) is blocks
    assert "block-" in words


def test_unknown_is_never_low_but_below_critical() -> None:
    strict = layer('block-severity = "CRITICAL"')
    assert decided(replace(PLAIN, severity=Level.UNKNOWN), policy=[strict])[0] is Decision.REPORT


def test_an_advisory_blocks_whatever_its_severity() -> None:
    assert decided(ADVISORY) == (Decision.BLOCK, "block-advisories = true")
    told = decided(ADVISORY, policy=[layer("block-advisories = false")])
    words = "block-advisories = false (tidegate.toml at 1a2b3c)"
    assert told == (Decision.REPORT, words)


@pytest.mark.parametrize("state", [State.EXISTING, State.FIXED])
@pytest.mark.parametrize("finding", [PLAIN, ADVISORY])
def test_what_is_not_new_never_blocks(state: State, finding: Finding) -> None:
    assert decided(finding, state)[0] is Decision.REPORT
    blocks = [layer(line('rule = "*"', "block"))]
    assert decided(finding, state, blocks)[0] is Decision.REPORT
    ignores = [layer(line('rule = "*"', "ignore"))]
    assert decided(finding, state, ignores)[0] is Decision.IGNORE


def test_edited_decides_as_new_and_nosec_decides_nothing() -> None:
    assert decided(PLAIN, State.EDITED)[0] is Decision.BLOCK
    assert decided(replace(PLAIN, suppressed="nosec"))[0] is Decision.BLOCK


def test_the_first_line_that_matches_decides_and_says_so() -> None:
    policy = [
        layer(
            line('rule = "B1*"', "block")
            + line('rule = "B307", path = "a.py"', "ignore")
            + line('tool = "bandit"', "block")
        )
    ]
    assert decided(PLAIN, policy=policy) == (
        Decision.IGNORE,
        "tidegate.toml at 1a2b3c, policy line 2: ignore, because we looked at it twice",
    )
    elsewhere = decided(replace(PLAIN, path="b.py", severity=Level.LOW), policy=policy)
    assert elsewhere[0] is Decision.BLOCK
    assert "policy line 3: block" in elsewhere[1]


def test_what_is_not_known_blocks_and_lets_nothing_pass() -> None:
    """Without CISA's catalogue, and without a score."""
    unknown = replace(ADVISORY, severity=Level.UNKNOWN)
    lax = layer(line("kev = false", "ignore") + line('severity = "LOW"', "warn"))
    assert decided(unknown, policy=[lax]) == (Decision.BLOCK, "block-advisories = true")
    strict = layer("block-advisories = false\n" + line("kev = true", "block"))
    decision, words = decided(unknown, policy=[strict])
    assert decision is Decision.BLOCK
    assert words.endswith("because we looked at it twice (kev not known)")


def test_a_file_that_was_moved_is_matched_under_both_its_paths() -> None:
    moved = replace(PLAIN, path="tests/a.py")
    lax = [layer(line('path-class = "tests"', "ignore"))]
    assert decided(moved, policy=lax)[0] is Decision.IGNORE
    assert decided(moved, policy=lax, former=["tests/b.py"])[0] is Decision.IGNORE
    assert decided(moved, policy=lax, former=["app/a.py"])[0] is Decision.BLOCK
    low = replace(moved, severity=Level.LOW)
    strict = [layer(line('path = "app/**"', "block"))]
    assert decided(low, policy=strict)[0] is Decision.REPORT
    assert decided(low, policy=strict, former=["app/a.py"])[0] is Decision.BLOCK


def test_the_worse_of_two_policies_wins_and_is_named() -> None:
    lax = layer(line('rule = "B307"', "ignore"))
    organisation = other_layer(file_of(line('rule = "B3*"', "block")), Settings())
    silent = other_layer(file_of(line('rule = "B9*"', "block")), Settings())
    for policy in ([lax, organisation], [lax, silent, organisation]):
        assert decided(PLAIN, policy=policy)[0] is Decision.BLOCK
    assert decided(PLAIN, policy=[lax, silent])[0] is Decision.IGNORE
    ignoring = other_layer(file_of(line('rule = "B307"', "ignore")), Settings())
    assert decided(PLAIN, policy=[layer(), ignoring])[0] is Decision.BLOCK


def test_a_layer_speaks_of_what_its_file_names_only() -> None:
    rated = other_layer(file_of('block-severity = "LOW"'), Settings())
    low = replace(PLAIN, severity=Level.LOW)
    lax = layer("block-advisories = false")
    assert decided(low, policy=[lax])[0] is Decision.REPORT
    assert decided(low, policy=[lax, rated]) == (
        Decision.BLOCK,
        "tidegate.toml at 1a2b3c: block-severity = LOW, block-confidence = MEDIUM",
    )
    assert decided(ADVISORY, policy=[lax, rated])[0] is Decision.REPORT
    advised = other_layer(file_of("block-advisories = true"), Settings())
    assert decided(ADVISORY, policy=[lax, advised])[0] is Decision.BLOCK
    assert decided(low, policy=[lax, advised])[0] is Decision.REPORT


def test_a_folder_tightens_below_itself_and_takes_the_rest_from_above() -> None:
    files = {
        "app": file_of('block-severity = "LOW"', "app"),
        "app/deep": file_of('block-confidence = "LOW"', "app/deep"),
        "lax": file_of('block-severity = "CRITICAL"\n' + line('path = "*"', "ignore"), "lax"),
    }
    policy = [layer(), *folder_layers(files, Settings())]
    low = replace(PLAIN, severity=Level.LOW)
    lowest = replace(low, confidence=Level.LOW)

    def at(path: str, finding: Finding) -> Decision:
        return decided(replace(finding, path=path), policy=policy)[0]

    assert at("a.py", low) is Decision.REPORT
    assert at("app/a.py", low) is Decision.BLOCK
    assert at("apple/a.py", low) is Decision.REPORT
    assert at("app/a.py", lowest) is Decision.REPORT
    assert at("app/deep/a.py", lowest) is Decision.BLOCK
    assert at("lax/a.py", PLAIN) is Decision.BLOCK, "it cannot loosen"


def test_the_paths_of_a_folder_s_lines_begin_there() -> None:
    file = file_of(line('path = "*.py"', "block"), "app[1]")
    policy = [layer(), *folder_layers({"app[1]": file}, Settings())]
    low = replace(PLAIN, severity=Level.LOW)
    inside = [decided(replace(low, path=f"app[1]/{name}"), policy=policy)[0] for name in "ab"]
    assert inside == [Decision.REPORT] * 2
    assert decided(replace(low, path="app[1]/a.py"), policy=policy)[0] is Decision.BLOCK


@pytest.mark.parametrize("text", ['mode = "enforce"', "workers = 2", "advisories-max-days = 1"])
def test_a_folder_s_file_holds_lines_and_thresholds_only(text: str) -> None:
    with pytest.raises(ConfigError, match=r"app/tidegate\.toml at 1a2b3c: '.*' has no place here"):
        list(folder_layers({"app": file_of(text, "app")}, Settings()))


def judged(decision: Decision) -> Judged:
    return Judged(
        finding=PLAIN, fingerprint="0", state=State.NEW, decision=decision, decided_by="x"
    )


def gap(*, existing: bool, policy: Sequence[Layer] = ()) -> SkippedItem:
    skipped = Skipped(what="app/a.py", reason="too large", path="app/a.py", tool="bandit")
    return decide_gap(SkippedItem(skipped=skipped, existing=existing), policy)


@pytest.mark.parametrize(
    ("match", "action", "decision"),
    [
        ('skipped = "too large"', "warn", Decision.REPORT),
        ('skipped = "too *"', "ignore", Decision.IGNORE),
        ('skipped = "*"', "block", Decision.BLOCK),
        ('skipped = "*", path = "app/*", tool = "bandit"', "warn", Decision.REPORT),
        ('skipped = "*", path-class = "tests"', "warn", Decision.INCOMPLETE),
        ('skipped = "timed out"', "warn", Decision.INCOMPLETE),
        ('path = "**"', "ignore", Decision.INCOMPLETE),
    ],
)
def test_lines_for_gaps(match: str, action: str, decision: Decision) -> None:
    assert gap(existing=False, policy=[layer(line(match, action))]).decision is decision


def test_a_gap_that_stood_at_the_base_never_blocks() -> None:
    blocks = [layer(line('skipped = "*"', "block"))]
    assert gap(existing=True, policy=blocks).decision is Decision.REPORT
    ignores = [layer(line('skipped = "*"', "ignore"))]
    assert gap(existing=True, policy=ignores).decision is Decision.IGNORE


def test_the_organisation_can_forbid_a_gap_that_the_repository_allows() -> None:
    lax = layer(line('skipped = "*"', "ignore"))
    strict = other_layer(file_of(line('skipped = "*"', "block")), Settings())
    assert gap(existing=False, policy=[lax, strict]).decision is Decision.BLOCK


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


MATCHES = ['rule = "B3*"', 'path-class = "product"', 'severity = "HIGH"', "kev = false", "cwe = 95"]
TEXTS = st.lists(
    st.builds(line, st.sampled_from(MATCHES), st.sampled_from(["block", "warn", "ignore"])),
    max_size=3,
).map("".join)
FINDINGS = st.builds(
    lambda severity, path, advisory: replace(
        ADVISORY if advisory else PLAIN, severity=severity, path=path
    ),
    st.sampled_from(Level),
    st.sampled_from(["a.py", "app/a.py", "tests/a.py"]),
    st.booleans(),
)


@given(FINDINGS, TEXTS, st.lists(TEXTS, max_size=2), TEXTS)
def test_another_layer_never_makes_a_decision_milder(
    finding: Finding, root: str, others: list[str], last: str
) -> None:
    policy = [layer(root), *(other_layer(file_of(text), Settings()) for text in others)]
    more = [*policy, other_layer(file_of(last), Settings())]
    before, after = (decided(finding, policy=each)[0] for each in (policy, more))
    assert WORST_FIRST.index(after) <= WORST_FIRST.index(before)
    subject = of_finding(finding, State.NEW)
    assert len(opinions(subject, more)) >= 1


def test_only_enforce_turns_a_verdict_into_a_code() -> None:
    assert [exit_code(v, Mode.ENFORCE) for v in (Verdict.PASS, Verdict.BLOCK)] == [0, 1]
    assert exit_code(Verdict.INCOMPLETE, Mode.ENFORCE) == 3
    assert {exit_code(v, m) for v in Verdict for m in (Mode.WARN, Mode.OBSERVE)} == {0}
