"""Whether a file on disk is one that the author of the change may have written."""

import os
from collections.abc import Iterator
from pathlib import Path

from .changed_files import ChangedFiles

_MAX_LINKS = 40
"""As the kernel follows."""


def is_of_tree(file: Path, root: Path, where: ChangedFiles) -> bool:
    """Whether a file, or a folder or link on the way to it, has a path of either side."""
    try:
        ways = [*_ways(file), file.resolve()]
        roots = {_plain(root), root.resolve()}
    except (OSError, ValueError, RuntimeError):
        return False  # it cannot be read either, which is told
    below = (way.relative_to(r) for way in ways for r in roots if way.is_relative_to(r))
    return any(where.is_known(p.as_posix()) for path in below for p in (path, *path.parents))


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
