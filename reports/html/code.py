"""Lines of code around a finding."""

from collections.abc import Iterator, Sequence

from ...records.finding import Finding
from ...records.run import Excerpt
from .. import summary
from .markup import Markup, cut, element

_WIDTH = 400
"""Characters of a line; the records hold fewer."""
_LINES = 40


def code(excerpt: Excerpt, finding: Finding) -> Markup:
    """A figure with a line of code a row; those of the finding are marked."""
    lines = excerpt.lines[:_LINES]
    last = excerpt.first + len(lines) - 1
    name = f"Code of {finding.path}, lines {excerpt.first} to {last}"
    rows = [*_rows(excerpt.first, lines, finding)]
    return element("figure", element("pre", *rows), aria_label=name[:_WIDTH])


def _indent(lines: Sequence[str | None]) -> int:
    """How many columns all lines that hold something leave free: a phone has none to spare."""
    held = [line for line in lines if line and not line.isspace()]
    return min((len(line) - len(line.lstrip(" ")) for line in held), default=0)


def _withheld(lines: Sequence[str | None]) -> str:
    count = next((n for n, line in enumerate(lines) if line is not None), len(lines))
    return f"{summary.plural(count, 'line')} withheld: a secret may be there"


def _rows(first: int, lines: tuple[str | None, ...], finding: Finding) -> Iterator[Markup]:
    indent = _indent(lines)
    found = range(finding.line, max(finding.line, finding.end_line) + 1)
    for number, line in enumerate(lines, first):
        at = number - first
        if line is None and at and lines[at - 1] is None:
            continue  # one row tells of all in a row
        text = (
            cut(line[indent:], _WIDTH) if line is not None else element("em", _withheld(lines[at:]))
        )
        marked = number in found
        # The sign tells in print and without colours what the background tells.
        label = element("i", f"{'>' if marked else ' '}{number:>5} ")
        yield element("span", label, text, Markup("\n"), class_="hit" if marked else None)
