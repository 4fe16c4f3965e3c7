"""What the locks in TOML have in common: a version, and a list of packages with their lines."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ..pins import Artifact, Dependencies, Source
from .documents import NotUnderstood, Table, entry_lines, packages_of, table, toml_of, unread
from .entries import Locked, gathered


def _all_count(_packages: Sequence[object]) -> Callable[[Table], bool]:
    return lambda _package: True


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """What tells one of these locks from another."""

    check: Callable[[Table], None]
    """Raises NotUnderstood for a lock of a version that is not read."""
    lists: tuple[str, ...]
    """What the list of packages may be called, the newest name first."""
    source: Callable[[Table], Source]
    """Where a package comes from."""
    artifacts: Callable[[Table, Table], Iterable[Artifact]]
    """The files of a package, its second argument; the first is the whole lock."""
    counting: Callable[[Sequence[object]], Callable[[Table], bool]] = _all_count
    """Tells, of all packages, which entries do not say again what another one says."""


def read_toml_lock(data: bytes, path: str, format_: Format) -> Dependencies:
    """Every package of the lock, whatever its group and marker."""
    try:
        text, lock = toml_of(data)
        format_.check(lock)
        header, packages = packages_of(lock, *format_.lists)
    except NotUnderstood as error:
        return unread(path, error)
    lines = entry_lines(text, header, packages)
    counts = format_.counting(packages)
    return gathered(
        path,
        (
            _locked(lock, package, line, format_)
            for package, line in zip(packages, lines, strict=True)
            if counts(table(package))
        ),
    )


def _locked(lock: Table, raw: object, line: int, format_: Format) -> Locked:
    package = table(raw)
    return Locked(
        name=package.get("name"),
        version=package.get("version"),
        source=format_.source(package),
        raw=raw,
        line=line,
        artifacts=tuple(format_.artifacts(lock, package)),
    )


def check_version(key: str, version: object, majors: Sequence[str], remedy: str) -> None:
    """Raise NotUnderstood unless the version, a text, begins with one of `majors`."""
    if not isinstance(version, str) or version.partition(".")[0] not in majors:
        known = " or ".join(f"{major}.x" for major in majors)
        raise unknown_version(key, version, known, remedy)


def unknown_version(key: str, version: object, known: str, remedy: str) -> NotUnderstood:
    """The error for a lock of a version that is not read."""
    return NotUnderstood(f"{key} is {version!r}, not {known}", "lock version unknown", remedy)
