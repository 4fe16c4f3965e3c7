"""The two sides of a change as targets, read from git objects: no checkout is touched."""

import posixpath
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import PurePosixPath

from ...errors import IncompleteError
from ...records.finding import Skipped
from ...repository.changes import Change
from ...repository.git import Git
from ...repository.objects import (
    CORRUPT,
    MISSING,
    TOO_LARGE,
    TreeEntry,
    Unreadable,
    list_tree,
    read_blobs,
    read_path,
)
from ..interface import Kind, SourceFile
from .disk import Disk
from .entry import LINK, SUBMODULE, Entry
from .includes import included
from .kinds import content_decides, is_lfs_pointer, kind_of

ReadOther = Callable[[str], bytes | Unreadable | None]


@dataclass(frozen=True, slots=True)
class Side:
    """A target: the changed files as one commit, or the working tree, has them."""

    files: tuple[SourceFile, ...]
    skipped: tuple[Skipped, ...]
    unread: int
    """Changed paths that no scanner reads: links, and what git tracks beside files."""
    contents: Mapping[str, bytes]
    read_other: ReadOther
    """The content of any file of this side; it raises nothing."""

    def read(self, path: str) -> bytes:
        """A changed file's bytes, or those of any other file of this side.

        Raises OSError for one that is there and cannot be read: FileNotFoundError where
        there is none.
        """
        data = self.contents[path] if path in self.contents else self.read_other(path)
        if data is None:
            raise FileNotFoundError(path)
        if isinstance(data, Unreadable):
            raise OSError(data.reason)
        return data


@dataclass(slots=True)
class _Sorting:
    """Where each entry goes; every one goes somewhere."""

    files: list[SourceFile] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    unread: int = 0
    contents: dict[str, bytes] = field(default_factory=dict)

    def add(self, entry: Entry, read_other: ReadOther) -> None:
        """Sort one entry by its mode, its bytes and its name."""
        gap = _gap(entry, read_other)
        if gap is not None:
            self.skipped.append(gap)
        elif isinstance(entry.content, Unreadable) or entry.mode == LINK:
            self.unread += 1
        else:
            kinds = entry.kinds(entry.content)
            self.files += [SourceFile(entry.path, kind) for kind in kinds]
            self.contents[entry.path] = entry.content


def _gap(entry: Entry, read_other: ReadOther) -> Skipped | None:
    """Why an entry that matters cannot be looked at, or None."""
    if entry.mode == SUBMODULE:
        return _skipped(entry.path, "submodule changed", "gate the submodule's own repository")
    if entry.mode == LINK:
        return _link_gap(entry, read_other)
    if isinstance(entry.content, Unreadable):
        return _unreadable_gap(entry, entry.content.reason)
    if is_lfs_pointer(entry.content) and (
        entry.kind_by_name() is not Kind.OTHER or content_decides(entry.path)
    ):
        return _skipped(entry.path, "LFS pointer", "keep source code out of Git LFS")
    return None


def _unreadable_gap(entry: Entry, reason: str) -> Skipped | None:
    """A large file is a gap where its name, or the lack of an ending, may mean code."""
    if reason != TOO_LARGE:
        return _skipped(entry.path, f"object {reason}", "fetch the whole history, without --filter")
    has_ending = bool(PurePosixPath(entry.path).suffix)
    if has_ending and entry.kind_by_name() is Kind.OTHER:
        return None
    return _skipped(entry.path, reason, "raise max-file-bytes, or split the file")


def _link_gap(entry: Entry, read_other: ReadOther) -> Skipped | None:
    """A link is no gap where it leads to a file of the tree that is itself looked at."""
    kind = entry.kind_by_name()
    if kind is Kind.OTHER or not isinstance(entry.content, bytes):
        return None
    link = entry.content.decode("utf-8", "surrogateescape")
    end = posixpath.normpath(posixpath.join(posixpath.dirname(entry.path), link))
    outside = link.startswith("/") or end.startswith("../")
    if not outside and kind_of(end, b"") is kind and isinstance(read_other(end), bytes):
        return None
    return _skipped(entry.path, "symbolic link", "commit the file itself in place of the link")


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
    listed = cache(lambda commit: _listed(git, commit))
    stored = [_Stored(git, base, listed, max_bytes) for base in bases]
    return (
        [_base_side(base, entries, blobs, each) for base, each in zip(bases, stored, strict=True)],
        _side(
            list(entries.values()),
            disk.file if disk else _commit_reader(git, head, max_bytes),
            replace(stored[0], at_head=True) if stored else None,
        ),
    )


