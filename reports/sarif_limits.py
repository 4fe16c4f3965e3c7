"""What GitHub takes of a SARIF file, and which results are left out beyond that."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from ..records.run import Decision, Judged, Located, State
from . import summary

MAX_RESULTS = 25_000
"""Results of a run: a file with more is rejected."""
SHOWN = 5_000
"""Results of a run that are shown, by severity."""
MAX_BYTES = 10_000_000
"""Of a file as it is sent, packed by gzip."""
MAX_TAGS = 20
"""Of a rule."""
MAX_EXTENSIONS = 100
"""Tools beside the driver."""

_FIRST = (Decision.BLOCK, Decision.WAIVED, Decision.REPORT, Decision.IGNORE)
_CHANGED = (State.NEW, State.EDITED)

_T = TypeVar("_T", Judged, Located)


def fitted(count: int, render: Callable[[int], str]) -> str:
    """What `render` makes of as many of `count` results as are taken: by number, then by size."""
    limit = min(count, MAX_RESULTS)
    text = render(limit)
    while limit and _is_too_large(text):
        limit //= 2
        text = render(limit)
    return text


def _is_too_large(text: str) -> bool:
    if len(text) <= MAX_BYTES:  # it is ASCII
        return False
    import zlib

    return len(zlib.compress(text.encode("ascii"))) > MAX_BYTES


def kept(items: Sequence[_T], limit: int) -> Sequence[_T]:
    """The `limit` that matter most, in the order given."""
    if len(items) <= limit:
        return items
    most = sorted(range(len(items)), key=lambda index: _weight(items[index]))[:limit]
    return [items[index] for index in sorted(most)]


def _weight(item: Judged | Located) -> tuple[object, ...]:
    """What blocks before what does not, what is new before what is not, then by gravity."""
    gravity = summary.gravity(item.finding)
    if isinstance(item, Located):
        return item.known, gravity
    return item.state not in _CHANGED, _FIRST.index(item.decision), gravity


def notes(kept_results: int, count: int) -> Iterator[str]:
    """What the reader of the file does not see."""
    if kept_results < count:
        left_out = summary.plural(count - kept_results, "finding")
        yield (
            f"{left_out} of {count} left out here, the least grave: code scanning takes "
            f"{MAX_RESULTS} results and {MAX_BYTES // 1_000_000} MB; `--format json` has all"
        )
    if kept_results > SHOWN:
        yield f"code scanning shows the {SHOWN} gravest results of a file alone"
