"""The patch of a merge, with a column of marks for each parent, as one side for each."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from ...records.history import FileChange, Hunk, MergedFile

RANGE = re.compile(rb"[-+](\d+)(?:,(\d+))?")
REGULAR = ("100644", "100755", "100664")


class CombinedFile(Protocol):
    """A file that a merge left as no parent had it, as the patch tells it."""

    @property
    def modes(self) -> Sequence[str]:
        """Of each parent and of the merge."""

    @property
    def blobs(self) -> Sequence[str]:
        """Likewise."""

    @property
    def status(self) -> str:
        """A letter for each parent."""

    @property
    def paths(self) -> Sequence[str]:
        """In each parent and in the merge."""

    @property
    def combined(self) -> Sequence[tuple[bytes, bytes]]:
        """The heads of the hunks with their lines."""

    @property
    def binary(self) -> bool:
        """There are no lines."""


def merged_file(file: CombinedFile) -> MergedFile:
    """The file from each parent to the merge; without hunks where its content is no text."""
    parents = len(file.blobs) - 1
    paths = file.paths if len(file.paths) == parents + 1 else [file.paths[-1]] * (parents + 1)
    is_text = not file.binary and file.modes[-1] in REGULAR
    sides = [
        _side(file, number, paths, list(_hunks(file.combined, number, parents)) if is_text else [])
        for number in range(parents)
    ]
    return MergedFile(paths[-1], file.blobs[-1], tuple(sides))


def _side(
    file: CombinedFile, number: int, paths: Sequence[str], hunks: Sequence[Hunk]
) -> FileChange:
    return FileChange(
        status=file.status[number],
        old_path=paths[number] or paths[-1],
        path=paths[-1],
        old_blob=file.blobs[number],
        blob=file.blobs[-1],
        old_mode=file.modes[number],
        mode=file.modes[-1],
        binary=file.binary,
        added_lines=sum(hunk.new_count for hunk in hunks),
        removed_lines=sum(hunk.old_count for hunk in hunks),
        hunks=tuple(hunks),
    )


def _hunks(combined: Iterable[tuple[bytes, bytes]], number: int, parents: int) -> Iterator[Hunk]:
    """The hunks from one parent to the merge: runs of lines that only one of them has."""
    for head, body in combined:
        starts = [int(match[1]) for match in RANGE.finditer(head.partition(b" @@@")[0])]
        old, new = starts[number] - 1, starts[parents] - 1
        removed = added = 0
        for line in body.split(b"\n"):
            marks = line[:parents]
            if len(marks) < parents or marks[:1] == b"\\":
                continue
            is_lost = b"-" in marks
            own = marks[number : number + 1]
            if own == b" ":
                # A line that another parent had, and neither this one nor the merge.
                if is_lost:
                    continue
                if removed or added:
                    yield _hunk(old, removed, new, added)
                    old, new, removed, added = old + removed, new + added, 0, 0
                old, new = old + 1, new + 1
            elif is_lost:
                removed += 1
            else:
                added += 1
        if removed or added:
            yield _hunk(old, removed, new, added)


def _hunk(old: int, removed: int, new: int, added: int) -> Hunk:
    """A hunk after `old` and `new` lines: a start names the line before where there is none."""
    return Hunk(old + bool(removed), removed, new + bool(added), added)
