"""`tidegate init`: a commented configuration to start from, with what bandit's says."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .options import NoCacheOption

if TYPE_CHECKING:
    from ..scanners.bandit_configuration import BanditConfiguration


AdoptOption = Annotated[
    bool,
    typer.Option(
        "--adopt",
        help="Scan, and write a policy and a baseline for what is found today.",
    ),
]
DryOption = Annotated[
    bool, typer.Option("--dry-run", help="With --adopt: print the configuration, write nothing.")
]
ChangesOption = Annotated[
    int,
    typer.Option(
        "--changes", min=0, max=1000, help="With --adopt: so many landed changes are judged again."
    ),
]


def init(
    repo: Annotated[Path, typer.Option(help="The repository.")] = Path(),
    adopt: AdoptOption = False,
    dry_run: DryOption = False,
    changes: ChangesOption = 20,
    no_cache: NoCacheOption = False,
) -> None:
    """Write tidegate.toml: every setting with its default, and what bandit was to skip."""
    from ..errors import UsageError
    from ..gate.policy_file import settings_in
    from .bandit_policy import policy_lines
    from .emit import write_file

    if dry_run and not adopt:
        raise typer.BadParameter("it stands beside --adopt only", param_hint="--dry-run")
    path = repo / "tidegate.toml"
    name, _ = settings_in(repo)
    if name or os.path.lexists(path):
        raise UsageError(f"{repo / (name or path.name)} configures Tidegate already", "edit it")
    found = list(_of_bandit(repo))
    text = starting_file() + policy_lines(found)
    if adopt:
        from .adopt import Wish
        from .adopt import adopt as adopt_repository

        adopt_repository(Wish(repo, changes, dry_run, not no_cache), found, text)
    else:
        write_file(path, text)
        typer.echo(f"wrote {path}; commit it to the base branch: the gate reads it from there")
    for each in found:
        typer.echo(_told(each), err=dry_run)


def _of_bandit(repo: Path) -> "Iterator[BanditConfiguration]":
    """What each configuration of bandit at the top of the repository says."""
    from ..repository.regular_files import read_regular
    from ..scanners.bandit_configuration import (
        MAX_BYTES,
        NAMES,
        BanditConfiguration,
        read_bandit_configuration,
    )

    for name in NAMES:
        try:
            found = read_bandit_configuration(name, read_regular(repo / name, MAX_BYTES))
        except FileNotFoundError:
            continue
        except OSError as error:
            why = f"all of it: {error.strerror or error}"
            found = BanditConfiguration(source=name, left=(why,))
        if found:
            yield found


_EXAMPLE = """\
[[policy]]
match = { rule = "B101", path-class = "tests" }
action = "ignore"
reason = "asserts are what tests are made of"
"""
"""A line of a policy as a file holds it."""


def _told(found: "BanditConfiguration") -> str:
    """One line for the terminal; what is not translated stands in the file."""
    from ..reports.summary import plural

    lines = len(found.skips) + bool(found.asserts) + bool(found.excluded)
    left = f", {len(found.left)} not translated: see the comments there" if found.left else ""
    return f"{found.source}: {plural(lines, 'line')} of the policy{left}"


def starting_file() -> str:
    """Every key of a file with its default, and a line of a policy, commented out."""
    from .. import config

    lines = [
        "# Tidegate's settings. The gate reads them from the tip of the base branch, never",
        "# from the change that it judges. Each line shows the default.",
    ]
    for key, value in config.as_table(config.Settings()).items():
        if key in config.OUTSIDE_ONLY:
            continue
        option = config.OPTIONS[key]
        lines += [
            "",
            f"# {option.meaning}",
            f"# ({option.takes})",
            f"# {key} = {json.dumps(value)}",
        ]
    return "\n".join([*lines, "", *map(_comment, _EXAMPLE.splitlines())]) + "\n"


def _comment(line: str) -> str:
    return f"# {line}"
