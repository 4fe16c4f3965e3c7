"""Files of a tree on disk, read without following a link out of it or waiting on a pipe."""

import errno
import os
from dataclasses import dataclass
from pathlib import Path

from ...repository.objects import MISSING, TOO_LARGE, Unreadable
from ...repository.regular_files import NOT_REGULAR, read_head, read_regular

OUTSIDE = "outside the tree"
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
        except (OSError, ValueError) as error:
            return _why(error)

    def head(self, path: str, size: int) -> bytes | Unreadable:
        """The first `size` bytes of a regular file, however large it is."""
        place = self.root / path
        if not self._is_inside(place):
            return Unreadable(OUTSIDE)
        try:
            return read_head(place, size)[0]
        except (OSError, ValueError) as error:
            return _why(error)

    def file(self, path: str) -> bytes | Unreadable | None:
        """The content of a regular file, None where there is none inside the tree."""
        place = self.root / path
        if place.is_symlink() or not self._is_inside(place):
            return None
        data = self.entry(path)
        return None if data in _NO_FILE else data

    def _is_inside(self, place: Path) -> bool:
        within = place.parent.resolve().is_relative_to(self.root.resolve())
        return within and place.name not in ("", "..")


_NO_FILE = (Unreadable(MISSING), Unreadable(NOT_REGULAR))


def _why(error: OSError | ValueError) -> Unreadable:
    number = error.errno if isinstance(error, OSError) else None
    return Unreadable(_REASONS.get(number, NO_PERMISSION))


_REASONS: dict[int | None, str] = {
    errno.ENOENT: MISSING,
    errno.ENOTDIR: MISSING,
    errno.EINVAL: NOT_REGULAR,
    errno.EFBIG: TOO_LARGE,
}
