"""`tidegate advisories`: the database of known vulnerabilities, kept on this machine."""

import os
import sys
import time
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ..scanners.advisories.database import DatabaseStatus
    from ..scanners.advisories.importing import ImportSummary

SCHEMA = "tidegate/advisories/1"
PROGRESS_SECONDS = 2.0
"""Work shorter than this is not talked about; longer work is, once in this time."""

app = typer.Typer(
    help="Import advisories and say how old they are.",
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
)

DatabaseOption = Annotated[
    Path | None,
    typer.Option("--database", help="The database; default $XDG_DATA_HOME/tidegate/advisories.db."),
]


class StatusFormat(StrEnum):
    """How `status` answers."""

    TEXT = "text"
    JSON = "json"


@app.command("import")
def import_(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE", help="OSV records: .json, .jsonl or .zip, each also .gz."),
    ],
    database: DatabaseOption = None,
) -> None:
    """Build the database anew from OSV FILEs; the old one stays if one of them is broken."""
    from ..scanners.advisories.importing import import_files

    path = database or _default_path()
    summary = import_files(files, path, on_record=_progress())
    _warn(summary)
    typer.echo(_imported(summary, path))


@app.command("status")
def status(
    database: DatabaseOption = None,
    format_: Annotated[StatusFormat, typer.Option("--format", help="How to answer.")] = (
        StatusFormat.TEXT
    ),
) -> None:
    """Say what the database holds and how old it is; reads it whole. Exit 3 if it cannot answer."""
    from ..scanners.advisories.database import opened

    path = database or _default_path()
    with opened(path) as advisories:
        advisories.check()
        found = advisories.status()
    text = _json(found, path) if format_ is StatusFormat.JSON else _text(found, path)
    typer.echo(text, nl=False)


def _default_path() -> Path:
    from ..scanners.advisories.database import default_path

    return default_path(os.environ)


def _progress(clock: Callable[[], float] = time.monotonic) -> Callable[[int], None]:
    """Speaks on stderr once in PROGRESS_SECONDS, so not at all where the import is quick."""
    due = clock() + PROGRESS_SECONDS

    def on_record(read: int) -> None:
        nonlocal due
        if clock() >= due:
            due = clock() + PROGRESS_SECONDS
            print(f"{read:,} records read", file=sys.stderr, flush=True)  # noqa: T201 - progress

    return on_record


def _warn(summary: "ImportSummary") -> None:
    from ..reports.inert import visible

    for example in summary.examples:
        typer.echo(f"warning: malformed record left out: {visible(example)}", err=True)
    unsaid = summary.malformed - len(summary.examples)
    if unsaid:
        typer.echo(f"warning: {unsaid} more malformed records left out", err=True)


def _imported(summary: "ImportSummary", path: Path) -> str:
    return (
        f"{path}: {summary.records} advisories for {summary.packages} packages\n"
        f"{summary.read} records read = {summary.records} kept + {summary.withdrawn} withdrawn"
        f" + {summary.duplicates} duplicates + {summary.other_ecosystems} not about PyPI"
        f" + {summary.malformed} malformed"
    )


def _age_days(found: "DatabaseStatus") -> int:
    """Whole days since the newest advisory was modified."""
    from ..scanners.advisories.age import age_days

    return age_days(found, time.time())


def _text(found: "DatabaseStatus", path: Path) -> str:
    from ..reports.inert import visible

    rows = {
        "database": path,
        "records": found.records,
        "packages": found.packages,
        "withdrawn": found.withdrawn,
        "malformed": found.malformed,
        "newest": f"{found.modified} ({_age_days(found)} days ago)",
        "built": found.built_at,
        "sources": ", ".join(found.sources),
        "digest": f"sha256:{found.digest}",
    }
    return "".join(f"{name:<10} {visible(str(value))}\n" for name, value in rows.items())


def _json(found: "DatabaseStatus", path: Path) -> str:
    from ..reports.inert import json_text

    return json_text(
        {
            "schema": SCHEMA,
            "path": str(path),
            "records": found.records,
            "packages": found.packages,
            "withdrawn": found.withdrawn,
            "malformed": found.malformed,
            "newest": found.modified,
            "age_days": _age_days(found),
            "built_at": found.built_at,
            "sources": list(found.sources),
            "digest": f"sha256:{found.digest}",
        }
    )
