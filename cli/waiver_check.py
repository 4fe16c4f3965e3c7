"""`tidegate waive --check`: which waivers count, and which only would once they have landed."""

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import typer

from ..errors import ExitCode, IncompleteError, UsageError

if TYPE_CHECKING:
    from ..gate.waivers import Waivers
    from ..records.run import Range
    from ..repository.git import Git


def checked(git: "Git", base: str | None) -> ExitCode:
    """Tell what the file of the base tip does today, and what that of the work tree would add.

    Where nobody names a base and none is known, the file of the work tree alone is told.
    """
    try:
        compared = _base(git, base)
    except IncompleteError as error:
        if base is not None:
            raise
        typer.echo(f"no base branch is known ({error.message}): this is the file as it is here")
        return _here(git)
    return _landed(git, compared)


def _base(git: "Git", base: str | None) -> "Range":
    from ..repository.ranges import resolve_range

    return resolve_range(git, base=base, env=os.environ)


def _here(git: "Git") -> ExitCode:
    from ..gate.waiver_entries import FILE_NAME

    return _told(FILE_NAME, standing_here(git, content_here(git)))


def _landed(git: "Git", compared: "Range") -> ExitCode:
    import time

    from ..gate.policy_file import policy_at
    from ..gate.waiver_entries import FILE_NAME, read_waivers
    from ..gate.waiver_file import waivers_at
    from ..gate.waivers import lapses, waivers_of
    from ..reports.inert import visible

    tip = compared.base_tip
    settings = policy_at(git, tip, flags={}, env=os.environ).settings
    standing = waivers_at(git, tip, time.time(), settings.waiver_max_days)
    name = compared.base_ref
    code = _told(visible(f"{FILE_NAME} on {name} at {tip[:12]}"), standing)
    known = {replace(each, number=0) for each in (*standing.in_force, *standing.lapsed)}
    here = () if git.bare else read_waivers(content_here(git))
    new = [each for each in here if replace(each, number=0) not in known]
    left = len(known - {replace(each, number=0) for each in here}) * (not git.bare)
    if new:
        are, them = _are(len(new))
        typer.echo(visible(f"{len(new)} here {are} not on {name} yet: no gate obeys {them}"))
    if left:
        are, them = _are(left)
        typer.echo(visible(f"{left} on {name} {are} not here: every gate obeys {them}"))
    would = lapses(waivers_of(new, standing.today, standing.max_days))
    for line in would:
        typer.echo(visible(f"here: {line}"))
    return ExitCode.NO if would else code


def _are(count: int) -> tuple[str, str]:
    return ("is", "it") if count == 1 else ("are", "them")


def _told(name: str, standing: "Waivers") -> ExitCode:
    from ..gate.waivers import notices_of
    from ..reports.inert import visible

    for notice in notices_of(standing):
        typer.echo(visible(notice))
    counting, lapsed = len(standing.in_force), len(standing.lapsed)
    typer.echo(f"{name}: {counting} in force, {lapsed} that {'does' if lapsed == 1 else 'do'} not")
    return ExitCode.NO if lapsed else ExitCode.YES


def content_here(git: "Git") -> bytes:
    """The file in the work tree, empty where there is none. Raises ConfigError."""
    from .. import config
    from ..gate.waiver_entries import FILE_NAME
    from ..repository.regular_files import read_regular

    if git.bare:
        raise UsageError(f"{git.root} has no work tree", "write the file in a checkout")
    try:
        return read_regular(git.root / FILE_NAME, config.MAX_BYTES)
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise config.unreadable(FILE_NAME, error.strerror or str(error)) from error


def standing_here(git: "Git", data: bytes) -> "Waivers":
    """The entries as they would count today under the settings of the work tree."""
    from datetime import UTC, datetime

    from .. import config
    from ..gate.policy_file import settings_in
    from ..gate.waiver_entries import read_waivers
    from ..gate.waivers import waivers_of

    name, table = settings_in(git.root)
    found = config.resolve(flags={}, env=os.environ, file=table, file_name=name)
    today = datetime.now(UTC).date()
    return waivers_of(read_waivers(data), today, found.settings.waiver_max_days)
