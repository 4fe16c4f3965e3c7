"""What a project declares, and no lock holds any more since a change of a lock."""

import posixpath
from collections.abc import Collection, Iterator

from ....records.finding import Skipped
from ...interface import Kind, SourceFile, Target
from ..locks.documents import NotUnderstood
from ..pins import Dependencies
from .beside import held_by, unlocked
from .declarations import Declarations
from .project_files import PROJECT_FILES, declarations_of


def no_longer_locked(
    head: Target,
    base: Target,
    lock: SourceFile,
    sides: tuple[Dependencies, Dependencies],
    looked_at: Collection[str],
    max_bytes: int,
) -> Iterator[Skipped]:
    """A gap for each dependency that a project of `lock` declares and only the base held.

    `sides` are what the lock says at the base and at head, nothing where it is gone. Project
    files that are `looked_at` themselves tell it themselves.
    """
    before, now = sides
    for path in _projects(lock, before):
        declarations = None if path in looked_at else _declared(head, path)
        # The locks of both sides are read anew only where this one does not hold everything.
        if declarations is None or held_by(now, declarations):
            continue
        known = _declared(base, path) or Declarations()
        told = {gap.identity for gap in unlocked(base, path, known, max_bytes)}
        for gap in unlocked(head, path, declarations, max_bytes):
            if gap.identity not in told:
                yield gap


def _projects(lock: SourceFile, before: Dependencies) -> Iterator[str]:
    """Where the project files of a lock are, if they are there."""
    folder = posixpath.dirname(lock.path)
    folders = [folder, *before.folders]
    if lock.kind is Kind.REQUIREMENTS:
        folders.append(posixpath.dirname(folder))
    # A lock that holds its own project names its folder too.
    for each in dict.fromkeys(posixpath.normpath(each or ".") for each in folders):
        for name in PROJECT_FILES:
            yield posixpath.normpath(posixpath.join(each, name))


def _declared(side: Target, path: str) -> Declarations | None:
    """What a project file declares; one that cannot be read is told where it changes."""
    try:
        return declarations_of(side.read(path), path)
    except (OSError, NotUnderstood):
        return None
