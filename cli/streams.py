"""Standard streams that are closed, full or left: none may end in the code of an answer."""

import io
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from ..errors import UsageError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


def prepare() -> None:
    """Set up standard output and standard error, as UTF-8 whatever the locale says.

    From here on, what cannot be written to standard output raises UsageError. Raises it
    at once where standard output was closed: the answer has no place to go.
    """
    was_closed = sys.stdout is None
    for descriptor in (0, 1, 2):
        _occupy(descriptor)
    sys.stdout = _text(_Output(1, _refuse), line_buffering=os.isatty(1))
    sys.stderr = _text(_Output(2, lambda _error: None), line_buffering=True)
    if was_closed:
        raise UsageError("standard output is closed", "send it to a file or to the null device")


def _occupy(descriptor: int) -> None:
    """Keep a file that is opened later from getting the number of a standard stream."""
    try:
        os.fstat(descriptor)
    except OSError:
        os.open(os.devnull, os.O_RDWR)


def _refuse(error: OSError) -> None:
    raise UsageError(
        f"standard output cannot be written: {error.strerror}", "give it room or a file"
    ) from error


class _Output(io.FileIO):
    """A stream that tells the first failure, and from then on lets everything go nowhere.

    A reader that left has seen enough: that is no failure. What Python still holds at exit
    is not to fail again, for that has a code of its own.
    """

    def __init__(self, descriptor: int, on_failure: Callable[[OSError], None]) -> None:
        super().__init__(descriptor, "w", closefd=False)
        self._on_failure = on_failure
        self._is_lost = False

    def write(self, data: "ReadableBuffer", /) -> int:
        """Write some of `data`; how many bytes of it."""
        size = memoryview(data).nbytes
        if self._is_lost:
            return size
        try:
            return super().write(data)
        except BrokenPipeError:
            self._is_lost = True
        except OSError as error:
            self._is_lost = True
            self._on_failure(error)
        return size


def _text(raw: io.FileIO, *, line_buffering: bool) -> io.TextIOWrapper:
    return io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding="utf-8",
        errors="backslashreplace",
        line_buffering=line_buffering,
    )
