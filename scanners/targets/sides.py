"""The two sides of a change as targets, read from git objects: no checkout is touched."""

import posixpath
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from ...records.finding import Skipped
from ...repository.changes import Change
from ...repository.git import Git
from ...repository.objects import MISSING, TOO_LARGE, Unreadable, read_blobs, read_path
from ..interface import Kind, SourceFile
from .disk import Disk
from .kinds import kind_of

LFS_POINTER = b"version https://git-lfs.github.com/spec/"


@dataclass(frozen=True, slots=True)
class Entry:
    """One side of one changed path."""

    path: str
    mode: str
    content: bytes | Unreadable
    was_python: bool = False


@dataclass(frozen=True, slots=True)
class Side:
    """A target: the changed files as one commit, or the working tree, has them."""

    files: tuple[SourceFile, ...]
    skipped: tuple[Skipped, ...]
    unread: int
    """Changed paths that no scanner reads: links, and what git tracks beside files."""
    contents: Mapping[str, bytes]
    read_other: Callable[[str], bytes | None]

    def read(self, path: str) -> bytes:
        """A changed file's bytes, or those of any other file of this side."""
        data = self.contents.get(path)
        if data is None:
            data = self.read_other(path)
        if data is None:
            raise FileNotFoundError(path)
        return data


@dataclass(slots=True)
class _Sorting:
    """Where each entry goes; every one goes somewhere."""

    files: list[SourceFile] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    unread: int = 0
    contents: dict[str, bytes] = field(default_factory=dict)

    def add(self, entry: Entry, read_other: Callable[[str], bytes | None]) -> None:
        """Sort one entry by its mode, its bytes and its name."""
        gap = _gap(entry, read_other)
        if gap is not None:
            self.skipped.append(gap)
        elif isinstance(entry.content, Unreadable) or entry.mode == "120000":
            self.unread += 1
        else:
            kind = kind_of(entry.path, entry.content, was_python=entry.was_python)
            self.files.append(SourceFile(entry.path, kind))
            self.contents[entry.path] = entry.content


def _gap(entry: Entry, read_other: Callable[[str], bytes | None]) -> Skipped | None:
    """Why an entry that matters cannot be looked at, or None."""
    if entry.mode == "160000":
        return _skipped(entry.path, "submodule changed", "gate the submodule's own repository")
    if entry.mode == "120000":
        return _link_gap(entry, read_other)
    if isinstance(entry.content, Unreadable):
        return _unreadable_gap(entry, entry.content.reason)
    if entry.content.startswith(LFS_POINTER) and _by_name(entry) is not Kind.OTHER:
        return _skipped(entry.path, "LFS pointer", "keep source code out of Git LFS")
    return None


def _unreadable_gap(entry: Entry, reason: str) -> Skipped | None:
    """A large file is a gap where its name, or the lack of an ending, may mean code."""
    if reason != TOO_LARGE:
        return _skipped(entry.path, f"object {reason}", "fetch the whole history, without --filter")
    has_ending = bool(PurePosixPath(entry.path).suffix)
    if has_ending and _by_name(entry) is Kind.OTHER:
        return None
    return _skipped(entry.path, reason, "raise max-file-bytes, or split the file")


def _link_gap(entry: Entry, read_other: Callable[[str], bytes | None]) -> Skipped | None:
    """A link is no gap where it leads to a file of the tree that is itself looked at."""
    kind = _by_name(entry)
    if kind is Kind.OTHER or not isinstance(entry.content, bytes):
        return None
    link = entry.content.decode("utf-8", "surrogateescape")
    end = posixpath.normpath(posixpath.join(posixpath.dirname(entry.path), link))
    outside = link.startswith("/") or end.startswith("../")
    if not outside and kind_of(end, b"") is kind and read_other(end) is not None:
        return None
    return _skipped(entry.path, "symbolic link", "commit the file itself in place of the link")


def _by_name(entry: Entry) -> Kind:
    return kind_of(entry.path, b"", was_python=entry.was_python)


def _skipped(path: str, reason: str, remedy: str) -> Skipped:
    return Skipped(what=path, reason=reason, remedy=remedy, path=path)


@dataclass(frozen=True, slots=True)
class Base:
    """A merge base and what lies between it and head."""

    commit: str
    changes: Sequence[Change]


def sides_of(
    git: Git,
    bases: Sequence[Base],
    head: str,
    *,
    max_bytes: int,
    disk: Disk | None = None,
) -> tuple[list[Side], Side]:
    """Each merge base and head as targets over the same changed files.

    A file that differs from one merge base only stands on the sides of the others too,
    as it is at head. `disk` is the working tree, where that is head.
    """
    changes = [change for base in bases for change in base.changes]
    ids = {blob for c in changes for blob in (c.blob, c.old_blob) if blob}
    blobs = read_blobs(git, ids, max_bytes)

    def content(path: str, blob: str | None) -> bytes | Unreadable:
        if blob:
            return blobs[blob]
        return disk.entry(path) if disk else Unreadable(MISSING)

    entries = {
        c.path: Entry(c.path, c.mode, content(c.path, c.blob), _was_python(c, blobs))
        for c in changes
        if c.path is not None
    }
    read_head = disk.file if disk else _commit_reader(git, head)
    return (
        [_base_side(git, base, entries, blobs) for base in bases],
        _side(entries.values(), read_head),
    )


def _base_side(
    git: Git, base: Base, head: Mapping[str, Entry], blobs: Mapping[str, bytes | Unreadable]
) -> Side:
    changed = {change.path for change in base.changes}
    old = [
        Entry(c.old_path, c.old_mode, blobs.get(c.old_blob or "", Unreadable(MISSING)))
        for c in base.changes
        if c.old_path is not None
    ]
    same = [entry for path, entry in head.items() if path not in changed]
    return _side([*old, *same], _commit_reader(git, base.commit))


def _side(entries: Iterable[Entry], read_other: Callable[[str], bytes | None]) -> Side:
    sorting = _Sorting()
    for entry in sorted(entries, key=lambda entry: entry.path):
        sorting.add(entry, read_other)
    return Side(
        tuple(sorting.files),
        tuple(sorting.skipped),
        sorting.unread,
        sorting.contents,
        read_other,
    )


def _was_python(change: Change, blobs: Mapping[str, bytes | Unreadable]) -> bool:
    if change.old_path is None or change.old_path == change.path:
        return False
    old = blobs.get(change.old_blob or "", b"")
    return kind_of(change.old_path, old if isinstance(old, bytes) else b"") is Kind.PYTHON


def _commit_reader(git: Git, commit: str) -> Callable[[str], bytes | None]:
    return lambda path: read_path(git, commit, path)
