"""Changes from which nothing can be learnt about people's work, and why."""

from collections import Counter
from collections.abc import Iterable, Sequence
from enum import StrEnum

from ...records.history import Change, FileChange
from .paths import is_generated, is_vendored

BULK_FILES = 100
BULK_LINES = 10_000
"""A change of so many files or lines or more is bulk (McIntosh and Kamei, TSE 2018)."""
GENERATED_HEAD = 5
"""Lines at the top of a new file that may say that it was generated."""


class Exclusion(StrEnum):
    """Why a change does not train a model; the first that holds."""

    UNREAD = "unread"
    EMPTY = "empty"
    BOT = "bot"
    VENDORED = "vendored"
    GENERATED = "generated"
    BULK = "bulk"


def exclusion(change: Change) -> Exclusion | None:
    """Why nothing is learnt from a change; None where something is."""
    if change.skipped:
        return Exclusion.UNREAD
    return of_files(change.files, is_bot=change.commit.is_bot)


def of_files(files: Sequence[FileChange], *, is_bot: bool = False) -> Exclusion | None:
    """The same of the files that a commit or a change touches, and of who made it."""
    if not files:
        return Exclusion.EMPTY
    if is_bot:
        return Exclusion.BOT
    if all(is_vendored(file.path) for file in files):
        return Exclusion.VENDORED
    if all(is_generated(file.path) or says_generated(file) for file in files):
        return Exclusion.GENERATED
    return Exclusion.BULK if is_bulk(files) else None


def is_bulk(files: Sequence[FileChange]) -> bool:
    """More than a reviewer reads: by the count of files, or of lines added and removed.

    Vendored and generated files do not count: nobody wrote them line by line.
    """
    if len(files) < BULK_FILES and _lines(files) < BULK_LINES:
        return False
    written = [f for f in files if not (is_vendored(f.path) or is_generated(f.path))]
    return len(written) >= BULK_FILES or _lines(written) >= BULK_LINES


def _lines(files: Sequence[FileChange]) -> int:
    return sum([file.added_lines + file.removed_lines for file in files])


def says_generated(file: FileChange) -> bool:
    """A new file whose first lines say that a program wrote it."""
    if file.status != "A" or not file.hunks:
        return False
    head = b"\n".join(file.hunks[0].added[:GENERATED_HEAD]).lower()
    return b"@generated" in head or (b"generated" in head and b"do not edit" in head)


def counted(reasons: Iterable[Exclusion | None]) -> dict[str, int]:
    """How many changes each reason excludes, every reason named, and how many are `kept`."""
    found = Counter("kept" if reason is None else reason.value for reason in reasons)
    return {name: found[name] for name in ("kept", *Exclusion)}
