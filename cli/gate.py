"""`tidegate gate`: may this change merge?"""

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from . import options
from .options import Format
from .terminal import Shown

if TYPE_CHECKING:
    from ..gate.run import Request
    from ..records.run import GateRun

QUICK_NOTICE = (
    "quick: ruff's rules stood in for bandit's, which find more; let the gate in CI decide"
)


def gate(
    repo: options.RepoOption = Path(),
    base: options.BaseOption = None,
    head: options.HeadOption = "HEAD",
    worktree: options.WorktreeOption = False,
    staged: options.StagedOption = False,
    quick: options.QuickOption = False,
    format_: options.FormatOption = Format.TEXT,
    output: options.OutputOption = None,
    mode: options.ModeOption = None,
    block_severity: options.BlockSeverityOption = None,
    block_confidence: options.BlockConfidenceOption = None,
    database: options.DatabaseOption = None,
    organisation_policy: options.OrganisationOption = None,
    workers: options.WorkersOption = None,
    file_timeout: options.FileTimeoutOption = None,
    accept_judge_change: options.AcceptOption = "",
    import_sarif: options.ImportOption = None,
    import_sarif_base: options.ImportBaseOption = None,
) -> None:
    """Decide on what is new between the merge base and head: PASS, BLOCK or INCOMPLETE."""
    from ..gate.imports.records import Imports
    from ..gate.run import Request

    flags = {
        "mode": mode,
        "block-severity": block_severity,
        "block-confidence": block_confidence,
        "database": database,
        "organisation-policy": organisation_policy,
        "workers": workers,
        "file-timeout": file_timeout,
    }
    request = Request(
        repo=repo, base=base, head=head, worktree=worktree, staged=staged, flags=flags
    )
    request = replace(request, accept_judge_change=accept_judge_change)
    imports = Imports(tuple(import_sarif or ()), tuple(import_sarif_base or ()))
    _answer(replace(request, imports=imports), format_, options.outputs(output), quick=quick)


def _check(request: "Request") -> None:
    """Raises BadParameter for options that contradict each other or mean nothing."""
    from ..gate.judge_changed import DIGEST

    if request.worktree and request.staged:
        why = "it cannot stand beside --worktree: the index or the disk is judged"
        raise typer.BadParameter(why, param_hint="--staged")
    if request.accept_judge_change and not DIGEST.fullmatch(request.accept_judge_change):
        why = "it is not a digest: 40 hexadecimal digits, as the gate prints them"
        raise typer.BadParameter(why, param_hint="--accept-judge-change")
    if request.imports.base and not request.imports.head:
        why = "give what the tool found at head too, with --import-sarif"
        raise typer.BadParameter(why, param_hint="--import-sarif-base")


def _answer(
    request: "Request", shown: Format, files: list[tuple[Format, Path]], *, quick: bool
) -> None:
    """Judge, report, and leave with the verdict's exit code."""
    from ..gate.run import run_gate
    from ..records.run import Profile
    from ..scanners import registry
    from .emit import Progress, emit

    _check(request)
    shows_code = Format.HTML in (shown, *(form for form, _ in files))
    request = replace(request, excerpts=shows_code)
    if quick:
        request = replace(request, notices=(QUICK_NOTICE,))
    run = run_gate(request, registry.QUICK if quick else registry.SCANNERS, Progress())
    run = replace(run, ended=time.time())
    if quick:
        run = replace(run, profile=Profile.QUICK)
    emit(lambda form, look: _rendered(run, form, look), shown, files)
    raise typer.Exit(run.exit_code)


def _rendered(run: "GateRun", form: Format, look: Shown) -> str:
    from ..reports.formats import RENDERERS

    if form is Format.TEXT:
        from ..reports import text

        return text.gate(run, colour=look.colour, links=look.links)
    return RENDERERS[form].gate(run, colour=look.colour)
