"""What other tools say of head, as SARIF files from outside tell it, held against the change.

A file is of the whole tree as another tool saw it. What is new in it is told by the file of
the same tool at the base where one is given, else by the lines that the change touches.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ...records.finding import Finding, Skipped
from ...records.run import SkippedItem, State
from ...repository.git import Git
from ...scanners.interface import Context
from ...scanners.sarif.naming import Named
from ...scanners.sarif.places import NOWHERE
from ...scanners.sarif.reading import Imported, import_files, summary
from ...scanners.sarif.reading_code import names
from ...scanners.sarif.results import Result
from ..baseline import Entry
from ..deduplication import Standing
from ..evidence.gathering import Evidence
from ..origin import paths_in_checkout
from .changed_files import ChangedFiles, changed_files
from .records import ImportedEvidence, Imports
from .states import (
    LinesOfFiles,
    Told,
    by_base,
    by_lines,
    is_led_to,
    known_to,
    lines_of_files,
    place_of,
)


def look_at_imports(
    git: Git,
    evidence: Evidence,
    imports: Imports,
    context: Context,
    baseline: Sequence[Entry] = (),
) -> ImportedEvidence:
    """The findings of the files that are of this change, and what could not be read.

    `baseline` is that of the base tip; it speaks of tools without a file for the base.
    Raises GitFailed where the tree of the merge base is missing.
    """
    where = changed_files(git, evidence.compared)
    planted = [f for f in (*imports.head, *imports.base) if _is_of_tree(f, git, where)]
    twins = [file for file in imports.base if any(_is_same(file, f) for f in imports.head)]
    trusted = [file for file in imports.base if file not in (*planted, *twins)]
    at_base = import_files(trusted, git.root, context)
    looked = frozenset(tool for file in at_base for tool in file.tools)

    def wanted(result: Result) -> bool:
        return result.finding.tool in looked or _is_concerned(result, where)

    at_head = [
        replace(file, results=tuple(map(where.meant, file.results)))
        for file in import_files(imports.head, git.root, context, wanted)
    ]
    known = [result for file in at_base for result in file.results]
    left = _without_standing(at_head, known, where)
    states, fixed, known_ones = _states(evidence, where, context, left, looked, baseline)
    return ImportedEvidence(
        sources=tuple(_by_source(left, states)),
        fixed=tuple(fixed),
        gaps=(
            *_gaps((*at_base, *at_head), where),
            *_not_believed(planted, twins),
            *_elsewhere(at_base),
        ),
        notices=(*_notices(evidence, at_head, left), *_listed(known_ones)),
        versions={name: v for file in at_head for name, v in file.tools.items() if v},
    )


def _is_of_tree(file: Path, git: Git, where: ChangedFiles) -> bool:
    """Whether either side has a path of the file: its author may have written it."""
    return any(map(where.is_known, paths_in_checkout(file, git.root)))


def _is_concerned(result: Result, where: ChangedFiles) -> bool:
    """Whether a result may be of this change; one whose file is nowhere may be."""
    if result.also is None or not where.is_left_alone(place_of(result)):
        return True
    return any(map(where.is_changed, result.also))


@dataclass(frozen=True, slots=True)
class _Left:
    """What is to be told apart: the results at head by their file, and those at the base."""

    at_head: Sequence[tuple[int, Result]]
    at_base: Sequence[Result]


def _listed(count: int) -> Iterator[str]:
    if count:
        told = (
            "1 result of another tool is" if count == 1 else f"{count} results of other tools are"
        )
        yield f"the baseline at the base: {told} known to it"


def _without_standing(
    files: Sequence[Imported], known: Sequence[Result], where: ChangedFiles
) -> _Left:
    """All but what both sides have, to the letter, in files that nothing touches."""
    standing = Counter(_exactly(r) for r in known if not _is_concerned(r, where))
    matched: Counter[tuple[object, ...]] = Counter()
    at_head = []
    for number, file in enumerate(files):
        for result in file.results:
            key = _exactly(result)
            if standing[key] > 0:
                standing[key] -= 1
                matched[key] += 1
            else:
                at_head.append((number, result))
    at_base = []
    for result in known:
        key = _exactly(result)
        if matched[key] > 0:
            matched[key] -= 1
        else:
            at_base.append(result)
    return _Left(at_head, at_base)


def _exactly(result: Result) -> tuple[object, ...]:
    found = result.finding
    place = found.path, result.region, found.scope, result.also
    return found.tool, found.rule, *place, found.severity, found.confidence


def _states(
    evidence: Evidence,
    where: ChangedFiles,
    context: Context,
    left: _Left,
    looked: frozenset[str],
    baseline: Sequence[Entry],
) -> tuple[dict[int, Standing], list[Finding], int]:
    """Each result at head, by its position, with how it stands; and what went away.

    Last, of how many results the baseline told that they are known.
    """
    results = [result for _, result in left.at_head]
    named = names(evidence.head.read, results, context)
    compared = [n for n, result in enumerate(results) if result.finding.tool in looked]
    at_bases = [names(side.read, left.at_base, context) for side in evidence.bases]
    states, fixed = by_base([named[n] for n in compared], at_bases, evidence.renames)
    known = dict(zip(compared, states, strict=True))
    others = [n for n in range(len(results)) if n not in known]
    paths = (place.path for r in results for place in (place_of(r), *(r.also or ())))
    files = lines_of_files(evidence.head, evidence.bases, where, paths, context)
    items = [
        Told(named[n], by_lines(results[n], named[n], where, files) is State.NEW) for n in others
    ]
    listed = known_to(baseline, items, evidence.renames, evidence.head, evidence.bases)
    known |= {n: State.EXISTING for n, known_ in zip(others, listed, strict=True) if known_}
    return (
        {
            n: Standing(item.finding, _state(known.get(n), result, item, where, files))
            for n, (result, item) in enumerate(zip(results, named, strict=True))
        },
        fixed,
        sum(listed),
    )


def _state(
    at_base: State | None, result: Result, item: Named, where: ChangedFiles, files: LinesOfFiles
) -> State:
    """By the base where the tool looked; edited there too where what leads to it was touched."""
    if at_base is State.EXISTING and is_led_to(result, item, where, files):
        return State.EDITED
    return at_base or by_lines(result, item, where, files)


def _by_source(left: _Left, states: Mapping[int, Standing]) -> Iterator[tuple[Standing, ...]]:
    """The findings of each file and tool."""
    found: dict[tuple[int, str], list[Standing]] = defaultdict(list)
    for n, (file, result) in enumerate(left.at_head):
        found[file, result.finding.tool].append(states[n])
    return map(tuple, found.values())


def _elsewhere(files: Sequence[Imported]) -> Iterator[SkippedItem]:
    """Files of the base that name nothing of the tree: with them everything would be new."""
    for file in files:
        paths = [r for r in file.results if r.finding.path != NOWHERE]
        if paths and not any(result.inside for result in paths):
            reason = "results for the base that name no file of the tree"
            remedy = "run the tool in the same folder, or have it write relative paths"
            yield SkippedItem(skipped=Skipped(what=file.file, reason=reason, remedy=remedy))


def _is_same(file: Path, other: Path) -> bool:
    try:
        return file.samefile(other)
    except (OSError, ValueError):
        return False  # it cannot be read either, which is told


def _not_believed(planted: Sequence[Path], twins: Sequence[Path]) -> Iterator[SkippedItem]:
    for path in dict.fromkeys(planted):
        reason = "results that the change could have written"
        remedy = "have CI write them to a file outside the checkout"
        yield SkippedItem(skipped=Skipped(what=str(path), reason=reason, remedy=remedy))
    for path in dict.fromkeys(twins):
        reason = "results for the base that are those for head"
        remedy = "run the tool at the merge base and name that file"
        yield SkippedItem(skipped=Skipped(what=str(path), reason=reason, remedy=remedy))


def _gaps(files: Sequence[Imported], where: ChangedFiles) -> Iterator[SkippedItem]:
    """What was not read; what a tool could not read of a file left alone does not decide."""
    for file in files:
        for failure in file.failures:
            alone = bool(failure.places) and all(map(where.is_left_alone, failure.places))
            yield SkippedItem(skipped=failure.skipped, existing=alone)


def _notices(evidence: Evidence, files: Sequence[Imported], left: _Left) -> Iterator[str]:
    """The sums of each file, and what speaks against it."""
    concerned = Counter(number for number, _ in left.at_head)
    for number, file in enumerate(files):
        elsewhere = file.left_out + len(file.results) - concerned[number]
        yield summary(file, concerned[number], f"{elsewhere} in files that the change leaves alone")
        other = file.revisions - {evidence.head_commit} if evidence.head_commit else ()
        for revision in sorted(other):
            yield f"{file.file} says that it is of {revision[:12]}, which is not the head"
