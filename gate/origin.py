"""Which paths of a checkout a file on disk has: what its author may have written is no witness."""

import os
from collections.abc import Iterator
from pathlib import Path

_MAX_LINKS = 40
"""As the kernel follows."""


def paths_in_checkout(file: Path, root: Path) -> frozenset[str]:
    """The paths below `root` of a file, and of the folders and links on the way to it.

    None of a file that cannot be found: then it cannot be read either.
    """
    try:
        ways = [*_ways(file), file.resolve()]
        roots = {_plain(root), root.resolve()}
    except (OSError, ValueError, RuntimeError):
        return frozenset()
    below = [way.relative_to(r) for way in ways for r in roots if way.is_relative_to(r)]
    return frozenset(part.as_posix() for path in below for part in (path, *path.parents))


def _ways(file: Path) -> Iterator[Path]:
    """The path as it is given, and with its links followed one after the other."""
    way = _plain(file)
    for _ in range(_MAX_LINKS):
        yield way
        link = next((p for p in (*reversed(way.parents), way) if p.is_symlink()), None)
        if link is None:
            return
        way = _plain(link.parent / link.readlink() / way.relative_to(link))


def _plain(path: Path) -> Path:
    """Absolute and without '..', its links left as they are."""
    return Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow the links
