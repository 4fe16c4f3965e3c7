"""Reports to standard output and to files; progress to standard error."""

import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from ..errors import UsageError
from .options import Format
from .terminal import Shown, shown_on

PATIENCE = 2.0
"""Seconds without a word before progress is shown."""
WIPE = "\r\033[K"
"""Takes back the line that a terminal's cursor stands in."""


def emit(
    render: Callable[[Format, Shown], str],
    shown: Format,
    files: Sequence[tuple[Format, Path]],
) -> None:
    """Write each file, then print the shown format.

    `render` takes a format and how it may be shown. Raises UsageError where a file
    cannot be written: nothing is half-written.
    """
    for form, path in files:
        write_file(path, render(form, Shown()))
    text = render(shown, shown_on(sys.stdout.isatty(), os.environ))
    sys.stdout.write(text)
    sys.stdout.flush()


def write_file(path: Path, text: str) -> None:
    """Put a whole text in place of what a file held. Raises UsageError where that fails."""
    try:
        _replace(path, text)
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written: {error.strerror}", "name a file in a folder that exists"
        ) from error


def _replace(path: Path, text: str) -> None:
    """Put a whole file in place of the old one; whatever fails leaves nothing beside it."""
    handle, name = tempfile.mkstemp(prefix=".tidegate-", dir=path.parent)
    whole = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        whole.chmod(0o666 & ~_umask())
        whole.replace(path)
    finally:
        whole.unlink(missing_ok=True)


def _umask() -> int:
    current = os.umask(0o022)
    os.umask(current)
    return current


class Progress:
    """What is done, how fast and for how much longer, on a terminal's standard error.

    It says nothing in the first seconds of a run, and takes back what it said at the end.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        *,
        did: str = "scanned",
        things: str = "files",
    ) -> None:
        self._clock = clock
        self._start = clock()
        self._said = 0.0
        self._wanted = sys.stderr.isatty()
        self._words = did, things

    def __call__(self, done: int, total: int) -> None:
        """Hear that `done` of `total` things are done."""
        now = self._clock()
        if not self._wanted or now - self._start < PATIENCE:
            return
        if done == total and self._said:
            sys.stderr.write(WIPE)
        elif now - self._said > 0.2:
            self._said = now
            did, things = self._words
            pace = paced(done, total, now - self._start)
            sys.stderr.write(f"{WIPE}{did} {done} of {total} {things}{pace}")
        sys.stderr.flush()


def paced(done: float, total: float | None, seconds: float) -> str:
    """How fast that was and how long the rest takes at this rate, where it is known how much.

    Empty before anything is done.
    """
    if done <= 0 or seconds <= 0:
        return ""
    rate = done / seconds
    told = f"{rate:.0f} a second" if rate >= 1 else f"{rate * 60:.0f} a minute"
    left = "" if total is None else f", {_duration((total - done) / rate)} left"
    return f", {told}{left}"


def _duration(seconds: float) -> str:
    """Rounded up, in a unit of which there are few enough to grasp."""
    size, unit = (1, "s") if seconds <= 99 else (60, "min") if seconds <= 5940 else (3600, "h")
    return f"{-int(-seconds // size)} {unit}"
