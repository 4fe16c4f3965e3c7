"""`tidegate baseline`: the findings that an old code base starts with."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import examples
from .options import (
    DatabaseOption,
    IgnoredOption,
    ImportOption,
    NoCacheOption,
    WorkersOption,
)
from .scan import How

if TYPE_CHECKING:
    from ..gate.baseline import Compared, Entry
    from ..records.finding import Finding
    from ..records.run import Located, ScanRun

RootOption = Annotated[
    Path, typer.Option("--repo", help="The folder that is scanned and holds the file.")
]
DIFF_SCHEMA = "tidegate/baseline-diff/1"

app = typer.Typer(
    help="Keep the findings that a code base starts with.",
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
)


@app.callback()
def _verbs() -> None:
    """Keep the findings that a code base starts with."""


@app.command(epilog=examples.of("baseline create"))
def create(
    repo: RootOption = Path(),
    database: DatabaseOption = None,
    workers: WorkersOption = None,
    no_cache: NoCacheOption = False,
    import_sarif: ImportOption = None,
    ignored: IgnoredOption = False,
) -> None:
    """Write an entry for every finding of the tree to tidegate.baseline."""
    from ..gate.baseline_file import MERGING

    refuse_existing(repo)
    flags = {"database": database, "workers": workers}
    run = _scanned(repo, flags, import_sarif, How(not no_cache, ignored))
    typer.echo(f"{write_new(repo, [item.finding for item in run.findings])}; commit it")
    _tell_gaps(run)
    if not merges_as_union(repo):
        typer.echo(f"add the line `{MERGING}` to .gitattributes, so that merges do not conflict")


def refuse_existing(repo: Path) -> None:
    """Raises UsageError where there is a baseline already."""
    from ..errors import UsageError

    path = _file(repo)
    if os.path.lexists(path):
        raise UsageError(f"{path} exists already", "run `tidegate baseline update`")


def write_new(repo: Path, findings: "Sequence[Finding]") -> str:
    """Write an entry for each finding, and say so."""
    from ..gate.baseline import entries_of

    path = _file(repo)
    entries = entries_of(findings)
    _write(path, entries)
    files = _count({entry.path for entry in entries}, "file")
    return f"wrote {path}: {_count(entries, 'finding')} in {files}"


@app.command(epilog=examples.of("baseline update"))
def update(
    repo: RootOption = Path(),
    database: DatabaseOption = None,
    workers: WorkersOption = None,
    no_cache: NoCacheOption = False,
    import_sarif: ImportOption = None,
    ignored: IgnoredOption = False,
) -> None:
    """Add what is new and drop what is gone."""
    from ..gate.baseline import updated

    flags = {"database": database, "workers": workers}
    look = _look(repo, flags, import_sarif, How(not no_cache, ignored))
    _rewrite(look, updated([item.finding for item in look.run.findings], look.found))


@app.command(epilog=examples.of("baseline prune"))
def prune(
    repo: RootOption = Path(),
    database: DatabaseOption = None,
    workers: WorkersOption = None,
    no_cache: NoCacheOption = False,
    import_sarif: ImportOption = None,
    ignored: IgnoredOption = False,
) -> None:
    """Drop what is gone, and add nothing."""
    from ..gate.baseline import pruned

    flags = {"database": database, "workers": workers}
    look = _look(repo, flags, import_sarif, How(not no_cache, ignored))
    _rewrite(look, pruned(look.entries, look.found))


@app.command(epilog=examples.of("baseline diff"))
def diff(
    repo: RootOption = Path(),
    database: DatabaseOption = None,
    workers: WorkersOption = None,
    no_cache: NoCacheOption = False,
    import_sarif: ImportOption = None,
    ignored: IgnoredOption = False,
    json_: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List what is new (+) and what is stale (-). Exit 1 where anything is new."""
    from ..errors import ExitCode

    flags = {"database": database, "workers": workers}
    look = _look(repo, flags, import_sarif, How(not no_cache, ignored))
    typer.echo(_as_json(look) if json_ else _as_text(look), nl=False)
    incomplete = ExitCode.INCOMPLETE if look.run.skipped else ExitCode.YES
    raise typer.Exit(ExitCode.NO if look.new else incomplete)


@dataclass(frozen=True, slots=True)
class _Look:
    """A scan of a tree beside the baseline that it has."""

    path: Path
    run: "ScanRun"
    entries: "Sequence[Entry]"
    found: "Compared"

    @property
    def new(self) -> "list[Located]":
        """The findings that no entry matches."""
        pairs = zip(self.run.findings, self.found.known, strict=True)
        return [item for item, known in pairs if not known]


