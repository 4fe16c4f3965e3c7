"""`tidegate init`: a commented configuration to start from."""

import json
from pathlib import Path
from typing import Annotated

import typer


def init(
    repo: Annotated[Path, typer.Option(help="The repository.")] = Path(),
) -> None:
    """Write tidegate.toml with every setting, its default and what it means."""
    from ..errors import UsageError
    from ..gate.policy_file import settings_in

    path = repo / "tidegate.toml"
    name, _ = settings_in(repo)
    if name or path.exists():
        raise UsageError(f"{repo / (name or path.name)} configures Tidegate already", "edit it")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(starting_file())
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written: {error.strerror}", "check the folder"
        ) from error
    typer.echo(f"wrote {path}; commit it to the base branch: the gate reads it from there")


def starting_file() -> str:
    """Every key with its default, commented out, under what it means."""
    from .. import config

    lines = [
        "# Tidegate's settings. The gate reads them from the tip of the base branch, never",
        "# from the change that it judges. Each line shows the default.",
    ]
    for key, value in config.as_table(config.Settings()).items():
        option = config.OPTIONS[key]
        lines += [
            "",
            f"# {option.meaning}",
            f"# ({option.takes})",
            f"# {key} = {json.dumps(value)}",
        ]
    return "\n".join(lines) + "\n"
