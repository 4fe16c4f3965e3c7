"""Git's id of the content of a file at head, for what is allowed in one content only."""

from collections.abc import Callable, Sequence
from functools import cache

from ...errors import IncompleteError
from ...repository.git import Git
from ...repository.objects import entries_at
from ...scanners.targets.sides import Base


def content_ids(git: Git, compared: Sequence[Base], head: str) -> Callable[[str], str]:
    """A function from a path to the id of its blob at head.

    It is empty where there is no such file, where git cannot be asked, and where the content
    is on disk only: what is not known fits nothing.
    """
    changed = {change.path: change.blob or "" for base in compared for change in base.changes}

    @cache
    def id_of(path: str) -> str:
        if path in changed or not head:
            return changed.get(path, "")
        try:
            entry = entries_at(git, head, (path,)).get(path)
        except IncompleteError:
            return ""
        return entry.blob if entry and entry.is_file else ""

    return id_of
