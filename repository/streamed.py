"""What git prints, piece by piece: answers that are too long to be held."""

import os
import select
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import IO

from .. import processes
from .git import MAX_STDERR, OPTIONS, Git, GitFailed, environment, failure

PIECE = 1 << 20
"""Bytes that are read at once, at most."""


@dataclass(frozen=True, slots=True)
class Stream:
    """The output of a git that is at work."""

    command: str
    pipe: IO[bytes]
    patience: float

    def pieces(self) -> Iterator[bytes]:
        """The output, in pieces of at most PIECE bytes.

        Raises GitFailed where git says nothing for `patience` seconds.
        """
        descriptor = self.pipe.fileno()
        waiting = select.poll()
        waiting.register(descriptor, select.POLLIN | select.POLLHUP)
        while True:
            if not waiting.poll(self.patience * 1000):
                raise GitFailed(f"git {self.command} said nothing for {self.patience:g} s")
            piece = os.read(descriptor, PIECE)
            if not piece:
                return
            yield piece


@contextmanager
def streamed(
    git: Git, *args: str, stdin: Iterable[bytes] = (), patience: float = 300
) -> Iterator[Stream]:
    """Start git and read it as it goes; it is killed where the caller leaves early.

    `git.root` is a git folder, as `without_worktree` gives it: no attributes of a work tree or
    an index decide what is text. `stdin` is written to a file first. Raises GitFailed at the
    end where git failed, once all that it printed has been handed out.
    """
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as said:
        given.writelines(stdin)
        given.seek(0)
        try:
            with processes.started(
                ("git", "-C", str(git.root), *OPTIONS, "--bare", *args),
                stdin=given,
                stderr=said,
                timeout=patience,
                extra_env=environment(git),
                untrusted=git.within or git.root,
            ) as child:
                if child.stdout is not None:
                    yield Stream(args[0], child.stdout, patience)
        except processes.ProcessFailed as error:
            raise GitFailed(str(error)) from error
        if child.returncode:
            said.seek(0)
            words = said.read(MAX_STDERR * 4)
            raise failure(args[0], processes.Completed(child.returncode, b"", words))


def without_worktree(git: Git) -> Git:
    """The same repository, known by the folder that holds its objects, and without an index."""
    folder = os.fsdecode(git.output("rev-parse", "--git-common-dir").removesuffix(b"\n"))
    root = (git.root / folder).resolve()
    # Git reads attributes from the index where there is no tree, and an absent one is empty.
    return replace(git, root=root, bare=True, within=git.root, index=str(root / "no-index"))
