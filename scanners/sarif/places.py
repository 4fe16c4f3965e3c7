"""Where a result is: its URI to a path of the tree, or to text that nothing ever opens."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from urllib.parse import unquote_to_bytes

from ...records.addresses import without_user
from .fields import Table, at, items, table, tables, text, whole

NOWHERE = "."
"""The path of a result that names no file."""

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):")
_HOPS = 8
"""Bases that stand on bases; more are a circle."""
_MAX_SHOWN = 1_000
_MAX_FLOW = 1_000
"""Steps of one result that are looked at; a longer flow counts as touching everything."""


@dataclass(frozen=True, slots=True)
class Region:
    """Lines from 1, the last one included; columns from 1, 0 where not told."""

    line: int
    end_line: int
    column: int = 0
    end_column: int = 0
    """The column behind it."""

    @property
    def is_placeholder(self) -> bool:
        """Whether it is what tools write that know no line: the first, without a character."""
        return self.line == self.end_line == 1 and self.column <= 1 and self.end_column <= 1


@dataclass(frozen=True, slots=True)
class Place:
    """A file, and lines of it where a result tells them."""

    path: str
    region: Region | None = None
    inside: bool = True
    """`path` is one of the tree; else it is text that says where the result is."""
    spellings: tuple[str, ...] = ()
    """Other paths that are meant where the tool wrote a path as it is and no URI."""

    @property
    def lines(self) -> range | None:
        """Its lines; None for the whole file, also where lines are not those of the file."""
        region = self.region
        if region is None or region.is_placeholder or is_notebook(self.path):
            return None
        return range(region.line, region.end_line + 1)


def is_notebook(path: str) -> bool:
    """Whether tools count lines in the cells of a file, and not in the file."""
    return path.casefold().endswith(".ipynb")


class Places:
    """The places of one run, as paths below `root`, an absolute POSIX path."""

    def __init__(self, run: Table, root: str) -> None:
        self._bases = table(run, "originalUriBaseIds")
        self._artifacts = items(run, "artifacts")
        self._root = PurePosixPath(root)
        self._foreign = {
            uri
            for base in self._bases
            if (uri := text(table(self._bases, base), "uri"))
            and _SCHEME.match(uri)
            and not self._below_root(uri + "/x", _path_of(uri + "/x")).inside
        }
        self._known: dict[tuple[str, str], Place] = {}

    def of(self, location: object) -> Place | None:
        """The place that a location names, None where it names no file."""
        physical = table(location, "physicalLocation")
        artifact = table(physical, "artifactLocation")
        if not text(artifact, "uri"):
            artifact = table(at(self._artifacts, whole(artifact, "index")), "location") or artifact
        uri = text(artifact, "uri")
        if not uri:
            return None
        file = self._file(uri, text(artifact, "uriBaseId"))
        region = region_of(table(physical, "region"))
        return replace(file, region=region) if region else file

    def _file(self, uri: str, base: str) -> Place:
        if (uri, base) not in self._known:
            self._known[uri, base] = self._resolved(uri, base)
        return self._known[uri, base]

    def _resolved(self, uri: str, base: str) -> Place:
        whole_uri = uri
        for _ in range(_HOPS):
            if _SCHEME.match(whole_uri) or whole_uri.startswith("/") or not base:
                break
            node = table(self._bases, base)
            whole_uri, base = text(node, "uri") + whole_uri, text(node, "uriBaseId")
        found = self._below_root(whole_uri, _path_of(whole_uri))
        if not found.inside and not _SCHEME.match(uri) and len(self._foreign) < 2:
            # The one base that is a folder of another machine stands for the root of this tree.
            found = self._below_root(uri, _path_of(uri))
        spelt = [self._below_root(uri, path) for way in {uri, whole_uri} for path in _literal(way)]
        others = {place.path for place in spelt if place.inside} - {found.path}
        return replace(found, spellings=tuple(sorted(others))) if others else found

    def _below_root(self, uri: str, path: str | None) -> Place:
        if path is None:
            return Place(_shown(uri), inside=False)
        parts = _clean(path)
        if path.startswith("/"):
            root = self._root.parts[1:]
            parts = parts[len(root) :] if parts and tuple(parts[: len(root)]) == root else None
        if not parts:
            return Place(NOWHERE if parts == [] else _shown(uri), inside=False)
        return Place("/".join(parts))


def _shown(uri: str) -> str:
    """What is shown of a place out of the tree."""
    return without_user(uri)[:_MAX_SHOWN]


def _literal(uri: str) -> Iterator[str]:
    """What a URI is as a path, where tools differ in what they encode."""
    rest = re.sub(r"^file:/*(?=/)", "", uri, flags=re.IGNORECASE)
    for path in {uri, rest}:
        yield path
        yield path.replace("\\", "/")
        if "\\" in path and (decoded := _decoded(path)):
            yield decoded


def _path_of(uri: str) -> str | None:
    """The decoded path of a relative reference or a file URI; None of anything else."""
    plain = uri.replace("\\", "/")
    scheme = _SCHEME.match(plain)
    if scheme and scheme[1].casefold() != "file":
        return None
    rest = plain[scheme.end() :] if scheme else plain
    if rest.startswith("//"):
        host, slash, path = rest[2:].partition("/")
        if host.casefold() not in ("", "localhost"):
            return None
        rest = slash + path
    return _decoded(rest)


def _decoded(path: str) -> str | None:
    raw = unquote_to_bytes(path.encode("utf-8", "surrogatepass"))
    decoded = raw.decode("utf-8", "surrogateescape")
    return None if "\0" in decoded else decoded


def _clean(path: str) -> list[str] | None:
    """The parts without '.' and '..'; None where they lead out of where they start."""
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return parts


def region_of(node: Table) -> Region | None:
    """The lines that a region names, None where it names none that can be."""
    line = whole(node, "startLine")
    if not line:
        return None
    end = whole(node, "endLine") or line
    columns = whole(node, "startColumn") or 0, whole(node, "endColumn") or 0
    return Region(line, max(line, end), *columns)


def flow_of(result: Table) -> Iterator[object]:
    """The locations of the steps that lead to a result, and where else it is.

    Raises OverflowError for more than are looked at.
    """
    left = _MAX_FLOW
    for location in _locations(result):
        if not left:
            raise OverflowError("too many steps")
        left -= 1
        yield location


def _locations(result: Table) -> Iterator[object]:
    yield from items(result, "locations")[1:]
    yield from items(result, "relatedLocations")
    for flow in tables(result, "codeFlows"):
        for thread in tables(flow, "threadFlows"):
            for step in tables(thread, "locations"):
                yield table(step, "location")
