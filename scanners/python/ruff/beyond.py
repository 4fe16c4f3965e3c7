"""What ruff finds in a file beyond what is to be found in the part that bandit could read.

To leave out all that ruff finds on lines which bandit read would not do: what a statement that
is too new imports or binds decides what the others mean.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ....records.finding import Finding
from ....records.fingerprint import defect
from ..newer.syntax import ReadableTree
from .run import Answer, Diagnostic


@dataclass(frozen=True, slots=True)
class Known:
    """What bandit could read of a file, and what it found there."""

    readable: ReadableTree
    findings: Sequence[Finding]


_Found = tuple[Diagnostic, Finding]


def beyond(known: Known, found: Sequence[_Found], ask: Callable[[str], Answer]) -> list[Finding]:
    """Those of ruff's findings in the whole file that are neither bandit's nor left to bandit.

    Left to bandit is what ruff says of a statement of older syntax in the readable part alone
    as well: bandit looked at the same and thought otherwise. `ask` asks ruff about a text.
    """
    newer = known.readable.newer
    left = _without_bandit_s(known, found)
    if all(said.mark.line in newer for said, _ in left):
        return [item for _, item in left]
    seen = {_start(said) for said in ask(known.readable.source).found}
    return [item for said, item in left if said.mark.line in newer or _start(said) not in seen]


def _without_bandit_s(known: Known, found: Sequence[_Found]) -> list[_Found]:
    """Those that are not bandit's findings: the same of the same code on the same line.

    In a statement that is too new, which is named by its whole text, on any of its lines.
    """
    placed = Counter((defect(item), item.line, item.snippet) for item in known.findings)
    left = []
    for said, item in found:
        place = (defect(item), item.line, item.snippet)
        if placed[place]:
            placed[place] -= 1
        else:
            left.append((said, item))
    named = Counter[tuple[tuple[str, str], str]]()
    for (what, _, snippet), times in placed.items():
        named[what, snippet] += times
    others = []
    for said, item in left:
        name = (defect(item), item.snippet)
        if said.mark.line in known.readable.newer and named[name]:
            named[name] -= 1
        else:
            others.append((said, item))
    return others


def _start(said: Diagnostic) -> tuple[str, int, int]:
    return said.code, said.mark.line, said.mark.column
