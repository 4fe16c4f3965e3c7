"""The project files, each to what it declares, and what of that nothing holds."""

import posixpath
from collections.abc import Callable, Iterator

from ....records.finding import Finding, Skipped
from ...interface import Target
from ..locks.documents import NotUnderstood
from ..pins import PROVENANCE, Dependencies, gap
from ..sources import suspicious
from .beside import unlocked
from .declarations import NOT_READ, Declarations

PROJECT_FILES = ("pyproject.toml", "Pipfile", "setup.cfg", "setup.py")
"""What declares, by its name."""
_NAMES = ("pyproject.toml", "Pipfile", "uv.toml", "pdm.toml", "poetry.toml", "pip.conf", "pip.ini")
"""They may name the indexes that a lock beside them takes packages from."""


def declaring(target: Target, path: str, max_bytes: int) -> Iterator[Finding | Skipped]:
    """What a project file declares and no lock beside it holds, and the indexes it names."""
    try:
        declarations = declarations_of(target.read(path), path)
    except NotUnderstood as error:
        yield gap(path, NOT_READ, detail=error.detail, remedy="mend the file", tool=PROVENANCE)
        return
    # Of a Pipfile the first source is the default, and the lock tells where packages are from.
    is_pipfile = posixpath.basename(path).lower() == "pipfile"
    options = declarations.indexes[1:] if is_pipfile else declarations.indexes
    told = (*options, *declarations.options)
    yield from suspicious(Dependencies((), (), declarations.strays, told), ())
    yield from unlocked(target, path, declarations, max_bytes)


def declarations_of(data: bytes, path: str) -> Declarations:
    """What a project file declares. Raises NotUnderstood."""
    return _reader(posixpath.basename(path).lower())(data, path)


def _reader(name: str) -> Callable[[bytes, str], Declarations]:
    match name:
        case "setup.py":
            from .setup_files import declared_in_setup_py as read
        case "setup.cfg":
            from .setup_files import declared_in_setup_cfg as read
        case "pipfile":
            from .pyproject_files import declared_in_pipfile as read
        case "uv.toml":
            from .pyproject_files import declared_in_uv_toml as read
        case "pdm.toml":
            from .tool_files import declared_in_pdm_toml as read
        case "poetry.toml":
            from .tool_files import declared_in_poetry_toml as read
        case "pip.conf" | "pip.ini":
            from .tool_files import declared_in_pip_conf as read
        case _:
            from .pyproject_files import declared_in_pyproject as read
    return read


def indexes_beside(target: Target, path: str) -> Iterator[str]:
    """The indexes that the project files beside a lock name."""
    for name in _NAMES:
        place = posixpath.join(posixpath.dirname(path), name)
        try:
            for option in declarations_of(target.read(place), place).indexes:
                yield option.argument
        except (OSError, NotUnderstood):
            continue
