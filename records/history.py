"""History as it is read from git: commits, what they changed line by line, and what landed.

Paths are POSIX from the top of the repository; bytes that are not UTF-8 stand in them, and in
messages, as surrogate escapes. Times are seconds since the epoch as the commit gives them, so
that they may run backwards or lie in the future: order is the order of records, never of times.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit, without what it changed."""

    sha: str
    parents: tuple[str, ...]
    author: str
    """A digest of the author's address, as the mail map has it, or of the name: never a name."""
    author_time: int
    commit_time: int
    message: str
    is_bot: bool = False
    """The author's name or address is that of a program."""

    @property
    def subject(self) -> str:
        """The first line of the message."""
        return self.message.partition("\n")[0]

    @property
    def is_merge(self) -> bool:
        """It has two parents or more."""
        return len(self.parents) > 1


@dataclass(frozen=True, slots=True)
class Hunk:
    """Lines that gave way to others; lines count from 1, as in a patch without context.

    Where a count is 0, the start is the line after which the other side's lines stand.
    """

    old_start: int
    old_count: int
    new_start: int
    new_count: int
    body: bytes = b""
    """The lines as the patch has them: those removed, then those added."""

    @property
    def removed(self) -> list[bytes]:
        """The text of the removed lines, without line ends."""
        return _lines(self.body, b"-")

    @property
    def added(self) -> list[bytes]:
        """The text of the added lines, without line ends."""
        return _lines(self.body, b"+")


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file that differs between two trees."""

    status: str
    """A added, M modified, D deleted, R renamed, T another type of file."""
    old_path: str
    """The path that `old_blob` had; of an added file its own."""
    path: str
    """The path that `blob` has; of a deleted file the one it had."""
    old_blob: str
    """Empty where the file was not there; a commit, for a submodule."""
    blob: str
    """Empty where the file is gone."""
    old_mode: str
    mode: str
    """As git writes it: 100644, 100755, 120000, 160000; 000000 where there is no file."""
    binary: bool = False
    added_lines: int = 0
    removed_lines: int = 0
    hunks: tuple[Hunk, ...] = ()
    """In the order of lines. Empty for a change of the mode or the name alone, for what is
    binary, and in the squashed files of a change that has several commits."""

    @property
    def is_submodule(self) -> bool:
        """Its content is a commit of another repository."""
        return "160000" in (self.mode, self.old_mode)


@dataclass(frozen=True, slots=True)
class MergedFile:
    """A file that a merge left as none of its parents had it."""

    path: str
    blob: str
    sides: tuple[FileChange, ...]
    """From each parent to the merge, in the order of parents; status A where a parent has no
    such file."""


@dataclass(frozen=True, slots=True)
class CommitDiff:
    """A commit with what it changed."""

    commit: Commit
    files: tuple[FileChange, ...] = ()
    """Against its only parent, or against nothing; of a merge always empty."""
    merged: tuple[MergedFile, ...] = ()
    """Of a merge only."""


@dataclass(frozen=True, slots=True)
class Change:
    """The unit that is scored: what lands with one commit on the first-parent line."""

    number: int
    """Its place on the first-parent line: 0 is the oldest."""
    commit: Commit
    """The commit that stands on the first-parent line."""
    diffs: tuple[CommitDiff, ...]
    """Every commit that came with it, parents first; the last is `commit` itself."""
    files: tuple[FileChange, ...]
    """The squashed range: from its first parent to `commit`."""
    skipped: str = ""
    """Why its content could not be read: missing objects. Empty where it was read."""


@dataclass(frozen=True, slots=True)
class TracedHunk:
    """A hunk of a commit with the commit that each of its removed lines came from."""

    file: FileChange
    hunk: Hunk
    origins: tuple[str, ...]
    """One sha for each removed line; empty strings where the origin is not known."""


@dataclass(frozen=True, slots=True)
class Label:
    """A commit that is held to have done harm, and since when that is known."""

    sha: str
    """The commit that did harm."""
    source: str
    """How it is known: revert, introduced-in, szz, hotfix."""
    time: int
    """When it became known, in seconds since the epoch: nothing may use it before."""
    confidence: float
    """From 0 to 1."""
    evidence: str
    """The commit that tells: the revert, the fix."""


def _lines(body: bytes, mark: bytes) -> list[bytes]:
    return [line[1:] for line in body.split(b"\n") if line[:1] == mark]
