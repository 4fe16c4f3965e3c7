"""A report file for an internal error, ready to be attached to an issue."""

import os
import platform
import sys
import tempfile
import traceback
from pathlib import Path

from .. import __version__


def report_crash(error: Exception) -> str:
    """Write the report and say in one line what failed and where the report lies."""
    text = "\n".join(
        [
            f"tidegate {__version__}, Python {platform.python_version()}, {platform.platform()}",
            f"verb: {' '.join(sys.argv[1:2])}",
            "",
            *traceback.format_exception(error),
        ]
    )
    summary = f"{type(error).__name__}: {str(error)[:200]}"
    try:
        handle, name = tempfile.mkstemp(prefix="error-", suffix=".txt", dir=_folder())
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    except OSError:
        return f"{summary} (no report could be written)\n{text}"
    return f"{summary}\n  what to do: report it with {name}"


def _folder() -> Path:
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    folder = Path(state) / "tidegate"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
