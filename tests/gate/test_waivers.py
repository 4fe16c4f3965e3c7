"""Waivers by themselves: what an entry covers, on which days, and how its file is read."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tidegate.errors import ConfigError
from tidegate.gate.waiver_entries import entry_text, read_waivers
from tidegate.gate.waivers import (
    Force,
    Pattern,
    Waiver,
    notices_of,
    unused,
    waived,
    waived_gaps,
    waivers_of,
)
from tidegate.records.finding import Finding, Level, Package, Skipped
from tidegate.records.path_class import PathClass
from tidegate.records.run import Decision, Judged, SkippedItem, State

TODAY = date(2026, 11, 23)
PRINT = "0f" * 16
FINDING = Finding(
    tool="bandit",
    rule="B602",
    message="shell",
    path="app/run.py",
    line=3,
    end_line=3,
    severity=Level.HIGH,
    confidence=Level.HIGH,
    remedy="use a list",
)
GAP = Skipped(what="vendor/fast.so", reason="compiled code", path="vendor/fast.so")


def nothing(_path: str) -> str:
    return ""


def waiver(**fields: Any) -> Waiver:
    kept: dict[str, Any] = {
        "owner": "ada@example.com",
        "reason": "constants only",
        "until": TODAY,
    } | fields
    return Waiver(number=1, **kept)


def pattern(**fields: Any) -> Waiver:
    return waiver(pattern=Pattern(**fields))


@pytest.mark.parametrize(
    ("entry", "covers"),
    [
        (waiver(fingerprint=PRINT), True),
        (waiver(fingerprint="1" * 32), False),
        (waiver(fingerprint=PRINT, severity_at_most=Level.MEDIUM), False),
        (waiver(fingerprint=PRINT, severity_at_most=Level.HIGH), True),
        (waiver(fingerprint=PRINT, blob="a" * 40), True),
        (waiver(fingerprint=PRINT, blob="b" * 40), False),
        (pattern(rule="B602", paths=("app/*.py",)), True),
        (pattern(rule="S602", paths=("app/*.py",)), True),
        (pattern(rule="B602", paths=("other.py", "app/**")), True),
        (pattern(rule="B602", paths=("*.py",)), False),
        (pattern(rule="B301", paths=("app/*.py",)), False),
        (pattern(rule="B602", paths=("app/*.py",), tool="semgrep"), False),
        (pattern(rule="B602", paths=("app/*.py",), path_class=PathClass.TESTS), False),
        (pattern(rule="B602", paths=("app/*.py",), path_class=PathClass.PRODUCT), True),
        (pattern(advisory="CVE-2026-1"), False),
        (pattern(skipped="*", paths=("app/*.py",)), False),
    ],
)
def test_what_an_entry_covers(entry: Waiver, covers: bool) -> None:
    assert entry.covers(FINDING, PRINT, lambda _: "a" * 40) is covers


def test_an_advisory_is_known_by_any_of_its_names() -> None:
    package = Package(name="x", version="1", advisory="GHSA-x", aliases=("CVE-2026-1",))
    found = finding(package=package, rule="GHSA-x", path="requirements.txt")
    assert pattern(advisory="cve-2026-1").covers(found, PRINT, nothing)
    assert pattern(advisory="GHSA-X", paths=("requirements.txt",)).covers(found, PRINT, nothing)
    assert not pattern(advisory="CVE-2026-12").covers(found, PRINT, nothing)


def finding(**fields: Any) -> Finding:
    return replace(FINDING, **fields)


@pytest.mark.parametrize("rule", ["TG101", "TG102"])
def test_an_edit_of_what_judges_is_never_covered(rule: str) -> None:
    found = finding(tool="tidegate", rule=rule, path="tidegate.toml")
    assert not waiver(fingerprint=PRINT).covers(found, PRINT, nothing)
    assert not pattern(rule="*", paths=("**/*.toml",)).covers(found, PRINT, nothing)


def test_an_unknown_severity_is_graver_than_medium() -> None:
    found = finding(severity=Level.UNKNOWN)
    assert not waiver(fingerprint=PRINT, severity_at_most=Level.MEDIUM).covers(
        found, PRINT, nothing
    )
    assert waiver(fingerprint=PRINT, severity_at_most=Level.HIGH).covers(found, PRINT, nothing)


@pytest.mark.parametrize(
    ("entry", "covers"),
    [
        (pattern(skipped="compiled code", paths=("vendor/*.so",)), True),
        (pattern(skipped="compiled*", what="vendor/fast.so"), True),
        (pattern(skipped="too large", paths=("vendor/*.so",)), False),
        (pattern(skipped="compiled code", paths=("lib/*.so",)), False),
        (pattern(skipped="compiled code", what="vendor/fast"), False),
        (pattern(rule="B602", paths=("vendor/*.so",)), False),
        (waiver(fingerprint=PRINT), False),
        (waiver(pattern=Pattern(skipped="compiled code", what=GAP.what), blob="b" * 40), False),
    ],
)
def test_what_gap_an_entry_covers(entry: Waiver, covers: bool) -> None:
    assert entry.covers_gap(GAP, lambda _: "a" * 40) is covers


@pytest.mark.parametrize(
    ("days", "force"),
    [
        (-1, Force.EXPIRED),
        (0, Force.IN_FORCE),
        (180, Force.IN_FORCE),
        (181, Force.TOO_FAR),
    ],
)
def test_an_entry_counts_up_to_its_last_day(days: int, force: Force) -> None:
    entry = waiver(fingerprint=PRINT, until=TODAY + timedelta(days=days))
    assert entry.force(TODAY, 180) is force


def test_only_entries_in_force_cover_anything() -> None:
    gone = waiver(fingerprint=PRINT, until=TODAY - timedelta(days=1))
    far = waiver(fingerprint=PRINT, until=TODAY + timedelta(days=999))
    good = waiver(fingerprint=PRINT)
    blocked = judged(Decision.BLOCK)
    assert waived([blocked], waivers_of([gone, far], TODAY, 180)) == [blocked]
    (found,) = waived([blocked], waivers_of([gone, good, far], TODAY, 180))
    assert (found.decision, found.decided_by) == (Decision.WAIVED, good.decided_by)


@pytest.mark.parametrize("decision", [Decision.REPORT, Decision.IGNORE])
def test_what_does_not_block_is_not_waived(decision: Decision) -> None:
    entries = [waiver(fingerprint=PRINT), pattern(skipped="*", what=GAP.what)]
    standing = waivers_of(entries, TODAY, 180)
    assert waived([judged(decision)], standing) == [judged(decision)]
    gap = SkippedItem(skipped=GAP, decision=decision)
    assert waived_gaps([gap], standing) == [gap]


def judged(decision: Decision, state: State = State.NEW, **fields: Any) -> Judged:
    return Judged(
        finding=finding(**fields),
        fingerprint=PRINT,
        state=state,
        decision=decision,
        decided_by="block-severity",
    )


@pytest.mark.parametrize("decision", [Decision.BLOCK, Decision.INCOMPLETE])
def test_a_gap_that_decides_is_waived(decision: Decision) -> None:
    standing = waivers_of([pattern(skipped="compiled code", what=GAP.what)], TODAY, 180)
    (found,) = waived_gaps([SkippedItem(skipped=GAP, decision=decision)], standing)
    assert (found.decision, found.decided_by[:9]) == (Decision.WAIVED, "waiver of")


@pytest.mark.parametrize(
    ("entry", "states", "told"),
    [
        (waiver(fingerprint=PRINT), [State.FIXED], True),
        (waiver(fingerprint=PRINT), [State.FIXED, State.EXISTING], False),
        (waiver(fingerprint=PRINT), [], False),
        (waiver(fingerprint="1" * 32), [State.FIXED], False),
        (pattern(rule="B602", paths=("app/run.py",)), [State.FIXED], True),
        (pattern(rule="B602", paths=("app/*.py",)), [State.FIXED], False),
        (pattern(rule="B602", paths=("app/run.py", "b.py")), [State.FIXED], False),
    ],
)
def test_a_waiver_is_told_once_all_it_names_is_gone(
    entry: Waiver, states: list[State], told: bool
) -> None:
    findings = [judged(Decision.REPORT, state) for state in states]
    assert bool(list(unused(waivers_of([entry], TODAY, 180), findings))) is told


@given(
    st.lists(st.integers(-400, 400), max_size=6),
    st.integers(1, 365),
    st.dates(date(2000, 1, 1), date(2100, 1, 1)),
)
def test_each_entry_counts_or_is_told(days: list[int], most: int, today: date) -> None:
    entries = [
        waiver(fingerprint=f"{n:032x}", until=today + timedelta(days=d)) for n, d in enumerate(days)
    ]
    found = waivers_of(entries, today, most)
    assert len(found.in_force) == sum(0 <= d <= most for d in days)
    told = list(notices_of(found))
    assert len(told) == sum(d <= 14 or d > most for d in days)


def test_what_a_notice_says() -> None:
    entries = [
        waiver(fingerprint=PRINT, until=TODAY + timedelta(days=3)),
        waiver(pattern=Pattern(rule="B602", paths=("a.py",)), until=date(2026, 11, 1)),
        waiver(pattern=Pattern(advisory="CVE-1"), until=date(2030, 1, 1)),
        waiver(pattern=Pattern(rule="B1", paths=("b.py",)), until=date(2026, 1, 1)),
        waiver(pattern=Pattern(rule="B1", paths=("b.py",)), until=date(2027, 1, 1)),
    ]
    expired, far, ends = notices_of(waivers_of(entries, TODAY, 180))
    who = "waiver 1 (ada@example.com: "
    gone = "expired on 2026-11-01 and does not count: renew or remove it"
    most = "does not count: waiver-max-days = 180 at most"
    soon = "ends in 3 days, on 2026-11-26: mend it, or renew it on the base branch"
    assert expired == f"{who}B602 in a.py) {gone}"
    assert far == f"{who}CVE-1) lasts until 2030-01-01 and {most}"
    assert ends == f"{who}finding {PRINT[:12]}) {soon}"


GOOD = """
[[waiver]]
fingerprint = "0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f"
owner = "ada@example.com"
reason = '''the command is
built from constants only'''
until = 2026-12-31
ticket = "OPS-12"

