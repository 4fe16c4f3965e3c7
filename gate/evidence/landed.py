"""Which files of a change stand on the base branch already: merging them changes nothing."""

from collections.abc import Iterable, Mapping, Sequence

from ...records.finding import Skipped
from ...records.path_class import path_class
from ...repository.changes import Change
from ...repository.git import Git
from ...repository.objects import TreeEntry, entries_at
from ...scanners.targets.sides import COMPILED, Base


def landed(
    git: Git,
    base_tip: str,
    bases: Sequence[Base],
    gaps: Iterable[Skipped],
    gaps_at_bases: Sequence[Iterable[Skipped]],
) -> frozenset[str]:
    """The paths of `gaps` that are regular files with the same content at `base_tip`.

    A file that is only moved stands there under its old name if both names are of one path
    class, and if each base has the same gap there: where it was none, its new name makes it
    one. Compiled code is known by its name alone. Raises GitFailed where the tree of
    `base_tip` is missing.
    """
    asked = {gap.path for gap in gaps if gap.reason != COMPILED} - {""}
    changes = [change for base in bases for change in base.changes if change.path in asked]
    if not changes or not base_tip:
        return frozenset()
    names = {name for change in changes for name in (change.path, change.old_path) if name}
    there = entries_at(git, base_tip, sorted(names))
    at_head = _by_path(gaps)
    known = [_by_path(at_base) for at_base in gaps_at_bases]

    def stands(change: Change) -> bool:
        path, old = change.path or "", change.old_path or ""
        has_moved = path_class(path) == path_class(old) and all(
            at_head[path] <= at_base.get(old, set()) for at_base in known
        )
        return any(_is_at(there, name, change) for name in ((path, old) if has_moved else (path,)))

    return frozenset(
        path
        for path in asked
        if (of_path := [change for change in changes if change.path == path])
        and all(map(stands, of_path))
    )


def _is_at(there: Mapping[str, TreeEntry], name: str, change: Change) -> bool:
    """Whether a regular file stands there with the content that the change gives to one."""
    entry = there.get(name)
    is_same = entry is not None and entry.is_file and entry.blob == change.blob
    return is_same and change.mode.startswith("100")


def _by_path(gaps: Iterable[Skipped]) -> dict[str, set[tuple[str, str]]]:
    """What is not looked at of each file: by whom, and why."""
    found: dict[str, set[tuple[str, str]]] = {}
    for gap in gaps:
        found.setdefault(gap.path, set()).add((gap.tool, gap.reason))
    return found
