"""The files of a change of several commits, with the lines that the whole range adds and removes.

Git is not asked to compare them: a line of the result was added by the range where its origin is
one of the range's own commits.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ...records.history import Change, FileChange
from .origins import Origins


def squashed(change: Change, origins: Origins, first: int) -> tuple[FileChange, ...]:
    """The files of the change with their counts; `first` is the number of its first commit.

    The origins of all of its commits have been learnt. A file that one commit took from the
    first state to the last is that commit's.
    """
    same = {_ends(file): file for diff in change.diffs for file in diff.files}
    return tuple(
        same.get(_ends(file)) or _counted(file, origins, first)
        for file in paired(change.files, _came_from(change))
    )


def _ends(file: FileChange) -> tuple[str, str, str, str]:
    return (file.old_path, file.old_blob, file.path, file.blob)


def _counted(file: FileChange, origins: Origins, first: int) -> FileChange:
    new = origins.of(file.path, file.blob) if file.blob else None
    old = origins.of(file.old_path, file.old_blob) if file.old_blob else None
    if file.is_submodule or (new is None and file.blob) or (old is None and file.old_blob):
        return replace(file, binary=not file.is_submodule)
    added = sum([number >= first for number in new]) if new else 0
    removed = len(old or ()) - (len(new or ()) - added)
    return replace(file, added_lines=added, removed_lines=max(0, removed))


def _came_from(change: Change) -> dict[str, str]:
    """The paths that the commits gave to files, with those that they had before the range."""
    came: dict[str, str] = {}
    for diff in change.diffs:
        for file in diff.files:
            if file.status == "R":
                came[file.path] = came.pop(file.old_path, file.old_path)
    return came


def paired(files: Sequence[FileChange], came_from: dict[str, str]) -> Iterator[FileChange]:
    """The files with an addition and a deletion as one rename, where a commit renamed them."""
    gone = {file.path: file for file in files if file.status == "D"}
    made = {file.path for file in files if file.status == "A"}
    moves = {new: old for new, old in came_from.items() if new in made and old in gone}
    moved = set(moves.values())
    for file in files:
        old = gone.get(moves.get(file.path, "")) if file.status == "A" else None
        if old:
            yield replace(
                file,
                status="R",
                old_path=old.path,
                old_blob=old.old_blob,
                old_mode=old.old_mode,
            )
        elif file.status != "D" or file.path not in moved:
            yield file
