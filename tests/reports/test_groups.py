import re
from collections import Counter
from collections.abc import Callable, Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.records.finding import Finding, Level, Skipped
from tidegate.records.path_class import PathClass, path_class
from tidegate.records.run import Decision, GateRun, Judged, Located, ScanRun, SkippedItem, State
from tidegate.reports import groups, markdown, text

HINT = "What is alike is told in one line; `--format json` lists each."
MANY = re.compile(
    r" *(\d+) times (B\d+) \[(\w+)/(\w+)[^]]*\] (in [a-z ]+), (\d+) files?, first at "
)
ONE = re.compile(r" *([\w/.]+):\d+: (B\d+) \[(\w+)/(\w+)[^]]*\] ")
PLACES = {
    "in product code": PathClass.PRODUCT,
    "in tests": PathClass.TESTS,
    "in migrations": PathClass.MIGRATIONS,
    "in vendored code": PathClass.VENDORED,
}
PATHS = ["app/a.py", "app/b.py", "tests/a.py", "tests/b.py", "app/migrations/a.py", "vendor/a.py"]

ALIKE = st.lists(
    st.builds(
        Finding,
        tool=st.sampled_from(["bandit", "ruff"]),
        rule=st.sampled_from(["B101", "B608"]),
        message=st.sampled_from(["m", "n", "o"]),
        path=st.sampled_from(PATHS),
        line=st.integers(1, 99),
        end_line=st.just(99),
        severity=st.sampled_from([Level.LOW, Level.MEDIUM, Level.UNKNOWN]),
        confidence=st.sampled_from([Level.LOW, Level.HIGH]),
        remedy=st.sampled_from(["r", "", "5 times B101"]),
        suppressed=st.sampled_from(["", "nosec"]),
    ),
    min_size=1,
    max_size=3,
).map(lambda some: some * 4)
FINDINGS = st.lists(ALIKE | ALIKE.map(lambda some: some[:1]), max_size=6).map(
    lambda parts: [item for part in parts for item in part]
)
"""Any findings, few of a kind and many, in any order of rules and places."""


def located(findings: Iterable[Finding]) -> tuple[Located, ...]:
    return tuple(Located(finding=finding, fingerprint="") for finding in findings)


def reported(findings: Iterable[Finding], state: State = State.NEW) -> tuple[Judged, ...]:
    return tuple(
        Judged(
            finding=finding,
            fingerprint="",
            state=state,
            decision=Decision.REPORT,
            decided_by="",
        )
        for finding in findings
    )


def told(report: str) -> Counter[tuple[str, str, PathClass]]:
    """How many findings the lines of a report tell, by rule, severity and path class."""
    counts: Counter[tuple[str, str, PathClass]] = Counter()
    for line in report.splitlines():
        if many := MANY.match(line):
            times, rule, severity, _, place, _ = many.groups()
            counts[rule, severity, PLACES[place]] += int(times)
        elif one := ONE.match(line):
            path, rule, severity, _ = one.groups()
            counts[rule, severity, path_class(path)] += 1
    return counts


def given_to(findings: Iterable[Finding]) -> Counter[tuple[str, str, PathClass]]:
    return Counter((item.rule, str(item.severity), path_class(item.path)) for item in findings)


def classes_summed(report: str) -> Counter[tuple[str, PathClass]]:
    line = next((line for line in report.splitlines() if line.startswith("Found ")), "Found ")
    counts: Counter[tuple[str, PathClass]] = Counter()
    for part in filter(None, line.removeprefix("Found ").split("; ")):
        place, sums = re.fullmatch(r"(in [a-z ]+) (\d.*)", part, re.DOTALL).groups()  # type: ignore[union-attr]  # a part of another form fails the test
        for count, severity in re.findall(r"(\d+) (\w+)", sums):
            counts[severity, PLACES[place]] += int(count)
    return counts


@given(FINDINGS)
def test_the_lines_of_a_scan_tell_each_finding_once(findings: list[Finding]) -> None:
    report = text.scan(ScanRun(exit_code=0, findings=located(findings)), colour=False)
    assert told(report) == given_to(findings)
    expected = Counter((str(item.severity), path_class(item.path)) for item in findings)
    assert classes_summed(report) == expected
    assert f": {len(findings) or 'no'} finding" in report.splitlines()[-1]


