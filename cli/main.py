"""The command line: one Typer app, one place where errors become exit codes."""

import sys
from typing import Annotated

import typer

from .. import __version__
from ..errors import ExitCode, TidegateError
from . import (
    advisories,
    baseline,
    config,
    deliver,
    doctor,
    gate,
    init,
    options,
    policy,
    scan,
    streams,
    waive,
)

app = typer.Typer(
    name="tidegate",
    help="May this change merge?",
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    context_settings=options.HELP,
)
app.command("gate", short_help="Decide on what a change brings.")(gate.gate)
app.command("scan", short_help="Print every finding of a tree.")(scan.scan)
app.command("waive", short_help="Answer for what stops a change, until a day.")(waive.waive)
app.command("init", short_help="Write a commented configuration.")(init.init)
app.command("doctor", short_help="Say what is missing and how to get it.")(doctor.doctor)
app.command("deliver", short_help="Tell a verdict to Slack or a webhook.")(deliver.deliver)
app.add_typer(config.app, name="config")
app.add_typer(policy.app, name="policy")
app.add_typer(advisories.app, name="advisories")
app.add_typer(baseline.app, name="baseline")


def _version(wanted: bool) -> None:  # noqa: FBT001 - Typer calls it so
    if wanted:
        typer.echo(f"tidegate {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version.")
    ] = False,
) -> None:
    """May this change merge?"""


def main() -> None:
    """The console script: run a verb and exit with the code of `errors.ExitCode`."""
    sys.exit(_run())


def _run() -> int:
    try:
        streams.prepare()
        return _answer()
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except TidegateError as error:
        typer.echo(f"error: {_printable(error.message)}", err=True)
        if error.remedy:
            typer.echo(f"  what to do: {_printable(error.remedy)}", err=True)
        return error.exit_code
    except Exception as error:  # noqa: BLE001 - the last resort: a report, and a code of its own
        from .crash import report_crash

        typer.echo(f"internal error: {report_crash(error)}", err=True)
        return ExitCode.INTERNAL


def _printable(text: str) -> str:
    """What a server, a file or a name says, without what a terminal would obey."""
    return "".join(
        each if each.isprintable() or each in "\n\t" else ascii(each)[1:-1] for each in text
    )


def _answer() -> int:
    """The code that a verb ends with, once all it printed is written. Raises what it raises."""
    try:
        app(standalone_mode=True)
    except SystemExit as exit_:
        code = exit_.code if isinstance(exit_.code, int) else int(exit_.code is not None)
    else:
        code = ExitCode.YES
    sys.stdout.flush()
    return code
