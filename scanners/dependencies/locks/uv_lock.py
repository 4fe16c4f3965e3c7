"""uv.lock to pins and gaps."""

from collections.abc import Iterator

from ..addresses import names_commit
from ..pins import Artifact, Dependencies, Origin, Source
from .documents import Table, table, text_at
from .entries import artifacts_of, folder_or_file
from .toml_locks import Format, read_toml_lock, unknown_version

VERSION = 1
_FOLDERS = ("editable", "virtual", "directory")


def read_uv_lock(data: bytes, path: str) -> Dependencies:
    """Every package of the lock but the project and the members of its workspace."""
    return read_toml_lock(data, path, _FORMAT)


def _check(lock: Table) -> None:
    version = lock.get("version")
    if type(version) is not int or version != VERSION:
        remedy = "export it: uv export --format pylock.toml -o pylock.toml"
        raise unknown_version("version", version, str(VERSION), remedy)


def _source(package: Table) -> Source:
    """Where it comes from; an unknown kind is an address, so that it is told."""
    source = table(package.get("source"))
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


def _artifacts(_lock: Table, package: Table) -> Iterator[Artifact]:
    yield from artifacts_of([package["sdist"]] if "sdist" in package else [], name="filename")
    yield from artifacts_of(package.get("wheels"), name="filename")


# uv reads its older name of the list as well.
_FORMAT = Format(
    check=_check, lists=("package", "distribution"), source=_source, artifacts=_artifacts
)
