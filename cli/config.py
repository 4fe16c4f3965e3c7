"""`tidegate config show`: the settings in force and where each came from."""

import json
import os
from pathlib import Path
from typing import Annotated

import typer

from . import examples

app = typer.Typer(
    help="Show the settings and where they came from.",
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
)


@app.callback()
def _verbs() -> None:
    """Show the settings."""


@app.command(epilog=examples.of("config show"))
def show(
    repo: Annotated[Path, typer.Option(help="The repository, or any folder.")] = Path(),
    at: Annotated[
        str | None,
        typer.Option(metavar="REF", help="As a gate whose base tip is REF would read them."),
    ] = None,
    origin: Annotated[
        bool, typer.Option("--origin", help="Say where each value came from.")
    ] = False,
    json_: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Print the settings of the folder as it is now, or as of a commit."""
    from .. import config

    if at is None:
        from ..gate.policy_file import settings_in

        name, table = settings_in(repo)
        found = config.resolve(flags={}, env=os.environ, file=table, file_name=name)
    else:
        from ..gate.policy_file import settings_at
        from ..repository.git import Git
        from ..repository.ranges import commit_of

        git = Git.open(repo)
        found = settings_at(git, commit_of(git, at), flags={}, env=os.environ)
    values = config.as_table(found.settings)
    if json_:
        rows = {k: {"value": v, "origin": found.origins[k]} for k, v in values.items()}
        typer.echo(json.dumps({"schema": "tidegate/config/1", "settings": rows}, indent=2))
        return
    for key, value in values.items():
        line = f"{key} = {json.dumps(value)}"
        typer.echo(f"{line:<36} # {found.origins[key]}" if origin else line)
