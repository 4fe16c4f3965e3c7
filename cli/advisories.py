"""`tidegate advisories`: the database of known vulnerabilities, kept on this machine."""

import os
import time
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import examples
from .emit import paced

if TYPE_CHECKING:
    from ..scanners.advisories.importing import ImportSummary
    from ..scanners.advisories.status import Catalogue, DatabaseStatus

SCHEMA = "tidegate/advisories/1"
PROGRESS_SECONDS = 2.0
"""Work shorter than this is not talked about; longer work is, once in this time."""
_PARTS = {"advisories": "advisories", "kev": "KEV", "epss": "EPSS"}
_MEGABYTE = 1_000_000

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


@app.command("import", epilog=examples.of("advisories import"))
def import_(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE",
            help="OSV records as JSON, JSON lines or YAML, a folder, zip or tar of them; "
            "CISA's KEV as JSON; EPSS scores as CSV; each also gzipped.",
        ),
    ],
    database: DatabaseOption = None,
    force: Annotated[
        bool, typer.Option("--force", help="Take KEV and EPSS even if they are less than before.")
    ] = False,
) -> None:
    """Replace what FILEs bring: advisories, KEV, EPSS. All stays as it is if one is broken."""
    from ..scanners.advisories.guard import guard_catalogues
    from ..scanners.advisories.importing import import_files

    path = database or _default_path()
    summary = import_files(
        files,
        path,
        on_record=_records_heard(),
        accept=lambda _new, status: None if force else guard_catalogues(path, status),
    )
    _tell(summary, path)


@app.command("update", epilog=examples.of("advisories update"))
def update(
    urls: Annotated[
        list[str] | None,
        typer.Argument(metavar="URL", help="What to fetch; default OSV's advisories for PyPI."),
    ] = None,
    database: DatabaseOption = None,
    force: Annotated[
        bool, typer.Option("--force", help="Take it even if it is less than what is there.")
    ] = False,
    expect_sha256: Annotated[
        list[str] | None,
        typer.Option("--expect-sha256", metavar="DIGEST", help="Of each URL, in order."),
    ] = None,
    allow_host: Annotated[
        list[str] | None,
        typer.Option("--allow-host", metavar="HOST", help="Follow redirects to it; repeatable."),
    ] = None,
) -> None:
    """Fetch advisories and import them. Exit 3, with the old ones kept, if they look wrong."""
    from ..scanners.advisories.download import OSV_PYPI
    from ..scanners.advisories.updating import update

    path = database or _default_path()
    summary = update(
        urls or [OSV_PYPI],
        path,
        digests=expect_sha256 or (),
        hosts=allow_host or (),
        force=force,
        on_bytes=_bytes_heard(),
        on_record=_records_heard(),
    )
    _tell(summary, path)


@app.command("status", epilog=examples.of("advisories status"))
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
    """As TIDEGATE_DATABASE says.

    A file in the current folder is not asked: a checkout must not choose what is overwritten.
    """
    from .. import config
    from ..scanners.context import context_of

    return context_of(
        config.resolve(flags={}, env=os.environ, file={}).settings, os.environ
    ).database


def _seldom(clock: Callable[[], float]) -> Callable[[], float]:
    """Seconds since it was made, once in PROGRESS_SECONDS; 0 in between and where work is quick."""
    began = clock()
    due = began + PROGRESS_SECONDS

    def elapsed() -> float:
        nonlocal due
        if clock() < due:
            return 0.0
        due = clock() + PROGRESS_SECONDS
        return clock() - began

    return elapsed


def _records_heard(clock: Callable[[], float] = time.monotonic) -> Callable[[int, float], None]:
    elapsed = _seldom(clock)

    def on_record(read: int, share: float) -> None:
        if seconds := elapsed():
            whole = read / share if 0 < share < 1 else None
            _say(f"{read:,} records read{paced(read, whole, seconds)}")

    return on_record


def _bytes_heard(
    clock: Callable[[], float] = time.monotonic,
) -> Callable[[int, int | None], None]:
    elapsed = _seldom(clock)

    def on_bytes(received: int, of: int | None) -> None:
        if seconds := elapsed():
            done, whole = received / _MEGABYTE, of / _MEGABYTE if of else None
            named = f" of {whole:,.0f}" if whole else ""
            _say(f"{done:,.0f}{named} MB fetched{paced(done, whole, seconds)}")

    return on_bytes


