"""Regular files of the file system, read without following a link or waiting on a pipe."""

import errno
import os
import stat
from pathlib import Path

NOT_REGULAR = "not a regular file"
TOO_LARGE = "too large"

FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def open_regular(path: str | Path, folder: int | None = None) -> int:
    """A descriptor of a regular file; a relative `path` starts at the descriptor `folder`.

    Raises OSError where it cannot be opened: with ELOOP for a link, EINVAL for what else
    is no regular file.
    """
    descriptor = os.open(path, FLAGS, dir_fd=folder)
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    raise OSError(errno.EINVAL, NOT_REGULAR, str(path))


def read_head(path: str | Path, size: int) -> tuple[bytes, int]:
    """The first `size` bytes of a regular file, and how many it has in all.

    Raises OSError as `open_regular` does.
    """
    with os.fdopen(open_regular(path), "rb", buffering=0) as file:
        return file.read(size) if size else b"", os.fstat(file.fileno()).st_size


def read_regular(path: str | Path, max_bytes: int) -> bytes:
    """The content of a regular file of at most `max_bytes`.

    Raises OSError as `open_regular` does, and with EFBIG for a larger file.
    """
    return read_opened(open_regular(path), max_bytes)


def read_opened(descriptor: int, max_bytes: int) -> bytes:
    """The content behind a descriptor, which is closed. Raises OSError (EFBIG)."""
    with os.fdopen(descriptor, "rb") as file:
        data = file.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise OSError(errno.EFBIG, TOO_LARGE)
    return data
