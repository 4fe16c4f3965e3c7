"""`tidegate history`: the table of what landed, from one pass over git."""

import os
import re
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import examples

if TYPE_CHECKING:
    from ..analysis.history.building import Updated
    from ..analysis.history.replay import Landed
    from ..analysis.history.stored import Stored
    from ..analysis.history.table import Row
    from ..repository.git import Git

app = typer.Typer(
    help="Measure every change that landed, and tell which did harm.",
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
)
_LIKE_A_DAY = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")
RepoOption = Annotated[Path, typer.Option("--repo", help="The repository.")]


@app.command("build", epilog=examples.of("history build"))
def build(
    repo: RepoOption = Path(),
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FILE",
            help="Ending in .parquet or .jsonl; default history.parquet with the extra `ml`, "
            "else history.jsonl.",
        ),
    ] = None,
    since: Annotated[
        str,
        typer.Option(
            "--since",
            metavar="REV|DATE",
            help="Write what landed after a commit, or from a day on (YYYY-MM-DD); "
            "measured is all of it.",
            show_default=False,
        ),
    ] = "",
) -> None:
    """Write a row for each change that landed. Exit 3 if one could not be read."""
    from ..analysis.frames import has_parquet
    from ..repository.git import Git

    path = out or Path("history.parquet" if has_parquet() else "history.jsonl")
    write = _writer(path)
    git = Git.open(repo)
    place, _ = updated(git)
    stored, rows = _rows(git, place, since)
    write(path, rows)
    _tell(stored, len(rows), path)


def updated(git: "Git", rev: str = "HEAD") -> "tuple[Path, Updated]":
    """The state of the history of `rev`, with what landed since it was last read."""
    from ..analysis.history.building import update
    from ..repository.ranges import commit_of
    from .emit import Progress

    tip = commit_of(git, rev)
    place = state_of(git)
    total = int(git.output("rev-list", "--first-parent", "--count", "--end-of-options", tip))
    progress = Progress(did="read", things="changes")

    def on_landed(landed: "Landed") -> None:
        progress(landed.change.number + 1, total)

    return place, update(git, tip, place, now=int(time.time()), on_landed=on_landed)


def state_of(git: "Git") -> Path:
    """Where the history of a repository is kept: in the user's cache, one file for all clones'
    work trees.
    """
    from hashlib import blake2b

    from ..repository.streamed import without_worktree
    from ..scanners.user_folders import user_folder

    name = blake2b(os.fsencode(without_worktree(git).root), digest_size=16).hexdigest()
    folder = user_folder(os.environ, "XDG_CACHE_HOME", ".cache")
    return folder / "tidegate" / "history" / f"{name}.db"


def _rows(git: "Git", place: Path, since: str) -> "tuple[Stored, list[Row]]":
    from ..analysis.history.stored import find_change, read_stored
    from ..errors import UsageError
    from ..repository.ranges import commit_of

    stored = read_stored(place)
    day = _day(since)
    if not since:
        return stored, list(stored.rows())
    if day is None and _LIKE_A_DAY.fullmatch(since):
        raise UsageError(f"no day is {since}", "write one as 2026-12-31")
    if day is not None:
        wanted = {each.number for each in stored.changes if each.time >= day}
        return stored, [row for row in stored.rows() if row[0] in wanted]
    number = find_change(place, commit_of(git, since))
    if number is None:
        raise UsageError(f"{since} is not in the history", "name a commit that landed, or a day")
    return stored, list(stored.rows(number + 1))


def _day(text: str) -> float | None:
    """The start of a day in UTC, in seconds since the epoch; None for what is none."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()


def _writer(path: Path) -> "Callable[[Path, list[Row]], None]":
    """What writes a file of that name, told before the work begins whether it can."""
    from ..analysis.frames import PARQUET, need_parquet
    from ..errors import UsageError

    if path.suffix == PARQUET:
        need_parquet()
    elif path.suffix != ".jsonl":
        raise UsageError(f"{path} is of no known kind", "name a file ending in .parquet or .jsonl")
    if not path.absolute().parent.is_dir():
        raise UsageError(f"the folder of {path} does not exist", "make it, or name another")
    return _write_parquet if path.suffix == PARQUET else _write_lines


def _write_lines(path: Path, rows: "list[Row]") -> None:
    from ..analysis.history.table_file import as_json_lines
    from .emit import write_file

    write_file(path, "".join(as_json_lines(rows)))


def _write_parquet(path: Path, rows: "list[Row]") -> None:
    from ..analysis.frames import write_parquet

    write_parquet(path, rows)


def _tell(stored: "Stored", written: int, path: Path) -> None:
    """What was written, what is left out of training, and what could not be read."""
    from ..analysis.history.exclusions import Exclusion, counted
    from ..errors import ExitCode

    counts = counted(Exclusion(c.excluded) if c.excluded else None for c in stored.changes)
    kept, unread = counts.pop("kept"), counts[Exclusion.UNREAD]
    left_out = ", ".join(f"{number} {name}" for name, number in counts.items() if number)
    total = len(stored.changes)
    days = stored.hindsight.window
    for line in (
        f"{written} of {total} changes to {path}",
        f"{kept} to learn from; left out: {left_out or 'none'}",
        f"a change without a label is clean after {days:.0f} days",
    ):
        typer.echo(line, err=True)
    if unread:
        typer.echo(f"{unread} could not be read: fetch the whole history", err=True)
        raise typer.Exit(ExitCode.INCOMPLETE)


@app.command("show", epilog=examples.of("history show"))
def show(
    rev: Annotated[str, typer.Argument(metavar="REV", help="A commit; what it landed with.")] = (
        "HEAD"
    ),
    repo: RepoOption = Path(),
    json_: Annotated[bool, typer.Option("--json", help="The row as JSON.")] = False,
) -> None:
    """Tell what is measured of one change, each number with its unit and in words."""
    from ..analysis.history.stored import find_change, read_stored
    from ..analysis.history.table_file import as_json_lines
    from ..errors import UsageError
    from ..repository.git import Git
    from ..repository.ranges import commit_of

    git = Git.open(repo)
    sha = commit_of(git, rev)
    place, _ = updated(git)
    number = find_change(place, sha)
    if number is None:
        raise UsageError(f"{rev} is not in the history of HEAD", "name a commit that landed")
    (row,) = list(read_stored(place).rows(number))[:1]
    sys.stdout.write("".join(as_json_lines([row])) if json_ else in_words(row))


def in_words(row: "Row") -> str:
    """A line for each column that holds something."""
    from ..analysis.history.table import COLUMNS, Kind

    lines = []
    for column, value in zip(COLUMNS, row, strict=True):
        if value is None:
            continue
        shown = f"{value:.4g}" if isinstance(value, float) else str(value).lower()
        if column.kind is Kind.TIME:
            shown = _moment(int(value))
        unit = "" if column.kind in (Kind.TIME, Kind.TRUTH, Kind.TEXT) else f" {column.unit}"
        lines.append(f"{column.name:24} {shown}{unit}: {column.words}\n")
    return "".join(lines)


def _moment(seconds: int) -> str:
    """A time in UTC; the number where no calendar has it."""
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OverflowError, ValueError, OSError):
        return str(seconds)
