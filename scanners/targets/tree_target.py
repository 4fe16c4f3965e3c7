"""A tree of the file system as a target: its files, read without leaving it."""
# ruff: noqa: PTH118 - Path objects would be most of the work

import errno
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby

from ...repository.regular_files import FLAGS, open_regular, read_opened
from ..interface import SourceFile
from ..run import UNREADABLE, content_digest
from ..stat_cache import Reading, settled_state


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
    now: Callable[[], float] = time.time
    """Seconds since the epoch."""

    def read(self, path: str) -> bytes:
        """The bytes of a file of the tree; no link on the way to it is followed.

        Raises FileNotFoundError where no regular file stands there, and OSError where it
        cannot be read or has more than `max_file_bytes`.
        """
        with _as_no_file(path):
            real, below = self._place(path)
            folder, _, name = below.rpartition("/")
            at = _open_folder(real, folder)
            try:
                descriptor = open_regular(name, at)
            finally:
                os.close(at)
        return read_opened(descriptor, self.max_file_bytes)

    def readings(self, paths: Iterable[str]) -> Iterator[Reading]:
        """Of each path the digest of what `read` gives, None where it finds no file.

        UNREADABLE stands where it cannot tell. The state is told where it is sure. Each folder
        is looked for once for all paths that follow each other in it.
        """
        for folder, below in groupby(paths, lambda path: path[: path.rfind("/") + 1]):
            yield from self._readings_in(folder, [path[len(folder) :] for path in below])

    def _readings_in(self, folder: str, names: Sequence[str]) -> Iterator[Reading]:
        try:
            with _as_no_file(folder):
                real, below = self._place(folder)
                at = _open_folder(real, "" if below == "." else below)
        except OSError as error:
            yield from [(_of_error(error), None)] * len(names)
            return
        try:
            for name in names:
                yield self._reading_at(at, name)
        finally:
            os.close(at)

    def _reading_at(self, folder: int, name: str) -> Reading:
        if name in ("", ".", ".."):
            return UNREADABLE, None
        opened_at = self.now()
        try:
            with _as_no_file(name):
                descriptor = open_regular(name, folder)
            try:
                found = os.fstat(descriptor)
                size = found.st_size
                # One byte more than there is, so that a file that grows is seen to.
                content = os.read(descriptor, size + 1) if size <= self.max_file_bytes else b""
                state = settled_state(descriptor, found, opened_at)
            finally:
                os.close(descriptor)
        except OSError as error:
            return _of_error(error), None
        return (content_digest(content), state) if len(content) == size else (UNREADABLE, None)

    def _place(self, path: str) -> tuple[str, str]:
        """The real folder of the tree that a path leads into, and the way from there.

        Raises FileNotFoundError where it leads into none.
        """
        named = os.path.normpath(os.path.join(self.trees[0].named, path))
        for tree in self.trees:
            if is_inside(named, tree.named):
                return tree.real, os.path.relpath(named, tree.named)
        raise FileNotFoundError(errno.ENOENT, "not inside the tree", path)


def is_inside(path: str, folder: str) -> bool:
    """Whether a path is that of the folder, or leads into it; both are absolute and normal."""
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def _of_error(error: OSError) -> bytes | None:
    return None if isinstance(error, FileNotFoundError) else UNREADABLE


@contextmanager
def _as_no_file(path: str) -> Iterator[None]:
    """Turn what a path that names no regular file makes of opening it into one error."""
    try:
        yield
    except ValueError as error:
        raise FileNotFoundError(errno.ENOENT, "no name of a file", path) from error
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENOTDIR, errno.EINVAL):
            raise FileNotFoundError(errno.ENOENT, "no regular file", path) from error
        raise


def _open_folder(folder: str, below: str) -> int:
    """Open a folder step by step, so that no step can be a link, whoever changes the tree."""
    at = os.open(folder, FLAGS | os.O_DIRECTORY)
    try:
        for step in below.split("/") if below else ():
            deeper = os.open(step, FLAGS | os.O_DIRECTORY, dir_fd=at)
            os.close(at)
            at = deeper
    except BaseException:
        os.close(at)
        raise
    return at
