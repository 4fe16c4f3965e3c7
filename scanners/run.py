"""Every scanner over every file of its kinds, each file on its own in a worker process."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Protocol

from ..processes import Lost, map_partitions
from ..records.finding import Finding, Remark, Skipped
from ..records.run import Coverage
from .interface import Context, Kind, Said, Scanner, SourceFile, Target

Items = tuple[Said, ...]
Readings = Mapping[str, bytes | None]
"""The digest of each file that was read, None for one that is not there."""
_EVERY_KIND = frozenset(Kind)
UNREADABLE = b""
"""Stands for the digest of a file that is there and could not be read."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What all scanners say of one target."""

    findings: tuple[Finding, ...]
    skipped: tuple[Skipped, ...]
    scanners: frozenset[str]
    """The names of those that had something to look at."""
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One file of one target for one scanner: itself a target of one file."""

    side: int
    scanner: str
    file: SourceFile
    target: Target

    @property
    def files(self) -> Sequence[SourceFile]:
        """The file."""
        return (self.file,)

    def read(self, path: str) -> bytes:
        """The bytes of any file of the target."""
        return self.target.read(path)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a scanner says of one part, and what that rests on where it was noted."""

    items: Items
    readings: Readings | None = None


class Memory(Protocol):
    """What was said of files before."""

    def recall(self, parts: Sequence[Part]) -> Sequence[Items | None]:
        """What is known of each part; None where a scanner has to look."""

    def learn(self, parts: Sequence[Part], answers: Sequence[Answer | Lost]) -> None:
        """Keep what scanners have just said of parts."""


def look(
    targets: Sequence[Target],
    context: Context,
    scanners: Mapping[str, Scanner],
    on_done: Callable[[int, int], None] = lambda _done, _all: None,
    memory: Memory | None = None,
) -> list[Looked]:
    """What `scanners` find in each target, in the order of `targets`.

    A scanner that raises, hangs or dies costs the file it was at: Skipped, never silence.
    `on_done` hears how many of how many files are done. What `memory` knows is not looked
    at again: a gate has none.
    """
    parts = [part for n, target in enumerate(targets) for part in _parts(n, target, scanners)]
    known = memory.recall(parts) if memory else [None] * len(parts)
    unknown = [part for part, items in zip(parts, known, strict=True) if items is None]
    answers = map_partitions(
        lambda part: _answer(part, scanners[part.scanner], context, noting=memory is not None),
        unknown,
        workers=context.workers,
        timeout=context.file_timeout,
        on_done=lambda done: on_done(len(parts) - len(unknown) + done, len(parts)),
    )
    if memory:
        memory.learn(unknown, answers)
    fresh = iter(answers)
    seen = [
        (part, next(fresh) if items is None else Answer(items))
        for part, items in zip(parts, known, strict=True)
    ]
    return [_gather([(p, a) for p, a in seen if p.side == side]) for side in range(len(targets))]


def _parts(side: int, target: Target, scanners: Mapping[str, Scanner]) -> Iterator[Part]:
    """Each file with each scanner of its kind.

    A file may be of several kinds; one that reads them all is asked about it once.
    """
    met: set[str] = set()
    for file in target.files:
        is_known = file.path in met
        met.add(file.path)
        for name, scanner in scanners.items():
            if file.kind in scanner.KINDS and not (is_known and scanner.KINDS >= _EVERY_KIND):
                yield Part(side, name, file, target)


def _answer(part: Part, scanner: Scanner, context: Context, *, noting: bool) -> Answer:
    if not noting:
        return Answer(tuple(scanner.scan(part, context)))
    noted = _Noted(part)
    return Answer(tuple(scanner.scan(noted, context)), noted.readings())


@dataclass(frozen=True, slots=True)
class _Noted:
    """A part that holds what was read of it: whoever changes a file, it is read once."""

    part: Part
    contents: dict[str, bytes | OSError] = field(default_factory=dict)

    @property
    def files(self) -> Sequence[SourceFile]:
        return self.part.files

    def read(self, path: str) -> bytes:
        if path not in self.contents:
            try:
                self.contents[path] = self.part.read(path)
            except OSError as error:
                self.contents[path] = error
        content = self.contents[path]
        if isinstance(content, OSError):
            raise content
        return content

    def readings(self) -> Readings:
        """By path what was read, the part's own file in any case: an answer rests on it."""
        with suppress(OSError):
            self.read(self.part.file.path)
        return {path: _digest_of(content) for path, content in self.contents.items()}


def _digest_of(content: bytes | OSError) -> bytes | None:
    if isinstance(content, bytes):
        return content_digest(content)
    return None if isinstance(content, FileNotFoundError) else UNREADABLE


def content_digest(content: bytes) -> bytes:
    """What a file's bytes are known by."""
    return blake2b(content, digest_size=32).digest()


def _gather(answers: Sequence[tuple[Part, Answer | Lost]]) -> Looked:
    findings: list[Finding] = []
    skipped: list[Skipped] = []
    remarks: list[Remark] = []
    for item in _once(answers):
        match item:
            case Finding():
                findings.append(item)
            case Skipped():
                skipped.append(item)
            case Remark():
                remarks.append(item)
    return Looked(
        tuple(sorted(findings, key=lambda f: (f.path, f.line, f.tool, f.rule, f.message))),
        tuple(sorted(skipped, key=lambda s: (s.path, s.what, s.reason, s.detail))),
        frozenset(part.scanner for part, _ in answers),
        tuple(sorted(remarks, key=lambda r: (r.text, r.path))),
    )


def _once(answers: Iterable[tuple[Part, Answer | Lost]]) -> Iterator[Said]:
    """Each thing said; what several files say of one that they include, a single time."""
    of_their_own: set[Said] = set()
    of_included: dict[Said, None] = {}
    for part, answer in answers:
        for item in [_lost(part, answer)] if isinstance(answer, Lost) else answer.items:
            if item.path == part.file.path:
                of_their_own.add(item)
                yield item
            else:
                of_included[item] = None
    yield from (item for item in of_included if item not in of_their_own)


def _lost(part: Part, lost: Lost) -> Skipped:
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
