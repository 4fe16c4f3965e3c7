"""The files below some paths of a file system: what `tidegate scan` looks at."""
# ruff: noqa: PTH110, PTH112, PTH113, PTH118, PTH120 - Path objects would be most of a walk

import errno
import os
import stat
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ...errors import UsageError
from ...records.finding import Skipped
from ...repository.regular_files import NOT_REGULAR, TOO_LARGE, open_regular, read_head
from ..interface import Kind, SourceFile
from ..secrets.text import Text, kind_of_text
from ..stat_cache import StatCache, State, settled_state
from .excluded import is_excluded
from .git_ignored import Ask, GitIgnored
from .kinds import (
    HEAD_BYTES,
    begins_a_script,
    content_decides,
    declares_too,
    is_lfs_pointer,
    is_sbom,
    kind_by_name,
    kind_of,
)
from .tree_target import Tree, TreeTarget, is_inside

UNREAD_KIND = "searched for secrets alone"
"""A file that was named, and is neither code nor of dependencies."""
UNREADABLE = "cannot be read"
UNREADABLE_FOLDER = "folder cannot be read"
NOT_A_FILE = NOT_REGULAR
LFS_POINTER = "LFS pointer"
LEADS_OUT = "link that leads out of the tree"
LEADS_NOWHERE = "link that leads nowhere"


@dataclass(frozen=True, slots=True)
class Walked:
    """What a walk met, and what of it cannot be looked at."""

    target: TreeTarget
    skipped: tuple[Skipped, ...]
    left_out: tuple[str, ...] = ()
    """What is to be said of what git ignores."""


def walk(
    paths: Sequence[Path],
    root: Path,
    max_file_bytes: int,
    seen: StatCache | None = None,
    now: Callable[[], float] = time.time,
    ask: Ask | None = None,
) -> Walked:
    """Every file at or below `paths`, untracked ones too, in sorted order.

    Relative paths start at `root`, and files are called by their POSIX path from there;
    those outside of it as their argument calls them. What `seen` knows below a folder is
    not opened; `now` gives seconds since the epoch. What git ignores, as it tells where
    it is asked with `ask`, is left out unless `paths` name it. Raises UsageError for a path
    that does not exist.
    """
    named = os.path.realpath(root)
    ignored = GitIgnored(ask) if ask else None
    search = _Search([Tree(named, named, "")], max_file_bytes, seen, now, ignored)
    for path in paths:
        search.start(path)
    search.enter_folders()
    search.resolve_links()
    return Walked(
        TreeTarget(tuple(search.sorted_files()), tuple(search.trees), max_file_bytes, now),
        tuple(sorted(set(search.skipped), key=lambda gap: (gap.what, gap.reason))),
        tuple(ignored.told()) if ignored else (),
    )


