"""The report for people: a line for what is grave, one for many alike, the sums at the end."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ..records.finding import Finding, Skipped
from ..records.run import GateRun, Judged, ScanRun, Verdict
from . import beside, groups, pins, summary
from .hyperlinks import documentation, linked
from .inert import PATH_LIMIT, visible

_EACH = "What is alike is told in one line; `--format json` lists each."

_STYLES = {
    "bold": "1",
    "dim": "2",
    "remedy": "36",
    Verdict.BLOCK: "1;31",
    Verdict.INCOMPLETE: "1;33",
    Verdict.PASS: "1;32",
}


@dataclass(frozen=True, slots=True)
class Paint:
    """What a terminal is given beside the text, which is already inert."""

    colour: bool
    links: bool

    def __call__(self, style: str, text: str) -> str:
        """The text in a style."""
        return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if self.colour else text

    def rule(self, finding: Finding) -> str:
        """The rule's name, which may open what is written about it."""
        name = visible(finding.rule)
        return linked(name, documentation(finding)) if self.links else name


def gate(run: GateRun, *, colour: bool, links: bool = False) -> str:
    """Blocking findings first, then the other new ones, gaps, notices and the verdict."""
    paint = Paint(colour, links)
    gaps = summary.deciding_gaps(run)
    lists = [
        _blocking(summary.blocking(run), paint),
        _listed("Reported, not blocking", summary.reported(run), paint),
        _listed("Waived", summary.waived(run), paint),
        _Listed(
            paint(Verdict.INCOMPLETE, f"Not looked at: {len(gaps)}"),
            [_gap(gap, paint) for gap in gaps],
            len(gaps),
        ),
        _listed_gaps("Not looked at, as at the base", summary.existing_gaps(run), paint),
        _listed_gaps("Not looked at, and allowed", summary.allowed_gaps(run), paint),
    ]
    sections = [
        *(_section(each.title, each.lines) for each in lists),
        _notices(run.notices),
        _hint(sum(each.told for each in lists), sum(len(each.lines) for each in lists)),
        _conclusion(run, paint),
    ]
    return paint("dim", visible(summary.compared(run))) + "\n\n" + _joined(sections)


def scan(run: ScanRun, *, colour: bool, links: bool = False) -> str:
    """What no baseline knows, the gravest last, then gaps, notices and the sums."""
    paint = Paint(colour, links)
    found = summary.counting(run)
    alike = _alike((item.finding, summary.asides(item.finding)) for item in found)
    # A terminal is left at the end: what weighs most stands there, beside the sums.
    lines = list(_grouped(reversed(alike), paint))
    gap_lines = list(_grouped_gaps(run.skipped, paint))
    following = map(visible, beside.scan_sentences(run))
    totals = paint("bold", f"Scanned (exit {run.exit_code:d}): ") + summary.scan_totals(run)
    sections = [
        "\n".join(lines),
        _section(paint(Verdict.INCOMPLETE, f"Not looked at: {len(run.skipped)}"), gap_lines),
        _notices(run.notices),
        _hint(len(found) + len(run.skipped), len(lines) + len(gap_lines)),
        "\n".join(filter(None, (summary.scan_classes(run), *following, totals))),
    ]
    return _joined(sections)


@dataclass(frozen=True, slots=True)
class _Listed:
    """Lines under a title, and how many things they tell of."""

    title: str
    lines: Sequence[str]
    told: int


def _blocking(items: Sequence[Judged], paint: Paint) -> _Listed:
    """A line for each, and one for each pin."""
    pinned = pins.told((item.finding, summary.marks(item)) for item in items)
    lines = [_finding(finding, marks, paint) for finding, marks, _ in pinned]
    title = paint(Verdict.BLOCK, f"Blocking: {summary.plural(len(items), 'finding')}")
    return _Listed(title, lines, len(items))


def _listed(name: str, items: Sequence[Judged], paint: Paint) -> _Listed:
    """A line for what is alike."""
    alike = _alike((item.finding, summary.marks(item)) for item in items)
    title = paint("bold", f"{name}: {summary.plural(len(items), 'finding')}")
    return _Listed(title, list(_grouped(alike, paint)), len(items))


