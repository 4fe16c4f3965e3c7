"""Every kind of dependency file to what it says."""

from collections.abc import Callable

from ..interface import Kind, Target
from .pins import Dependencies, gap

LIBRARIES = ("packaging", "pip-requirements-parser", "PyYAML")
"""What tells what a file asks for, beside Python and ourselves."""


def read_dependencies(target: Target, path: str, kind: Kind, max_bytes: int) -> Dependencies:
    """What the file, of one of PINNING_KINDS, asks for. Raises OSError where it cannot be read."""
    if kind is Kind.REQUIREMENTS:
        # Its grammar is a library that takes longer to load than a lock to read.
        from .requirements_files import read_requirements

        return read_requirements(target, path, max_bytes)
    if kind is Kind.INSTALLED:
        from .locks.installed import read_installed

        return read_installed(target, path)
    data = target.read(path)
    if len(data) > max_bytes:
        remedy = "raise max-file-bytes"
        return Dependencies((), (gap(path, "file too large", remedy=remedy),))
    if kind is Kind.CONDA:
        from .conda_environments import read_environment

        return read_environment(target, data, path, max_bytes)
    return _parser(kind)(data, path)


def _parser(kind: Kind) -> Callable[[bytes, str], Dependencies]:
    match kind:
        case Kind.UV_LOCK:
            from .locks.uv_lock import read_uv_lock as read
        case Kind.POETRY_LOCK:
            from .locks.poetry_lock import read_poetry_lock as read
        case Kind.PDM_LOCK:
            from .locks.pdm_lock import read_pdm_lock as read
        case Kind.PIPFILE_LOCK:
            from .locks.pipfile_lock import read_pipfile_lock as read
        case Kind.SBOM:
            from .locks.sbom import read_sbom as read
        case _:
            from .locks.pylock_files import read_pylock as read
    return read
