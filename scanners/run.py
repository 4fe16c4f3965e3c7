"""Every scanner over every file of its kinds, each file on its own in a worker process."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..processes import Lost, map_partitions
from ..records.finding import Finding, Skipped
from ..records.run import Coverage
from .interface import Context, Kind, Scanner, SourceFile, Target


@dataclass(frozen=True, slots=True)
class Looked:
    """What all scanners say of one target."""

    findings: tuple[Finding, ...]
    skipped: tuple[Skipped, ...]
    scanners: frozenset[str]
    """The names of those that had something to look at."""


@dataclass(frozen=True, slots=True)
class _Part:
    """One file of one target for one scanner: itself a target of one file."""

    side: int
    scanner: str
    file: SourceFile
    target: Target

    @property
    def files(self) -> Sequence[SourceFile]:
        return (self.file,)

    def read(self, path: str) -> bytes:
        return self.target.read(path)


def look(
    targets: Sequence[Target],
    context: Context,
    scanners: Mapping[str, Scanner],
    on_done: Callable[[int, int], None] = lambda _done, _all: None,
) -> list[Looked]:
    """What `scanners` find in each target, in the order of `targets`.

    A scanner that raises, hangs or dies costs the file it was at: Skipped, never silence.
    `on_done` hears how many of how many files are done.
    """
    parts = [
        _Part(side, name, file, target)
        for side, target in enumerate(targets)
        for file in target.files
        for name, scanner in scanners.items()
        if file.kind in scanner.KINDS
    ]
    answers = map_partitions(
        lambda part: tuple(scanners[part.scanner].scan(part, context)),
        parts,
        workers=context.workers,
        timeout=context.file_timeout,
        on_done=lambda done: on_done(done, len(parts)),
    )
    seen = list(zip(parts, answers, strict=True))
    return [_gather([(p, a) for p, a in seen if p.side == side]) for side in range(len(targets))]


def _gather(
    answers: Sequence[tuple[_Part, tuple[Finding | Skipped, ...] | Lost]],
) -> Looked:
    findings: list[Finding] = []
    skipped: list[Skipped] = []
    for item in _once(answers):
        if isinstance(item, Finding):
            findings.append(item)
        else:
            skipped.append(item)
    return Looked(
        tuple(sorted(findings, key=lambda f: (f.path, f.line, f.tool, f.rule, f.message))),
        tuple(sorted(skipped, key=lambda s: (s.path, s.what, s.reason, s.detail))),
        frozenset(part.scanner for part, _ in answers),
    )


def _once(
    answers: Iterable[tuple[_Part, tuple[Finding | Skipped, ...] | Lost]],
) -> Iterator[Finding | Skipped]:
    """Each thing said; what several files say of one that they include, a single time."""
    of_their_own: set[Finding | Skipped] = set()
    of_included: dict[Finding | Skipped, None] = {}
    for part, answer in answers:
        for item in [_lost(part, answer)] if isinstance(answer, Lost) else answer:
            if item.path == part.file.path:
                of_their_own.add(item)
                yield item
            else:
                of_included[item] = None
    yield from (item for item in of_included if item not in of_their_own)


def _lost(part: _Part, lost: Lost) -> Skipped:
    return Skipped(
        what=part.file.path,
        reason=f"scanner {lost.reason}",
        detail=f"{part.scanner}: {lost.detail}",
        remedy="scan the file alone with `tidegate scan` to see whether it recurs",
        path=part.file.path,
        tool=part.scanner,
    )


def coverage(files: Sequence[SourceFile], skipped: Iterable[Skipped], unread: int = 0) -> Coverage:
    """Files by what became of them, so that the parts add up to those seen.

    A file counts as skipped once, under its first reason, also where it was looked at
    in part. `unread` files were met and are none of `files`, skipped ones apart.
    """
    first: dict[str, str] = {}
    for item in skipped:
        if item.path:
            first.setdefault(item.path, item.reason)
    # By path: a file may be of two kinds.
    scanned = {file.path for file in files if file.kind is not Kind.OTHER} - first.keys()
    other = {file.path for file in files} - scanned - first.keys()
    return Coverage(
        seen=len(scanned) + len(other) + unread + len(first),
        scanned=len(scanned),
        out_of_scope=len(other) + unread,
        skipped=dict(sorted(Counter(first.values()).items())),
    )
