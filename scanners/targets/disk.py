"""Files of a tree on disk, read without following a link out of it or waiting on a pipe."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from ...repository.objects import MISSING, TOO_LARGE, Unreadable

OUTSIDE = "outside the tree"
NOT_REGULAR = "not a regular file"
NO_PERMISSION = "cannot be opened"


@dataclass(frozen=True, slots=True)
class Disk:
    """The working tree below `root`, by paths relative to it."""

    root: Path
    max_bytes: int

    def entry(self, path: str) -> bytes | Unreadable:
        """What git would store for the path: a link's content is the path it names."""
        place = self.root / path
        if not self._is_inside(place):
            return Unreadable(OUTSIDE)
        try:
            if place.is_symlink():
                return os.fsencode(place.readlink())
            return read_regular(place, self.max_bytes)
        except FileNotFoundError:
            return Unreadable(MISSING)
        except (OSError, ValueError):
            return Unreadable(NO_PERMISSION)

    def file(self, path: str) -> bytes | None:
        """The content of a regular file, None where there is none that can be read."""
        place = self.root / path
        if place.is_symlink() or not self._is_inside(place):
            return None
        data = self.entry(path)
        return data if isinstance(data, bytes) else None

    def _is_inside(self, place: Path) -> bool:
        within = place.parent.resolve().is_relative_to(self.root.resolve())
        return within and place.name not in ("", "..")


def read_regular(place: Path, max_bytes: int) -> bytes | Unreadable:
    """The content of a file that is one, is no link and has at most `max_bytes`.

    Raises OSError where it cannot be opened; opening never waits for a writer.
    """
    descriptor = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return Unreadable(NOT_REGULAR)
        data = file.read(max_bytes + 1)
    return data if len(data) <= max_bytes else Unreadable(TOO_LARGE)
