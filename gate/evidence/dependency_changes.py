"""Both sides of each changed lock against each other: what a scanner of one side cannot see."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ...processes import Lost, map_partitions
from ...records.finding import Finding, Skipped
from ...scanners.dependencies.pins import PROVENANCE, Dependencies, Pin
from ...scanners.interface import LOCK_KINDS, Context, Kind, SourceFile
from ...scanners.targets.sides import Side

KINDS = LOCK_KINDS | {Kind.REQUIREMENTS, Kind.DECLARING}
MAX_NAMED = 10
"""New dependencies of one file that a notice names."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What the comparison of both sides says."""

    findings: tuple[Finding, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Part:
    """One file at head, and what it was at one base; several where it replaces them."""

    head: Side
    file: SourceFile
    base: Side
    before: tuple[SourceFile, ...]
    is_same: bool
    """It stood there under this name, or the one that it was renamed from."""


_Answer = tuple[tuple[Finding, ...], tuple[str, ...]]


def compare_sides(
    head: Side, bases: Sequence[Side], renames: Sequence[Mapping[str, str]], context: Context
) -> Compared:
    """What is new in each changed file of dependencies against each base.

    A finding holds where it does against any of several bases. Files are read in worker
    processes; one that takes a worker down is Skipped.
    """
    parts = [
        part
        for base, renamed in zip(bases, renames, strict=True)
        for part in _parts(head, base, renamed)
    ]
    if not parts:
        return Compared()
    answers = map_partitions(
        lambda part: _answer(part, context),
        parts,
        workers=context.workers,
        timeout=context.file_timeout,
        on_done=lambda _done: None,
    )
    found: dict[Finding, None] = {}
    told: dict[str, None] = {}
    skipped: dict[Skipped, None] = {}
    for part, answer in zip(parts, answers, strict=True):
        if isinstance(answer, Lost):
            skipped[_lost(part, answer)] = None
        else:
            found |= dict.fromkeys(answer[0])
            told |= dict.fromkeys(answer[1])
    return Compared(tuple(found), tuple(skipped), tuple(told))


def _parts(head: Side, base: Side, renamed: Mapping[str, str]) -> Iterator[_Part]:
    """Each file with its counterpart, or with all the pins of the base in other files."""
    before = {renamed.get(f.path, f.path): f for f in base.files if f.kind in KINDS}
    pinning = tuple(f for f in before.values() if f.kind is not Kind.DECLARING)
    for file in head.files:
        if file.kind not in KINDS:
            continue
        known = before.get(file.path)
        if known is not None and known.kind is file.kind:
            yield _Part(head, file, base, (known,), is_same=True)
        elif file.kind is not Kind.DECLARING:
            yield _Part(head, file, base, pinning, is_same=False)


def _answer(part: _Part, context: Context) -> _Answer:
    if part.file.kind is Kind.DECLARING:
        return (), tuple(_newly_declared(part))
    from ...scanners.dependencies.comparison import tampered
    from ...scanners.dependencies.reading import read_dependencies

    limit = context.max_file_bytes
    head = read_dependencies(part.head, part.file.path, part.file.kind, limit).pins
    before = [read_dependencies(part.base, f.path, f.kind, limit) for f in part.before]
    base = [pin for each in before for pin in each.pins]
    if not part.is_same:
        return _of_new_file(part, head, before, limit)
    names = [pin.name for pin in base], [pin.name for pin in head]
    return tuple(tampered(base, head)), tuple(_told(f"{part.file.path} pins", *names))


def _of_new_file(
    part: _Part, head: Sequence[Pin], before: Sequence[Dependencies], limit: int
) -> _Answer:
    """A lock that was not there before against those that were, beside it or changed too."""
    from ...scanners.dependencies.comparison import tampered
    from ...scanners.dependencies.declared.beside import locks_beside

    at_head = {file.path for file in part.head.files}
    old = zip(part.before, before, strict=True)
    gone = [pin for file, each in old if file.path not in at_head for pin in each.pins]
    beside = [each for each, _command in locks_beside(part.base, part.file.path, limit)]
    base = [pin for each in (*before, *beside) for pin in each.pins]
    expected = _expected(part, [*before, *beside])
    names = [pin.name for pin in base], [pin.name for pin in head]
    told = _told(f"{part.file.path} pins", *names) if base else ()
    return tuple(tampered(base, head, expected, gone)), tuple(told)


def _expected(part: _Part, before: Sequence[Dependencies]) -> set[str]:
    """The indexes that the base asked for wherever it says so."""
    from ...scanners.dependencies.declared.project_files import indexes_beside

    asked = {option.argument for each in before for option in each.options if option.argument}
    asked |= {place for file in part.before for place in indexes_beside(part.base, file.path)}
    return asked | set(indexes_beside(part.base, part.file.path))


def _newly_declared(part: _Part) -> Iterator[str]:
    from ...scanners.dependencies.declared.project_files import declarations_of
    from ...scanners.dependencies.locks.documents import NotUnderstood

    (before,) = part.before
    try:
        head = declarations_of(part.head.read(part.file.path), part.file.path)
        base = declarations_of(part.base.read(before.path), before.path)
    except (NotUnderstood, OSError):
        return  # at head it is a gap; against what cannot be read nothing is new
    names = [each.name for each in base.declared], [each.name for each in head.declared]
    yield from _told(f"{part.file.path} declares", *names)


def _told(start: str, base: Sequence[str], head: Sequence[str]) -> Iterator[str]:
    if new := sorted(set(head) - set(base)):
        more = f" and {len(new) - MAX_NAMED} more" if len(new) > MAX_NAMED else ""
        yield f"{start} what it did not before: {', '.join(new[:MAX_NAMED])}{more}"


def _lost(part: _Part, lost: Lost) -> Skipped:
    return Skipped(
        what=part.file.path,
        reason=f"comparison {lost.reason}",
        detail=lost.detail,
        remedy="compare the file by hand with what it was",
        path=part.file.path,
        tool=PROVENANCE,
    )
