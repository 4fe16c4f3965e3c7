"""A comment on a merge request, or a job summary: the verdict first, the rest folded."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ..records.finding import Finding, Skipped
from ..records.run import GateRun, Judged, ScanRun, Verdict
from . import beside, groups, pins, summary
from .inert import markdown, markdown_code, web_address, with_code

MARKER = "<!-- tidegate -->"
"""The first line: by it a bot finds its own comment again."""
SCAN_MARKER = "<!-- tidegate scan -->"
"""Another, so that a scan does not take the gate's comment for its own."""
LIMIT = 60_000
"""Characters of a report; GitHub takes 65,536 in a comment, GitLab and job summaries more."""

_ROOM_FOR_NOTE = 300
_SIGNS = {Verdict.PASS: "✅", Verdict.BLOCK: "⛔", Verdict.INCOMPLETE: "⚠️"}
_CELL_LIMIT = 300
"""Characters of a cell: one row cannot crowd out the others."""
_HEAD_LIMIT = 600
_NAMED_ADVISORIES = 6
"""Of one pin, so that they fit the cell."""
_ALL = "The reports in the other formats have all of them, `json` foremost."
_FEW_GAPS = 10
"""So many that keep the verdict from PASS are shown beside what blocks."""
_FINDING_COLUMNS = ("Place", "Rule, severity/confidence", "Why", "What to do")
_GAP_COLUMNS = ("What", "Reason", "What to do")


Row = tuple[str, int]
"""A row of a table, and how many findings it tells of."""


@dataclass(frozen=True, slots=True)
class Section:
    """A table under a title of ours; its cells are inert already."""

    title: str
    noun: str
    columns: tuple[str, ...]
    rows: tuple[str, ...]
    counts: tuple[int, ...]
    """How many each row tells of."""
    folded: bool = True


def gate(run: GateRun, *, colour: bool) -> str:  # noqa: ARG001 - Markdown has no colour
    """The verdict and what decided it, what blocks, then the rest folded."""
    gaps = summary.deciding_gaps(run)
    beside = run.verdict is Verdict.BLOCK and len(gaps) > _FEW_GAPS
    sections = [
        _findings("Blocking", _finding_rows(_marked(summary.blocking(run))), folded=False),
        _gaps("Not looked at", gaps, folded=beside),
        _findings("Reported, not blocking", _grouped_rows(_marked(summary.reported(run)))),
        _findings("Waived", _grouped_rows(_marked(summary.waived(run)))),
        _alike_gaps("Not looked at, as at the base", summary.existing_gaps(run)),
        _alike_gaps("Not looked at, and allowed", summary.allowed_gaps(run)),
        _notices(run.notices),
    ]
    return _document(_gate_head(run), sections, summary.gate_totals(run))


def scan(run: ScanRun, *, colour: bool) -> str:  # noqa: ARG001 - Markdown has no colour
    """The findings of a tree, the gravest first; what was not looked at and the notices."""
    rows = _grouped_rows((item, summary.asides(item)) for item in summary.found(run))
    sections = [
        _alike_gaps("Not looked at", run.skipped, folded=False),
        _findings("Findings", rows, folded=False),
        _notices(run.notices),
    ]
    said = [
        f"**{label}:** {_prose(text, _HEAD_LIMIT)}"
        for label, text in summary.scan_next(run).items()
    ]
    words = "  \n".join(filter(None, [markdown(summary.scan_classes(run)), *said]))
    lines = [SCAN_MARKER, "## Tidegate scan", *(["", words] if words else [])]
    return _document("\n".join(lines) + "\n", sections, summary.scan_totals(run))


def _gate_head(run: GateRun) -> str:
    note = summary.mode_note(run)
    lines = [
        MARKER,
        f"## {_SIGNS[run.verdict]} Tidegate: {summary.named_verdict(run)}",
        "",
        "  \n".join(_what_to_do(run)),
        *(["", f"**{markdown(note)}**"] if note else []),
        "",
        markdown(summary.compared(run), _HEAD_LIMIT),
        *(["", markdown(edited)] if (edited := beside.edited(run)) else []),
    ]
    return "\n".join(lines) + "\n"


def _what_to_do(run: GateRun) -> Iterator[str]:
    """A line each: what decided, what comes next, and what else there is to do."""
    for label, text in beside.conclusion(run).items():
        yield f"**{label}:** {_prose(text, _HEAD_LIMIT)}"
        if label == "Next" and run.verdict is not Verdict.PASS and (command := _again(run)):
            yield f"**Run it yourself:** {markdown_code(command, _HEAD_LIMIT)}"


def _again(run: GateRun) -> str:
    """The command that judges the same elsewhere, empty where the base has no name."""
    import shlex

    between = run.range
    if not between.base_ref or between.worktree or between.staged:
        return ""
    return f"tidegate gate --base {shlex.quote(between.base_ref)}"


def _marked(items: Iterable[Judged]) -> Iterator[pins.Marked]:
    return ((item.finding, summary.marks(item)) for item in items)


def _finding_rows(items: Iterable[pins.Marked]) -> list[Row]:
    return [
        (_finding_row(finding, marks), count)
        for finding, marks, count in pins.told(items, _NAMED_ADVISORIES)
    ]


