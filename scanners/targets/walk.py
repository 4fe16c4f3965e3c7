"""The files below some paths of a file system: what `tidegate scan` looks at."""
# ruff: noqa: PTH110, PTH112, PTH113, PTH118, PTH120 - Path objects would be most of a walk

import errno
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ...errors import UsageError
from ...records.finding import Skipped
from ...repository.regular_files import (
    FLAGS,
    NOT_REGULAR,
    TOO_LARGE,
    open_regular,
    read_head,
    read_opened,
)
from ..interface import Kind, SourceFile
from .kinds import HEAD_BYTES, content_decides, is_lfs_pointer, kind_by_name, kind_of

EXCLUDED_FOLDERS = frozenset({".svn", "CVS", ".bzr", ".hg", ".git", "__pycache__", ".tox", ".eggs"})
"""Bandit's default exclusions, with `*.egg`: whole names, so that `.github` is entered."""

UNREAD_KIND = "not a kind that any scanner reads"
UNREADABLE = "cannot be read"
UNREADABLE_FOLDER = "folder cannot be read"
NOT_A_FILE = NOT_REGULAR
LFS_POINTER = "LFS pointer"
LEADS_OUT = "link that leads out of the tree"
LEADS_NOWHERE = "link that leads nowhere"


@dataclass(frozen=True, slots=True)
class Tree:
    """A folder that reads stay inside of."""

    named: str
    """Absolute, as it was called: what paths of findings lead through."""
    real: str
    """The same without links."""
    shown: str
    """How it is called in the paths of findings; empty for the current folder."""


@dataclass(frozen=True, slots=True)
class TreeTarget:
    """The files that a walk met; they are read again when a scanner wants them."""

    files: tuple[SourceFile, ...]
    """Those of kind OTHER too, so that the coverage counts them."""
    trees: tuple[Tree, ...]
    """The current folder first."""
    max_file_bytes: int

    def read(self, path: str) -> bytes:
        """The bytes of a file of the tree; no link on the way to it is followed.

        Raises FileNotFoundError where no regular file stands there, and OSError where it
        cannot be read or has more than `max_file_bytes`.
        """
        named = os.path.normpath(os.path.join(self.trees[0].named, path))
        tree = next((tree for tree in self.trees if _is_inside(named, tree.named)), None)
        if tree is None:
            raise FileNotFoundError(errno.ENOENT, "not inside the tree", path)
        try:
            descriptor = _open_beneath(tree.real, os.path.relpath(named, tree.named))
        except ValueError as error:
            raise FileNotFoundError(errno.ENOENT, "no name of a file", path) from error
        except OSError as error:
            if error.errno in (errno.ELOOP, errno.ENOTDIR, errno.EINVAL):
                raise FileNotFoundError(errno.ENOENT, "no regular file", path) from error
            raise
        return read_opened(descriptor, self.max_file_bytes)


@dataclass(frozen=True, slots=True)
class Walked:
    """What a walk met, and what of it cannot be looked at."""

    target: TreeTarget
    skipped: tuple[Skipped, ...]


def walk(paths: Sequence[Path], root: Path, max_file_bytes: int) -> Walked:
    """Every file at or below `paths`, ignored and untracked ones too, in sorted order.

    Relative paths start at `root`, and files are called by their POSIX path from there;
    those outside of it as their argument calls them. Raises UsageError for a path that
    does not exist.
    """
    named = os.path.realpath(root)
    search = _Search([Tree(named, named, "")], max_file_bytes)
    for path in paths:
        search.start(path)
    search.resolve_links()
    return Walked(
        TreeTarget(tuple(search.sorted_files()), tuple(search.trees), max_file_bytes),
        tuple(sorted(set(search.skipped), key=lambda gap: (gap.what, gap.reason))),
    )


