"""How files were looked at, in a line for each cause."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from ..records.finding import Remark

NAMED = 5
"""Files that a line names; the others are counted."""


def remark_lines(remarks: Iterable[Remark]) -> Iterator[str]:
    """One line for all files with the same remark."""
    by_text = sorted(remarks, key=lambda remark: (remark.text, remark.path))
    for text, alike in groupby(by_text, key=lambda remark: remark.text):
        paths = list(dict.fromkeys(remark.path for remark in alike))
        more = f" and {len(paths) - NAMED} more" if len(paths) > NAMED else ""
        yield f"{text}: {', '.join(paths[:NAMED])}{more}"
