"""A PEP 751 lock (pylock.toml) to pins and gaps."""

from ..addresses import PROJECT_ITSELF, names_commit
from ..pins import Artifact, Dependencies, Origin, Source
from .documents import NotUnderstood, Table, items, table, text_at
from .toml_locks import Format, check_version, read_toml_lock

MAJORS = ("1",)
_LIST = "packages"


def read_pylock(data: bytes, path: str) -> Dependencies:
    """Every package of the lock with a version, whatever its marker; the rest as Skipped."""
    return read_toml_lock(data, path, _FORMAT)


def _check(lock: Table) -> None:
    remedy = "lock for version 1.0 of PEP 751"
    check_version("lock-version", lock.get("lock-version"), MAJORS, remedy)
    if _LIST not in lock:
        raise NotUnderstood(f"it has no list of {_LIST}")


def _source(package: Table) -> Source:
    vcs, folder, archive = (table(package.get(key)) for key in ("vcs", "directory", "archive"))
    if "vcs" in package:
        commit = text_at(vcs, "commit-id")
        place = f"{_place(vcs)}#{commit}" if commit else _place(vcs)
        return Source(Origin.VCS, place, is_fixed=names_commit(f"#{commit}"))
    if "archive" in package:
        place = _place(archive)
        # Only a folder can be the project itself.
        place = "" if place in PROJECT_ITSELF else place
        origin = Origin.ADDRESS if "url" in archive else Origin.FILE
        return Source(origin, place, is_fixed="hashes" in archive)
    if "directory" in package:
        return Source(Origin.FOLDER, _place(folder))
    for each in _files(package):
        if place := text_at(table(each), "path"):
            return Source(Origin.FILE, place, is_fixed="hashes" in table(each))
    return Source(Origin.INDEX, text_at(package, "index"))


def _place(source: Table) -> str:
    return text_at(source, "url") or text_at(source, "path")


def _artifacts(_lock: Table, package: Table) -> list[Artifact]:
    return [_artifact(table(each)) for each in _files(package)]


def _files(package: Table) -> list[object]:
    sdist = package.get("sdist")
    return [*items(package.get("wheels")), *([sdist] if sdist else [])]


def _artifact(file: Table) -> Artifact:
    place = _place(file)
    hashes = table(file.get("hashes"))
    digest = ",".join(f"{name}:{text_at(hashes, name)}" for name in sorted(hashes))
    return Artifact(text_at(file, "name") or place.rpartition("/")[2], digest, place)


_FORMAT = Format(check=_check, lists=(_LIST,), source=_source, artifacts=_artifacts)
