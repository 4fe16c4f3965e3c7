"""How the results of other tools stand to the base: by what the tool said there, else by lines."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import cache, partial

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


@dataclass(frozen=True, slots=True)
class Told:
    """A result, and whether its lines are new."""

    item: Named
    is_new: bool


def known_to(
    entries: Sequence[Entry],
    results: Sequence[Told],
    renames: Sequence[Mapping[str, str]],
    head: Side,
    bases: Sequence[Side],
) -> list[bool]:
    """Which results the baseline has: with all of their code, and in the same place.

    Of masked code it cannot tell whether it is the same, and of no code it says nothing. Nor
    does it where a base has not got the lines: then its entry is of what was mended before.
    """
    items = [result.item for result in results]
    told = [
        n
        for n, item in enumerate(items)
        if item.read and item.finding.snippet and item.identity == item.finding.snippet
    ]
    found = compare(entries, [items[n].finding for n in told], next(iter(renames), {}))
    known = {n for n, is_known in zip(told, found.known, strict=True) if is_known}
    if not known:
        return [False] * len(items)
    now = cache(partial(_lines_of, head, {}))
    for base, moved in zip(bases, renames, strict=True):
        old_paths = {new: old for old, new in moved.items()}
        known = _stood(known, results, now, partial(_lines_of, base, old_paths))
    return [n in known for n in range(len(items))]


def _stood(
    known: AbstractSet[int],
    results: Sequence[Told],
    now: Callable[[str], Sequence[bytes]],
    was: Callable[[str], Sequence[bytes]],
) -> set[int]:
    """Those whose lines a base has, as often as results of one rule are on them.

    What the change left alone is counted first.
    """
    counted = cache(lambda path: Counter(was(path)))
    used: Counter[tuple[str, str, bytes]] = Counter()
    stood = set()
    for n in sorted(range(len(results)), key=lambda n: results[n].is_new):
        found, on = results[n].item.finding, results[n].item.lines or range(0)
        if results[n].is_new and n not in known:
            continue
        there = counted(found.path)
        text = now(found.path)[max(0, on.start - 1) : on.stop - 1]
        used.update((found.rule, found.path, line) for line in text)
        if text and all(used[found.rule, found.path, line] <= there[line] for line in text):
            stood.add(n)
    return stood & known


def _lines_of(side: Side, old_paths: Mapping[str, str], path: str) -> list[bytes]:
    """The lines of a file, however they are indented."""
    try:
        content = side.read(old_paths.get(path, path))
    except OSError:
        return []
    return [line.strip() for line in content.split(b"\n")]


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
