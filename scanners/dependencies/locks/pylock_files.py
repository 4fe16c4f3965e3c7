"""A PEP 751 lock (pylock.toml) to pins and gaps."""

from ..addresses import PROJECT_ITSELF, names_commit
from ..pins import Artifact, Dependencies, Origin, Source
from .documents import (
    NotUnderstood,
    Table,
    entry_lines,
    items,
    packages_of,
    table,
    text_at,
    toml_of,
    unread,
)
from .entries import Locked, gathered

LOCK_MAJOR = 1


def read_pylock(data: bytes, path: str) -> Dependencies:
    """Every package of the lock with a version, whatever its marker; the rest as Skipped."""
    try:
        text, _lock, packages = _parsed(data)
    except NotUnderstood as error:
        return unread(path, error)
    lines = entry_lines(text, "packages", packages)
    return gathered(
        path,
        (
            _locked(table(package), package, line)
            for package, line in zip(packages, lines, strict=True)
        ),
    )


def _parsed(data: bytes) -> tuple[str, Table, list[object]]:
    """The text, what it says, and its packages. Raises NotUnderstood."""
    text, lock = toml_of(data)
    version = lock.get("lock-version")
    if not isinstance(version, str) or version.partition(".")[0] != str(LOCK_MAJOR):
        raise NotUnderstood(
            f"lock-version is {version!r}, not {LOCK_MAJOR}.x",
            "lock version unknown",
            "lock for version 1.0 of PEP 751",
        )
    if "packages" not in lock:
        raise NotUnderstood("it has no list of packages")
    return text, lock, packages_of(lock, "packages")[1]


def _locked(package: Table, raw: object, line: int) -> Locked:
    return Locked(
        name=package.get("name"),
        version=package.get("version"),
        source=_source(package),
        raw=raw,
        line=line,
        artifacts=tuple(_artifacts(package)),
    )


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


def _artifacts(package: Table) -> list[Artifact]:
    return [_artifact(table(each)) for each in _files(package)]


def _files(package: Table) -> list[object]:
    sdist = package.get("sdist")
    return [*items(package.get("wheels")), *([sdist] if sdist else [])]


def _artifact(file: Table) -> Artifact:
    place = _place(file)
    hashes = table(file.get("hashes"))
    digest = ",".join(f"{name}:{text_at(hashes, name)}" for name in sorted(hashes))
    return Artifact(text_at(file, "name") or place.rpartition("/")[2], digest, place)