def _grouped_rows(items: Iterable[pins.Marked]) -> list[Row]:
    """A row for what is alike, where it is many; the gravest first."""
    told = pins.told(items, _NAMED_ADVISORIES)
    counts = {id(finding): count for finding, _, count in told}
    rows: list[Row] = []
    for group in groups.of_findings((finding, marks) for finding, marks, _ in told):
        found = [(finding, counts[id(finding)]) for finding in group.findings]
        if group.is_large:
            rows.append((_group_row(group), sum(count for _, count in found)))
        else:
            rows += [(_finding_row(finding, group.marks), count) for finding, count in found]
    return rows


def _group_row(group: groups.Group) -> str:
    first, typical = group.findings[0], group.typical
    files = summary.plural(len({finding.path for finding in group.findings}), "file")
    others = f" (one of {group.messages} messages)" if group.messages > 1 else ""
    place = markdown_code(summary.place(first), _CELL_LIMIT)
    return _row(
        [
            f"{summary.within(group.kind)}, {files}, first {place}",
            f"{len(group.findings)} times {_rule(first)} {_weight(first, group.marks)}",
            _cell(typical.message) + others,
            _cell(typical.remedy),
        ]
    )


def _findings(title: str, rows: Sequence[Row], *, folded: bool = True) -> Section:
    texts, counts = [text for text, _ in rows], [count for _, count in rows]
    return Section(title, "finding", _FINDING_COLUMNS, tuple(texts), tuple(counts), folded)


def _gaps(title: str, gaps: Iterable[Skipped], *, folded: bool = True) -> Section:
    rows = tuple(map(_gap_row, gaps))
    return Section(title, "gap", _GAP_COLUMNS, rows, (1,) * len(rows), folded)


def _alike_gaps(title: str, gaps: Iterable[Skipped], *, folded: bool = True) -> Section:
    """A row for what is alike, where it is many: none of these makes a gate's verdict."""
    rows: list[Row] = []
    for alike in groups.of_gaps(gaps):
        if len(alike) < groups.MANY:
            rows += [(_gap_row(gap), 1) for gap in alike]
        else:
            rows.append((_gaps_row(alike), len(alike)))
    texts, counts = [text for text, _ in rows], [count for _, count in rows]
    return Section(title, "gap", _GAP_COLUMNS, tuple(texts), tuple(counts), folded)


def _notices(notices: Iterable[str]) -> Section:
    rows = tuple(_row([_cell(notice)]) for notice in notices)
    return Section("Notices", "notice", ("Notice",), rows, (1,) * len(rows))


def _finding_row(finding: Finding, marks: Iterable[str]) -> str:
    return _row(
        [
            markdown_code(summary.place(finding), _CELL_LIMIT),
            f"{_rule(finding)} {_weight(finding, marks)}",
            _cell(finding.message),
            _cell(finding.remedy),
        ]
    )


def _weight(finding: Finding, marks: Iterable[str]) -> str:
    return _cell(", ".join([summary.weight(finding), *marks]))


def _rule(finding: Finding) -> str:
    name = markdown_code(finding.rule, _CELL_LIMIT)
    address = web_address(finding.url)
    # Of the characters of a plain address only this one means something in an attribute.
    target = address.replace("&", "&amp;")
    return f'<a href="{target}">{name}</a>' if address else name


def _gap_row(gap: Skipped) -> str:
    return _row(
        [markdown_code(gap.what, _CELL_LIMIT), _cell(summary.cause(gap)), _cell(gap.remedy)]
    )


def _gaps_row(alike: Sequence[Skipped]) -> str:
    first = alike[0]
    what = f"{len(alike)} times, first {markdown_code(first.what, _CELL_LIMIT)}"
    return _row([what, _cell(first.reason), _cell(first.remedy)])


def _cell(text: str) -> str:
    return _prose(text, _CELL_LIMIT)


def _prose(text: str, limit: int) -> str:
    return with_code(text, limit, markdown, markdown_code)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


def _document(head: str, sections: Iterable[Section], totals: str) -> str:
    """The sections that fit, and a note on what did not."""
    foot = f"\n{markdown(totals)}\n"
    room = LIMIT - len(head) - len(foot) - _ROOM_FOR_NOTE
    parts, left_out = [], []
    for section in sections:
        part, missing = _fitted(section, room)
        room -= len(part)
        parts.append(part)
        if missing:
            left_out.append(summary.plural(missing, section.noun))
    note = f"\n**Left out here for length: {', '.join(left_out)}.** {_ALL}\n" if left_out else ""
    return head + "".join(parts) + note + foot


def _fitted(section: Section, room: int) -> tuple[str, int]:
    """A section cut to `room` characters, and of how many things that tells nothing."""
    opening, closing = _frame(section)
    room -= len(opening) + len(closing)
    rows: list[str] = []
    for row in section.rows:
        if len(row) > room:
            break
        room -= len(row)
        rows.append(row)
    text = opening + "".join(rows) + closing if rows else ""
    return text, sum(section.counts[len(rows) :])


def _frame(section: Section) -> tuple[str, str]:
    title = f"{section.title}: {sum(section.counts)}"
    table = f"{_row(section.columns)}{_row('---' for _ in section.columns)}"
    if section.folded:
        return f"\n<details><summary>{title}</summary>\n\n{table}", "\n</details>\n"
    return f"\n### {title}\n\n{table}", ""