def _look(
    repo: Path, flags: dict[str, str | None], imports: Sequence[Path] | None, how: How
) -> _Look:
    from ..errors import UsageError
    from ..gate.baseline_file import baseline_in
    from .known import compared

    path = _file(repo)
    try:
        entries = baseline_in(path)
    except FileNotFoundError as error:
        remedy = "run `tidegate baseline create`"
        raise UsageError(f"there is no {path}", remedy) from error
    run = _scanned(repo, flags, imports, how)
    return _Look(path, run, entries, compared(run, entries, repo.resolve(), [Path()]))


def _scanned(
    repo: Path, flags: dict[str, str | None], imports: Sequence[Path] | None, how: How
) -> "ScanRun":
    from .scan import scanned

    root = repo.resolve()
    files = [file.absolute() for file in imports or ()]
    return scanned(root, [root], flags, None, files, how)


def _file(repo: Path) -> Path:
    from ..gate.baseline_file import NAME

    return repo / NAME


def _rewrite(look: _Look, entries: "Sequence[Entry]") -> None:
    """Put `entries` in place of those that were there, and say what became of them."""
    _write(look.path, entries)
    added, dropped = set(entries) - set(look.entries), set(look.entries) - set(entries)
    kept = f"{len(added)} added, {len(dropped)} dropped"
    typer.echo(f"wrote {look.path}: {_entries(entries)}, {kept}")
    if look.found.unseen:
        typer.echo(f"{_entries(look.found.unseen)} kept: they were not looked for")
    _tell_gaps(look.run)


def _write(path: Path, entries: "Iterable[Entry]") -> None:
    from ..gate.baseline_file import written
    from .emit import write_file

    write_file(path, written(entries))


def _tell_gaps(run: "ScanRun") -> None:
    from ..reports.inert import visible

    for line in run.left_out:
        typer.echo(visible(line))
    if run.skipped:
        typer.echo(f"not looked at: {len(run.skipped)}, which `tidegate scan` lists")


def merges_as_union(repo: Path) -> bool:
    """Whether .gitattributes has the line with which merges of the file never conflict."""
    from ..gate.baseline_file import MERGING

    try:
        text = (repo / ".gitattributes").read_text("utf-8", "replace")
    except OSError:
        return False
    return any(line.strip().lstrip("/") == MERGING for line in text.splitlines())


def _count(things: "Iterable[object]", one: str, many: str = "") -> str:
    number = sum(1 for _ in things)
    return f"{number} {one if number == 1 else many or f'{one}s'}"


def _entries(entries: "Iterable[Entry]") -> str:
    return _count(entries, "entry", "entries")


def _as_text(look: _Look) -> str:
    from ..reports.inert import PATH_LIMIT, visible

    new = [
        f"+ {item.finding.path}:{item.finding.line} {item.finding.rule} {item.finding.scope}"
        for item in look.new
    ]
    stale = [f"- {entry.path} {entry.rule} {entry.scope}" for entry in look.found.stale]
    sums = [f"{len(new)} new, {sum(look.found.known)} known, {len(stale)} stale"]
    if look.found.unseen:
        sums.append(f"{_entries(look.found.unseen)} not looked for")
    if look.run.skipped:
        sums.append(f"{len(look.run.skipped)} not looked at")
    lines = [visible(line, PATH_LIMIT).rstrip() for line in (*new, *stale)]
    left_out = [visible(line) for line in look.run.left_out]
    return "\n".join([*lines, "; ".join(sums), *left_out, ""])


def _as_json(look: _Look) -> str:
    from ..reports.inert import json_rows

    new = [
        {
            "path": item.finding.path,
            "line": item.finding.line,
            "tool": item.finding.tool,
            "rule": item.finding.rule,
            "scope": item.finding.scope,
            "fingerprint": item.fingerprint,
        }
        for item in look.new
    ]
    return json_rows(
        {
            "schema": DIFF_SCHEMA,
            "new": new,
            "stale": [_told(entry) for entry in look.found.stale],
            "unseen": [_told(entry) for entry in look.found.unseen],
            "known": sum(look.found.known),
            "skipped": len(look.run.skipped),
            "left_out": look.run.left_out,
        }
    )


def _told(entry: "Entry") -> dict[str, object]:
    return {
        "path": entry.path,
        "tool": entry.tool,
        "rule": entry.rule,
        "scope": entry.scope,
        "occurrence": entry.occurrence,
    }
