"""Layers have their say, the worse decision wins, and only what is new can block."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.config import Settings, resolve
from tidegate.errors import ConfigError
from tidegate.gate.policies.conditions import of_finding
from tidegate.gate.policies.layers import (
    Layer,
    folder_layers,
    other_layer,
    repository_layer,
)
from tidegate.gate.policies.lines import ConfigFile, read_file
from tidegate.gate.policy import WORST_FIRST, decide, decide_gap, exit_code, opinions, verdict
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
    cwe=95,
)
ADVISORY = replace(
    PLAIN, severity=Level.LOW, package=Package(name="jinja2", version="2.10", advisory="PYSEC-1")
)
WHY = 'reason = "we looked at it twice"\n'


def file_of(text: str, folder: str = "") -> ConfigFile:
    name = f"{folder}/tidegate.toml" if folder else "tidegate.toml"
    return read_file(name, text.encode(), " at 1a2b3c", folder)


def layer(text: str = "") -> Layer:
    """The root file of the repository."""
    file = file_of(text)
    found = resolve(flags={}, env={}, file=file.settings, file_name=file.name)
    return repository_layer(found, file)


def line(match: str, action: str) -> str:
    return f'[[policy]]\nmatch = {{ {match} }}\naction = "{action}"\n{WHY}'


def decided(
    finding: Finding,
    state: State = State.NEW,
    policy: Sequence[Layer] | None = None,
    former: Sequence[str] = (),
) -> tuple[Decision, str]:
    opinion = decide(of_finding(finding, state, former), [layer()] if policy is None else policy)
    return opinion.decision, opinion.because


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


@pytest.mark.parametrize(
    ("match", "changes", "holds"),
    [
        ('tool = "bandit"', {}, True),
        ('tool = "ban*"', {}, True),
        ('tool = ["x", "bandit"]', {}, True),
        ('rule = "b307"', {}, False),
        ('rule = "B602"', {"tool": "ruff", "rule": "S602"}, True),
        ('tool = "ruff", rule = "S602"', {"tool": "ruff", "rule": "S602"}, True),
        ('tool = "semgrep"', {"witnesses": ("semgrep py.eval",)}, None),
        ('rule = "py.*"', {"witnesses": ("semgrep py.eval",)}, None),
        ('path = "src/**"', {"path": "src/x/a.py"}, True),
        ('path = "*.py"', {"path": "src/a.py"}, False),
        ('path = ["b.py", "**/a.py"]', {}, True),
        ('path-class = "tests"', {"path": "tests/a.py"}, True),
        ('path-class = ["tests", "vendored"]', {}, False),
        ("cwe = 95", {}, True),
        ("cwe = [78, 95]", {}, True),
        ("cwe = 95", {"cwe": None}, False),
        ('severity = "medium"', {}, True),
        ('severity = "HIGH"', {}, False),
        ('severity = "HIGH"', {"severity": Level.UNKNOWN}, None),
        ('confidence = "LOW"', {"confidence": Level.UNKNOWN}, None),
        ('state = "new"', {}, True),
        ('state = "edited"', {}, False),
        ("secret = true", {}, False),
        ("secret = true", {"rule": "B105"}, True),
        ("secret = true", {"tool": "ruff", "rule": "S105"}, True),
        ("secret = true", {"tool": "gitleaks"}, True),
        ("secret = true", {"cwe": 798}, True),
        ("secret = false", {}, True),
        ("kev = true", {}, False),
        ("kev = false", {}, False),
        ("kev = true", {"package": {}}, None),
        ("kev = false", {"package": {}}, None),
        ("kev = true", {"package": {"kev": True}}, True),
        ("kev = false", {"package": {"kev": False}}, True),
        ("epss-at-least = 0.5", {"package": {}}, None),
        ("epss-at-least = 0.5", {"package": {"epss": 0.5}}, True),
        ("epss-at-least = 0.5", {"package": {"epss": 0.4}}, False),
        ("cvss-at-least = 7", {"package": {}}, None),
        ("cvss-at-least = 7", {"package": {"cvss": 9.8}}, True),
        ("fix-available = true", {"package": {}}, False),
        ("fix-available = true", {"package": {"upgrade": "3"}}, True),
        ("fix-available = false", {"package": {}}, True),
        ("malicious = true", {"package": {}}, False),
        ("malicious = true", {"package": {"aliases": ("MAL-1",)}}, True),
        ('rule = "B307", kev = true', {"package": {}}, None),
        ('rule = "B308", kev = true', {"package": {}}, False),
        ('skipped = "*"', {}, False),
    ],
)
def test_what_a_line_matches(match: str, changes: dict[str, Any], holds: bool | None) -> None:
    facts = {key: value for key, value in changes.items() if key != "package"}
    finding = replace(PLAIN, **facts)
    if "package" in changes:
        package = Package(name="x", version="1", advisory="PYSEC-1")
        finding = replace(finding, package=replace(package, **changes["package"]))
    for action, applies in (("block", holds is not False), ("warn", holds is True)):
        (read,) = file_of(line(match, action)).lines
        subject = of_finding(finding, State.NEW)
        assert read.holds(subject) is holds
        assert read.applies(subject) is applies


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


BROKEN = {
    "policy = 3": "no list of tables",
    "[[policy]]\n" + WHY: "line 1 has no action",
    line('rule = "B1"', "allow"): "one of block, warn, ignore",
    line('rule = "B1"', "block").replace("we looked at it twice", "short"): "10 characters",
    line("", "block"): "matches nothing",
    line('rule = "B1"', "block") + line('path-clas = "x"', "warn"): "line 2, match: unknown key",
    line('path-clas = "x"', "warn"): "did you mean 'path-class'",
    line('path-class = "docs"', "warn"): "it takes",
    line('severity = "UNKNOWN"', "warn"): "it takes",
    line("cwe = true", "warn"): "it takes",
    line("cwe = []", "warn"): "it takes",
    line("kev = 1", "warn"): "it takes",
    line("epss-at-least = 2", "warn"): "it takes",
    line("cvss-at-least = nan", "warn"): "it takes",
    line('state = "existing"', "warn"): "it takes",
    line("rule = []", "warn"): "it takes",
    line('skipped = "*", rule = "B1"', "warn"): "write a line for each",
    line('rule = "B1"', "warn") + "colour = 1\n": "unknown key 'colour'",
}


@pytest.mark.parametrize("text", BROKEN, ids=BROKEN.values())
def test_a_line_that_is_half_understood_is_an_error(text: str) -> None:
    with pytest.raises(ConfigError, match=r"^tidegate\.toml at 1a2b3c") as caught:
        file_of(text)
    assert BROKEN[text] in str(caught.value)


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
