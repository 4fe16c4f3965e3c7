"""poetry.lock, of formats 1 and 2, to pins and gaps."""

from ..addresses import names_commit
from ..pins import Dependencies, Origin, Source
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

MAJORS = ("1", "2")


def read_poetry_lock(data: bytes, path: str) -> Dependencies:
    """Every package of the lock, whatever its group and marker."""
    try:
        text, lock, packages = _parsed(data)
    except NotUnderstood as error:
        return unread(path, error)
    files = table(table(lock.get("metadata")).get("files"))
    lines = entry_lines(text, "package", packages)
    return gathered(
        path,
        (
            _locked(table(package), package, line, files)
            for package, line in zip(packages, lines, strict=True)
        ),
    )


def _parsed(data: bytes) -> tuple[str, Table, list[object]]:
    """The text, what it says, and its packages. Raises NotUnderstood."""
    text, lock = toml_of(data)
    metadata = table(lock.get("metadata"))
    version = metadata.get("lock-version")
    if not isinstance(version, str) or version.partition(".")[0] not in MAJORS:
        raise NotUnderstood(
            f"lock-version is {version!r}, not 1.x or 2.x",
            "lock version unknown",
            "lock with Poetry 1.1 or newer, or export it: poetry export -o requirements.txt",
        )
    return text, lock, packages_of(lock, "package")[1]


def _locked(package: Table, raw: object, line: int, files: Table) -> Locked:
    """One package; in format 1 its `files` stand together at the end of the lock."""
    own = package.get("files", files.get(text_at(package, "name")))
    return Locked(
        name=package.get("name"),
        version=package.get("version"),
        source=_source(table(package.get("source"))),
        raw=raw,
        line=line,
        artifacts=tuple(artifacts_of(own, name="file")),
    )


def _source(source: Table) -> Source:
    kind, place = text_at(source, "type"), text_at(source, "url")
    if not source:
        return Source()
    if kind == "legacy":
        return Source(Origin.INDEX, place)
    if kind in ("file", "directory"):
        origin = folder_or_file(place).origin if kind == "file" else Origin.FOLDER
        return Source(origin, place)
    if kind == "url":
        return Source(Origin.ADDRESS, place, is_fixed=True)
    commit = text_at(source, "resolved_reference")
    return Source(Origin.VCS, f"{place}#{commit}", is_fixed=names_commit(f"#{commit}"))