[[waiver]]
match = { rule = "B602", path = ["app/*.py", "bin/**"], path-class = "product" }
severity-at-most = "MEDIUM"
owner = "ada"
reason = "reviewed by hand"
until = 2026-12-31
"""


def test_a_file_is_read() -> None:
    first, second = read_waivers(GOOD.encode())
    assert first.fingerprint == PRINT
    assert first.decided_by == (
        "waiver of ada@example.com until 2026-12-31: "
        "the command is built from constants only, OPS-12"
    )
    assert second.number == 2
    assert second.pattern.paths == ("app/*.py", "bin/**")
    assert second.severity_at_most is Level.MEDIUM
    assert second.pattern.path_class is PathClass.PRODUCT
    assert read_waivers(b"") == ()


PRINTED = f'fingerprint = "{PRINT}"\n'
REST = 'owner = "ada"\nreason = "constants only"\nuntil = 2026-12-31\n'


def matching(text: str) -> str:
    return f"match = {{ {text} }}\n{REST}"


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (PRINTED + REST.replace("constants only", "too short"), "less than 10"),
        (PRINTED + REST.replace("constants only", "a" + " " * 30 + "b"), "less than 10"),
        (PRINTED + REST.replace("constants only", "x" * 1001), "reason does not fit"),
        (PRINTED + REST.replace("constants only", "wipe \\u001b[2J the screen"), "control"),
        (PRINTED + REST.replace("2026-12-31", '"2026-12-31"'), "until is no date"),
        (PRINTED + REST.replace("2026-12-31", "2026-12-31T00:00:00"), "until is no date"),
        (PRINTED + REST.replace("2026-12-31", "true"), "until is no date"),
        (PRINTED + 'reason = "constants only"\nuntil = 2026-12-31\n', "owner is missing"),
        (PRINTED + REST.replace("ada", "  "), "owner is empty"),
        (PRINTED + REST.replace("owner", "ownr"), "did you mean 'owner'"),
        (REST, "has to name one thing"),
        (PRINTED + matching('rule = "B602", path = "a.py"'), "has to name one thing"),
        ('fingerprint = "0f0f"\n' + REST, "fingerprint does not fit"),
        (f'fingerprint = "{PRINT.upper()}"\n' + REST, "fingerprint does not fit"),
        ("fingerprint = 12\n" + REST, "fingerprint does not fit"),
        (PRINTED + 'blob = "abc"\n' + REST, "blob does not fit"),
        (PRINTED + 'severity-at-most = "UNKNOWN"\n' + REST, "is unknown"),
        (matching(""), "too wide"),
        (matching('rule = "B602"'), "too wide"),
        (matching('path = "a.py"'), "too wide"),
        (matching('tool = "bandit", path = "a.py"'), "too wide"),
        (matching('rule = "B602", path = []'), "takes a glob"),
        (matching('rule = "B602", path = "**"'), "fits all paths"),
        (matching('rule = "B602", path = "**/*"'), "fits all paths"),
        (matching('rule = "B602", path = "/a.py"'), "fits no path"),
        (matching('rule = "B602", path = "../a.py"'), "fits no path"),
        (matching('rule = "B602", path = ["a.py", 3]'), "path does not fit"),
        (matching('rule = "B602", path = "a.py", what = "x"'), "'what' is for gaps"),
        (matching('rule = "TG101", path = "tidegate.toml"'), "cannot be waived"),
        (matching('skipped = "too large"'), "every such gap"),
        (matching('skipped = "too large", path = "a", rule = "B1"'), "gaps and findings"),
        (matching('rul = "B602", path = "a.py"'), "did you mean 'rule'"),
        (matching('rule = "B602", path = "a.py", path-class = "prod"'), "is unknown"),
        ("match = 3\n" + REST, "is no table"),
    ],
)
def test_what_does_not_fit_is_an_error_that_names_its_entry(entry: str, why: str) -> None:
    data = f"[[waiver]]\n{PRINTED}{REST}\n[[waiver]]\n{entry}".encode()
    with pytest.raises(ConfigError, match="waiver 2") as raised:
        read_waivers(data, " at 0123456789ab")
    assert why in str(raised.value)
    assert "tidegate.waivers.toml at 0123456789ab" in str(raised.value)
    assert raised.value.remedy


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"[[waiver]\n", "not valid TOML"),
        (b"\xff", "not valid TOML"),
        (b"a = " + b"[" * 9000, "not valid TOML"),
        (b"a = " + b"9" * 9000, "not valid TOML"),
        (b"[waiver]\n", "is no list"),
        (b"waiver = [3]\n", "waiver 1 is no table"),
        (b"[[waivers]]\n", "did you mean 'waiver'"),
    ],
)
def test_a_broken_file_is_an_error(data: bytes, why: str) -> None:
    with pytest.raises(ConfigError, match=why):
        read_waivers(data)


LINE = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=10, max_size=40)
GLOBS = st.lists(
    st.builds("{}/x{}".format, st.sampled_from(["a", "**"]), LINE.map(lambda t: t.replace("/", "")))
)
PATTERNS = st.one_of(
    st.builds(
        Pattern,
        rule=LINE,
        paths=GLOBS.filter(bool).map(tuple),
        tool=st.one_of(st.just(""), LINE),
        path_class=st.one_of(st.none(), st.sampled_from(PathClass)),
    ),
    st.builds(
        Pattern,
        skipped=LINE,
        what=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40),
    ),
    st.builds(Pattern, advisory=LINE),
)
ENTRIES = st.builds(
    Waiver,
    number=st.just(1),
    owner=LINE,
    reason=LINE,
    until=st.dates(),
    ticket=st.one_of(st.just(""), LINE),
    pattern=PATTERNS,
    blob=st.sampled_from(["", "a" * 40, "0" * 64]),
    severity_at_most=st.sampled_from([None, Level.LOW, Level.CRITICAL]),
)


@settings(max_examples=150, deadline=None)
@given(ENTRIES)
@example(waiver(pattern=Pattern(skipped="x", what='\x7f"\\\x00\n\U0001f40d')))
def test_an_entry_that_is_written_is_read_as_it_was(entry: Waiver) -> None:
    assert read_waivers(entry_text(entry).encode()) == (entry,)


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.binary(max_size=60), st.text(max_size=60).map(str.encode)))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        entries = read_waivers(data)
    except ConfigError:
        return
    assert entries == ()
