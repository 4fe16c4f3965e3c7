"""SZZ: the commits from which came what a fix takes away, or which took what it puts back."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields

from ....records.history import FileChange, Hunk, TracedHunk
from ..paths import is_generated, is_product, is_vendored
from .formatting import is_format_only
from .lines import suspects

LEAST_SHARE = 0.1
"""Of the traced lines of a fix; who brought fewer is not held to be the cause."""

Removers = Callable[[str, Sequence[bytes]], Sequence[str]]
"""Path and lines to the commit that removed each; "" where none is known."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What keeps a line from being traced; all of them, unless one is measured without."""

    lines: bool = True
    """Blank and bare lines, comments and imports."""
    formatting: bool = True
    """Hunks that change looks alone."""
    meta: bool = True
    """Origins that changed looks alone, that are bulk, or that the project tells to ignore."""
    restored: bool = True
    """Lines that are put back are traced to who removed them."""
    product_first: bool = True
    """Where a fix touches the product, its tests and documents are not traced."""
    share: bool = True
    """Origins of less than LEAST_SHARE of the lines are dropped."""


ALL_FILTERS = Filters()
PLAIN = Filters(**{field.name: False for field in fields(Filters)})


def culprits(
    hunks: Sequence[TracedHunk],
    added: Iterable[tuple[FileChange, Hunk]],
    removers: Removers,
    passed_over: Collection[str] = frozenset(),
    filters: Filters = ALL_FILTERS,
) -> dict[str, float]:
    """Each commit that a fix points to, with its share of the lines that were traced.

    `hunks` are those of the fix that remove lines, `added` those that add some; `passed_over`
    holds commits that never are the cause of a fault.
    """
    taken = [each for each in hunks if _is_traced(each.file)]
    put = [each for each in added if _is_traced(each[0])] if filters.restored else []
    found = _count(taken, put, removers, filters)
    if filters.product_first:
        found = (
            _count(
                [each for each in taken if is_product(each.file.old_path)],
                [each for each in put if is_product(each[0].path)],
                removers,
                filters,
            )
            or found
        )
    if filters.meta:
        found = Counter({sha: lines for sha, lines in found.items() if sha not in passed_over})
    total = found.total()
    least = LEAST_SHARE if filters.share else 0.0
    return {sha: lines / total for sha, lines in found.items() if lines >= least * total}


def _is_traced(file: FileChange) -> bool:
    return not (file.is_submodule or is_vendored(file.path) or is_generated(file.path))


def _count(
    taken: Sequence[TracedHunk],
    put: Iterable[tuple[FileChange, Hunk]],
    removers: Removers,
    filters: Filters,
) -> Counter[str]:
    found: Counter[str] = Counter()
    for each in taken:
        found.update(_origins(each, filters))
    for file, hunk in put:
        found.update(_restored(file, hunk, removers))
    found.pop("", None)
    return found


def _origins(traced: TracedHunk, filters: Filters) -> Iterator[str]:
    """The origin of each line that the hunk removes and that may carry a fault."""
    path, removed = traced.file.old_path, traced.hunk.removed
    if filters.formatting and is_format_only(path, removed, traced.hunk.added):
        return
    wanted = suspects(path, removed) if filters.lines else [True] * len(removed)
    for origin, is_wanted in zip(traced.origins, wanted, strict=False):
        if is_wanted:
            yield origin


def _restored(file: FileChange, hunk: Hunk, removers: Removers) -> Iterator[str]:
    """Who removed each line that the hunk puts back and that may carry a fault."""
    gone = {line.strip() for line in hunk.removed}
    added = hunk.added
    wanted = suspects(file.path, added)
    kept = [
        line
        for line, is_wanted in zip(added, wanted, strict=True)
        if is_wanted and line.strip() not in gone
    ]
    return iter(removers(file.path, kept))