@given(findings=FINDINGS, blocking=FINDINGS, data=st.data())
def test_the_lines_of_a_gate_tell_each_finding_once(
    findings: list[Finding],
    blocking: list[Finding],
    data: st.DataObject,
    gate_run: Callable[..., GateRun],
) -> None:
    state = data.draw(st.sampled_from([State.NEW, State.EDITED]))
    stopped = [
        Judged(
            finding=finding,
            fingerprint="",
            state=State.NEW,
            decision=Decision.BLOCK,
            decided_by="",
        )
        for finding in blocking
    ]
    run = gate_run(findings=(*reported(findings, state), *stopped), skipped=(), notices=())
    report = text.gate(run, colour=False)
    assert told(report) == given_to([*findings, *blocking])
    block, _, _ = report.partition("Reported, not blocking")
    assert not MANY.search(block)
    assert sum(bool(ONE.match(line)) for line in block.splitlines()) == len(blocking)


@given(FINDINGS)
def test_every_finding_is_in_one_group_of_its_like(findings: list[Finding]) -> None:
    alike = groups.of_findings((item, (item.suppressed,)) for item in findings)
    grouped = [item for group in alike for item in group.findings]
    assert Counter(map(id, grouped)) == Counter(map(id, findings))
    for group in alike:
        assert {path_class(item.path) for item in group.findings} == {group.kind}
        weights = {(item.severity, item.confidence) for item in group.findings}
        assert len({(item.tool, item.rule) for item in group.findings}) == len(weights) == 1
        assert {(item.suppressed,) for item in group.findings} == {group.marks}
        assert group.typical in group.findings


def test_a_rule_in_tests_is_one_line(finding: Callable[..., Finding]) -> None:
    asserts = [
        finding(rule="B101", severity=Level.LOW, path=f"tests/x{number % 31}.py", line=number)
        for number in range(3, 117)
    ]
    report = text.scan(ScanRun(exit_code=0, findings=located(asserts)), colour=False)
    assert report == (
        "114 times B101 [LOW/MEDIUM] in tests, 31 files, first at tests/x3.py:3: "
        "subprocess call with shell=True -> pass a list of arguments\n"
        f"\n{HINT}\n\nFound in tests 114 LOW\n"
        "Scanned (exit 0): 114 findings (114 LOW), no files\n"
    )


@pytest.mark.parametrize(
    ("severity", "path", "most"),
    [
        (Level.LOW, "app/a.py", 3),
        (Level.MEDIUM, "app/a.py", 9),
        (Level.CRITICAL, "app/a.py", 9),
        (Level.UNKNOWN, "app/a.py", 9),
        (Level.CRITICAL, "tests/a.py", 3),
        (Level.MEDIUM, "vendor/a.py", 3),
    ],
)
def test_what_weighs_in_product_code_has_its_own_line_for_longer(
    severity: Level, path: str, most: int, finding: Callable[..., Finding]
) -> None:
    few = [finding(severity=severity, path=path, line=line) for line in range(most)]
    each = text.scan(ScanRun(exit_code=0, findings=located(few)), colour=False)
    assert len(re.findall(rf"^{path}:\d+: B602", each, re.MULTILINE)) == most
    assert HINT not in each
    many = [*few, finding(severity=severity, path=path)]
    report = text.scan(ScanRun(exit_code=0, findings=located(many)), colour=False)
    assert report.startswith(f"{most + 1} times B602 [{severity}/MEDIUM] in ")
    assert report.count("B602") == 1


def test_messages_of_one_rule_fall_into_one_line(finding: Callable[..., Finding]) -> None:
    names = ["Element", "fromstring", "fromstring", "Comment", "fromstring"]
    found = [finding(severity=Level.LOW, message=f"Using {name}", line=7) for name in names]
    report = text.scan(ScanRun(exit_code=0, findings=located(found)), colour=False)
    assert "first at app/run.py:7: Using fromstring (one of 3 messages) -> pass" in report
    assert report.count("Using") == 1


