"""Secrets of a change: at its end, and in every commit on the way there.

A secret that was added and taken out again is still in the history that would be merged. One
that the merge base has already, in a file of the same class, is existing, wherever it moves:
values are compared, in memory only.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from ...errors import IncompleteError
from ...processes import Lost, map_partitions
from ...records.finding import Skipped
from ...records.path_class import PathClass, path_class
from ...records.run import Range, State
from ...repository.git import Git
from ...repository.objects import TOO_LARGE, Unreadable, entries_at
from ...repository.remedies import WHOLE_HISTORY
from ...repository.versions import (
    Version,
    commits_between,
    cut_commits,
    files_with,
    stream_blobs,
    versions_at_end,
    versions_in,
)
from ...scanners.interface import Context
from ...scanners.secrets.engine import Secret, secrets_of
from ...scanners.secrets.findings import IN_HISTORY, NOT_COMMITTED, REMEDY, TOOL, finding_of
from ...scanners.secrets.pieces import Piece, pieces
from ...scanners.secrets.rules import BY_ID, Sort
from ...scanners.secrets.text import BINARY_BYTES, Text, as_utf8, kind_of_text
from ...scanners.targets.disk import Disk
from ...scanners.targets.sides import Base
from ..deduplication import Standing

MAX_TEXT_BYTES = 32 * 1024 * 1024
"""Of one text, where `max-file-bytes` is less: to search it takes a tenth of a second."""
MAX_OPENED_BYTES = 128 * 1024 * 1024
MAX_PIECE_BYTES = 64 * 1024 * 1024
"""Of lines that are looked at closely, all versions together."""
MAX_BASE_FILES = 2000
"""Files of the base that hold a value of the change; those beyond do not excuse it."""

Value = tuple[str, bytes]
"""What two places have to share: the value, and the name of one that is found by its name."""


@dataclass(frozen=True, slots=True)
class SecretsLook:
    """What the change brings and how it stands to the base."""

    findings: tuple[Standing, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    looked: bool = False
    """Whether there was any text to look at closely."""


@dataclass(frozen=True, slots=True)
class _Work:
    """The new lines of one version that may hold a secret."""

    version: Version
    kind: Text
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """One secret of one version."""

    version: Version
    secret: Secret

    @property
    def value(self) -> Value:
        by_name = BY_ID[self.secret.rule].sort is Sort.NAMED
        return (self.secret.name.casefold() if by_name else ""), self.secret.value

    @property
    def known_as(self) -> tuple[PathClass, Value]:
        """What makes it the same one at another place."""
        return path_class(self.version.path), self.value


@dataclass(slots=True)
class _Look:
    """One look at a change: what is read, what was found and what was not."""

    git: Git
    context: Context
    disk: Disk
    skipped: list[Skipped] = field(default_factory=list)
    piece_bytes: int = 0
    told: set[tuple[str, str | None]] = field(default_factory=set)
    """What is skipped already."""

    @property
    def max_bytes(self) -> int:
        return max(MAX_TEXT_BYTES, self.context.max_file_bytes)

    def found(self, versions: Iterable[Version]) -> list[_Found]:
        """The secrets in the new lines of `versions`, in their order."""
        work = self._work(list(dict.fromkeys(versions)))
        answers = map_partitions(
            lambda item: secrets_of(item.version.path, item.kind, item.pieces),
            work,
            workers=self.context.workers,
            timeout=self.context.file_timeout,
        )
        found = []
        for item, answer in zip(work, answers, strict=True):
            if isinstance(answer, Lost):
                self._skip(item.version, f"scanner {answer.reason}", "search it by hand")
            else:
                found += [_Found(item.version, secret) for secret in answer]
        return found

    def _work(self, versions: Sequence[Version]) -> list[_Work]:
        """What of each version is new and may hold a secret."""
        candidates = list(self._candidates(versions))
        before = {blob for item in candidates for blob in item.version.before}
        paths = {(b, item.version.path) for item in candidates for b in item.version.before}
        known: dict[tuple[str, str], frozenset[bytes]] = {}
        for blob, content in stream_blobs(self.git, before, self.max_bytes):
            for path in [path for of, path in paths if of == blob]:
                # What cannot be read hides nothing: all lines count as new.
                texts = pieces(path, content) if isinstance(content, bytes) else ()
                known[blob, path] = frozenset(piece.text for piece in texts)
        work = []
        for item in candidates:
            old = [known.get((b, item.version.path), frozenset()) for b in item.version.before]
            new = tuple(p for p in item.pieces if not any(p.text in texts for texts in old))
            if new:
                work.append(_Work(item.version, item.kind, new))
        return work

    def _candidates(self, versions: Sequence[Version]) -> Iterator[_Work]:
        by_blob: dict[str, list[Version]] = {}
        for version in versions:
            if version.blob is None:
                yield from self._candidate(version, self.disk.entry(version.path))
            else:
                by_blob.setdefault(version.blob, []).append(version)
        large: list[str] = []
        for blob, content in stream_blobs(self.git, by_blob, self.max_bytes):
            if content == Unreadable(TOO_LARGE):
                large.append(blob)
                continue
            for version in by_blob[blob]:
                yield from self._candidate(version, content)
        for blob, head in stream_blobs(self.git, large, MAX_OPENED_BYTES, keep=BINARY_BYTES):
            for version in by_blob[blob]:
                self._too_large(version, head)

    def _candidate(self, version: Version, content: bytes | Unreadable) -> Iterator[_Work]:
        if content == Unreadable(TOO_LARGE):
            self._too_large(version, self.disk.head(version.path, BINARY_BYTES))
        elif isinstance(content, Unreadable):
            self._skip(version, f"object {content.reason}", "fetch the whole history")
        else:
            found = tuple(pieces(version.path, content))
            self.piece_bytes += sum(len(piece.text) for piece in found)
            if self.piece_bytes > MAX_PIECE_BYTES:
                self._skip(version, "more than is read at once", "split the change")
            elif found:
                yield _Work(version, kind_of_text(version.path, as_utf8(content)), found)

    def _too_large(self, version: Version, head: bytes | Unreadable) -> None:
        """A binary file is nothing to read; what cannot be told from one is a gap."""
        if (
            not isinstance(head, bytes)
            or kind_of_text(version.path, as_utf8(head)) is not Text.BINARY
        ):
            self._skip(version, TOO_LARGE, "split the file, or raise max-file-bytes")

    def _skip(self, version: Version, reason: str, remedy: str) -> None:
        """Tell a gap; a content once for a path, as it is at the end of the change if it is."""
        if version.blob and (version.path, version.blob) in self.told:
            return
        self.told.add((version.path, version.blob))
        at = f" at {version.commit[:12]}" if version.commit else ""
        self.skipped.append(
            Skipped(
                what=version.path + at,
                reason=reason,
                detail="not searched for secrets",
                remedy=remedy,
                path="" if at else version.path,
                tool=TOOL,
            )
        )


def look_for_secrets(
    git: Git, compared: Range, bases: Sequence[Base], context: Context
) -> SecretsLook:
    """What the change brings, at its end and on the way there.

    Raises nothing: what git cannot tell is Skipped.
    """
    look = _Look(git, context, Disk(git.root, max(MAX_TEXT_BYTES, context.max_file_bytes)))
    found = look.found([*_at_end(bases), *_history(look, compared)])
    if not found:
        return SecretsLook((), tuple(look.skipped), bool(look.piece_bytes))
    known = [_at_base(look, base, found) for base in bases]
    return SecretsLook(tuple(_told(found, known)), tuple(look.skipped), looked=True)


def _at_end(bases: Sequence[Base]) -> list[Version]:
    """Each file at the end of the change once; all of its lines are asked about where a file
    differs from several bases, since each of them has to have what is existing.
    """
    versions = {v.path: v for base in bases for v in versions_at_end(base.changes)}
    if len(bases) > 1:
        versions = {path: replace(v, before=()) for path, v in versions.items()}
    return [versions[path] for path in sorted(versions)]


def _history(look: _Look, compared: Range) -> list[Version]:
    """The versions of every commit of the range; what is missing of it is a gap."""
    try:
        commits = commits_between(look.git, compared.merge_bases, compared.head)
        cut = cut_commits(look.git, compared.merge_bases, compared.head) if commits else ()
        versions = list(versions_in(look.git, [c for c in commits if c not in cut]))
    except IncompleteError as error:
        look.skipped.append(_gap_of_history(error.message, error.remedy))
        return []
    if cut:
        look.skipped.append(_gap_of_history("this clone is shallow", WHOLE_HISTORY))
    return versions


def _gap_of_history(detail: str, remedy: str) -> Skipped:
    return Skipped(
        what="history", reason="commits not searched", detail=detail, remedy=remedy, tool=TOOL
    )


def _at_base(look: _Look, base: Base, found: Sequence[_Found]) -> frozenset[object]:
    """Which of the secrets a base has, by class and value.

    What their files were at the base is looked at first: a value that many files hold does not
    make a moved file new.
    """
    if not base.commit:
        return frozenset()
    values = {item.secret.value for item in found}
    paths = {item.version.path for item in found}
    were = {change.old_path for change in base.changes if change.path in paths}
    classes = {path_class(item.version.path) for item in found}
    try:
        there = files_with(look.git, base.commit, values)
        holding = sorted(
            (path for path in there if path_class(path) in classes),
            key=lambda path: (path not in were, path),
        )
        entries = entries_at(look.git, base.commit, holding[:MAX_BASE_FILES])
    except IncompleteError:
        return frozenset()  # then nothing is known to have been there, and all is new
    versions = [Version(path, entry.blob, ()) for path, entry in entries.items() if entry.is_file]
    aside = _Look(look.git, look.context, look.disk)
    return frozenset(item.known_as for item in aside.found(versions))


def _told(found: Sequence[_Found], known: Sequence[frozenset[object]]) -> Iterator[Standing]:
    """Every secret at the end of the change, and once each that is in its history only."""
    since: dict[object, Version] = {}
    for item in found:
        if item.version.commit:
            since.setdefault(item.known_as, item.version)
    there = {item.known_as for item in found if not item.version.commit}
    for item in found:
        existing = bool(known) and all(item.known_as in base for base in known)
        first = since.get(item.known_as)
        if not item.version.commit:
            note = _since(first)
            remedy = REMEDY if first or existing else NOT_COMMITTED
            state = State.EXISTING if existing else State.NEW
            yield Standing(finding_of(item.version.path, item.secret, note, remedy), state)
        elif item.known_as not in there and not existing and first == item.version:
            note = f"{_since(first)} and not at the end of the change: history keeps it"
            finding = finding_of(item.version.path, item.secret, note, IN_HISTORY)
            yield Standing(finding, State.NEW, past_blob=item.version.blob or "")


def _since(version: Version | None) -> str:
    if version is None:
        return ""
    day = time.strftime("%Y-%m-%d", time.gmtime(version.time))
    return f", in git since commit {version.commit[:12]}, {day}"
