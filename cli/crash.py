"""A report file for an internal error, ready to be attached to an issue."""

import os
import platform
import sys
import tempfile
import traceback
from collections.abc import Mapping
from pathlib import Path

from .. import __version__

_SUMMARY_LIMIT = 200


def report_crash(error: Exception, env: Mapping[str, str] = os.environ) -> str:
    """Write the report and say what failed and where the report lies.

    The message of an error may quote the scanned world: no line of it steers a terminal.
    """
    from ..reports.inert import visible

    told = traceback.format_exception(error)
    lines = [
        f"tidegate {__version__}, Python {platform.python_version()}, {platform.platform()}",
        f"verb: {' '.join(sys.argv[1:2])}",
        "",
        *"".join(told).splitlines(),
    ]
    summary = visible(f"{type(error).__name__}: {error}", _SUMMARY_LIMIT)
    try:
        handle, name = tempfile.mkstemp(prefix="error-", suffix=".txt", dir=_folder(env))
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write("\n".join(lines) + "\n")
    except OSError:
        return "\n".join([f"{summary} (no report could be written)", *map(visible, lines)])
    return f"{summary}\n  what to do: report it with {visible(name)}"


def _folder(env: Mapping[str, str]) -> Path:
    """Where reports lie. Raises OSError where the user has no home."""
    from ..scanners.user_folders import NO_HOME, user_folder

    folder = user_folder(env, "XDG_STATE_HOME", ".local/state") / "tidegate"
    if folder.is_relative_to(NO_HOME):
        raise OSError("this user has no home")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
