"""Records for the reports: builders with plain defaults, and anything at all."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import strategies as st

from tidegate.records.finding import Finding, Level, Package, Skipped
from tidegate.records.run import (
    Coverage,
    Decision,
    Excerpt,
    GateRun,
    Judged,
    Located,
    Mode,
    Range,
    ScanRun,
    SkippedItem,
    State,
    Verdict,
)

HOSTILE = [
    "\x1b[31mred\x1b[0m\x9b2J",
    "\r\n::set-output name=x::y",
    "::error file=a.py::planted",
    "a ##[add-mask]planted",
    "##vso[task.setvariable]planted",
    "[click](javascript:alert(1))",
    "<script>alert(1)</script><img src=x onerror=y>",
    "a | b || c",
    "`a` ``` b ``` ~~~",
    "admin\u202egpj.exe\u2066\u200b",
    "nul\x00byte",
    "lone\udcff\ud800surrogates",
    "@everyone #12 !34 GH-5 https://evil.example www.evil.example a@evil.example",
    "*bold* _it_ # h\n- item\n> quote\n---\n| a |\n|---|",
    "</details></code></td>",
    "%0A::error::planted,title=x:y",
    "back\\slash \\| \\` \\[",
    "{0} [text](0) {{",
    "m" * 1_000_000,
]


def make_finding(**changes: Any) -> Finding:
    defaults: dict[str, Any] = {
        "tool": "bandit",
        "rule": "B602",
        "message": "subprocess call with shell=True",
        "path": "app/run.py",
        "line": 12,
        "end_line": 13,
        "severity": Level.HIGH,
        "confidence": Level.MEDIUM,
        "remedy": "pass a list of arguments",
        "cwe": 78,
        "url": "https://bandit.readthedocs.io/en/1.9.4/plugins/b602.html",
    }
    return Finding(**(defaults | changes))


def make_judged(
    state: State = State.NEW,
    decision: Decision = Decision.BLOCK,
    decided_by: str = "block-severity = MEDIUM",
    excerpt: Excerpt | None = None,
    **changes: Any,
) -> Judged:
    return Judged(
        finding=make_finding(**changes),
        fingerprint="0123456789abcdef",
        state=state,
        decision=decision,
        decided_by=decided_by,
        excerpt=excerpt,
    )


def make_gap(**changes: Any) -> Skipped:
    defaults: dict[str, Any] = {
        "what": "app/new.py",
        "reason": "syntax error",
        "detail": "line 3",
        "remedy": "fix the file",
        "path": "app/new.py",
        "tool": "bandit",
    }
    return Skipped(**(defaults | changes))


def make_gate(**changes: Any) -> GateRun:
    """One finding of each kind, one gap, ten files."""
    defaults: dict[str, Any] = {
        "verdict": Verdict.BLOCK,
        "exit_code": 1,
        "mode": Mode.ENFORCE,
        "range": Range(
            base="1" * 40,
            head="2" * 40,
            base_tip="3" * 40,
            base_ref="origin/main",
            base_origin="github",
            merge_bases=("1" * 40,),
        ),
        "findings": (
            make_judged(),
            make_judged(State.EDITED, Decision.REPORT, "below block-severity", rule="B101"),
            make_judged(State.EXISTING, Decision.REPORT, "existing", rule="B105"),
            make_judged(State.FIXED, Decision.REPORT, "fixed", rule="B106", suppressed="nosec"),
        ),
        "skipped": (SkippedItem(skipped=make_gap()),),
        "coverage": Coverage(seen=10, scanned=8, out_of_scope=1, skipped={"syntax error": 1}),
        "notices": ("the advisory database is 40 days old",),
        "timings": {"range": 0.25, "scan": 1.5},
        "versions": {"tidegate": "0.1.0", "bandit": "1.9.4"},
    }
    return GateRun(**(defaults | changes))


def make_scan(**changes: Any) -> ScanRun:
    defaults: dict[str, Any] = {
        "exit_code": 3,
        "findings": (
            Located(finding=make_finding(), fingerprint="0123456789abcdef"),
            Located(finding=make_finding(severity=Level.LOW, rule="B101"), fingerprint="fedc"),
        ),
        "skipped": (make_gap(),),
        "coverage": Coverage(seen=3, scanned=1, out_of_scope=1, skipped={"syntax error": 1}),
        "notices": ("a .bandit file is ignored",),
        "timings": {"scan": 1.5},
        "versions": {"tidegate": "0.1.0", "bandit": "1.9.4"},
    }
    return ScanRun(**(defaults | changes))


def make_hostile(text: str) -> GateRun:
    """A gate in which each text of the scanned world is the hostile one."""
    finding: dict[str, Any] = {
        "tool": text,
        "rule": text,
        "message": text,
        "path": text,
        "remedy": text,
        "url": text,
        "scope": text,
        "suppressed": text,
        "package": Package(name=text, version=text, advisory=text, aliases=(text,)),
        "witnesses": (text,),
    }
    gap = make_gap(what=text, reason=text, detail=text, remedy=text, path=text, tool=text)
    return make_gate(
        findings=(
            make_judged(decided_by=text, excerpt=Excerpt(first=12, lines=(text, None)), **finding),
            make_judged(State.NEW, Decision.REPORT, text, **finding),
            make_judged(State.NEW, Decision.WAIVED, text, **finding),
        ),
        skipped=(
            SkippedItem(skipped=gap, decided_by=text),
            SkippedItem(skipped=gap, existing=True, decision=Decision.REPORT, decided_by=text),
            SkippedItem(skipped=gap, decision=Decision.WAIVED, decided_by=text),
        ),
        range=Range(base=text, head=text, base_ref=text, base_origin=text, merge_bases=(text,)),
        notices=(text,),
        versions={text: text},
        coverage=Coverage(seen=1, skipped={text: 1}),
    )


def _texts() -> st.SearchStrategy[str]:
    anything = st.text(st.characters(exclude_categories=()), max_size=40)
    return anything | st.sampled_from(HOSTILE[:-1])


def _gaps() -> st.SearchStrategy[Skipped]:
    text = _texts()
    return st.builds(
        Skipped, what=text, reason=text, detail=text, remedy=text, path=text, tool=text
    )


def _findings() -> st.SearchStrategy[Finding]:
    text = _texts()
    return st.builds(
        Finding,
        tool=text,
        rule=text,
        message=text,
        path=text,
        line=st.sampled_from([-1, 0, 1, 12, 400_000]),
        end_line=st.sampled_from([-1, 0, 1, 12, 400_000]),
        severity=st.sampled_from(Level),
        confidence=st.sampled_from(Level),
        remedy=text,
        cwe=st.none() | st.integers(0, 2000),
        url=text,
        scope=text,
        suppressed=st.just("") | text,
        package=st.none() | _packages(),
    )


def _packages() -> st.SearchStrategy[Package]:
    text = _texts()
    return st.builds(
        Package,
        name=text,
        version=text,
        advisory=text,
        upgrade=text,
        cvss=st.none() | st.floats(0, 10),
        cvss_vector=text,
        epss=st.none() | st.floats(0, 1),
        kev=st.none() | st.booleans(),
    )


def _skipped_items() -> st.SearchStrategy[SkippedItem]:
    return st.builds(
        SkippedItem,
        skipped=_gaps(),
        existing=st.booleans(),
        decision=st.sampled_from(Decision),
        decided_by=_texts(),
    )


def _ranges() -> st.SearchStrategy[Range]:
    text = _texts()
    return st.builds(
        Range, base=text, head=text, base_ref=text, base_origin=text, worktree=st.booleans()
    )


def _gate_runs() -> st.SearchStrategy[GateRun]:
    text = _texts()
    judged = st.builds(
        Judged,
        finding=_findings(),
        fingerprint=text,
        state=st.sampled_from(State),
        decision=st.sampled_from([kind for kind in Decision if kind is not Decision.INCOMPLETE]),
        decided_by=text,
        excerpt=st.none()
        | st.builds(
            Excerpt,
            first=st.integers(1, 9),
            lines=st.lists(st.none() | text, max_size=3).map(tuple),
        ),
    )
    return st.builds(
        GateRun,
        verdict=st.sampled_from(Verdict),
        exit_code=st.sampled_from([0, 1, 3]),
        mode=st.sampled_from(Mode),
        range=_ranges(),
        findings=st.lists(judged, max_size=4).map(tuple),
        skipped=st.lists(_skipped_items(), max_size=3).map(tuple),
        coverage=st.builds(Coverage, skipped=st.dictionaries(text, st.integers(1, 9), max_size=2)),
        notices=st.lists(text, max_size=2).map(tuple),
        versions=st.dictionaries(text, text, max_size=2),
    )


@pytest.fixture(scope="session")
def finding() -> Callable[..., Finding]:
    return make_finding


@pytest.fixture(scope="session")
def judged() -> Callable[..., Judged]:
    return make_judged


@pytest.fixture(scope="session")
def gap() -> Callable[..., Skipped]:
    return make_gap


@pytest.fixture(scope="session")
def gate_run() -> Callable[..., GateRun]:
    return make_gate


@pytest.fixture(scope="session")
def scan_run() -> Callable[..., ScanRun]:
    return make_scan


@pytest.fixture(params=HOSTILE, ids=lambda text: ascii(text[:24]))
def hostile(request: pytest.FixtureRequest) -> str:
    text: str = request.param
    return text


@pytest.fixture
def hostile_run(hostile: str) -> GateRun:
    return make_hostile(hostile)


@pytest.fixture
def unknown_range() -> GateRun:
    """A shallow clone: nothing could be compared."""
    gap = Skipped(
        what="range",
        reason="no common ancestor",
        remedy="fetch more history: git fetch --unshallow",
    )
    return GateRun(
        verdict=Verdict.INCOMPLETE,
        exit_code=3,
        mode=Mode.ENFORCE,
        range=Range(base_ref="main"),
        skipped=(SkippedItem(skipped=gap),),
    )


@pytest.fixture
def empty_run() -> GateRun:
    return GateRun(
        verdict=Verdict.PASS,
        exit_code=0,
        mode=Mode.ENFORCE,
        range=Range(base="1" * 40, head="1" * 40),
    )


@pytest.fixture(scope="session")
def gate_runs() -> st.SearchStrategy[GateRun]:
    return _gate_runs()
