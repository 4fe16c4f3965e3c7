import base64
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tidegate.records.finding import Level, Package, Skipped
from tidegate.records.run import Decision, Excerpt, GateRun, Judged, ScanRun, State
from tidegate.reports.html import document, page
from tidegate.reports.inert import html, visible, web_address

VOID = {"meta", "input", "wbr"}
ELEMENTS = VOID | {
    "html",
    "head",
    "title",
    "style",
    "body",
    "a",
    "header",
    "h1",
    "strong",
    "dl",
    "dt",
    "dd",
    "p",
    "nav",
    "ul",
    "li",
    "main",
    "form",
    "h2",
    "div",
    "label",
    "select",
    "option",
    "button",
    "section",
    "span",
    "article",
    "h3",
    "code",
    "figure",
    "pre",
    "i",
    "em",
    "b",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "details",
    "summary",
    "footer",
    "script",
}
ATTRIBUTES = {
    "lang",
    "charset",
    "http-equiv",
    "content",
    "name",
    "href",
    "class",
    "id",
    "tabindex",
    "role",
    "hidden",
    "type",
    "value",
    "scope",
    "autocomplete",
    "spellcheck",
    "aria-label",
    "aria-labelledby",
    "data-n",
    "data-rank",
    "data-class",
    "data-tool",
    "data-state",
    "data-decision",
    "data-hushed",
}


class Page(HTMLParser):
    """What a browser makes of a report."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(attrs) == len(dict(attrs))
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of each such element."""
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def text(self) -> str:
        return "".join(self.texts)

    @property
    def findings(self) -> int:
        """How many the cards and rows stand for."""
        return sum(int(card["data-n"] or 0) for card in self.all("article"))

    @property
    def gaps(self) -> int:
        return sum(1 for item in self.all("li") if item.get("class") == "gap")


def assert_inert(parsed: Page) -> None:
    """No element, attribute or address came of a text."""
    counts = Counter(name for name, _ in parsed.elements)
    assert set(counts) <= ELEMENTS
    assert {counts[name] for name in ("html", "head", "body", "style", "script", "main")} == {1}
    for name, attributes in parsed.elements:
        assert set(attributes) <= ATTRIBUTES
        address = attributes.get("href")
        if address is not None:
            assert re.fullmatch(r"#[a-z-]+", address) or web_address(address)
        for key in ("id", "class", "data-tool", "data-state", "data-decision", "data-class"):
            assert re.fullmatch(r"[a-z0-9 -]*", attributes.get(key) or ""), name


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_no_text_becomes_markup_and_each_thing_is_told_once(
    data: st.DataObject, gate_runs: st.SearchStrategy[GateRun]
) -> None:
    run = data.draw(gate_runs)
    parsed = Page(page.gate(run, colour=False))
    assert_inert(parsed)
    assert parsed.findings == len(run.findings)
    assert parsed.gaps == len(run.skipped)


def test_hostile_text_is_shown_as_it_is_escaped(hostile: str, hostile_run: GateRun) -> None:
    parsed = Page(page.gate(hostile_run, colour=False))
    assert_inert(parsed)
    told = visible(hostile, 1200)
    assert sum(text.count(told) for text in parsed.texts) >= 6
    assert any(visible(hostile, 400) in text for text in parsed.texts)


@given(st.text(st.characters(exclude_categories=()), max_size=60))
def test_a_text_stays_one_text_between_tags_and_in_attributes(text: str) -> None:
    shown = html(text)
    assert not set(shown) & set("<>\"'`=")
    for source in (f"<p title={shown!r}>x</p>", f"<p title='x'>{shown}</p>"):
        parsed = HTMLParser()
        parsed.feed(source)
    assert Page(f"<p>{shown}</p>").text == visible(text)


def test_the_policy_allows_the_style_and_the_script_of_the_file_and_nothing_else(
    gate_run: Callable[..., GateRun],
) -> None:
    text = page.gate(gate_run(), colour=False)
    parsed = Page(text)
    meta = next(m for m in parsed.all("meta") if m.get("http-equiv") == "Content-Security-Policy")
    rules = dict(rule.strip().partition(" ")[::2] for rule in (meta["content"] or "").split(";"))
    for kind in ("style", "script"):
        (inline,) = re.findall(rf"<{kind}>(.*?)</{kind}>", text, re.DOTALL)
        digest = base64.b64encode(sha256(inline.encode()).digest()).decode()
        assert rules.pop(f"{kind}-src") == f"'sha256-{digest}'"
    for name in ("default-src", "base-uri", "form-action", "trusted-types"):
        assert rules.pop(name) == "'none'"
    assert rules == {"require-trusted-types-for": "'script'"}
    assert text.index("Content-Security-Policy") < text.index("<style>")


def test_the_file_names_nothing_to_fetch(gate_run: Callable[..., GateRun]) -> None:
    text = page.gate(gate_run(), colour=False)
    for word in ("src=", "url(", "@import", "<link", "fetch(", "XMLHttpRequest", "innerHTML"):
        assert word not in text


def test_the_verdict_and_what_decided_it_come_first(gate_run: Callable[..., GateRun]) -> None:
    text = Page(page.gate(gate_run(), colour=False)).text
    order = [
        text.index(word)
        for word in (
            "Tidegate: BLOCK",
            "block-severity = MEDIUM (1 finding)",
            "fix what blocks and what could not be looked at",
            "4 findings (1 blocking, 1 reported, 1 existing, 1 fixed)",
            "B602",
            "app/new.py: line 3",
            "B101",
            "B105",
            "B106",
            "the advisory database is 40 days old",
        )
    ]
    assert order == sorted(order)


