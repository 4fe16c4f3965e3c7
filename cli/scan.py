"""`tidegate scan`: every finding of a tree."""

import os
from pathlib import Path
from typing import Annotated

import typer

from .options import (
    DatabaseOption,
    FileTimeoutOption,
    Format,
    FormatOption,
    OutputOption,
    Threshold,
    WorkersOption,
    outputs,
)


def scan(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Files and folders; the current folder if none.")
    ] = None,
    fail_on: Annotated[
        Threshold | None,
        typer.Option(case_sensitive=False, help="Exit 1 where a finding is as severe."),
    ] = None,
    format_: FormatOption = Format.TEXT,
    output: OutputOption = None,
    database: DatabaseOption = None,
    workers: WorkersOption = None,
    file_timeout: FileTimeoutOption = None,
) -> None:
    """Print every finding, in ignored and untracked files too. Exit 3 if any was skipped."""
    from .. import config
    from ..gate.policy_file import settings_in
    from ..reports.formats import RENDERERS
    from ..scanners.context import context_of
    from ..scanners.registry import SCANNERS
    from ..scanners.tree import scan_tree
    from .emit import Progress, emit

    files = outputs(output)
    root = Path.cwd()
    name, table = settings_in(root)
    flags = {"database": database, "workers": workers, "file-timeout": file_timeout}
    settings = config.resolve(flags=flags, env=os.environ, file=table, file_name=name).settings
    run = scan_tree(
        paths or [root],
        root,
        context_of(settings, os.environ),
        SCANNERS,
        fail_on.level() if fail_on else None,
        Progress(),
    )
    emit(lambda form, colour: RENDERERS[form].scan(run, colour=colour), format_, files)
    raise typer.Exit(run.exit_code)
