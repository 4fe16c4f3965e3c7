"""Both sides of each changed lock against each other: what a scanner of one side cannot see."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ...processes import Lost, map_partitions
from ...records.finding import Finding, Skipped
from ...scanners.dependencies.pins import PROVENANCE, Dependencies, Pin
from ...scanners.interface import LOCK_KINDS, Context, Kind, SourceFile
from ...scanners.targets.sides import Side

PINNING = LOCK_KINDS | {Kind.REQUIREMENTS, Kind.CONDA}
KINDS = PINNING | {Kind.DECLARING}
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


@dataclass(frozen=True, slots=True)
class _Gone:
    """One file that the base has, and head has not under its name."""

    head: Side
    base: Side
    file: SourceFile


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
    limit = context.max_file_bytes
    answers = map_partitions(
        lambda part: _answer(part, limit) if isinstance(part, _Part) else _of_gone(part, limit),
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
            found |= dict.fromkeys(answer.findings)
            skipped |= dict.fromkeys(answer.skipped)
            told |= dict.fromkeys(answer.notices)
    return Compared(tuple(found), tuple(skipped), tuple(told))


def _parts(head: Side, base: Side, renamed: Mapping[str, str]) -> Iterator[_Part | _Gone]:
    """Each file with its counterpart, or with all the pins of the base in other files."""
    there = {file.path for file in head.files}
    for file in base.files:
        if file.kind in PINNING and file.path not in there:
            yield _Gone(head, base, file)
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


def _of_gone(gone: _Gone, limit: int) -> Compared:
    """What nothing holds any more of what the projects of a lock declare."""
    from ...scanners.dependencies.reading import read_dependencies

    before = read_dependencies(gone.base, gone.file.path, gone.file.kind, limit)
    sides = before, Dependencies((), ())
    return Compared(skipped=tuple(_lost_of(gone, gone.file, sides, limit)))


def _lost_of(
    part: _Part | _Gone, lock: SourceFile, sides: tuple[Dependencies, Dependencies], limit: int
) -> Iterator[Skipped]:
    from ...scanners.dependencies.declared.lost_locks import no_longer_locked

    changed = {file.path for file in part.head.files}
    return no_longer_locked(part.head, part.base, lock, sides, changed, limit)


def _answer(part: _Part, limit: int) -> Compared:
    if part.file.kind is Kind.DECLARING:
        return Compared(notices=tuple(_newly_declared(part)))
    from ...scanners.dependencies.comparison import tampered
    from ...scanners.dependencies.reading import read_dependencies

    at_head = read_dependencies(part.head, part.file.path, part.file.kind, limit)
    head = at_head.pins
    before = [read_dependencies(part.base, f.path, f.kind, limit) for f in part.before]
    if not part.is_same:
        return _of_new_file(part, head, before, limit)
    (known,) = before
    names = [pin.name for pin in known.pins], [pin.name for pin in head]
    has_moved = part.before[0].path != part.file.path
    lost = () if has_moved else _lost_of(part, part.file, (known, at_head), limit)
    return Compared(
        tuple(tampered(known.pins, head)),
        tuple(lost),
        tuple(_told(f"{part.file.path} pins", *names)),
    )


def _of_new_file(
    part: _Part, head: Sequence[Pin], before: Sequence[Dependencies], limit: int
) -> Compared:
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
    told = _told(f"{part.file.path} pins", *names) if base else _first_of_all(part, head)
    return Compared(tuple(tampered(base, head, expected, gone)), notices=tuple(told))


def _first_of_all(part: _Part, head: Sequence[Pin]) -> Iterator[str]:
    is_lock = part.file.kind in LOCK_KINDS or any(pin.digests for pin in head)
    if head and is_lock:
        yield f"{part.file.path} is the first to pin here: there was nothing to compare it with"


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


def _lost(part: _Part | _Gone, lost: Lost) -> Skipped:
    return Skipped(
        what=part.file.path,
        reason=f"comparison {lost.reason}",
        detail=lost.detail,
        remedy="compare the file by hand with what it was",
        path=part.file.path,
        tool=PROVENANCE,
    )