def test_what_is_ignored_and_what_the_base_has_is_folded(
    gate_run: Callable[..., GateRun], judged: Callable[..., Judged]
) -> None:
    findings = (
        judged(State.NEW, Decision.IGNORE, "policy line 3"),
        judged(State.EXISTING, Decision.IGNORE, "policy line 3"),
        judged(State.NEW, Decision.WAIVED, "waiver of ada until 2027-01-01: constants only"),
    )
    text = Page(page.gate(gate_run(findings=findings), colour=False)).text
    assert re.search(r"Ignored by the policy: 1(?!\d)", text)
    assert re.search(r"Existing: the base has them too: 1(?!\d)", text)
    assert "waiver of ada until 2027-01-01: constants only" in text


def test_code_is_shown_with_its_lines_and_what_is_withheld(
    gate_run: Callable[..., GateRun], judged: Callable[..., Judged]
) -> None:
    lines = ("    def f(x):", None, None, "        return eval(x)", "")
    found = judged(excerpt=Excerpt(first=9, lines=lines))
    text = page.gate(gate_run(findings=(found,)), colour=False)
    shown = Page(text).text
    assert "     9 def f(x):\n" in shown
    assert "    10 2 lines withheld: a secret may be there\n" in shown
    assert ">   12     return eval(x)\n" in shown
    assert 'aria-label="Code of app/run.py, lines 9 to 13"' in text


def pinned(judged: Callable[..., Judged], **changes: object) -> Judged:
    facts: dict[str, object] = {"name": "jinja2", "version": "3.1.0", "advisory": "GHSA-1"}
    facts |= changes
    package = Package(**facts)  # type: ignore[arg-type]  # a test's shorthand
    return judged(tool="pip-audit", rule=package.advisory, package=package, path="requirements.txt")


def test_a_pin_is_one_card_and_one_upgrade(
    gate_run: Callable[..., GateRun], judged: Callable[..., Judged]
) -> None:
    findings = (
        pinned(judged, advisory="GHSA-1", upgrade="3.1.6"),
        pinned(judged, advisory="GHSA-2", upgrade="3.1.6", kev=True),
        pinned(judged, name="evil", advisory="MAL-2024-1"),
    )
    parsed = Page(page.gate(gate_run(findings=findings), colour=False))
    assert [card["data-n"] for card in parsed.all("article")] == ["2", "1"]
    assert re.search(r"Dependency upgrades: 2(?!\d)", parsed.text)
    assert "exploited (CISA KEV)" in parsed.text
    assert "remove it: malware" in parsed.text
    assert "3.1.6" in parsed.text


def test_tools_are_chosen_by_number(
    gate_run: Callable[..., GateRun], judged: Callable[..., Judged]
) -> None:
    findings = (judged(tool='"><script>'), judged(tool="bandit"))
    parsed = Page(page.gate(gate_run(findings=findings), colour=False))
    assert [card["data-tool"] for card in parsed.all("article")] == ["0", "1"]
    assert '"><script>bandit' in parsed.text


def test_what_does_not_fit_is_counted(
    monkeypatch: pytest.MonkeyPatch,
    gate_run: Callable[..., GateRun],
    judged: Callable[..., Judged],
) -> None:
    monkeypatch.setattr(document, "LIMIT", 20_000)
    run = gate_run(findings=tuple(judged(line=n) for n in range(1, 101)))
    text = page.gate(run, colour=False)
    parsed = Page(text)
    assert len(text) < 45_000
    assert 5 < parsed.findings < 100
    assert f"Left out here for length: {100 - parsed.findings} findings." in parsed.text
    assert "Blocking: 100" in parsed.text


def test_ten_thousand_findings_fit(
    gate_run: Callable[..., GateRun], judged: Callable[..., Judged]
) -> None:
    one = judged()
    found = tuple(
        replace(one, finding=replace(one.finding, path=f"app/module_{n % 90}/file.py", line=n))
        for n in range(1, 10_001)
    )
    text = page.gate(gate_run(findings=found), colour=False)
    assert "Left out" not in text
    assert len(text) < document.LIMIT


def test_a_scan_has_neither_states_nor_decisions(
    scan_run: Callable[..., ScanRun],
) -> None:
    first, *rest = scan_run().findings
    run = scan_run(findings=(replace(first, known=True), *rest), baseline="tidegate.baseline")
    assert re.search(r"Known to the baseline: 1(?!\d)", Page(page.scan(run, colour=False)).text)
    parsed = Page(page.scan(scan_run(), colour=False))
    assert_inert(parsed)
    assert parsed.findings == 2
    assert {select["name"] for select in parsed.all("select")} == {"rank", "class", "tool"}
    assert [card["data-rank"] for card in parsed.all("article")] == [
        str(Level.HIGH.rank),
        str(Level.LOW.rank),
    ]


def test_many_gaps_of_one_cause_are_folded(
    scan_run: Callable[..., ScanRun], gap: Callable[..., Skipped]
) -> None:
    def shown(count: int) -> str:
        gaps = tuple(gap(what=f"pin{number}") for number in range(count))
        return page.scan(scan_run(skipped=gaps), colour=False)

    assert "<details>" not in shown(10).split("Findings: <", 1)[0]
    folded = shown(12)
    assert "<details><summary>2 more</summary><ul>" in folded
    assert folded.count('<li class="gap">') == 12
