"""Ruff's answer about one source: the binary of this very environment, blind to all settings."""

import site
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ....processes import ProcessFailed, run
from .rules import SELECTED

_NAME = "code.py"
"""The same for every file, so that no name and no ending of the judged tree changes a rule."""
_ONE_THREAD = {"RAYON_NUM_THREADS": "1"}
_ANSWERED = frozenset({0, 1})
REINSTALL = "reinstall Tidegate: pip install --force-reinstall tidegate"


class RuffFailed(Exception):
    """Ruff gave no answer."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of the source: lines and columns counted from 1, columns in characters."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One defect that ruff names."""

    code: str
    message: str
    """It may hold a secret."""
    mark: Mark
    url: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What ruff says of one source."""

    found: tuple[Diagnostic, ...]
    unreadable: str = ""
    """Where and why ruff could not read it, or not all of it; empty where it could."""


def ask_ruff(text: str, timeout: float, program: Path | None = None) -> Answer:
    """What ruff's copies of bandit's rules find in `text`, within `timeout` seconds.

    `program` is that of this environment unless another is given. Raises RuffFailed.
    """
    program = program or ruff_binary()
    # Without --preview ruff leaves out every rule about imports (S401 to S415).
    command = [str(program), "check", "--isolated", "--no-cache", "--preview"]
    command += [
        "--select",
        ",".join(SELECTED),
        "--ignore-noqa",
        "--target-version",
        _newest(program),
    ]
    command += ["--output-format", "json", "--stdin-filename", _NAME, "-"]
    stdout = _output(command, text.encode("utf-8"), timeout)
    try:
        return _answer(stdout)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RuffFailed(f"its answer is not the JSON that is known: {error!r}"[:200]) from error


def script_folders() -> list[str]:
    """Where the installers of this environment put programs."""
    folders = [sysconfig.get_path("scripts")]
    if site.ENABLE_USER_SITE:
        folders.append(sysconfig.get_path("scripts", sysconfig.get_preferred_scheme("user")))
    return folders


def ruff_binary(folders: Sequence[str] = ()) -> Path:
    """The program that was installed with the package, never one from PATH.

    Raises RuffFailed where none of `folders`, by default those of this environment, has it.
    """
    folders = folders or script_folders()
    for folder in folders:
        if (program := Path(folder, "ruff")).is_file():
            return program
    raise RuffFailed(f"there is no ruff in {folders[0]}")


def ruff_version(folders: Sequence[str] = ()) -> str:
    """What the binary says of itself. Raises RuffFailed."""
    told = _output([str(ruff_binary(folders)), "--version"], b"", 10).decode("utf-8", "replace")
    return told.strip().removeprefix("ruff ")


@cache
def _newest(program: Path) -> str:
    """The newest Python whose syntax this ruff reads, as it writes it: py314."""
    import re

    command = [str(program), "config", "target-version", "--output-format", "json"]
    told = _output(command, b"", 10).decode("utf-8", "replace")
    minors = [int(minor) for minor in re.findall(r'"py3(\d+)\\?"', told)]
    if not minors:
        raise RuffFailed("it does not say which versions of Python it reads")
    return f"py3{max(minors)}"


def _output(command: list[str], stdin: bytes, timeout: float) -> bytes:
    try:
        done = run(command, timeout=timeout, stdin=stdin, extra_env=_ONE_THREAD)
    except ProcessFailed as error:
        raise RuffFailed(str(error)) from error
    if done.returncode not in _ANSWERED:
        told = done.stderr.decode("utf-8", "replace").strip().replace("\n", " ")
        raise RuffFailed(f"exit code {done.returncode}: {told}"[:200])
    return done.stdout


def _answer(stdout: bytes) -> Answer:
    import json

    document = json.loads(stdout)
    if not isinstance(document, list):
        raise TypeError("not a list")
    items = [_diagnostic(item) for item in document]
    broken = next((item for item in items if not _is_rule(item.code)), None)
    return Answer(
        tuple(item for item in items if _is_rule(item.code)),
        f"line {broken.mark.line}: {broken.message}" if broken else "",
    )


def _is_rule(code: str) -> bool:
    """Ruff reports what it cannot read without a code, as invalid-syntax or as E999."""
    return code.startswith(SELECTED) and code[-1:].isdecimal()


def _diagnostic(item: dict[str, Any]) -> Diagnostic:
    first, last = item["location"], item["end_location"]
    return Diagnostic(
        code=item["code"] or "",
        message=item["message"],
        mark=Mark(first["row"], first["column"], last["row"], last["column"]),
        url=item.get("url") or "",
    )