def test_the_gravest_of_a_scan_stands_last_and_product_code_after_tests(
    finding: Callable[..., Finding],
) -> None:
    found = [
        finding(severity=Level.HIGH, path="app/a.py"),
        finding(severity=Level.HIGH, path="tests/a.py"),
        finding(severity=Level.LOW, path="app/b.py"),
        *(finding(severity=Level.LOW, path="app/b.py", rule="B101") for _ in range(4)),
        finding(severity=Level.UNKNOWN, path="app/c.py", line=1),
        finding(severity=Level.UNKNOWN, path="app/c.py", line=2),
        finding(severity=Level.CRITICAL, path="tests/c.py"),
    ]
    report = text.scan(ScanRun(exit_code=0, findings=located(found)), colour=False)
    assert [line.partition(": ")[0] for line in report.splitlines()[:8]] == [
        "app/b.py:12",
        "4 times B101 [LOW/MEDIUM] in product code, 1 file, first at app/b.py:12",
        "app/c.py:1",
        "app/c.py:2",
        "tests/a.py:12",
        "app/a.py:12",
        "tests/c.py:12",
        "",
    ]


def test_the_gravest_of_a_gate_stands_first(
    gate_run: Callable[..., GateRun], finding: Callable[..., Finding]
) -> None:
    found = [finding(severity=Level.LOW, path="a.py"), finding(severity=Level.HIGH, path="b.py")]
    report = text.gate(gate_run(findings=reported(found)), colour=False)
    assert report.index("  b.py:12") < report.index("  a.py:12")


def test_gaps_alike_are_one_line_where_they_do_not_make_the_verdict(
    gate_run: Callable[..., GateRun], gap: Callable[..., Skipped]
) -> None:
    gaps = [gap(what=f"pin{number}", reason="not pinned", remedy="pin it") for number in range(4)]
    gaps.append(gap())
    line = "\n  4 times not pinned, first at pin0 -> pin it\n  app/new.py: syntax error (line 3)"
    scanned = text.scan(ScanRun(exit_code=3, skipped=tuple(gaps)), colour=False)
    assert f"Not looked at: 5{line}" in scanned
    assert HINT in scanned
    known = tuple(
        SkippedItem(skipped=item, existing=True, decision=Decision.REPORT) for item in gaps
    )
    assert f"as at the base: 5{line}" in text.gate(gate_run(skipped=known), colour=False)
    deciding = tuple(SkippedItem(skipped=item) for item in gaps)
    report = text.gate(gate_run(skipped=deciding), colour=False)
    assert [f"\n  pin{number}: not pinned" in report for number in range(4)] == [True] * 4
    assert HINT not in report


def test_gaps_alike_are_one_row_of_markdown_where_they_do_not_make_the_verdict(
    gate_run: Callable[..., GateRun], gap: Callable[..., Skipped]
) -> None:
    gaps = [gap(what=f"pin{number}", reason="not pinned", remedy="pin it") for number in range(4)]
    row = "| 4 times, first <code>pin0</code> | not pinned | pin it |\n"
    scanned = markdown.scan(ScanRun(exit_code=3, skipped=(*gaps, gap())), colour=False)
    assert "### Not looked at: 5\n" in scanned
    assert scanned.count(row) == 1
    known = tuple(
        SkippedItem(skipped=item, existing=True, decision=Decision.REPORT) for item in gaps
    )
    assert row in markdown.gate(gate_run(skipped=known), colour=False)
    deciding = markdown.gate(
        gate_run(skipped=tuple(SkippedItem(skipped=item) for item in gaps)), colour=False
    )
    assert row not in deciding
    assert deciding.count("| not pinned (line 3) | pin it |") == 4


def test_gaps_with_another_remedy_stay_apart(gap: Callable[..., Skipped]) -> None:
    gaps = [gap(remedy=f"r{number % 2}", tool=f"t{number % 3}") for number in range(9)]
    assert sorted(map(len, groups.of_gaps(gaps))) == [1, 1, 1, 2, 2, 2]


def test_a_group_is_one_bounded_line_whatever_it_says(
    hostile: str, finding: Callable[..., Finding], gap: Callable[..., Skipped]
) -> None:
    texts = {"rule": hostile, "message": hostile, "remedy": hostile, "suppressed": hostile}
    found = [finding(path=hostile, severity=Level.LOW, **texts) for _ in range(4)]
    found += [finding(path=hostile, severity=Level.LOW, **texts | {"message": "other"})]
    gaps = (gap(what=hostile, reason=hostile, remedy=hostile),) * 4
    run = ScanRun(exit_code=3, findings=located(found), skipped=gaps)
    report = text.scan(run, colour=False)
    assert report.startswith("5 times ")
    assert report.count("\n") == 11
    assert len(report) < 25_000
    assert report.replace("\n", "").isprintable()
    assert "##[" not in report
    assert "##vso[" not in report
