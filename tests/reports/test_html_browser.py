"""The HTML report in a real browser: nothing is fetched, and all works by keyboard."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tidegate.records.finding import Level, Package
from tidegate.records.run import Decision, Excerpt, GateRun, Judged, State
from tidegate.reports.html import page
from tidegate.tests.reports.browser import Browser, browsing, chromium

CHROMIUM = chromium()
pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium: install Debian's chromium package, or Google Chrome"
)
VIOLATIONS = ("Log.entryAdded", "Audits.issueAdded", "Runtime.exceptionThrown")
CONTRAST = """(() => {
  const light = (colour) => {
    const [r, g, b] = colour.match(/[\\d.]+/g).slice(0, 3).map((part) => part / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (colour !== "rgba(0, 0, 0, 0)") return colour;
    }
  };
  const faint = [];
  for (const element of document.body.querySelectorAll(":not(script):not(option)")) {
    if (![...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim())) continue;
    const colours = [getComputedStyle(element).color, ground(element)];
    const pair = colours.map(light).sort((a, b) => b - a);
    if ((pair[0] + 0.05) / (pair[1] + 0.05) < 4.5) faint.push(element.outerHTML.slice(0, 90));
  }
  return faint;
})()"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    assert CHROMIUM
    with browsing(CHROMIUM, tmp_path_factory.mktemp("browser")) as running:
        yield running


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Callable[[str], Browser]:
    """Open a report; what was said of the pages before it is forgotten."""

    def shown(text: str) -> Browser:
        place = tmp_path / "report.html"
        place.write_text(text, "utf-8")
        browser.run("0")
        browser.events.clear()
        browser.open(place)
        return browser

    return shown


@pytest.fixture
def report(
    show: Callable[[str], Browser], gate_run: Callable[..., GateRun], judged: Callable[..., Judged]
) -> Browser:
    code = Excerpt(first=11, lines=("def f(x):", "    return eval(x)", None))
    package = Package(name="jinja2", version="3.1.0", advisory="GHSA-1", upgrade="3.1.6")
    findings = (
        judged(excerpt=code),
        judged(tool="pip-audit", rule="GHSA-1", path="requirements.txt", package=package),
        judged(State.NEW, Decision.REPORT, rule="B101", path="tests/a.py", severity=Level.LOW),
        judged(State.EDITED, Decision.WAIVED, "waiver of ada", rule="B324", suppressed="nosec"),
        judged(State.EXISTING, Decision.REPORT, rule="B105", message="an old password"),
    )
    return show(page.gate(gate_run(findings=findings), colour=False))


def rules_shown(browser: Browser) -> list[str]:
    """The rules of the cards that are to be seen."""
    found: list[str] = browser.run(
        "[...document.querySelectorAll('article')].filter((card) => card.checkVisibility())"
        ".map((card) => card.querySelector('h3 code').textContent)"
    )
    return found


def count(browser: Browser) -> str:
    text: str = browser.run("document.querySelector('[role=status]').textContent")
    return text


def focused(browser: Browser) -> str:
    name: str = browser.run("((at) => at.name || at.id || at.textContent)(document.activeElement)")
    return name


def requests(browser: Browser) -> list[str]:
    sent = browser.said("Network.requestWillBeSent")
    return [event["request"]["url"] for event in sent]


def tab_to(browser: Browser, name: str) -> None:
    for _ in range(60):
        if focused(browser) == name:
            return
        browser.press("Tab")
    raise AssertionError(f"{name} is out of the keyboard's reach")


def test_nothing_is_fetched_and_no_rule_of_the_policy_is_broken(report: Browser) -> None:
    report.click("button[type=reset]")
    assert [url.partition(":")[0] for url in requests(report)] == ["file"]
    assert report.said(*VIOLATIONS) == []


def test_hostile_text_does_nothing(show: Callable[[str], Browser], hostile_run: GateRun) -> None:
    browser = show(page.gate(hostile_run, colour=False))
    assert [url.partition(":")[0] for url in requests(browser)] == ["file"]
    assert browser.said(*VIOLATIONS) == []
    assert browser.run("document.documentElement.scrollWidth <= innerWidth")


def test_what_did_get_in_would_be_stopped_and_told(
    show: Callable[[str], Browser], gate_run: Callable[..., GateRun]
) -> None:
    text = page.gate(gate_run(), colour=False)
    planted = (
        "<script>window.planted = 1</script><img src='http://127.0.0.1:9/x' onerror='planted=2'>"
    )
    browser = show(text.replace("</main>", f"{planted}</main>"))
    assert browser.said(*VIOLATIONS) != []
    assert browser.run("'planted' in window") is False


