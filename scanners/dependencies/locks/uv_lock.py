"""uv.lock to pins and gaps."""

from collections.abc import Iterator

from ..addresses import names_commit
from ..pins import Artifact, Dependencies, Origin, Source
from .documents import (
    NotUnderstood,
    Table,
    entry_lines,
    packages_of,
    table,
    text_at,
    toml_of,
    unread,
)
from .entries import Locked, artifacts_of, folder_or_file, gathered

VERSION = 1
_FOLDERS = ("editable", "virtual", "directory")


def read_uv_lock(data: bytes, path: str) -> Dependencies:
    """Every package of the lock but the project and the members of its workspace."""
    try:
        text, header, packages = _parsed(data)
    except NotUnderstood as error:
        return unread(path, error)
    lines = entry_lines(text, header, packages)
    return gathered(
        path,
        (
            _locked(table(package), package, line)
            for package, line in zip(packages, lines, strict=True)
        ),
    )


def _parsed(data: bytes) -> tuple[str, str, list[object]]:
    """The text, and its packages with what the list is called. Raises NotUnderstood."""
    text, lock = toml_of(data)
    version = lock.get("version")
    if type(version) is not int or version != VERSION:
        raise NotUnderstood(
            f"version is {version!r}, not {VERSION}",
            "lock version unknown",
            "export it: uv export --format pylock.toml -o pylock.toml",
        )
    # uv reads its older name of the list as well.
    return text, *packages_of(lock, "package", "distribution")


def _locked(package: Table, raw: object, line: int) -> Locked:
    return Locked(
        name=package.get("name"),
        version=package.get("version"),
        source=_source(package.get("source")),
        raw=raw,
        line=line,
        artifacts=tuple(_artifacts(package)),
    )


def _source(value: object) -> Source:
    """Where it comes from; an unknown kind is an address, so that it is told."""
    source = table(value)
    if place := text_at(source, "registry"):
        return Source(Origin.INDEX, place)
    if place := text_at(source, "git"):
        return Source(Origin.VCS, place, is_fixed=names_commit(place))
    if place := text_at(source, "path"):
        return folder_or_file(place)
    for key in _FOLDERS:
        if place := text_at(source, key):
            return Source(Origin.FOLDER, place)
    # Its digest stands with the archive, without which uv does not take it.
    return Source(Origin.ADDRESS, text_at(source, "url"), is_fixed=True)


def _artifacts(package: Table) -> Iterator[Artifact]:
    yield from artifacts_of([package["sdist"]] if "sdist" in package else [], name="filename")
    yield from artifacts_of(package.get("wheels"), name="filename")
