"""`tidegate deliver`: tell a verdict, or a scan, to Slack or to a webhook."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..records.run import GateRun, ScanRun
    from ..reports.delivery import Message, Receiver, Target
    from ..reports.spool import Spool

VARIABLES = {
    "slack": ("DELIVER_SLACK_URL", ""),
    "webhook": ("DELIVER_WEBHOOK_URL", "DELIVER_WEBHOOK_KEY"),
}
"""Where the address and the key of each are; from nowhere else, as both are secrets."""


def deliver(
    report: Annotated[
        Path | None,
        typer.Argument(metavar="REPORT", help="What `gate` or `scan` wrote as JSON."),
    ] = None,
    slack: Annotated[
        bool, typer.Option("--slack", help="To the incoming webhook of $DELIVER_SLACK_URL.")
    ] = False,
    webhook: Annotated[
        bool,
        typer.Option(
            "--webhook", help="To $DELIVER_WEBHOOK_URL, signed with $DELIVER_WEBHOOK_KEY."
        ),
    ] = False,
    send: Annotated[bool, typer.Option("--send", help="Send it; else it is only shown.")] = False,
    spool: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Keep here what is not taken; alone: send what is kept."),
    ] = None,
    link: Annotated[
        str, typer.Option(metavar="URL", help="The job, for the message in Slack.")
    ] = "",
) -> None:
    """Tell a verdict to Slack or a webhook. Exit 3 if it was not taken; try again later."""
    from ..reports.spool import Spool

    _check(report, spool, chosen=slack + webhook)
    kept = Spool(spool, tell=_say) if spool else None
    if report is None and kept:
        _empty(kept, send=send)
    elif report:
        _tell(_messages(report, slack=slack, webhook=webhook, link=link), kept, send=send)


def _check(report: Path | None, spool: Path | None, *, chosen: int) -> None:
    """Raises BadParameter for a call that does not say what goes where."""
    if report and not chosen:
        raise typer.BadParameter("say who is told", param_hint="--slack, --webhook")
    if not report and (chosen or not spool):
        raise typer.BadParameter("name a report, or --spool alone", param_hint="REPORT")


def _messages(report: Path, *, slack: bool, webhook: bool, link: str) -> "list[Message]":
    """What goes to whom. Raises UsageError where the file is no report."""
    from ..reports import json_reading
    from ..reports.delivery import Message, Target

    try:
        with report.open("rb") as file:
            data = file.read(json_reading.MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(
            f"{report} cannot be read: {error.strerror}",
            "write it with `tidegate gate --output json=FILE`, or with `tidegate scan`",
        ) from error
    run = json_reading.run_of(data)
    messages = []
    if slack:
        messages.append(Message(Target.SLACK, _for_slack(run, link).encode()))
    if webhook:
        messages.append(Message(Target.WEBHOOK, data))
    return messages


def _for_slack(run: "GateRun | ScanRun", link: str) -> str:
    from ..records.run import ScanRun
    from ..reports import slack

    if isinstance(run, ScanRun):
        return slack.scan(run, link=link)
    return slack.gate(run, link=link)


def _tell(messages: "list[Message]", kept: "Spool | None", *, send: bool) -> None:
    """Show or send each. Raises the first NotDelivered once all were tried."""
    from ..reports.delivery import NotDelivered

    if not send:
        for message in messages:
            typer.echo(_shown(message), nl=False)
        _say("nothing was sent; --send sends it")
        return
    # Before any is sent: an address or a folder that is none is told at once.
    if kept:
        kept.check()
    receivers = {message.to: _receiver(message.to, os.environ) for message in messages}
    failed = []
    for message in messages:
        try:
            _send(message, receivers[message.to])
        except NotDelivered as error:
            failed.append(error)
            if kept:
                kept.keep(message)
                _say(f"kept in {kept.folder}")
    if failed:
        raise failed[0]


def _shown(message: "Message") -> str:
    """What would be sent, harmless to the terminal that shows it."""
    import json

    from ..reports.inert import json_text

    return json_text(json.loads(message.body))


def _empty(kept: "Spool", *, send: bool) -> None:
    """Send what is kept. Raises the first NotDelivered once all were tried."""
    if not send:
        _say(f"{kept.count()} kept; nothing was sent, --send sends them")
        return
    kept.deliver(lambda message: _send(message, _receiver(message.to, os.environ)))


def _send(message: "Message", to: "Receiver") -> None:
    from ..reports import delivery

    delivery.send(message, to)
    _say(f"{message.to} took it")


def _receiver(to: "Target", env: "Mapping[str, str]") -> "Receiver":
    """Raises UsageError where the variables hold no address or no key."""
    from ..reports.delivery import receiver

    url, key = VARIABLES[to]
    return receiver(env.get(url, ""), env.get(key, ""), to, variables=(url, key))


def _say(text: str) -> None:
    from ..reports.inert import visible

    typer.echo(visible(text), err=True)
