import html
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tidegate.records.finding import Level, Skipped
from tidegate.records.run import (
    Decision,
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
from tidegate.reports import markdown

BLOCKED = """\
<!-- tidegate -->
## ⛔ Tidegate: BLOCK

**Decided by:** block-severity = MEDIUM (1 finding)  
**Next:** fix what blocks and what could not be looked at, as told beside each, \
then run the gate again  
**Run it yourself:** <code>tidegate gate --base origin/main</code>  
**What is to stay:** needs a waiver on the base branch, from somebody who answers for it \
(<code>tidegate waive PATH&#58;LINE</code> writes one); one that this change brings does not \
count. <code>tidegate policy explain PATH&#58;LINE</code> tells why it blocks

Compared 111111111111 (merge base with origin/main, named by github) with 222222222222

edited&#58; the base has it too, and this change touched its code, so that it counts as new

### Blocking: 1

| Place | Rule, severity/confidence | Why | What to do |
| --- | --- | --- | --- |
| <code>app/run.py&#58;12</code> | \
<a href="https://bandit.readthedocs.io/en/1.9.4/plugins/b602.html"><code>B602</code></a> \
HIGH/MEDIUM | subprocess call with shell=True | pass a list of arguments |

### Not looked at: 1

| What | Reason | What to do |
| --- | --- | --- |
| <code>app/new.py</code> | syntax error (line 3) | fix the file |

<details><summary>Reported, not blocking: 1</summary>

| Place | Rule, severity/confidence | Why | What to do |
| --- | --- | --- | --- |
| <code>app/run.py&#58;12</code> | \
<a href="https://bandit.readthedocs.io/en/1.9.4/plugins/b602.html"><code>B101</code></a> \
HIGH/MEDIUM, edited | subprocess call with shell=True | pass a list of arguments |

</details>

<details><summary>Notices: 1</summary>

| Notice |
| --- |
| the advisory database is 40 days old |

</details>

4 findings (1 blocking, 1 reported, 1 existing, 1 fixed), 1 suppressed, \
1 not looked at, 10 files (8 scanned, 1 not wholly, 1 of other kinds)
"""  # noqa: W291 - two spaces break a line in Markdown

OURS = {
    *("h2", "h3", "p", "strong", "br", "code", "a", "details", "summary"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
"""The elements that a report of ours is made of."""


class Page(HTMLParser):
    """What a reader's browser would make of a report."""

    def __init__(self, report: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.rows = 0
        self.cells = 0
        self.prose = ""
        self._in_code = 0
        self.feed(MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(report))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)
        self.links += [value or "" for name, value in attrs if name == "href"]
        self.rows += tag == "tr"
        self.cells += tag in ("td", "th")
        self._in_code += tag == "code"

    def handle_endtag(self, tag: str) -> None:
        self._in_code -= tag == "code"

    def handle_data(self, data: str) -> None:
        if not self._in_code:
            self.prose += data


def test_a_blocked_change(gate_run: Callable[..., GateRun]) -> None:
    assert markdown.gate(gate_run(), colour=False) == BLOCKED


def test_a_report_renders_as_tables(gate_run: Callable[..., GateRun]) -> None:
    page = Page(markdown.gate(gate_run(), colour=False))
    assert page.tags == OURS
    assert page.rows == 8
    assert page.links == ["https://bandit.readthedocs.io/en/1.9.4/plugins/b602.html"] * 2


def assert_inert(report: str, allowed_links: int = 0) -> None:
    page = Page(report)
    assert page.tags <= OURS
    assert page.attributes <= {"href"}
    assert len(page.links) == allowed_links
    for sign in ("@everyone", "#12", "!34", "GH-5", "https://evil"):
        assert sign not in page.prose
    assert "www." not in report


def test_hostile_text_is_inert(hostile_run: GateRun) -> None:
    report = markdown.gate(hostile_run, colour=False)
    assert_inert(report)
    assert Page(report).cells == 3 * (4 + 4) + 3 * (3 + 3) + 2
    assert len(report) <= 60_000


@given(data=st.data())
def test_any_run_is_inert(data: st.DataObject, gate_runs: st.SearchStrategy[GateRun]) -> None:
    run = data.draw(gate_runs)
    report = markdown.gate(run, colour=False)
    page = Page(report)
    assert page.tags <= OURS
    assert page.attributes <= {"href"}
    assert all(link.startswith("https://") for link in page.links)


def test_the_marker_is_the_first_line(
    gate_run: Callable[..., GateRun], scan_run: Callable[..., ScanRun]
) -> None:
    gate, scan = markdown.gate(gate_run(), colour=False), markdown.scan(scan_run(), colour=False)
    assert gate.splitlines()[0] == "<!-- tidegate -->"
    assert scan.splitlines()[0] == "<!-- tidegate scan -->"


def test_nothing_scanned_writes_a_marker(hostile_run: GateRun) -> None:
    assert markdown.gate(hostile_run, colour=False).count("<!--") == 1


@pytest.mark.parametrize("message", ["m", "|" * 300, "\U000e0041" * 300, "😀" * 300])
def test_a_long_report_is_cut_and_says_what_is_missing(
    message: str, gate_run: Callable[..., GateRun], judged: Callable[..., Judged]
) -> None:
    run = gate_run(findings=tuple(judged(message=message, line=n) for n in range(1, 1001)))
    report = markdown.gate(run, colour=False)
    assert 40_000 < len(report) <= 60_000
    shown = report.count("| <code>app/run.py")
    assert f"Left out here for length: {1000 - shown} findings" in report
    assert "1000 block" in report
    assert "### Blocking: 1000" in report


def test_everything_hostile_at_once_stays_within_the_bound(
    gate_run: Callable[..., GateRun], judged: Callable[..., Judged], gap: Callable[..., Skipped]
) -> None:
    bad = "\U000e0041|@x" * 10_000
    hostile = {"path": bad, "rule": bad, "message": bad, "remedy": bad}
    run = gate_run(
        findings=tuple(judged(decided_by=f"{n}{bad}", **hostile) for n in range(40)),
        skipped=tuple(SkippedItem(skipped=gap(what=bad, reason=bad)) for _ in range(40)),
        notices=(bad,) * 40,
        range=Range(base=bad, head=bad, base_ref=bad, base_origin=bad),
    )
    report = markdown.gate(run, colour=False)
    assert len(report) <= 60_000
    assert " findings, " in report.split("Left out here for length: ")[1]


def test_an_incomplete_run_unfolds_what_was_not_looked_at(
    gate_run: Callable[..., GateRun],
) -> None:
    run = gate_run(verdict=Verdict.INCOMPLETE, exit_code=3, findings=())
    assert "### Not looked at: 1" in markdown.gate(run, colour=False)


def test_a_mode_without_force_is_told(gate_run: Callable[..., GateRun]) -> None:
    report = markdown.gate(gate_run(mode=Mode.OBSERVE, exit_code=0), colour=False)
    assert "**mode observe&#58; the verdict does not decide the exit code, which is 0**" in report


def test_a_scan_lists_everything(scan_run: Callable[..., ScanRun]) -> None:
    page = Page(markdown.scan(scan_run(), colour=False))
    assert page.rows == 3 + 2 + 2
    first = "\nTidegate scan\nFound in product code 1 HIGH, 1 LOW\nNext: fix the file\nUntil then: "
    assert page.prose.startswith(first)
    assert "\n2 findings (1 HIGH, 1 LOW), " in page.prose


def test_the_gravest_are_the_last_to_be_cut(
    scan_run: Callable[..., ScanRun],
    gate_run: Callable[..., GateRun],
    judged: Callable[..., Judged],
) -> None:
    low = [
        judged(State.NEW, Decision.REPORT, severity=Level.LOW, rule=f"R{n}") for n in range(1000)
    ]
    found = (*low, judged(State.NEW, Decision.REPORT, path="app/zzz.py"))
    located = tuple(Located(finding=item.finding, fingerprint="") for item in found)
    for report in (
        markdown.scan(scan_run(findings=located), colour=False),
        markdown.gate(gate_run(findings=found), colour=False),
    ):
        assert "Left out here for length" in report
        assert report.index("app/zzz.py") < report.index("app/run.py")


def test_what_is_reported_many_times_is_one_row_and_what_blocks_is_not(
    gate_run: Callable[..., GateRun], judged: Callable[..., Judged]
) -> None:
    asserts = [
        judged(State.NEW, Decision.REPORT, rule="B101", path=f"tests/test_{n % 3}.py", line=n)
        for n in range(1, 401)
    ]
    blocking = [judged(line=line) for line in range(1, 21)]
    run = gate_run(findings=(*asserts, *blocking), skipped=(), notices=())
    report = markdown.gate(run, colour=False)
    assert "### Blocking: 20" in report
    assert "<summary>Reported, not blocking: 400</summary>" in report
    assert (
        "| in tests, 3 files, first <code>tests/test&#95;0.py&#58;3</code> | 400 times " in report
    )
    assert Page(report).rows == (1 + 20) + (1 + 1)


def test_gaps_that_decide_are_folded_away_only_where_many_stand_beside_what_blocks(
    gate_run: Callable[..., GateRun], gap: Callable[..., Skipped]
) -> None:
    def shown(verdict: Verdict, count: int) -> bool:
        gaps = tuple(SkippedItem(skipped=gap(what=f"f{n}")) for n in range(count))
        run = gate_run(verdict=verdict, skipped=gaps)
        return f"### Not looked at: {count}" in markdown.gate(run, colour=False)

    assert shown(Verdict.BLOCK, 10)
    assert not shown(Verdict.BLOCK, 11)
    assert shown(Verdict.INCOMPLETE, 11)


def test_a_pass_tells_nothing_to_do(gate_run: Callable[..., GateRun]) -> None:
    run = gate_run(verdict=Verdict.PASS, exit_code=0, findings=(), skipped=())
    report = markdown.gate(run, colour=False)
    assert "**Next:** nothing&#58; this change may merge" in report
    assert "Run it yourself" not in report
    assert "waiver" not in report


def test_words_between_backticks_are_code_and_hostile_ones_stay_text(
    gate_run: Callable[..., GateRun], judged: Callable[..., Judged]
) -> None:
    remedy = "run `tidegate waive a|b`; not `this"
    for said, shown in (
        ("run `tidegate waive a|b`", "| run <code>tidegate waive a&#124;b</code> |"),
        (remedy, "| run &#96;tidegate waive a&#124;b&#96;; not &#96;this |"),
        ("``a``", "| &#96;&#96;a&#96;&#96; |"),
    ):
        run = gate_run(findings=(judged(remedy=said),))
        assert shown in markdown.gate(run, colour=False)


def test_the_name_of_a_base_is_one_word_of_the_command(gate_run: Callable[..., GateRun]) -> None:
    run = gate_run(range=Range(base="1" * 40, head="2" * 40, base_ref="main;reboot"))
    told = html.unescape(markdown.gate(run, colour=False))
    assert "<code>tidegate gate --base 'main;reboot'</code>" in told
