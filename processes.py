"""The one place that starts child processes."""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

KEPT_VARIABLES = ("HOME", "XDG_CONFIG_HOME", "TMPDIR", "USER", "LOGNAME")


class ProcessFailed(Exception):
    """A child could not be started or did not end in time."""


@dataclass(frozen=True, slots=True)
class Completed:
    """What a child left behind."""

    returncode: int
    stdout: bytes
    stderr: bytes


def run(
    argv: Sequence[str],
    *,
    timeout: float,
    stdin: bytes = b"",
    extra_env: Mapping[str, str] | None = None,
    untrusted: Path | None = None,
) -> Completed:
    """Run one program to its end: no shell, clean environment, cwd at the root folder.

    `argv[0]` is looked up on PATH without relative folders and without any folder
    below `untrusted`, so that a judged tree cannot plant the program.
    Raises ProcessFailed where it is missing or outlives `timeout` seconds.
    """
    path = trusted_path(os.environ.get("PATH", os.defpath), untrusted)
    program = shutil.which(argv[0], path=path)
    if program is None:
        raise ProcessFailed(f"{argv[0]} is not installed")
    try:
        # The program is found on a cleaned PATH and no shell reads the arguments.
        done = subprocess.run(  # noqa: S603 - see above
            [program, *argv[1:]],
            input=stdin,
            capture_output=True,
            env=clean_environment(path) | dict(extra_env or {}),
            cwd="/",
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ProcessFailed(f"{argv[0]} did not end within {timeout:g} s") from error
    except OSError as error:
        raise ProcessFailed(f"{argv[0]} could not be started: {error}") from error
    return Completed(done.returncode, done.stdout, done.stderr)


def trusted_path(path: str, untrusted: Path | None) -> str:
    """PATH without relative folders and without those below `untrusted`."""
    root = untrusted.resolve() if untrusted else None
    kept = []
    for folder in path.split(os.pathsep):
        if not os.path.isabs(folder):
            continue
        if root and Path(folder).resolve().is_relative_to(root):
            continue
        kept.append(folder)
    return os.pathsep.join(kept)


def clean_environment(path: str) -> dict[str, str]:
    """The few variables a child needs; none that steers git, Python or a loader."""
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    return kept | {"PATH": path, "LC_ALL": "C.UTF-8"}
