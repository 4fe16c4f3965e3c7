"""A side with the tree that the changed files stand in: what includes them and links to them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ...records.finding import Skipped
from ...repository.objects import TreeEntry, Unreadable
from ..interface import Kind
from .contents import Contents
from .entry import LINK, SUBMODULE, Entry
from .includes import included
from .kinds import is_compiled, kind_by_name
from .links import Astray, end_of, folders_of

CODE = frozenset({Kind.PYTHON, Kind.NOTEBOOK})


@dataclass(slots=True)
class WholeSide:
    """The entries of a change and, listed when it is asked for, the tree they stand in."""

    contents: Contents
    list_unchanged: Callable[[], Mapping[str, TreeEntry]]
    changed: dict[str, Entry]
    tree: dict[str, TreeEntry] = field(default_factory=dict)
    """What the change leaves alone; links and submodules too."""
    modes: dict[str, str] = field(default_factory=dict)
    """Of everything, told when the first link is followed."""
    folders: set[str] = field(default_factory=set)
    texts: dict[str, str | None] = field(default_factory=dict)
    """What links say."""

    def entries(self) -> Iterator[Entry | Skipped]:
        """What is to be looked at for the change, read as far as it takes.

        That includes requirements files beside the change that cannot be read, and links
        beside it that lead to a changed file. A link that leads to a file stands for it.
        Raises IncompleteError where the tree cannot be told.
        """
        wanted = {
            entry.path
            for entry in self.changed.values()
            if entry.mode != SUBMODULE and kind_by_name(entry.path) is Kind.OTHER
        }
        if wanted or any(entry.mode == LINK for entry in self.changed.values()):
            listed = self.list_unchanged()
            self.tree = {path: e for path, e in listed.items() if path not in self.changed}
        yield from self._mark_included(wanted)
        links = [entry for entry in self.changed.values() if entry.mode == LINK]
        links += self._links_to(wanted)
        yield from (entry for entry in self.changed.values() if entry.mode != LINK)
        yield from self._ends(links)

    def _mark_included(self, wanted: set[str]) -> list[Entry]:
        """Mark what requirements files lead to; the answer are those that cannot be read."""
        if not wanted:
            return []
        files = {path for path, entry in self.tree.items() if entry.mode != SUBMODULE}

        def read(paths: Sequence[str]) -> list[Entry]:
            return self.contents.read(replace(self._at(path), included=True) for path in paths)

        found = included({*files, *self.changed}, wanted, read)
        marked = [replace(self.changed[path], included=True) for path in found.paths]
        self.changed.update((entry.path, entry) for entry in self.contents.read(marked))
        return [entry for entry in found.unread if entry.path not in self.changed]

    def _links_to(self, wanted: set[str]) -> list[Entry]:
        """Links beside the change whose name may make code of something else than before."""
        links = [self._at(path) for path, entry in self.tree.items() if entry.mode == LINK]
        links = self.contents.read(link for link in links if link.may_be_code())
        self.texts.update((link.path, _text(link)) for link in links)
        return [link for link in links if self._is_touched(link, wanted)]

    def _is_touched(self, link: Entry, wanted: set[str]) -> bool:
        """Whether an old link leads to a file of `wanted`, or over a link of the change.

        Not over one that is looked at as the same kind itself.
        """
        way: list[str] = []
        if self._end(link.path, way) in wanted:
            return True
        kinds = {self.changed[path].kind_by_name() for path in way if path in self.changed}
        return Kind.OTHER in kinds or not kinds <= {link.kind_by_name()}

    def _ends(self, links: Sequence[Entry]) -> Iterator[Entry | Skipped]:
        """Each link as the file that it leads to, a gap, or itself where it cannot matter."""
        files: list[Entry] = []
        for link in links:
            end = self._end(link.path)
            if isinstance(end, str) and (end in self.tree or end in self.changed):
                target = self._at(end)
                file = replace(link, mode=target.mode, blob=target.blob, content=None)
                files.append(replace(file, place=end))
            elif self._is_gap(link, end):
                remedy = "commit the files themselves in place of the link"
                yield Skipped(what=link.path, reason="symbolic link", remedy=remedy, path=link.path)
            else:
                yield link
        for file in self.contents.read(files):
            yield replace(file, mode=LINK) if self._is_looked_at(file) else file

    def _is_looked_at(self, file: Entry) -> bool:
        """Whether a change of the file itself is looked at as all that the link makes of it."""
        target = self.changed.get(file.place)
        if target is None or not isinstance(file.content, bytes):
            return False
        content = target.content
        return isinstance(content, bytes) and {*file.kinds(file.content)} <= {
            *target.kinds(content)
        }

    def _is_gap(self, link: Entry, end: str | Astray) -> bool:
        """Whether code may come in through a link that leads to no file of the tree."""
        if isinstance(link.content, Unreadable) or link.kind_by_name() is not Kind.OTHER:
            return True
        if end is Astray.OUTSIDE:
            named = self._text_of(link.path) or ""
            return any(Entry(path, "").may_be_code() for path in (link.path, named.rstrip("/")))
        return isinstance(end, str) and self._holds_code(end)

    def _holds_code(self, folder: str) -> bool:
        inside = f"{folder}/" if folder else ""
        return any(
            path.startswith(inside) and (kind_by_name(path) in CODE or is_compiled(path))
            for path in (*self.tree, *self.changed)
        )

    def _end(self, path: str, way: list[str] | None = None) -> str | Astray:
        """Where a link leads; `way` takes in the links that lead there."""

        def text(link: str) -> str | None:
            if way is not None:
                way.append(link)
            return self._text_of(link)

        if not self.folders:
            self.modes = {path: entry.mode for path, entry in self.tree.items()}
            self.modes |= {path: entry.mode for path, entry in self.changed.items()}
            self.folders = folders_of(self.modes)
        return end_of(path, self.modes, self.folders, text)

    def _text_of(self, path: str) -> str | None:
        if path not in self.texts:
            (link,) = self.contents.read([self._at(path)])
            self.texts[path] = _text(link)
        return self.texts[path]

    def _at(self, path: str) -> Entry:
        if path in self.changed:
            return self.changed[path]
        return Entry(path, self.tree[path].mode, blob=self.tree[path].blob)


def _text(link: Entry) -> str | None:
    return (
        link.content.decode("utf-8", "surrogateescape") if isinstance(link.content, bytes) else None
    )
