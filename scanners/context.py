"""What scanners may know, from the settings; and the versions a report names."""

import platform
from collections.abc import Iterable, Mapping
from pathlib import Path

from .. import __version__
from ..config import Settings
from .advisories.database import default_path
from .interface import Context, Scanner


def context_of(settings: Settings, env: Mapping[str, str]) -> Context:
    """The context that the settings ask for."""
    database = Path(settings.database).expanduser() if settings.database else default_path(env)
    return Context(
        database=database.absolute(),
        file_timeout=settings.file_timeout,
        max_file_bytes=settings.max_file_bytes,
        workers=settings.workers,
        advisories_warn_days=settings.advisories_warn_days,
        advisories_max_days=settings.advisories_max_days,
    )


def own_versions() -> dict[str, str]:
    """Tidegate's and Python's."""
    return {"tidegate": __version__, "python": platform.python_version()}


def versions_of(
    names: Iterable[str], scanners: Mapping[str, Scanner], context: Context
) -> dict[str, str]:
    """Our own versions and those of what the named scanners looked with."""
    found = own_versions()
    for name in sorted(names):
        found |= scanners[name].versions(context)
    return found