def _say(progress: str) -> None:
    typer.echo(progress, err=True)


def _tell(summary: "ImportSummary", path: Path) -> None:
    from ..reports.inert import visible

    for example in summary.examples:
        typer.echo(f"warning: malformed record left out: {visible(example)}", err=True)
    unsaid = summary.malformed - len(summary.examples)
    if unsaid:
        typer.echo(f"warning: {unsaid} more malformed records left out", err=True)
    for part in summary.lost:
        typer.echo(
            f"warning: the old database is broken, its {_PARTS[part]} could not be kept: "
            "import it again",
            err=True,
        )
    typer.echo(_imported(summary, path))


def _imported(summary: "ImportSummary", path: Path) -> str:
    found = summary.status
    about = f"{found.vulnerabilities} vulnerabilities of {found.packages} packages"
    lines = [f"{path}: {found.records} advisories on {about}"]
    if "advisories" in summary.imported:
        lines.append(
            f"{summary.read} records read = {summary.records} kept + {summary.withdrawn} withdrawn"
            f" + {summary.duplicates} duplicates + {summary.other_ecosystems} not about PyPI"
            f" + {summary.malformed} malformed"
        )
    lines += [
        f"{_PARTS[part]} {'imported' if part in summary.imported else 'kept'}: {_dated(held)}"
        for part, held in (("kev", found.kev), ("epss", found.epss))
        if held
    ]
    return "\n".join(lines)


def _dated(held: "Catalogue | None") -> str:
    return f"{held.entries} CVEs of {held.dated}" if held else "none"


def _age_days(found: "DatabaseStatus") -> int:
    """Whole days since the newest advisory was modified."""
    from ..scanners.advisories.age import age_days

    return age_days(found, time.time())


def _next(found: "DatabaseStatus") -> str:
    """What to do about the database."""
    from ..config import resolve
    from ..scanners.advisories.age import UPDATE_REMEDY

    settings = resolve(flags={}, env=os.environ, file={}).settings
    days = _age_days(found)
    if days > settings.advisories_max_days:
        return f"too old, changes to pins are INCOMPLETE: {UPDATE_REMEDY}"
    if days > settings.advisories_warn_days:
        return f"getting old: {UPDATE_REMEDY}"
    missing = [name for name, held in (("KEV", found.kev), ("EPSS", found.epss)) if not held]
    if missing:
        return f"nothing; import {' and '.join(missing)} to know what is exploited"
    return "nothing"


def _text(found: "DatabaseStatus", path: Path) -> str:
    from ..reports.inert import visible

    rows = {
        "database": path,
        "records": f"{found.records}, on {found.vulnerabilities} vulnerabilities",
        "packages": found.packages,
        "withdrawn": found.withdrawn,
        "malformed": found.malformed,
        "newest": f"{found.modified} ({_age_days(found)} days ago)",
        "built": found.built_at,
        "sources": ", ".join(found.sources),
        "KEV": _sourced(found.kev),
        "EPSS": _sourced(found.epss),
        "digest": f"sha256:{found.digest}",
        "next": _next(found),
    }
    return "".join(f"{name:<10} {visible(str(value))}\n" for name, value in rows.items())


def _sourced(held: "Catalogue | None") -> str:
    return f"{_dated(held)}, {', '.join(held.sources)}" if held else "not imported"


def _json(found: "DatabaseStatus", path: Path) -> str:
    from ..reports.inert import json_text

    return json_text(
        {
            "schema": SCHEMA,
            "path": str(path),
            "records": found.records,
            "vulnerabilities": found.vulnerabilities,
            "packages": found.packages,
            "withdrawn": found.withdrawn,
            "malformed": found.malformed,
            "newest": found.modified,
            "age_days": _age_days(found),
            "built_at": found.built_at,
            "sources": list(found.sources),
            "kev": _catalogue(found.kev),
            "epss": _catalogue(found.epss),
            "digest": f"sha256:{found.digest}",
            "next": _next(found),
        }
    )


def _catalogue(held: "Catalogue | None") -> dict[str, object] | None:
    if held is None:
        return None
    return {"dated": held.dated, "entries": held.entries, "sources": list(held.sources)}
