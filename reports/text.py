"""The report for people: a line a finding, the verdict and the sums at the end."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from ..records.finding import Finding, Skipped
from ..records.run import GateRun, Judged, ScanRun, Verdict
from . import summary
from .inert import PATH_LIMIT, visible

Paint = Callable[[str, str], str]
"""A style's name and a text that is already inert, to the text in that style."""

MANY = 4
"""From so many alike on, what does not block is told in one line."""

_STYLES = {
    "bold": "1",
    "dim": "2",
    "remedy": "36",
    Verdict.BLOCK: "1;31",
    Verdict.INCOMPLETE: "1;33",
    Verdict.PASS: "1;32",
}


def gate(run: GateRun, *, colour: bool) -> str:
    """Blocking findings first, then the other new ones, gaps, notices and the verdict."""
    paint = _painter(colour=colour)
    blocking, reported = summary.blocking(run), summary.reported(run)
    sections = [
        _section(
            paint(Verdict.BLOCK, f"Blocking: {summary.plural(len(blocking), 'finding')}"),
            (_finding(item.finding, summary.marks(item), paint) for item in blocking),
        ),
        _section(
            paint("bold", f"Reported, not blocking: {summary.plural(len(reported), 'finding')}"),
            _grouped(reported, paint),
        ),
        *_gaps("Not looked at", Verdict.INCOMPLETE, summary.deciding_gaps(run), paint),
        *_gaps("Not looked at, as at the base", "dim", summary.existing_gaps(run), paint),
        *_notices(run.notices),
        _conclusion(run, paint),
    ]
    return paint("dim", visible(summary.compared(run))) + "\n\n" + _joined(sections)


def scan(run: ScanRun, *, colour: bool) -> str:
    """Every finding in its order, then gaps, notices and the sums."""
    paint = _painter(colour=colour)
    sections = [
        "\n".join(
            _finding(item.finding, summary.suppression(item.finding), paint)
            for item in run.findings
        ),
        *_gaps("Not looked at", Verdict.INCOMPLETE, run.skipped, paint),
        *_notices(run.notices),
        paint("bold", f"Scanned (exit {run.exit_code:d}): ") + summary.scan_totals(run),
    ]
    return _joined(sections)


def _painter(*, colour: bool) -> Paint:
    if not colour:
        return lambda _style, text: text
    return lambda style, text: f"\x1b[{_STYLES[style]}m{text}\x1b[0m"


def _joined(sections: Iterable[str]) -> str:
    return "\n\n".join(section for section in sections if section) + "\n"


def _section(title: str, lines: Iterator[str]) -> str:
    body = "\n".join(f"  {line}" for line in lines)
    return f"{title}\n{body}" if body else ""


def _finding(finding: Finding, marks: list[str], paint: Paint) -> str:
    """Place, rule, severity and confidence, what sets it apart, why and what to do."""
    tags = visible(", ".join([summary.weight(finding), *marks]))
    return (
        f"{paint('bold', visible(summary.place(finding), PATH_LIMIT))}: {visible(finding.rule)} "
        f"[{tags}] {visible(finding.message)}{_remedy(finding.remedy, paint)}"
    )


def _grouped(reported: Sequence[Judged], paint: Paint) -> Iterator[str]:
    """A line a finding; where one rule says the same many times over, one line for all."""
    alike: dict[tuple[str, ...], list[Judged]] = {}
    for item in reported:
        finding = item.finding
        key = (finding.rule, finding.message, finding.remedy, *summary.marks(item))
        alike.setdefault((*key, summary.weight(finding)), []).append(item)
    for items in alike.values():
        if len(items) < MANY:
            yield from (_finding(item.finding, summary.marks(item), paint) for item in items)
        else:
            yield _many(items, paint)


def _many(items: Sequence[Judged], paint: Paint) -> str:
    """How often and where first; the other formats list each."""
    first = items[0].finding
    files = summary.plural(len({item.finding.path for item in items}), "file")
    tags = visible(", ".join([summary.weight(first), *summary.marks(items[0])]))
    return (
        f"{paint('bold', f'{len(items)} times in {files}')}, first at "
        f"{visible(summary.place(first), PATH_LIMIT)}: {visible(first.rule)} "
        f"[{tags}] {visible(first.message)}{_remedy(first.remedy, paint)}"
    )


def _remedy(remedy: str, paint: Paint) -> str:
    return " " + paint("remedy", f"-> {visible(remedy)}") if remedy else ""


def _gaps(title: str, style: str, gaps: Iterable[Skipped], paint: Paint) -> Iterator[str]:
    lines = [
        f"{paint('bold', visible(gap.what, PATH_LIMIT))}: {visible(summary.cause(gap))}"
        f"{_remedy(gap.remedy, paint)}"
        for gap in gaps
    ]
    yield _section(paint(style, f"{title}: {len(lines)}"), iter(lines))


def _notices(notices: Iterable[str]) -> Iterator[str]:
    yield "\n".join(f"Notice: {visible(notice)}" for notice in notices)


def _conclusion(run: GateRun, paint: Paint) -> str:
    """What decided, what to do, and the one line that sums everything."""
    note = summary.mode_note(run)
    return "\n".join(
        [
            *([paint("bold", note)] if note else []),
            f"Decided by: {visible(summary.decided_by(run))}",
            f"Next: {visible(summary.next_step(run))}",
            paint(run.verdict, f"{run.verdict} (exit {run.exit_code:d})")
            + f": {summary.gate_totals(run)}",
        ]
    )