@dataclass(slots=True)
class _Search:
    """What the walk has met so far."""

    trees: list[Tree]
    max_file_bytes: int
    files: set[tuple[str, Kind]] = field(default_factory=set)
    skipped: list[Skipped] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    """Where each link stands and how it is called; resolved when all trees are known."""

    def start(self, path: Path) -> None:
        """Take one argument of the call."""
        root = self.trees[0]
        named = os.path.normpath(os.path.join(root.named, path))
        if "\0" in named or not os.path.lexists(named):
            raise UsageError(f"{path} does not exist", "name a file or a folder that does")
        real = os.path.realpath(named)
        if _is_inside(real, root.real):
            shown = self._shown(real)
        elif _is_inside(named, root.named):
            self._skip(os.path.relpath(named, root.named), LEADS_OUT)
            return
        else:
            shown = self._add_tree(path, named, real)
        if os.path.isdir(real):
            self._folders(real, shown)
        elif not os.path.exists(real):
            self._skip(path.as_posix(), LEADS_NOWHERE)
        elif not os.path.isfile(real):
            self._skip(shown, NOT_A_FILE)
        elif self._file(real, shown, path.as_posix()) is Kind.OTHER:
            self.files.discard((shown, Kind.OTHER))
            self._skip(shown, UNREAD_KIND)

    def _add_tree(self, path: Path, named: str, real: str) -> str:
        """Make an argument outside of the root, or the folder of a file there, a tree."""
        if os.path.isdir(real):
            self.trees.append(Tree(named, real, path.as_posix()))
            return path.as_posix()
        folder, name = os.path.split(real)
        self.trees.append(Tree(os.path.dirname(named), folder, path.parent.as_posix()))
        return (path.parent / name).as_posix()

    def _shown(self, real: str) -> str:
        """How findings call a file or folder inside of the trees."""
        tree = next(tree for tree in self.trees if _is_inside(real, tree.real))
        below = os.path.relpath(real, tree.real)
        return os.path.normpath(os.path.join(tree.shown, below)) if below != "." else tree.shown

    def _folders(self, top: str, shown: str) -> None:
        waiting = [(top, shown)]
        while waiting:
            real, called = waiting.pop()
            try:
                with os.scandir(real) as entries:
                    waiting += self._entries(entries, f"{called}/" if called else "")
            except OSError as error:
                self._skip(called or ".", UNREADABLE_FOLDER, error.strerror, is_file=False)

    def _entries(
        self, entries: Iterator[os.DirEntry[str]], prefix: str
    ) -> Iterator[tuple[str, str]]:
        """Sort the entries of one folder; the folders to enter are the answer."""
        for entry in entries:
            shown = prefix + entry.name
            if entry.is_symlink():
                self.links.append((entry.path, shown))
            elif entry.is_dir(follow_symlinks=False):
                if not _is_excluded(entry.name):
                    yield entry.path, shown
            elif entry.is_file(follow_symlinks=False):
                self._file(entry.path, shown, shown)
            elif kind_by_name(entry.name) is not Kind.OTHER:
                self._skip(shown, NOT_A_FILE)

    def _file(self, real: str, shown: str, called: str) -> Kind | None:
        """Take in a file as what the path `called` makes it; None where it cannot be read."""
        try:
            kind, size = self._kind_and_size(real, called)
        except OSError as error:
            not_a_file = error.errno == errno.EINVAL
            reason = NOT_A_FILE if not_a_file else UNREADABLE
            self._skip(shown, reason, "" if not_a_file else error.strerror)
            return None
        if kind is None:
            self._skip(shown, LFS_POINTER)
            return None
        if kind is not Kind.OTHER and size > self.max_file_bytes:
            self._skip(shown, TOO_LARGE, f"{size} bytes, the limit is {self.max_file_bytes}")
            return None
        self.files.add((shown, kind))
        return kind

    def _kind_and_size(self, real: str, called: str) -> tuple[Kind | None, int]:
        """Read as much as it takes; no kind for a pointer to what could be anything."""
        kind = kind_by_name(called)
        if kind is not Kind.OTHER:
            return kind, read_head(real, 0)[1]
        decides = content_decides(called)
        head, size = read_head(real, self.max_file_bytes if decides else HEAD_BYTES)
        if decides and is_lfs_pointer(head):
            return None, size
        kind = kind_of(called, head, cut=size > len(head))
        if kind is Kind.PYTHON and len(head) < size <= self.max_file_bytes:
            head, size = read_head(real, self.max_file_bytes)
            kind = kind_of(called, head, cut=size > len(head))
        return kind, size

    def resolve_links(self) -> None:
        """Look at each link to a file: where it stays inside, its target is looked at.

        The target counts under the link's name: `evil.py -> notes.txt` is Python.
        """
        for path, shown in self.links:
            try:
                real = os.path.realpath(path, strict=True)
            except OSError:
                self._skip_named(shown, LEADS_NOWHERE)
                continue
            if os.path.isdir(real):
                continue
            if not any(_is_inside(real, tree.real) for tree in self.trees):
                self._skip_named(shown, LEADS_OUT)
            elif not os.path.isfile(real):
                self._skip_named(shown, NOT_A_FILE)
            else:
                self._linked(real, shown)

    def _linked(self, real: str, shown: str) -> None:
        target = self._shown(real)
        known = (target, Kind.OTHER) in self.files
        self._file(real, target, shown)
        if not known:
            self.files.discard((target, Kind.OTHER))

    def _skip_named(self, shown: str, reason: str) -> None:
        """A link that cannot be followed is a gap where its name promises something."""
        if kind_by_name(shown) is not Kind.OTHER:
            self._skip(shown, reason)

    def _skip(
        self, shown: str, reason: str, detail: str | None = "", *, is_file: bool = True
    ) -> None:
        path = shown if is_file else ""
        gap = Skipped(
            what=shown, reason=reason, detail=detail or "", remedy=_REMEDIES[reason], path=path
        )
        self.skipped.append(gap)

    def sorted_files(self) -> Iterator[SourceFile]:
        """The files met, none of them both as something and as nothing."""
        read = {path for path, kind in self.files if kind is not Kind.OTHER}
        for path, kind in sorted(self.files):
            if kind is not Kind.OTHER or path not in read:
                yield SourceFile(path, kind)


_REMEDIES = {
    UNREAD_KIND: "name Python files, notebooks or requirements files",
    UNREADABLE: "allow reading it",
    UNREADABLE_FOLDER: "allow reading it, or name the paths to scan",
    TOO_LARGE: "split the file",
    NOT_A_FILE: "put a regular file in its place",
    LFS_POINTER: "run `git lfs pull`, or keep source code out of Git LFS",
    LEADS_OUT: "put the file itself in the link's place, or scan where it leads",
    LEADS_NOWHERE: "remove the link",
}


def _is_inside(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def _is_excluded(name: str) -> bool:
    return name in EXCLUDED_FOLDERS or name.endswith(".egg")


def _open_beneath(folder: str, below: str) -> int:
    """Open a file step by step, so that no step can be a link, whoever changes the tree."""
    at = os.open(folder, FLAGS | os.O_DIRECTORY)
    *folders, name = below.split("/")
    try:
        for step in folders:
            deeper = os.open(step, FLAGS | os.O_DIRECTORY, dir_fd=at)
            os.close(at)
            at = deeper
        return open_regular(name, at)
    finally:
        os.close(at)
