"""Which entries of a walk git ignores: each checkout that the walk meets is asked once."""
# ruff: noqa: PTH118 - as in walk.py

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ...errors import UsageError
from ...repository.ignored import checkout_around
from .excluded import is_excluded
from .tree_target import is_inside

Ask = Callable[[Path, Sequence[str], Path], Iterable[str]]
"""What `repository.ignored.ignored_in` is."""


@dataclass(slots=True)
class GitIgnored:
    """What the walk of some named paths is to leave out, and what it has left out."""

    ask: Ask
    _named: tuple[str, ...] = ()
    _asked: set[str] = field(default_factory=set)
    """Tops of checkouts, absolute as all paths here."""
    _trees: list[str] = field(default_factory=list)
    """What is walked, and the checkouts around it."""
    _ignored: dict[str, set[str]] = field(default_factory=dict)
    """Names by the folder that they stand in."""
    _files: set[str] = field(default_factory=set)
    _folders: set[str] = field(default_factory=set)
    _refusals: list[UsageError] = field(default_factory=list)

    def start(self, named: Sequence[str]) -> None:
        """Ask about the checkouts around the folders of `named`, which have no links in them."""
        self._named = tuple(named)
        below: dict[str, list[str]] = {}
        for path in filter(os.path.isdir, named):
            top = checkout_around(Path(path))
            self._trees.append(str(top or path))
            if top:
                below.setdefault(str(top), []).append(os.path.relpath(path, top))
        for top_path, folders in below.items():
            if "." in folders:
                self.enter(top_path)
            else:
                self._take(top_path, folders)

    def enter(self, folder: str) -> None:
        """Ask about a folder that holds a `.git`."""
        if folder not in self._asked:
            self._asked.add(folder)
            self._take(folder, ())

    def _take(self, top: str, below: Sequence[str]) -> None:
        within = Path(next(tree for tree in self._trees if is_inside(top, tree)))
        try:
            ignored = {os.path.join(top, name) for name in self.ask(Path(top), below, within)}
        except UsageError as error:
            self._refusals.append(error)
            return
        # Whoever names what git ignores wants it looked at.
        wanted = [path for path in self._named if _is_at_or_below(path, ignored)]
        for path in ignored:
            if not any(is_inside(path, each) for each in wanted):
                folder, name = os.path.split(path)
                self._ignored.setdefault(folder, set()).add(name)

    def rest(self, folder: str, entries: list["os.DirEntry[str]"]) -> list["os.DirEntry[str]"]:
        """The entries of a folder that are to be looked at; the others are noted."""
        names = self._ignored.get(folder)
        if not names:
            return entries
        for entry in entries:
            if entry.name in names:
                self._note(entry)
        return [entry for entry in entries if entry.name not in names]

    def _note(self, entry: "os.DirEntry[str]") -> None:
        if not entry.is_dir(follow_symlinks=False):
            self._files.add(entry.path)
        elif not is_excluded(entry.name):  # those are not looked at in any case
            self._folders.add(entry.path)

    def told(self) -> Iterator[str]:
        """What was left out, and where git did not say what it ignores."""
        counts = ((self._files, "file"), (self._folders, "folder"))
        things = [_count(len(met), one) for met, one in counts if met]
        if things:
            yield f"{' and '.join(things)} that git ignores left out; --ignored looks at them too"
        if self._refusals:
            first, *others = self._refusals
            more = f" ({_count(len(others), 'other checkout')} likewise)" if others else ""
            yield f"what git ignores is looked at too{more}: {first.message}; {first.remedy}"


def _is_at_or_below(path: str, folders: set[str]) -> bool:
    return path in folders or any(str(above) in folders for above in Path(path).parents)


def _count(number: int, one: str) -> str:
    return f"{number} {one if number == 1 else one + 's'}"