@dataclass(slots=True)
class _Search:
    """What the walk has met so far."""

    trees: list[Tree]
    max_file_bytes: int
    seen: StatCache | None
    now: Callable[[], float]
    ignored: GitIgnored | None
    """None where all is looked at."""
    named: list[tuple[str, str]] = field(default_factory=list)
    """What was named, without links, and how it is called."""
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
        if is_inside(real, root.real):
            shown = self._shown(real)
        elif is_inside(named, root.named):
            self._skip(os.path.relpath(named, root.named), LEADS_OUT)
            return
        else:
            shown = self._add_tree(path, named, real)
        self.named.append((real, shown))
        if os.path.isdir(real):
            return
        if not os.path.exists(real):
            self._skip(path.as_posix(), LEADS_NOWHERE)
        elif not os.path.isfile(real):
            self._skip(shown, NOT_A_FILE)
        elif self._file(real, shown, path.as_posix()) is Kind.OTHER:
            if self._is_sbom(real):
                self.files.discard((shown, Kind.OTHER))
                self.files.add((shown, Kind.SBOM))
            elif _promises_more(shown):
                self._skip(shown, UNREAD_KIND)

    def _is_sbom(self, real: str) -> bool:
        """Whether a file of no name that says so is a bill of materials."""
        head, size = read_head(real, self.max_file_bytes)
        return size <= self.max_file_bytes and is_sbom(head)

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
        tree = next(tree for tree in self.trees if is_inside(real, tree.real))
        below = os.path.relpath(real, tree.real)
        return os.path.normpath(os.path.join(tree.shown, below)) if below != "." else tree.shown

    def enter_folders(self) -> None:
        """Take in what lies below the folders that were named."""
        if self.ignored:
            self.ignored.start([real for real, _ in self.named])
        waiting = [(real, shown) for real, shown in self.named if os.path.isdir(real)]
        while waiting:
            real, called = waiting.pop()
            try:
                with os.scandir(real) as listed:
                    entries = self._not_ignored(real, list(listed))
                    waiting += self._entries(entries, f"{called}/" if called else "")
            except OSError as error:
                self._skip(called or ".", UNREADABLE_FOLDER, error.strerror, is_file=False)

    def _not_ignored(self, folder: str, entries: list[os.DirEntry[str]]) -> list[os.DirEntry[str]]:
        """The entries of one folder but for what git ignores."""
        if self.ignored is None:
            return entries
        if any(entry.name == ".git" for entry in entries):
            self.ignored.enter(folder)
        return self.ignored.rest(folder, entries)

    def _entries(
        self, entries: Iterable[os.DirEntry[str]], prefix: str
    ) -> Iterator[tuple[str, str]]:
        """Sort the entries of one folder; the folders to enter are the answer."""
        for entry in entries:
            shown = prefix + entry.name
            if entry.is_symlink():
                self.links.append((entry.path, shown))
            elif entry.is_dir(follow_symlinks=False):
                if not is_excluded(entry.name):
                    yield entry.path, shown
            elif entry.is_file(follow_symlinks=False):
                if self.seen is None or not self._is_seen(self.seen, entry, shown):
                    self._file(entry.path, shown, shown, self.seen)
            elif kind_by_name(entry.name) is not Kind.OTHER:
                self._skip(shown, NOT_A_FILE)

    def _is_seen(self, seen: StatCache, entry: os.DirEntry[str], shown: str) -> bool:
        """Take in a file that is what it was."""
        try:
            kind = seen.kind(shown, entry.stat(follow_symlinks=False))
        except OSError:
            return False
        if kind:
            self._take_in(shown, shown, kind)
        return kind is not None

    def _file(
        self, real: str, shown: str, called: str, seen: StatCache | None = None
    ) -> Kind | None:
        """Take in a file as what the path `called` makes it; None where it cannot be read."""
        try:
            kind, size, state = self._judge(real, called)
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
        self._take_in(shown, called, kind)
        if seen:
            seen.meet(shown, kind, state)
        return kind

    def _take_in(self, shown: str, called: str, kind: Kind) -> None:
        self.files.add((shown, kind))
        if declares_too(called):
            self.files.add((shown, Kind.DECLARING))

    def _judge(self, real: str, called: str) -> tuple[Kind | None, int, State | None]:
        """Kind, size, and the state in which it was read, if it was.

        It is read as far as it takes; no kind is for a pointer to what could be anything.
        """
        kind = kind_by_name(called)
        if kind is not Kind.OTHER:
            return kind, _size_of_readable(real), None
        decides = content_decides(called)
        head, size, state = self._head(real, self.max_file_bytes if decides else HEAD_BYTES)
        if not decides and not begins_a_script(head):
            return Kind.OTHER, size, state
        if decides and is_lfs_pointer(head):
            return None, size, state
        kind = kind_of(called, head, cut=size > len(head))
        if kind is Kind.PYTHON and len(head) < size <= self.max_file_bytes:
            head, size, state = self._head(real, self.max_file_bytes)
            kind = kind_of(called, head, cut=size > len(head))
        return kind, size, state

    def _head(self, path: str, size: int) -> tuple[bytes, int, State | None]:
        """The first `size` bytes of a regular file, how many it has, and its state if it is sure.

        Raises OSError.
        """
        opened_at = self.now()
        descriptor = open_regular(path)
        try:
            found = os.fstat(descriptor)
            head = os.read(descriptor, size)
            return head, found.st_size, settled_state(descriptor, found, opened_at)
        finally:
            os.close(descriptor)

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
            if not any(is_inside(real, tree.real) for tree in self.trees):
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
    UNREAD_KIND: "name Python files, notebooks, or files of dependencies",
    UNREADABLE: "allow reading it",
    UNREADABLE_FOLDER: "allow reading it, or name the paths to scan",
    TOO_LARGE: "split the file",
    NOT_A_FILE: "put a regular file in its place",
    LFS_POINTER: "run `git lfs pull`, or keep source code out of Git LFS",
    LEADS_OUT: "put the file itself in the link's place, or scan where it leads",
    LEADS_NOWHERE: "remove the link",
}


def _promises_more(name: str) -> bool:
    """Whether who names it may mean a program, or a bill of materials."""
    return kind_of_text(name, b"") is Text.CODE or name.endswith((".json", ".xml"))


def _size_of_readable(path: str) -> int:
    """Bytes of a regular file, which is not opened. Raises OSError as opening it would."""
    found = os.lstat(path)
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, NOT_REGULAR, path)
    if not os.access(path, os.R_OK, effective_ids=os.access in os.supports_effective_ids):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
    return found.st_size
