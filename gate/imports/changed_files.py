"""How files at head stand to the change: what is in the tree, and what the change touches."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from ...records.path_class import path_class
from ...repository.git import Git
from ...repository.objects import list_tree
from ...repository.raw_diff import Change
from ...scanners.sarif.places import Place
from ...scanners.sarif.results import Result
from ...scanners.targets.entry import SUBMODULE
from ...scanners.targets.sides import Base


@dataclass(frozen=True, slots=True)
class ChangedFiles:
    """The change as its merge bases tell it, and the files that it leaves alone."""

    changes: Sequence[Mapping[str, Change]]
    """Per merge base, by the path at head."""
    gone: frozenset[str]
    """Paths that head does not have any more."""
    alone: frozenset[str]
    submodules: frozenset[str]
    links: frozenset[str] = frozenset()

    def is_left_alone(self, place: Place) -> bool:
        """Whether a place is in a regular file, or a submodule, that head has from the base."""
        if not place.inside or self.is_spelt_otherwise(place):
            return False
        if place.path in self.alone:
            return True
        folders = map(str, PurePosixPath(place.path).parents)
        return bool(self.submodules) and not self.submodules.isdisjoint(folders)

    def is_changed(self, place: Place) -> bool:
        """Whether a place is in a file that differs from any base."""
        paths = (place.path, *place.spellings) if place.inside else place.spellings
        return any(path in changes for path in paths for changes in self.changes)

    def is_spelt_otherwise(self, place: Place) -> bool:
        """Whether the change has a file of the very name that was read as a URI."""
        return any(path in changes for path in place.spellings for changes in self.changes)

    def meant(self, result: Result) -> Result:
        """A result at the file of the change that it spells; nowhere if there is another."""
        found = [path for path in result.spellings if any(path in c for c in self.changes)]
        if not found:
            return result
        known = any(result.finding.path in c for c in (*self.changes, self.alone))
        inside = len(found) == 1 and not (known and result.inside)
        finding = replace(result.finding, path=found[0])
        return replace(result, finding=finding, inside=inside, spellings=())

    def is_known(self, path: str) -> bool:
        """Whether either side has a file, a link or a submodule of this path."""
        known = (self.alone, self.gone, self.links, self.submodules, *self.changes)
        return any(path in paths for paths in known)

    def old_path(self, base: int, path: str) -> str | None:
        """Where a changed file was at a base; None where what it was says nothing of it now."""
        change = self.changes[base][path]
        if change.old_path is None or path_class(change.old_path) is not path_class(path):
            return None
        regular = change.mode.startswith("100") and change.old_mode.startswith("100")
        return change.old_path if regular else None


def changed_files(git: Git, bases: Sequence[Base]) -> ChangedFiles:
    """Every path of the change and of the tree around it. Raises GitFailed."""
    changes = [{c.path: c for c in base.changes if c.path is not None} for base in bases]
    gone = {c.old_path for base in bases for c in base.changes if c.old_path is not None}
    listed = list_tree(git, bases[0].commit) if bases and bases[0].commit else []
    alone = [e for e in listed if e.path not in gone and not any(e.path in c for c in changes)]
    return ChangedFiles(
        changes,
        frozenset(gone),
        frozenset(entry.path for entry in alone if entry.is_file),
        frozenset(entry.path for entry in alone if entry.mode == SUBMODULE),
        frozenset(e.path for e in alone if not e.is_file and e.mode != SUBMODULE),
    )
