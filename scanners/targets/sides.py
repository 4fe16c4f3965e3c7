"""The two sides of a change as targets, read from git objects: no checkout is touched."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from ...errors import IncompleteError
from ...records.finding import Skipped
from ...repository.changes import Change
from ...repository.git import Git
from ...repository.objects import (
    CORRUPT,
    TOO_LARGE,
    TOO_MUCH,
    TreeEntry,
    Unreadable,
    list_tree,
    read_path,
)
from ..interface import Kind, SourceFile
from .contents import Contents
from .disk import Disk
from .entry import LINK, SUBMODULE, Entry
from .kinds import is_compiled, is_lfs_pointer
from .whole_side import WholeSide

COMPILED = "compiled code"
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

    def add(self, entry: Entry | Skipped) -> None:
        """Sort one entry by its mode, its bytes and its name."""
        gap = entry if isinstance(entry, Skipped) else _gap(entry)
        if gap is not None:
            self.skipped.append(gap)
        elif isinstance(entry, Skipped) or entry.mode == LINK:
            self.unread += 1
        elif isinstance(entry.content, bytes):
            kinds = entry.kinds(entry.content)
            self.files += [SourceFile(entry.path, kind) for kind in kinds]
            if kinds != (Kind.OTHER,):
                self.contents[entry.path] = entry.content


def _gap(entry: Entry) -> Skipped | None:
    """Why an entry that matters cannot be looked at, or None."""
    if entry.mode == SUBMODULE:
        return _skipped(entry.path, "submodule changed", "gate the submodule's own repository")
    if is_compiled(entry.path):
        return _skipped(entry.path, COMPILED, "build it from source after the merge")
    if entry.mode == LINK:
        return None
    if not isinstance(entry.content, bytes):
        return _unreadable_gap(entry.path, entry.content)
    if is_lfs_pointer(entry.content) and entry.may_be_code():
        return _skipped(entry.path, "LFS pointer", "keep source code out of Git LFS")
    return None


def _unreadable_gap(path: str, content: Unreadable | None) -> Skipped:
    reason = content.reason if content else CORRUPT
    if reason == TOO_LARGE:
        return _skipped(path, reason, "raise max-file-bytes, or split the file")
    if reason == TOO_MUCH:
        return _skipped(path, reason, "split the change")
    return _skipped(path, f"object {reason}", "fetch the whole history, without --filter")


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
    read_head: ReadOther | None = None,
) -> tuple[list[Side], Side]:
    """Each merge base and head as targets over the same changed files.

    A file that differs from one merge base only stands on the sides of the others too,
    as it is at head. `disk` is the working tree, where that is head; `read_head` reads from
    what else head is, where it is no commit.
    """
    contents = Contents(git, max_bytes, disk)
    old = [contents.read(_old_entries(base.changes)) for base in bases]
    were_python = {
        change.path
        for base, entries in zip(bases, old, strict=True)
        for change in _changes_of_python(base.changes, entries)
    }
    new = contents.read(_new_entries(bases, were_python))
    listed = cache(lambda commit: _listed(git, commit))
    base_sides = [
        _side(
            contents,
            [*entries, *_same(base, new)],
            lambda base=base: listed(base.commit),  # type: ignore[misc]  # bound in the loop
            _commit_reader(git, base.commit, max_bytes),
        )
        for base, entries in zip(bases, old, strict=True)
    ]
    reader = read_head or (disk.file if disk else _commit_reader(git, head, max_bytes))
    return base_sides, _side(
        contents, new, lambda: _left_alone(bases[0], listed) if bases else {}, reader
    )


def _old_entries(changes: Iterable[Change]) -> list[Entry]:
    return [
        Entry(change.old_path, change.old_mode, blob=change.old_blob)
        for change in changes
        if change.old_path is not None
    ]


def _new_entries(bases: Sequence[Base], were_python: set[str | None]) -> list[Entry]:
    """Every changed path once, as head has it."""
    found = {
        change.path: Entry(
            change.path, change.mode, blob=change.blob, was_python=change.path in were_python
        )
        for base in bases
        for change in base.changes
        if change.path is not None
    }
    return list(found.values())


def _changes_of_python(changes: Iterable[Change], old: Iterable[Entry]) -> list[Change]:
    """The changes of what was Python: no other name and no other text takes it out of sight."""
    python = {
        entry.path
        for entry in old
        if Kind.PYTHON in entry.kinds(entry.content if isinstance(entry.content, bytes) else b"")
    }
    return [change for change in changes if change.old_path in python]


def _same(base: Base, head: Iterable[Entry]) -> list[Entry]:
    """The entries of head that do not differ from this base."""
    changed = {change.path for change in base.changes}
    return [entry for entry in head if entry.path not in changed]


def _left_alone(
    base: Base, listed: Callable[[str], Mapping[str, TreeEntry]]
) -> Mapping[str, TreeEntry]:
    """What head has in common with the base, as far as no change touches it."""
    gone = {change.old_path for change in base.changes}
    return {path: entry for path, entry in listed(base.commit).items() if path not in gone}


def _side(
    contents: Contents,
    entries: Sequence[Entry],
    list_unchanged: Callable[[], Mapping[str, TreeEntry]],
    read_other: ReadOther,
) -> Side:
    whole = WholeSide(contents, list_unchanged, {entry.path: entry for entry in entries})
    found: list[Entry | Skipped] = []
    try:
        found += whole.entries()
    except IncompleteError as error:
        # What was read is looked at all the same: a gap never takes findings away.
        gap = Skipped(what="the tree around the change", reason=error.message, remedy=error.remedy)
        found = [*entries, gap]
    sorting = _Sorting()
    for item in sorted(found, key=lambda item: item.path):
        sorting.add(item)
    return Side(
        tuple(sorting.files),
        tuple(sorting.skipped),
        sorting.unread,
        sorting.contents,
        read_other,
    )


def _listed(git: Git, commit: str) -> dict[str, TreeEntry]:
    """Everything in a commit by path; the empty tree has no name."""
    return {entry.path: entry for entry in list_tree(git, commit)} if commit else {}


def _commit_reader(git: Git, commit: str, max_bytes: int) -> ReadOther:
    def read(path: str) -> bytes | Unreadable | None:
        try:
            return read_path(git, commit, path, max_bytes) if commit else None
        except IncompleteError:
            return Unreadable(CORRUPT)

    return read
