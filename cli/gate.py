"""`tidegate gate`: may this change merge?"""

from pathlib import Path
from typing import Annotated

import typer

from .options import (
    DatabaseOption,
    FileTimeoutOption,
    Format,
    FormatOption,
    OutputOption,
    WorkersOption,
    outputs,
)


def gate(
    repo: Annotated[Path, typer.Option(help="The repository.")] = Path(),
    base: Annotated[
        str | None,
        typer.Option(metavar="REF", help="Where it would land; else from the CI or the remote."),
    ] = None,
    head: Annotated[str, typer.Option(metavar="REF", help="What would land.")] = "HEAD",
    worktree: Annotated[
        bool, typer.Option("--worktree", help="Judge the files as they are now, uncommitted too.")
    ] = False,
    format_: FormatOption = Format.TEXT,
    output: OutputOption = None,
    mode: Annotated[
        str | None, typer.Option(metavar="MODE", help="enforce, warn or observe.")
    ] = None,
    block_severity: Annotated[
        str | None, typer.Option(metavar="LEVEL", help="New findings block from here on.")
    ] = None,
    block_confidence: Annotated[
        str | None, typer.Option(metavar="LEVEL", help="And from this confidence on.")
    ] = None,
    database: DatabaseOption = None,
    workers: WorkersOption = None,
    file_timeout: FileTimeoutOption = None,
) -> None:
    """Decide on what is new between the merge base and head: PASS, BLOCK or INCOMPLETE."""
    from ..gate.run import Request, run_gate
    from ..reports.formats import RENDERERS
    from ..scanners.registry import SCANNERS
    from .emit import Progress, emit

    files = outputs(output)
    flags = {
        "mode": mode,
        "block-severity": block_severity,
        "block-confidence": block_confidence,
        "database": database,
        "workers": workers,
        "file-timeout": file_timeout,
    }
    request = Request(repo=repo, base=base, head=head, worktree=worktree, flags=flags)
    run = run_gate(request, SCANNERS, Progress())
    emit(lambda form, colour: RENDERERS[form].gate(run, colour=colour), format_, files)
    raise typer.Exit(run.exit_code)
