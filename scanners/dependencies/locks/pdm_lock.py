"""pdm.lock to pins and gaps."""

from collections.abc import Callable, Sequence

from ..addresses import names_commit
from ..pins import Artifact, Dependencies, Origin, Source
from .documents import Table, table, text_at
from .entries import artifacts_of, folder_or_file
from .toml_locks import Format, check_version, read_toml_lock

MAJORS = ("3", "4")
_SYSTEMS = ("git", "hg", "svn", "bzr")


def read_pdm_lock(data: bytes, path: str) -> Dependencies:
    """Every package of the lock, whatever its group and marker."""
    return read_toml_lock(data, path, _FORMAT)


def _check(lock: Table) -> None:
    metadata = table(lock.get("metadata"))
    version = metadata.get("lock_version", metadata.get("lock-version"))
    remedy = "lock with PDM 2, or export it: pdm export -o requirements.txt"
    check_version("lock_version", version, MAJORS, remedy)


def _counting(packages: Sequence[object]) -> Callable[[Table], bool]:
    """The same package with extras stands there a second time."""
    plain = {
        _key(table(each)): _content(table(each)) for each in packages if "extras" not in table(each)
    }
    return lambda package: "extras" not in package or _content(package) != plain.get(_key(package))


def _artifacts(lock: Table, package: Table) -> list[Artifact]:
    """Before version 4.3 the files of all stand together at the end of the lock."""
    files = table(table(lock.get("metadata")).get("files"))
    return artifacts_of(package.get("files", files.get(_key(package))), name="file")


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


_FORMAT = Format(
    check=_check, lists=("package",), source=_source, artifacts=_artifacts, counting=_counting
)
