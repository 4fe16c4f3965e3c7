"""A scan held against a baseline: what is known does not count, and is told."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..gate.baseline import Compared, Entry
    from ..records.finding import Level
    from ..records.run import ScanRun


def compared(
    run: "ScanRun", entries: "Sequence[Entry]", root: Path, paths: Sequence[Path]
) -> "Compared":
    """The findings of a scan of `paths`, told relative to `root`, against a baseline."""
    from ..gate.baseline import compare, looked_for
    from ..scanners.registry import SCANNERS

    findings = [item.finding for item in run.findings]
    tools = {"tidegate", *SCANNERS, *run.versions, *(finding.tool for finding in findings)}
    return compare(
        entries,
        findings,
        looked_at=looked_for(run.skipped, tools, _within(root, paths)),
        is_there=lambda path: os.path.lexists(root / path),
    )


def _within(root: Path, paths: Sequence[Path]) -> Callable[[str], bool]:
    """Whether a path below `root` is at or below one of `paths`."""
    top = os.path.realpath(root)
    scanned = [Path(os.path.relpath(os.path.realpath(root / path), top)) for path in paths]

    def answer(path: str) -> bool:
        return any(Path(path).is_relative_to(place) for place in scanned)

    return answer


def without_known(
    run: "ScanRun", name: str, found: "Compared", fail_on: "Level | None"
) -> "ScanRun":
    """A scan in which the findings that the baseline `name` knows do not count."""
    from ..scanners.tree import exit_code

    pairs = list(zip(run.findings, found.known, strict=True))
    fresh = [item.finding for item, known in pairs if not known]
    return replace(
        run,
        exit_code=exit_code(fresh, run.skipped, fail_on),
        findings=tuple(replace(item, known=known) for item, known in pairs),
        baseline=name,
        notices=(*run.notices, *_notices(name, found)),
    )


def _notices(name: str, found: "Compared") -> Iterator[str]:
    yield f"{name}: {_plural(sum(found.known), 'finding')} known to it and not counted"
    if found.stale:
        told = _plural(len(found.stale), "entry", "entries")
        yield f"{name}: {told} stale; run `tidegate baseline prune`"


def _plural(count: int, one: str, many: str = "") -> str:
    return f"{count} {one} is" if count == 1 else f"{count} {many or one + 's'} are"
