"""One entry of a lock, whatever its format: a pin, a gap, both, or the project itself."""

import posixpath
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from packaging.utils import InvalidName, canonicalize_name

from ....records.finding import Skipped
from ..addresses import is_inside, names_commit, shown
from ..pins import Artifact, Dependencies, Origin, Pin, Source, Stray, gap
from .documents import LOCK_REMEDY, NOT_UNDERSTOOD, items, table, text_at

FROM_ELSEWHERE = "dependency from an address or a path"
_SYSTEMS = ("git+", "hg+", "svn+", "bzr+", "git://", "ssh://")
WITHOUT_VERSION = "dependency without a version"


@dataclass(frozen=True, slots=True)
class Locked:
    """What a lock says of one package."""

    name: object
    version: object
    source: Source
    raw: object
    """All that stands there; by its text a gap is known again."""
    line: int
    artifacts: tuple[Artifact, ...] = ()


def gathered(
    path: str, entries: Iterable[Locked | Skipped], indexes: Sequence[str] = ()
) -> Dependencies:
    """All entries of a lock; none is left out but the project and folders of its tree."""
    found = [each for entry in entries for each in _told(entry, path)]
    folders = [each for each in found if isinstance(each, str)]
    return Dependencies(
        tuple(each for each in found if isinstance(each, Pin)),
        tuple(each for each in found if isinstance(each, Skipped)),
        tuple(each for each in found if isinstance(each, Stray)),
        indexes=tuple(indexes),
        folders=tuple(folders),
    )


def _told(entry: Locked | Skipped, path: str) -> Iterator[Pin | Skipped | Stray | str]:
    """What becomes of an entry; a text is the folder of a project of the tree."""
    if isinstance(entry, Skipped):
        yield entry
        return
    raw = repr(entry.raw)
    if not isinstance(entry.name, str) or not entry.name:
        yield odd(path, f"line {entry.line}", "no name", raw)
        return
    try:
        name, source = canonicalize_name(entry.name, validate=True), entry.source
    except InvalidName:
        # Under it no advisory would be found, and a tool may still install something.
        yield odd(path, entry.name, "no name of a package", raw)
        return
    if not isinstance(entry.version, str | None):
        yield odd(path, name, "its version is no text", raw)
        return
    if source.origin is Origin.FOLDER and is_inside(source.place, path) and source.place:
        yield posixpath.normpath(posixpath.join(posixpath.dirname(path), source.place))
        return
    if source.origin is not Origin.INDEX:
        yield Stray(name, source, path, entry.line)
    if not entry.version:
        remedy = "lock a release of it, or review it by hand"
        detail = shown(source.place)
        yield gap(path, WITHOUT_VERSION, name=name, detail=detail, remedy=remedy, raw=raw)
        return
    yield Pin(name, entry.version, path, entry.line, source=source, artifacts=entry.artifacts)
    if source.origin is not Origin.INDEX and not _is_local(source, path):
        remedy = "depend on a pinned release of it, or review it by hand"
        detail = shown(source.place)
        yield gap(path, FROM_ELSEWHERE, name=name, detail=detail, remedy=remedy, raw=raw)


def _is_local(source: Source, path: str) -> bool:
    """A folder of the tree is code of the change; an archive in it is looked at by nobody."""
    return source.origin is Origin.FOLDER and is_inside(source.place, path)


def odd(path: str, name: str, detail: str, raw: str) -> Skipped:
    """An entry that cannot be read; `raw` is what stands there."""
    return gap(path, NOT_UNDERSTOOD, name=name, detail=detail, remedy=LOCK_REMEDY, raw=raw)


def artifacts_of(files: object, *, name: str = "name", digest: str = "hash") -> list[Artifact]:
    """The files of a package; where they have no name, their address ends in it."""
    found = []
    for each in items(files):
        place = text_at(table(each), "url") or text_at(table(each), "path")
        called = text_at(table(each), name) or place.partition("#")[0].rpartition("/")[2]
        found.append(Artifact(called, text_at(table(each), digest), place))
    return found


def folder_or_file(place: str) -> Source:
    """A path on disk, an archive if it is called like one."""
    is_archive = place.endswith((".whl", ".gz", ".zip", ".bz2", ".xz", ".tgz", ".tar"))
    return Source(Origin.FILE if is_archive else Origin.FOLDER, place)


def source_of(address: str) -> Source:
    """Where the address of a requirement leads."""
    if "://" not in address or address.startswith("file:"):
        return folder_or_file(address.partition("#")[0])
    if address.startswith(_SYSTEMS):
        return Source(Origin.VCS, address, is_fixed=names_commit(address))
    return Source(Origin.ADDRESS, address, is_fixed="#sha" in address)
