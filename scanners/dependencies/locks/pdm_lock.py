"""pdm.lock to pins and gaps."""

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

MAJORS = ("3", "4")
_SYSTEMS = ("git", "hg", "svn", "bzr")


def read_pdm_lock(data: bytes, path: str) -> Dependencies:
    """Every package of the lock, whatever its group and marker."""
    try:
        text, lock, packages = _parsed(data)
    except NotUnderstood as error:
        return unread(path, error)
    files = table(table(lock.get("metadata")).get("files"))
    # The same package with extras stands there a second time.
    plain = {
        _key(table(each)): _content(table(each)) for each in packages if "extras" not in table(each)
    }
    lines = entry_lines(text, "package", packages)
    return gathered(
        path,
        (
            _locked(table(package), package, line, files)
            for package, line in zip(packages, lines, strict=True)
            if not (
                "extras" in table(package)
                and _content(table(package)) == plain.get(_key(table(package)))
            )
        ),
    )


def _parsed(data: bytes) -> tuple[str, Table, list[object]]:
    """The text, what it says, and its packages. Raises NotUnderstood."""
    text, lock = toml_of(data)
    metadata = table(lock.get("metadata"))
    version = metadata.get("lock_version", metadata.get("lock-version"))
    if not isinstance(version, str) or version.partition(".")[0] not in MAJORS:
        raise NotUnderstood(
            f"lock_version is {version!r}, not 3.x or 4.x",
            "lock version unknown",
            "lock with PDM 2, or export it: pdm export -o requirements.txt",
        )
    return text, lock, packages_of(lock, "package")[1]


def _locked(package: Table, raw: object, line: int, files: Table) -> Locked:
    """One package; before version 4.3 its `files` stand together at the end of the lock."""
    return Locked(
        name=package.get("name"),
        version=package.get("version"),
        source=_source(package),
        raw=raw,
        line=line,
        artifacts=tuple(artifacts_of(package.get("files", files.get(_key(package))), name="file")),
    )


def _key(package: Table) -> str:
    return f"{text_at(package, 'name')} {text_at(package, 'version')}"


def _content(package: Table) -> tuple[Source, object]:
    """What may be installed for an entry."""
    return _source(package), package.get("files")


def _source(package: Table) -> Source:
    for system in _SYSTEMS:
        if place := text_at(package, system):
            commit = text_at(package, "revision")
            return Source(Origin.VCS, f"{place}#{commit}", is_fixed=names_commit(f"#{commit}"))
    if place := text_at(package, "url"):
        return Source(Origin.ADDRESS, place, is_fixed=True)
    if place := text_at(package, "path"):
        return folder_or_file(place)
    return Source()
