"""The message for Slack: what decides first, within Slack's bounds, and nothing in it works."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.records.finding import Skipped
from tidegate.records.run import Coverage, GateRun, Judged, Mode, ScanRun, SkippedItem, Verdict
from tidegate.reports import slack, summary

TOTALS = (
    "4 findings (1 blocking, 1 reported, 1 existing, 1 fixed), 1 suppressed,"
    " 1 not looked at, 10 files (8 scanned, 1 not wholly, 1 of other kinds)"
)
STAY = (
    "*What is to stay:* needs a waiver on the base branch, from somebody who answers for it"
    " (`tidegate waive PATH:LINE` writes one); one that this change brings does not count."
    " `tidegate policy explain PATH:LINE` tells why it blocks"
).replace("`", "\N{RIGHT SINGLE QUOTATION MARK}")
KNOWN = {"header": {"plain_text"}, "section": {"mrkdwn"}, "context": {"mrkdwn"}}


def blocks(run: GateRun, link: str = "") -> list[dict[str, Any]]:
    """The blocks of a message, which has to keep to the bounds of Slack."""
    text = slack.gate(run, link=link)
    text.encode()
    assert len(text) <= 10_000
    message = json.loads(text)
    assert set(message) == {"text", "blocks"}
    found: list[dict[str, Any]] = message["blocks"]
    assert 1 <= len(found) <= 40
    for kind, each in texts(found):
        assert each["type"] in KNOWN[kind]
        assert 1 <= len(each["text"]) <= (150 if kind == "header" else 3000)
    return found


def texts(found: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    for block in found:
        for each in block.get("elements") or [block["text"]]:
            yield block["type"], each


def told(run: GateRun, link: str = "") -> str:
    return "\n".join(each["text"] for _, each in texts(blocks(run, link)))


def test_the_verdict_comes_first_and_then_what_decides(gate_run: Callable[..., GateRun]) -> None:
    assert told(gate_run()).splitlines() == [
        "⛔ Tidegate: BLOCK",
        "*Decided by:* block-severity = MEDIUM (1 finding)",
        (
            "*Next:* fix what blocks and what could not be looked at, as told beside each, "
            "then run the gate again"
        ),
        STAY,
        "Compared 111111111111 (merge base with origin/main, named by github) with 222222222222",
        "`app/run.py:12` `B602` HIGH/MEDIUM",
        "subprocess call with shell=True",
        "→ pass a list of arguments",
        "Not looked at: `app/new.py`, syntax error (line 3)",
        "→ fix the file",
        TOTALS,
    ]


@pytest.mark.parametrize(("verdict", "sign"), [(Verdict.PASS, "✅"), (Verdict.INCOMPLETE, "⚠️")])
def test_each_verdict_has_its_sign(
    gate_run: Callable[..., GateRun], verdict: Verdict, sign: str
) -> None:
    run = gate_run(verdict=verdict, findings=(), skipped=(), coverage=Coverage())
    assert told(run).startswith(f"{sign} Tidegate: {verdict}\n")


def test_a_verdict_without_force_says_so(gate_run: Callable[..., GateRun]) -> None:
    assert "mode warn: the verdict does not decide" in told(gate_run(mode=Mode.WARN, exit_code=0))


@pytest.mark.parametrize("length", [1, 300])
def test_many_findings_are_cut_and_counted(
    gate_run: Callable[..., GateRun], judged: Callable[..., Judged], length: int
) -> None:
    run = gate_run(findings=tuple(judged(line=n, message="m" * length) for n in range(500)))
    shown = told(run)
    named = shown.count("`app/run.py:")
    assert named > 5
    assert f"{501 - named} more: see the report" in shown


def test_hostile_text_does_nothing(hostile_run: GateRun) -> None:
    shown = told(hostile_run)
    assert "<" not in shown
    assert shown.replace("\n", "").replace("\u200b", "").isprintable()
    prose = "".join(shown.split("`")[::2])
    assert not re.search(r"@everyone|@evil|://evil|www\.evil", prose)


@pytest.mark.parametrize(
    "text",
    [
        "<!channel>",
        "<!here|x>",
        "<@U012AB3CD>",
        "<#C012AB3CD>",
        "<https://evil.example|click>",
        "@channel @here",
        "https://evil.example",
        ":white_check_mark:",
        "`code`",
        "*bold*",
        "&lt;!channel&gt;",
    ],
)
def test_what_slack_would_obey_is_text(
    gate_run: Callable[..., GateRun], judged: Callable[..., Judged], text: str
) -> None:
    item = judged(message=text, path=text, rule=text, remedy=text, decided_by=text)
    gap = Skipped(what=text, reason=text, detail=text, remedy=text)
    run = gate_run(findings=(item,), skipped=(SkippedItem(skipped=gap),))
    for kind, each in texts(blocks(run)):
        prose = "".join(each["text"].split("`")[::2])
        assert text not in prose
        assert "<" not in each["text"]
        assert each["text"].count("`") % 2 == 0
        assert kind == "header" or each["verbatim"] is True


@pytest.mark.parametrize("text", ["&" * 5000, "<" * 5000, '"' * 5000, "\\" * 5000, "*" * 5000])
def test_what_grows_when_escaped_stays_within_bounds(
    gate_run: Callable[..., GateRun], judged: Callable[..., Judged], text: str
) -> None:
    item = judged(message=text, path=text, rule=text, remedy=text, decided_by=text)
    gap = Skipped(what=text, reason=text, detail=text, remedy=text)
    base = gate_run().range
    for verdict in Verdict:
        run = gate_run(
            verdict=verdict,
            findings=(item,) * 60,
            skipped=(SkippedItem(skipped=gap),) * 60,
            range=type(base)(base="1" * 40, base_ref=text, base_origin=text),
            mode=Mode.WARN,
            exit_code=10**4000,
        )
        blocks(run, "https://ci.example/" + "&" * 480)


def test_any_run_keeps_to_the_bounds(gate_runs: st.SearchStrategy[GateRun]) -> None:
    @settings(max_examples=40, deadline=None)
    @given(gate_runs)
    def check(run: GateRun) -> None:
        assert "<" not in told(run)

    check()


@pytest.mark.parametrize(
    ("link", "shown"),
    [
        ("https://ci.example/run/7?a=1&b=2", True),
        ("javascript:alert(1)", False),
        ("https://ci.example/|x>", False),
        ("https://ci.example/" + "a" * 600, False),
        ("", False),
    ],
)
def test_only_a_plain_address_becomes_a_link(
    gate_run: Callable[..., GateRun], link: str, shown: bool
) -> None:
    expected = f"<{link.replace('&', '&amp;')}|The job>"
    assert (expected in told(gate_run(), link)) is shown
    assert ("The job" in told(gate_run(), link)) is shown


def test_a_scan_is_its_sums_and_the_gravest_that_no_baseline_knows(
    scan_run: Callable[..., ScanRun],
) -> None:
    first, *rest = scan_run().findings
    run = scan_run(findings=(replace(first, known=True), *rest))
    told = "\n".join(each["text"] for _, each in texts(json.loads(slack.scan(run))["blocks"]))
    assert told.startswith("Tidegate scan\n")
    assert summary.scan_totals(run) in told
    assert f"`{rest[0].finding.rule}`" in told
    assert f"`{first.finding.rule}`" not in told
    assert "Not looked at: `app/new.py`, syntax error (line 3)" in told


def test_a_large_scan_fits(scan_run: Callable[..., ScanRun]) -> None:
    run = scan_run(findings=scan_run().findings * 1000)
    message = slack.scan(run, link="https://ci.example/1")
    assert len(message) <= slack.MAX_CHARACTERS
    assert len(json.loads(message)["blocks"]) <= slack.MAX_BLOCKS
    assert "more: see the report" in message