def _base_side(
    base: Base,
    head: Mapping[str, Entry],
    blobs: Mapping[str, bytes | Unreadable],
    stored: "_Stored",
) -> Side:
    changed = {change.path for change in base.changes}
    old = [
        Entry(c.old_path, c.old_mode, blobs.get(c.old_blob or "", Unreadable(MISSING)))
        for c in base.changes
        if c.old_path is not None
    ]
    same = [entry for path, entry in head.items() if path not in changed]
    return _side([*old, *same], _commit_reader(stored.git, base.commit, stored.max_bytes), stored)


def _side(
    entries: Sequence[Entry],
    read_other: ReadOther,
    stored: "_Stored | None",
) -> Side:
    if stored is not None:
        entries = _with_included(entries, stored)
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


@dataclass(frozen=True, slots=True)
class _Stored:
    """What a side holds beside the entries of the change: all of it stands in the base too."""

    git: Git
    base: Base
    listed: Callable[[str], Mapping[str, TreeEntry]]
    max_bytes: int
    at_head: bool = False

    def tree(self) -> dict[str, TreeEntry]:
        """Every path that the change leaves alone; for the base, those it touches as well."""
        tree = dict(self.listed(self.base.commit))
        for change in self.base.changes if self.at_head else ():
            tree.pop(change.old_path or "", None)
        return tree

    def read(self, entries: Iterable[TreeEntry]) -> list[Entry]:
        """The content of some entries of `tree`."""
        entries = list(entries)
        blobs = read_blobs(self.git, [entry.blob for entry in entries], self.max_bytes)
        return [Entry(entry.path, entry.mode, blobs[entry.blob]) for entry in entries]


def _with_included(entries: Sequence[Entry], stored: _Stored) -> list[Entry]:
    """Mark what requirements files lead to; those of them that cannot be read come in addition.

    A requirements file that the change leaves alone may include a file it touches whose
    name says nothing. Where there is no such file, the tree is not listed.
    """
    changed = {entry.path: entry for entry in entries}
    wanted = {
        entry.path
        for entry in entries
        if entry.mode != SUBMODULE and kind_of(entry.path, b"") is Kind.OTHER
    }
    if not wanted:
        return list(entries)
    tree = stored.tree()

    def read(paths: Sequence[str]) -> list[Entry]:
        unchanged = stored.read(tree[path] for path in paths if path not in changed)
        return [*unchanged, *(changed[path] for path in paths if path in changed)]

    found = included({*tree, *changed}, wanted, read)
    marked = [replace(entry, included=entry.path in found.paths) for entry in entries]
    unread = [replace(e, included=True) for e in found.unread if e.path not in changed]
    return [*marked, *unread]


def _listed(git: Git, commit: str) -> dict[str, TreeEntry]:
    """The files and links of a commit by path; the empty tree has no name."""
    entries = list_tree(git, commit) if commit else []
    return {entry.path: entry for entry in entries if entry.mode != SUBMODULE}


def _was_python(change: Change, blobs: Mapping[str, bytes | Unreadable]) -> bool:
    if change.old_path is None or change.old_path == change.path:
        return False
    old = blobs.get(change.old_blob or "", b"")
    return kind_of(change.old_path, old if isinstance(old, bytes) else b"") is Kind.PYTHON


def _commit_reader(git: Git, commit: str, max_bytes: int) -> ReadOther:
    def read(path: str) -> bytes | Unreadable | None:
        try:
            return read_path(git, commit, path, max_bytes) if commit else None
        except IncompleteError:
            return Unreadable(CORRUPT)

    return read
