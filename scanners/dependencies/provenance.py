"""Where dependencies come from, behind the scanner seam, and what is declared and not locked."""

import posixpath
from collections.abc import Callable, Iterator, Mapping

from ...records.finding import Finding, Skipped
from ..interface import PINNING_KINDS, Context, Kind, Target
from .declared.declarations import NOT_READ, TOOL, Declarations
from .locks.documents import NotUnderstood
from .pins import Dependencies, gap

KINDS = (PINNING_KINDS | {Kind.DECLARING}) - {Kind.SBOM, Kind.INSTALLED}

_PROJECT_FILES = ("pyproject.toml", "Pipfile")
"""They may name the indexes that a lock beside them takes packages from."""


def scan(target: Target, context: Context) -> Iterator[Finding | Skipped]:
    """What of each file nobody would expect; what no advisory can be looked up for."""
    for file in target.files:
        if file.kind is Kind.DECLARING:
            yield from _declaring(target, file.path, context)
        elif file.kind in KINDS:
            from .reading import read_dependencies
            from .sources import suspicious

            # What of it cannot be read is told by the audit.
            found = read_dependencies(target, file.path, file.kind, context.max_file_bytes)
            yield from suspicious(found, _declared_indexes(target, file.path))


def versions(_context: Context) -> Mapping[str, str]:
    """It looks with nothing but ourselves."""
    return {}


def cache_key(_context: Context) -> str | None:
    """The versions of what reads requirements."""
    from importlib.metadata import version

    return " ".join(version(name) for name in ("packaging", "pip-requirements-parser"))


def is_lasting(_gap: Skipped) -> bool:
    """Every gap comes of what the files say."""
    return True


def _declaring(target: Target, path: str, context: Context) -> Iterator[Finding | Skipped]:
    from .declared.beside import unlocked
    from .sources import suspicious

    try:
        declarations = declarations_of(target.read(path), path)
    except NotUnderstood as error:
        yield gap(path, NOT_READ, detail=error.detail, remedy="mend the file", tool=TOOL)
        return
    # Of a Pipfile the first source is the default, and the lock tells where packages are from.
    is_pipfile = posixpath.basename(path).lower() == "pipfile"
    options = declarations.indexes[1:] if is_pipfile else declarations.indexes
    yield from suspicious(Dependencies((), (), options=options), ())
    yield from unlocked(target, path, declarations, context.max_file_bytes)


def declarations_of(data: bytes, path: str) -> Declarations:
    """What a project file declares. Raises NotUnderstood."""
    return _reader(posixpath.basename(path).lower())(data, path)


def _reader(name: str) -> Callable[[bytes, str], Declarations]:
    match name:
        case "setup.py":
            from .declared.setup_files import declared_in_setup_py as read
        case "setup.cfg":
            from .declared.setup_files import declared_in_setup_cfg as read
        case "pipfile":
            from .declared.pyproject_files import declared_in_pipfile as read
        case _:
            from .declared.pyproject_files import declared_in_pyproject as read
    return read


def _declared_indexes(target: Target, path: str) -> Iterator[str]:
    """The indexes that the project files beside a lock name."""
    for name in _PROJECT_FILES:
        place = posixpath.join(posixpath.dirname(path), name)
        try:
            for option in declarations_of(target.read(place), place).indexes:
                yield option.argument
        except (OSError, NotUnderstood):
            continue
