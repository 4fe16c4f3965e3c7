"""poetry.lock, of formats 1 and 2, to pins and gaps."""

from ..addresses import names_commit
from ..pins import Artifact, Dependencies, Origin, Source
from .documents import Table, table, text_at
from .entries import artifacts_of, folder_or_file
from .toml_locks import Format, check_version, read_toml_lock

MAJORS = ("1", "2")


def read_poetry_lock(data: bytes, path: str) -> Dependencies:
    """Every package of the lock, whatever its group and marker."""
    return read_toml_lock(data, path, _FORMAT)


def _check(lock: Table) -> None:
    version = table(lock.get("metadata")).get("lock-version")
    remedy = "lock with Poetry 1.1 or newer, or export it: poetry export -o requirements.txt"
    check_version("lock-version", version, MAJORS, remedy)


def _artifacts(lock: Table, package: Table) -> list[Artifact]:
    """In format 1 the files of all stand together at the end of the lock."""
    files = table(table(lock.get("metadata")).get("files"))
    return artifacts_of(package.get("files", files.get(text_at(package, "name"))), name="file")


def _source(package: Table) -> Source:
    source = table(package.get("source"))
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


_FORMAT = Format(check=_check, lists=("package",), source=_source, artifacts=_artifacts)
