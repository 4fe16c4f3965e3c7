"""How the results of other tools stand to the base: by what the tool said there, else by lines."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ...processes import Lost, map_partitions
from ...records.finding import Finding
from ...records.run import State
from ...scanners.interface import Context
from ...scanners.sarif.line_breaks import counted_alike
from ...scanners.sarif.naming import Named
from ...scanners.sarif.places import Place
from ...scanners.sarif.results import Result
from ...scanners.targets.sides import Side
from ..baseline import Entry, compare
from ..matching import against_all, match
from .changed_files import ChangedFiles
from .changed_lines import EVERYTHING, ChangedLines, changed_lines


def place_of(result: Result) -> Place:
    """Where a result is."""
    return Place(result.finding.path, result.region, result.inside, result.spellings)


@dataclass(frozen=True, slots=True)
class LinesOfFiles:
    """What the merge bases say of the lines of files of the change."""

    of: Mapping[str, Sequence[ChangedLines]]
    """By path at head, one for each base that the file differs from."""

    def meets(self, path: str, lines: range | None) -> bool:
        """Whether any of the lines, or of the file, is touched."""
        return any(touched.meets(lines) for touched in self.of.get(path, ()))


def lines_of_files(
    head: Side, bases: Sequence[Side], where: ChangedFiles, paths: Iterable[str], context: Context
) -> LinesOfFiles:
    """What the change did to the lines of `paths`; a file that cannot be compared is all new."""
    parts = [
        (base, path)
        for path in sorted(set(paths))
        for base, changes in enumerate(where.changes)
        if path in changes
    ]

    def read(part: tuple[int, str]) -> ChangedLines:
        base, path = part
        old = where.old_path(base, path)
        if old is None:
            return EVERYTHING
        was, now = bases[base].read(old), head.read(path)
        alike = counted_alike(old, was) and counted_alike(path, now)
        return changed_lines(was, now) if alike or was == now else EVERYTHING

    found: dict[str, list[ChangedLines]] = defaultdict(list)
    answers = map_partitions(read, parts, workers=context.workers, timeout=context.file_timeout)
    for (_, path), answer in zip(parts, answers, strict=True):
        found[path].append(EVERYTHING if isinstance(answer, Lost) else answer)
    return LinesOfFiles(found)


def by_lines(result: Result, item: Named, where: ChangedFiles, files: LinesOfFiles) -> State:
    """How a result stands by the lines that the change touches; new where that is in doubt.

    Where only the function around it is touched, or a step that leads to it, it is edited.
    """
    own = place_of(result)
    if not where.is_left_alone(own) and not where.is_changed(own):
        return State.NEW
    if files.meets(own.path, item.lines):
        return State.NEW
    return State.EDITED if is_led_to(result, item, where, files) else State.EXISTING


def is_led_to(result: Result, item: Named, where: ChangedFiles, files: LinesOfFiles) -> bool:
    """Whether the function around a result is touched, or a step that leads to it."""
    if item.around and files.meets(result.finding.path, item.around):
        return True
    return result.also is None or any(_leads_over(p, where, files) for p in result.also)


def _leads_over(place: Place, where: ChangedFiles, files: LinesOfFiles) -> bool:
    return where.is_spelt_otherwise(place) or files.meets(place.path, place.lines)


def known_to(
    entries: Sequence[Entry], items: Sequence[Named], renames: Sequence[Mapping[str, str]]
) -> list[bool]:
    """Which results the baseline has: with all of their code, and in the same place.

    Of masked code it cannot tell whether it is the same, and of no code it says nothing.
    """
    told = [
        n
        for n, item in enumerate(items)
        if item.read and item.finding.snippet and item.identity == item.finding.snippet
    ]
    found = compare(entries, [items[n].finding for n in told], next(iter(renames), {}))
    known = {n for n, is_known in zip(told, found.known, strict=True) if is_known}
    return [n in known for n in range(len(items))]


def by_base(
    at_head: Sequence[Named],
    at_bases: Sequence[Sequence[Named]],
    renames: Sequence[Mapping[str, str]],
) -> tuple[list[State], list[Finding]]:
    """How findings stand to those of the same tools at each base, and what went away."""
    head = [_told_apart(item) for item in at_head]
    matches = [
        match([_told_apart(item) for item in base], head, names)
        for base, names in zip(at_bases, renames, strict=True)
    ]
    states = [
        state if item.read else State.NEW
        for state, item in zip(against_all(matches, head), at_head, strict=True)
    ]
    gone = matches[0].fixed if matches else ()
    return states, [at_bases[0][index].finding for index in gone]


def _told_apart(item: Named) -> Finding:
    return replace(item.finding, snippet=item.identity)
