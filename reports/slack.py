"""A message for Slack, as Block Kit: the verdict, what decided it, and the gravest of the rest.

Slack takes 50 blocks and cuts long messages; this stays below both by naming fewer findings.
"""

from collections.abc import Iterable, Iterator, Sequence

from ..records.finding import Finding, Skipped
from ..records.run import GateRun, ScanRun, Verdict
from . import beside, summary
from .inert import mrkdwn, mrkdwn_code, web_address

MAX_BLOCKS = 40
MAX_CHARACTERS = 10_000
"""Of the whole message, as JSON."""

_SIGNS = {Verdict.PASS: "✅", Verdict.BLOCK: "⛔", Verdict.INCOMPLETE: "⚠️"}
_SENTENCE = 400
"""Characters of a sentence about the whole run."""
_WORDS = 200
"""Characters of a message, a place or a remedy."""
_RULE = 60
_LINK = 500
_ROOM_FOR_NOTE = 200

Block = dict[str, object]


def gate(run: GateRun, *, link: str = "") -> str:
    """The message as JSON; `link`, where it is plain https, leads to the job."""
    blocking = ((item.finding, summary.marks(item)) for item in summary.blocking(run))
    rows = [*map(_finding, blocking), *map(_gap, summary.deciding_gaps(run))]
    fallback = mrkdwn(f"Tidegate: {summary.named_verdict(run)}", _SENTENCE)
    end = (summary.mode_note(run), summary.gate_totals(run))
    return _fitted(fallback, list(_head(run)), rows, [*_foot(end, link)])


def scan(run: ScanRun, *, link: str = "") -> str:
    """The same of a scan: its sums, and the gravest of what no baseline knows."""
    said = [
        f"*{label}:* {mrkdwn(text, _SENTENCE)}" for label, text in summary.scan_next(run).items()
    ]
    words = "\n".join(filter(None, [mrkdwn(summary.scan_classes(run), _SENTENCE), *said]))
    head = [_header("Tidegate scan"), *([_section(words)] if words else [])]
    found = ((finding, summary.asides(finding)) for finding in summary.found(run))
    rows = [*map(_finding, found), *map(_gap, run.skipped)]
    return _fitted("Tidegate scan", head, rows, [*_foot([summary.scan_totals(run)], link)])


def _fitted(fallback: str, head: list[Block], rows: list[Block], foot: list[Block]) -> str:
    """As many of the rows as Slack takes, and how many were left out."""
    taken: list[Block] = []
    room = MAX_CHARACTERS - _ROOM_FOR_NOTE - len(_json(fallback, [*head, *foot]))
    for row in rows:
        room -= len(_json("", [row]))
        if room < 0 or len(head) + len(taken) + len(foot) + 2 > MAX_BLOCKS:
            break
        taken.append(row)
    missing = len(rows) - len(taken)
    note = [_context(f"{missing} more: see the report")] if missing else []
    return _json(fallback, [*head, *taken, *note, *foot]) + "\n"


def _json(fallback: str, blocks: list[Block]) -> str:
    import json

    # As Unicode: what cannot be encoded was made visible before.
    return json.dumps({"text": fallback, "blocks": blocks}, ensure_ascii=False)


def _head(run: GateRun) -> Iterator[Block]:
    yield _header(f"{_SIGNS[run.verdict]} Tidegate: {summary.named_verdict(run)}")
    said = beside.conclusion(run).items()
    yield _section("\n".join(f"*{label}:* {mrkdwn(text, _SENTENCE)}" for label, text in said))
    yield _context(mrkdwn(summary.compared(run), _SENTENCE))


def _foot(texts: Iterable[str], link: str) -> Iterator[Block]:
    for text in filter(None, texts):
        yield _context(mrkdwn(text, _SENTENCE))
    address = web_address(link)
    if address and len(address) <= _LINK:
        yield _context(f"<{address.replace('&', '&amp;')}|The job>")


def _finding(told: tuple[Finding, Sequence[str]]) -> Block:
    found, marks = told
    aside = ", ".join([summary.weight(found), *marks])
    first = f"{mrkdwn_code(summary.place(found), _WORDS)} {mrkdwn_code(found.rule, _RULE)}"
    return _section(
        f"{first} {mrkdwn(aside, _WORDS)}\n{mrkdwn(found.message, _WORDS)}"
        + (f"\n→ {mrkdwn(found.remedy, _WORDS)}" if found.remedy else "")
    )


def _gap(gap: Skipped) -> Block:
    return _section(
        f"Not looked at: {mrkdwn_code(gap.what, _WORDS)}, {mrkdwn(summary.cause(gap), _WORDS)}"
        + (f"\n→ {mrkdwn(gap.remedy, _WORDS)}" if gap.remedy else "")
    )


def _header(title: str) -> Block:
    return {"type": "header", "text": {"type": "plain_text", "text": title, "emoji": True}}


def _section(text: str) -> Block:
    return {"type": "section", "text": _text(text)}


def _context(text: str) -> Block:
    return {"type": "context", "elements": [_text(text)]}


def _text(text: str) -> Block:
    # Verbatim: names of channels and people, and bare addresses, stay text.
    return {"type": "mrkdwn", "text": text, "verbatim": True}
