"""Lines of code around a finding."""

from collections.abc import Iterator

from ...records.finding import Finding
from ...records.run import Excerpt
from .markup import Markup, cut, element

WITHHELD = "withheld: a secret may be on this line"
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


def _rows(first: int, lines: tuple[str | None, ...], finding: Finding) -> Iterator[Markup]:
    found = range(finding.line, max(finding.line, finding.end_line) + 1)
    for number, line in enumerate(lines, first):
        text = cut(line, _WIDTH) if line is not None else element("em", WITHHELD)
        marked = number in found
        # The sign tells in print and without colours what the background tells.
        label = element("i", f"{'>' if marked else ' '}{number:>5} ")
        yield element("span", label, text, Markup("\n"), class_="hit" if marked else None)