def test_the_mouse_narrows_and_widens(report: Browser) -> None:
    assert count(report) == "5 findings"
    assert rules_shown(report) == ["B602", "jinja2 3.1.0", "B101", "B324"]
    report.click("input[type=search]")
    for character in "old password":
        report.press(character)
    report.wait(lambda: count(report) == "1 of 5 findings shown")
    assert rules_shown(report) == ["B105"]
    report.click("button[type=reset]")
    report.wait(lambda: count(report) == "5 findings")
    assert rules_shown(report) == ["B602", "jinja2 3.1.0", "B101", "B324"]


@pytest.mark.parametrize(
    ("field", "keys", "rules"),
    [
        ("decision", "b", ["B602", "jinja2 3.1.0"]),
        ("decision", "s", ["B324"]),
        ("state", "ex", ["B105"]),
        ("rank", "H", ["B602", "jinja2 3.1.0", "B324", "B105"]),
        ("class", "t", ["B101"]),
        ("tool", "p", ["jinja2 3.1.0"]),
    ],
)
@pytest.mark.skipif(sys.platform == "darwin", reason="a Mac opens a list before it is typed into")
def test_each_filter_works_by_keyboard(
    report: Browser, field: str, keys: str, rules: list[str]
) -> None:
    tab_to(report, field)
    for key in keys:
        report.press(key)
    report.wait(lambda: rules_shown(report) == rules)
    assert count(report) == f"{len(rules)} of 5 findings shown"


def test_enter_in_the_search_sends_nothing(report: Browser) -> None:
    tab_to(report, "text")
    report.press("B")
    report.press("Enter")
    report.wait(lambda: "of 5" in count(report))
    assert len(requests(report)) == 1
    assert report.said(*VIOLATIONS) == []


def test_the_first_stop_of_the_keyboard_skips_to_the_findings(report: Browser) -> None:
    report.press("Tab")
    assert focused(report) == "Skip to the findings"
    report.press("Enter")
    report.wait(lambda: focused(report) == "main")


def test_a_link_to_a_folded_section_opens_it(report: Browser) -> None:
    report.click("nav a[href='#existing']")
    report.wait(lambda: "B105" in rules_shown(report))


def nodes(browser: Browser) -> list[tuple[str, str]]:
    """Role and name of all that a screen reader meets."""
    tree: list[dict[str, Any]] = browser.call("Accessibility.getFullAXTree")["nodes"]
    return [
        (node["role"]["value"], node.get("name", {}).get("value", ""))
        for node in tree
        if not node["ignored"]
    ]


def test_a_screen_reader_meets_landmarks_headings_and_names(report: Browser) -> None:
    met = nodes(report)
    for landmark in (
        ("main", ""),
        ("navigation", "Contents"),
        ("search", "Filter findings"),
        ("status", ""),
        ("heading", "Tidegate: BLOCK"),
        ("heading", "Blocking: 2"),
        ("region", "Waived: 1"),
        ("figure", "Code of app/run.py, lines 11 to 13"),
        ("columnheader", "Upgrade to"),
        ("rowheader", "jinja2"),
    ):
        assert landmark in met
    controls = [name for role, name in met if role in ("combobox", "searchbox", "button", "link")]
    assert len(controls) > 8
    assert all(controls)


def test_without_script_all_is_there_and_no_dead_filter(
    browser: Browser, show: Callable[[str], Browser], gate_run: Callable[..., GateRun]
) -> None:
    text = page.gate(gate_run(), colour=False)
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        show(text)
        met = nodes(browser)
    finally:
        browser.call("Emulation.setScriptExecutionDisabled", value=False)
    assert ("heading", "Blocking: 1") in met
    assert "search" not in {role for role, _ in met}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_it_fits_the_width_and_can_be_read(report: Browser, width: int, scheme: str) -> None:
    feature = {"name": "prefers-color-scheme", "value": scheme}
    report.call("Emulation.setEmulatedMedia", media="", features=[feature])
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
    report.call("Emulation.setDeviceMetricsOverride", **size)
    try:
        assert report.run("document.documentElement.scrollWidth") <= width
        assert report.run(CONTRAST) == []
        ground = report.run("getComputedStyle(document.body).backgroundColor")
        assert (ground == "rgb(255, 255, 255)") is (scheme == "light")
    finally:
        report.call("Emulation.clearDeviceMetricsOverride")
        report.call("Emulation.setEmulatedMedia", media="", features=[])


def test_on_paper_nothing_is_folded(report: Browser) -> None:
    report.call("Page.printToPDF")
    assert "B105" not in rules_shown(report)
    report.run("dispatchEvent(new Event('beforeprint'))")
    assert "B105" in rules_shown(report)
    report.run("dispatchEvent(new Event('afterprint'))")
    assert "B105" not in rules_shown(report)