def _listed_gaps(name: str, gaps: Sequence[Skipped], paint: Paint) -> _Listed:
    title = paint("dim", f"{name}: {len(gaps)}")
    return _Listed(title, list(_grouped_gaps(gaps, paint)), len(gaps))


def _alike(items: Iterable[pins.Marked]) -> list[groups.Group]:
    """Groups of what is alike, once each pin is one."""
    return groups.of_findings((finding, marks) for finding, marks, _ in pins.told(items))


def _joined(sections: Iterable[str]) -> str:
    return "\n\n".join(section for section in sections if section) + "\n"


def _section(title: str, lines: Iterable[str]) -> str:
    body = "\n".join(f"  {line}" for line in lines)
    return f"{title}\n{body}" if body else ""


def _finding(finding: Finding, marks: Sequence[str], paint: Paint) -> str:
    """Place, rule, severity and confidence, what sets it apart, why and what to do."""
    tags = visible(", ".join([summary.weight(finding), *marks]))
    return (
        f"{paint('bold', visible(summary.place(finding), PATH_LIMIT))}: {paint.rule(finding)} "
        f"[{tags}] {visible(finding.message)}{_remedy(finding.remedy, paint)}"
    )


def _grouped(alike: Iterable[groups.Group], paint: Paint) -> Iterator[str]:
    """A line a finding, and a line a group that is large."""
    for group in alike:
        if group.is_large:
            yield _many(group, paint)
        else:
            yield from (_finding(finding, group.marks, paint) for finding in group.findings)


def _many(group: groups.Group, paint: Paint) -> str:
    """How often, where, where first, and what is said most often."""
    first, typical = group.findings[0], group.typical
    files = summary.plural(len({finding.path for finding in group.findings}), "file")
    tags = visible(", ".join([summary.weight(first), *group.marks]))
    others = f" (one of {group.messages} messages)" if group.messages > 1 else ""
    return (
        f"{paint('bold', f'{len(group.findings)} times {paint.rule(first)}')} [{tags}] "
        f"{summary.within(group.kind)}, {files}, "
        f"first at {visible(summary.place(first), PATH_LIMIT)}: "
        f"{visible(typical.message)}{others}{_remedy(typical.remedy, paint)}"
    )


def _remedy(remedy: str, paint: Paint) -> str:
    return " " + paint("remedy", f"-> {visible(remedy)}") if remedy else ""


def _gap(gap: Skipped, paint: Paint) -> str:
    what = paint("bold", visible(gap.what, PATH_LIMIT))
    return f"{what}: {visible(summary.cause(gap))}{_remedy(gap.remedy, paint)}"


def _grouped_gaps(gaps: Iterable[Skipped], paint: Paint) -> Iterator[str]:
    """A line a gap, and a line for many of one reason: none of these makes a gate's verdict."""
    for alike in groups.of_gaps(gaps):
        if len(alike) < groups.MANY:
            yield from (_gap(gap, paint) for gap in alike)
            continue
        first = alike[0]
        yield (
            f"{paint('bold', f'{len(alike)} times {visible(first.reason)}')}, "
            f"first at {visible(first.what, PATH_LIMIT)}{_remedy(first.remedy, paint)}"
        )


def _notices(notices: Iterable[str]) -> str:
    return "\n".join(f"Notice: {visible(notice)}" for notice in notices)


def _hint(told: int, lines: int) -> str:
    """How to see each, where fewer lines than things were shown."""
    return _EACH if lines < told else ""


def _conclusion(run: GateRun, paint: Paint) -> str:
    """What decided, what to do, and the one line that sums everything."""
    note = summary.mode_note(run)
    return "\n".join(
        [
            *([paint("bold", note)] if note else []),
            *map(visible, beside.sentences(run)),
            paint(run.verdict, f"{summary.named_verdict(run)} (exit {run.exit_code:d})")
            + f": {summary.gate_totals(run)}",
        ]
    )
