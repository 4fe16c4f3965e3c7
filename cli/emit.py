"""Reports to standard output and to files; progress to standard error."""

import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from ..errors import UsageError
from .options import Format

PATIENCE = 2.0
"""Seconds without a word before progress is shown."""


def emit(
    render: Callable[[Format, bool], str],
    shown: Format,
    files: Sequence[tuple[Format, Path]],
) -> None:
    """Write each file, then print the shown format.

    `render` takes a format and whether it may be coloured. Raises UsageError where a file
    cannot be written: nothing is half-written.
    """
    for form, path in files:
        write_file(path, render(form, False))
    text = render(shown, colour_wanted(sys.stdout.isatty(), os.environ))
    sys.stdout.write(text)
    sys.stdout.flush()


def colour_wanted(terminal: bool, env: Mapping[str, str]) -> bool:  # noqa: FBT001 - one fact
    """Colour belongs on a terminal that knows it, unless NO_COLOR is set to anything."""
    return terminal and not env.get("NO_COLOR") and env.get("TERM") != "dumb"


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
    """Files done, on a terminal's standard error, once a run takes over two seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._start = clock()
        self._said = 0.0
        self._wanted = sys.stderr.isatty()

    def __call__(self, done: int, total: int) -> None:
        """Hear that `done` of `total` files are done."""
        now = self._clock()
        if not self._wanted or now - self._start < PATIENCE:
            return
        if done == total and self._said:
            sys.stderr.write("\r\033[K")
        elif now - self._said > 0.2:
            self._said = now
            sys.stderr.write(f"\r\033[Kscanned {done} of {total} files")
        sys.stderr.flush()
