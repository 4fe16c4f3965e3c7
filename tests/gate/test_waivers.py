"""Waivers by themselves: what an entry covers, on which days, and how its file is read."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.gate.waivers import (
    Force,
    Pattern,
    Waiver,
    notices_of,
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


GONE, THERE = "covers nothing after this change", "names what stands at the base already"


@pytest.mark.parametrize(
    ("entry", "states", "told"),
    [
        (waiver(fingerprint=PRINT), [State.FIXED], GONE),
        (waiver(fingerprint=PRINT), [State.EXISTING], THERE),
        (waiver(fingerprint=PRINT), [State.FIXED, State.EXISTING], ""),
        (waiver(fingerprint=PRINT), [State.NEW, State.EXISTING], ""),
        (waiver(fingerprint=PRINT), [], ""),
        (waiver(fingerprint="1" * 32), [State.FIXED], ""),
        (pattern(rule="B602", paths=("app/run.py",)), [State.FIXED], GONE),
        (pattern(rule="B602", paths=("app/run.py",)), [State.EXISTING], ""),
        (pattern(rule="B602", paths=("app/*.py",)), [State.FIXED], ""),
        (pattern(rule="B602", paths=("app/run.py", "b.py")), [State.FIXED], ""),
    ],
)
def test_a_waiver_that_has_nothing_left_to_do_is_told(
    entry: Waiver, states: list[State], told: str
) -> None:
    findings = [judged(Decision.REPORT, state) for state in states]
    lines = list(
        notices_of(waivers_of([replace(entry, until=date(2027, 1, 1))], TODAY, 180), findings)
    )
    assert [told in line for line in lines] == ([True] if told else [])


def test_that_what_judges_is_unknown_is_never_covered() -> None:
    gap = Skipped(what="what judges", reason="object missing")
    assert not pattern(skipped="*", what="what judges").covers_gap(gap, nothing)


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
