"""The command line: one Typer app, one place where errors become exit codes."""

import sys
from collections.abc import Callable
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
    examples,
    gate,
    history,
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
    add_completion=True,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    context_settings=options.HELP,
)
VERBS: tuple[tuple[str, str, Callable[..., None]], ...] = (
    ("gate", "Decide on what a change brings.", gate.gate),
    ("scan", "Print every finding of a tree.", scan.scan),
    ("waive", "Answer for what stops a change, until a day.", waive.waive),
    ("init", "Write a commented configuration.", init.init),
    ("doctor", "Say what is missing and how to get it.", doctor.doctor),
    ("deliver", "Tell a verdict to Slack or a webhook.", deliver.deliver),
)
for _name, _short, _verb in VERBS:
    app.command(_name, short_help=_short, epilog=examples.of(_name))(_verb)
app.add_typer(config.app, name="config")
app.add_typer(policy.app, name="policy")
app.add_typer(advisories.app, name="advisories")
app.add_typer(baseline.app, name="baseline")
app.add_typer(history.app, name="history")


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
        return _interrupted()
    except TidegateError as error:
        typer.echo(f"error: {_printable(error.message)}", err=True)
        if error.remedy:
            typer.echo(f"  what to do: {_printable(error.remedy)}", err=True)
        return error.exit_code
    except Exception as error:  # noqa: BLE001 - the last resort: a report, and a code of its own
        from .crash import report_crash

        typer.echo(f"internal error: {report_crash(error)}", err=True)
        return ExitCode.INTERNAL


def _interrupted() -> int:
    """Say so, in the place of a line of progress that a terminal still shows."""
    from .emit import WIPE

    typer.echo(f"{WIPE if sys.stderr.isatty() else ''}interrupted", err=True)
    return ExitCode.INTERRUPTED


def _printable(text: str) -> str:
    """What a server, a file or a name says, without what a terminal would obey."""
    return "".join(
        each if each.isprintable() or each in "\n\t" else ascii(each)[1:-1] for each in text
    )


def _answer() -> int:
    """The code that a verb ends with, once all it printed is written. Raises what it raises."""
    # A shell asks for completions with the bare name; a gate is never to answer one instead.
    variable = "" if sys.argv[1:] else "_TIDEGATE_COMPLETE"
    try:
        app(standalone_mode=True, prog_name="tidegate", complete_var=variable)
    except SystemExit as exit_:
        code = exit_.code if isinstance(exit_.code, int) else int(exit_.code is not None)
        if code == ExitCode.INTERRUPTED:
            return _interrupted()
    else:
        code = ExitCode.YES
    sys.stdout.flush()
    return code
