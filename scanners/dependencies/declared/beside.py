"""The locks that stand beside a project file, and whether they hold what it declares."""

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from ....records.finding import Skipped
from ...interface import Kind, Target
from ..pins import PROVENANCE, Dependencies, gap
from ..reading import read_dependencies
from .declarations import Declarations, Declared

LOCKS: Mapping[str, tuple[Kind, str]] = {
    "uv.lock": (Kind.UV_LOCK, "uv lock"),
    "poetry.lock": (Kind.POETRY_LOCK, "poetry lock"),
    "pdm.lock": (Kind.PDM_LOCK, "pdm lock"),
    "Pipfile.lock": (Kind.PIPFILE_LOCK, "pipenv lock"),
    "pylock.toml": (Kind.PYLOCK, "uv pip compile -o pylock.toml"),
}
"""What a lock is, and how it is made anew."""
REQUIREMENTS = (
    "requirements.txt",
    "requirements.lock",
    "requirements-dev.txt",
    "requirements-dev.lock",
    "constraints.txt",
    *(f"requirements/{name}.txt" for name in ("base", "main", "prod", "dev", "test", "all")),
)
"""Where pinned requirements are looked for."""
MAX_PARENTS = 8

NOT_LOCKED = "declared and not locked"
NOT_IN_LOCK = "declared and not in the lock"
LOCK_REMEDY = (
    "lock it: `uv lock` or `uv pip compile pyproject.toml -o pylock.toml`, and commit that"
)


@dataclass(slots=True)
class _Held:
    """What all locks beside a project hold together."""

    versions: dict[str, set[str]]
    """By canonical name; a name without any comes from elsewhere."""
    commands: list[str]
    """How the locks are made anew."""

    def add(self, found: Dependencies, command: str) -> None:
        if command:
            self.commands.append(command)
        for pin in found.pins:
            self.versions.setdefault(pin.name, set()).add(pin.version)
        for stray in found.strays:
            self.versions.setdefault(stray.name, set())


def unlocked(
    target: Target, path: str, declarations: Declarations, max_bytes: int
) -> Iterator[Skipped]:
    """A gap for each dependency that no lock beside the project file holds."""
    held = _Held({}, [])
    for found, command in locks_beside(target, path, max_bytes):
        held.add(found, command)
        if all(_holds(held, each) for each in declarations.declared):
            break
    for each in declarations.declared:
        if not _holds(held, each):
            yield _gap(path, each, held)
    # A lock that holds nothing at all stands in for no program.
    if not (held.commands and held.versions):
        yield from declarations.skipped


def held_by(found: Dependencies, declarations: Declarations) -> bool:
    """Whether one lock holds everything that is declared, and nothing was left unread."""
    held = _Held({}, [])
    held.add(found, "")
    return all(_holds(held, each) for each in declarations.declared) and not declarations.skipped


def locks_beside(target: Target, path: str, max_bytes: int) -> Iterator[tuple[Dependencies, str]]:
    """What each lock says that holds for the project, the likeliest first."""
    folder = posixpath.dirname(path)
    for name, (kind, command) in LOCKS.items():
        yield from _read(target, posixpath.join(folder, name), kind, command, max_bytes)
    above = folder
    for _step in range(MAX_PARENTS):
        if not above:
            break
        above = posixpath.dirname(above)
        place = posixpath.join(above, "uv.lock")
        for found, command in _read(target, place, Kind.UV_LOCK, "uv lock", max_bytes):
            if folder in found.folders:
                yield found, command
    for name in REQUIREMENTS:
        place = posixpath.join(folder, name)
        # Pinned requirements may be those of something else: they are no lock of the project.
        yield from _read(target, place, Kind.REQUIREMENTS, "", max_bytes)


def _read(
    target: Target, path: str, kind: Kind, command: str, max_bytes: int
) -> Iterator[tuple[Dependencies, str]]:
    """What a lock says, nothing where there is none."""
    try:
        target.read(path)
    except FileNotFoundError:
        return
    except OSError:
        yield Dependencies((), ()), command
        return
    yield read_dependencies(target, path, kind, max_bytes), command


def _holds(held: _Held, declared: Declared) -> bool:
    if declared.name not in held.versions:
        return False
    versions = held.versions[declared.name]
    return not versions or not declared.specifier or _fits(declared.specifier, versions)


def _fits(specifier: str, versions: Iterable[str]) -> bool:
    """Whether one of the versions is asked for; what cannot be compared is taken to fit."""
    try:
        asked = SpecifierSet(specifier)
        return any(asked.contains(Version(each), prereleases=True) for each in versions)
    except (InvalidSpecifier, InvalidVersion):
        return True


def _gap(path: str, declared: Declared, held: _Held) -> Skipped:
    command = held.commands[0] if held.commands else ""
    return gap(
        path,
        NOT_IN_LOCK if command else NOT_LOCKED,
        name=declared.name,
        detail=declared.specifier,
        remedy=f"lock anew: `{command}`, and commit the lock" if command else LOCK_REMEDY,
        raw=declared.asked,
        tool=PROVENANCE,
    )
