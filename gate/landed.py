"""Which files of a change stand on the base branch already: merging them changes nothing."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath

from ..records.path_class import path_class
from ..repository.changes import Change
from ..repository.git import Git
from ..repository.objects import TreeEntry, entries_at
from ..scanners.targets.sides import Base


def landed(git: Git, base_tip: str, bases: Sequence[Base], paths: Iterable[str]) -> frozenset[str]:
    """Those of `paths` that are regular files with the same content at `base_tip`.

    A file that is only moved stands there under its old name, if both names are of one path
    class and one suffix: where its content was no code it must not become code unseen.
    Raises GitFailed where the tree of `base_tip` is missing.
    """
    asked = set(paths) - {""}
    changes = [change for base in bases for change in base.changes if change.path in asked]
    if not changes or not base_tip:
        return frozenset()
    names = {name for change in changes for name in (change.path, change.old_path) if name}
    there = entries_at(git, base_tip, sorted(names))
    return frozenset(path for path in asked if _stands(there, path, changes))


def _stands(there: Mapping[str, TreeEntry], path: str, changes: Iterable[Change]) -> bool:
    of_path = [change for change in changes if change.path == path]
    return bool(of_path) and all(_is_there(there, change) for change in of_path)


def _is_there(there: Mapping[str, TreeEntry], change: Change) -> bool:
    return any(
        entry.is_file and entry.blob == change.blob and change.mode.startswith("100")
        for name in _names(change)
        if (entry := there.get(name)) is not None
    )


def _names(change: Change) -> Iterable[str]:
    """Its path, and the path it had where that says the same of what it is."""
    path, old = change.path or "", change.old_path or ""
    same_kind = PurePosixPath(path).suffix == PurePosixPath(old).suffix
    return (path, old) if same_kind and path_class(path) == path_class(old) else (path,)
