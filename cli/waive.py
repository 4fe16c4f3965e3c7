"""`tidegate waive`: somebody answers, until a day, for what stops a change."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import IncompleteError, UsageError
from . import options

if TYPE_CHECKING:
    from datetime import date

    from ..gate.run import Request
    from ..gate.waivers import Waiver
    from ..gate.waiving import Item, Report
    from ..repository.git import Git

MAX_REPORT_BYTES = 256 * 1024 * 1024


class Content(StrEnum):
    """For which content of its file a waiver counts."""

    THIS = "this"
    ANY = "any"


FingerprintArgument = Annotated[
    str | None, typer.Argument(help="How it begins, or PATH:LINE as the gate shows it.")
]
ReasonOption = Annotated[str, typer.Option(help="Why it may stay: ten characters or more.")]
UntilOption = Annotated[str, typer.Option(metavar="DATE", help="The last day: 2026-12-31.")]
OwnerOption = Annotated[str, typer.Option(help="Who answers for it; else git's user.email.")]
TicketOption = Annotated[str, typer.Option(help="Where it is followed up.")]
SkippedOption = Annotated[
    str | None, typer.Option(metavar="WHAT", help="A gap, in the place of a finding.")
]
ContentOption = Annotated[
    Content | None,
    typer.Option(help="Its file as it is now, or any; this for secrets and unseen files."),
]
VerdictOption = Annotated[
    Path | None, typer.Option(metavar="FILE", help="The gate's JSON, in the place of a run.")
]
CheckOption = Annotated[
    bool, typer.Option("--check", help="Say which entries count; exit 1 where one does not.")
]


def waive(
    fingerprint: FingerprintArgument = None,
    reason: ReasonOption = "",
    until: UntilOption = "",
    owner: OwnerOption = "",
    ticket: TicketOption = "",
    skipped: SkippedOption = None,
    content: ContentOption = None,
    verdict: VerdictOption = None,
    check: CheckOption = False,
    repo: options.RepoOption = Path(),
    base: options.BaseOption = None,
    head: options.HeadOption = "HEAD",
    worktree: options.WorktreeOption = False,
    staged: options.StagedOption = False,
    database: options.DatabaseOption = None,
) -> None:
    """Write a waiver of a finding, or of a gap, to tidegate.waivers.toml."""
    from ..gate.run import Request
    from ..repository.git import Git

    if [check, fingerprint is not None, skipped is not None].count(True) != 1:
        raise typer.BadParameter("name a finding, or --skipped WHAT, or give --check")
    git = Git.open(repo)
    if check:
        from .waiver_check import checked

        raise typer.Exit(checked(git, base))
    if not (until and reason):
        raise typer.BadParameter("a waiver needs both --until DATE and --reason TEXT")
    said = {"reason": reason, "until": until, "owner": owner or _email(git), "ticket": ticket}
    if not said["owner"].strip():
        why = "who answers for it? git has no user.email"
        raise typer.BadParameter(why, param_hint="--owner")
    request = Request(repo=repo, base=base, head=head, worktree=worktree, staged=staged)
    request = replace(request, flags={"database": database})
    document = _read_report(verdict) if verdict else _report_of(request)
    _write(git, document, (fingerprint, skipped), said, content)


def _write(
    git: "Git",
    document: object,
    wanted: tuple[str | None, str | None],
    said: Mapping[str, str],
    content: Content | None,
) -> None:
    """Add the entries for a finding, or for the gaps about one thing, and tell them."""
    from ..gate.waiver_entries import FILE_NAME
    from ..gate.waiving import finding_named, gaps_named, report_of
    from ..reports.inert import visible

    fingerprint, skipped = wanted
    report = report_of(document)
    if skipped is None:
        found = [finding_named(report.items, fingerprint or "")]
    else:
        found = gaps_named(report.items, skipped)
    _add(git, [_waiver(item, said, _blob(git, item, report, content)) for item in found])
    for item in found:
        typer.echo(f"waived until {said['until']}: {visible(item.named)}")
    typer.echo(f"commit {FILE_NAME} to the base branch: a waiver counts once it stands there")


def _report_of(request: "Request") -> object:
    """What the JSON report of a run of the gate says."""
    import json

    from ..gate.run import run_gate
    from ..reports.formats import RENDERERS
    from ..scanners import registry
    from .emit import Progress

    run = run_gate(request, registry.SCANNERS, Progress())
    return json.loads(RENDERERS["json"].gate(run, colour=False))


def _read_report(path: Path) -> object:
    import json

    from ..repository.regular_files import read_regular

    try:
        return json.loads(read_regular(path, MAX_REPORT_BYTES))
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read: {error.strerror}", "name a regular file"
        ) from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path} is no JSON", "make it with --output json=FILE") from error


def _email(git: "Git") -> str:
    try:
        return git.output("config", "--get", "user.email").decode("utf-8", "replace").strip()
    except IncompleteError:
        return ""


def _waiver(item: "Item", said: Mapping[str, str], blob: str) -> "Waiver":
    from ..gate.waivers import Pattern, Waiver
    from ..records.finding import Level

    severity = Level.HIGH if item.severity is Level.UNKNOWN else item.severity
    return Waiver(
        number=0,
        owner=" ".join(said["owner"].split()),
        reason=" ".join(said["reason"].split()),
        until=_day(said["until"]),
        ticket=" ".join(said["ticket"].split()),
        fingerprint=item.fingerprint,
        pattern=Pattern() if item.fingerprint else item.pattern,
        blob=blob,
        severity_at_most=severity,
    )


def _day(text: str) -> "date":
    from datetime import date

    try:
        return date.fromisoformat(text)
    except ValueError as error:
        why = f"{text[:40]!r} is no day ({error}); write one as 2026-12-31"
        raise typer.BadParameter(why, param_hint="--until") from None


def _blob(git: "Git", item: "Item", report: "Report", content: Content | None) -> str:
    """Git's id of what the item's file holds, where the waiver is to count for that only."""
    from ..repository.objects import entries_at

    if content is Content.ANY or not item.path or not (content or item.hides_its_content):
        return ""
    if item.past_blob:
        return item.past_blob
    any_ = f"give --content any, which lets {_others(item)} pass until then"
    if not report.head:
        raise UsageError(f"{item.path} has no content that is committed", f"commit it, or {any_}")
    entry = entries_at(git, report.head, (item.path,)).get(item.path)
    if entry is None or not entry.is_file:
        raise UsageError(f"{item.path} is no file at the head", any_)
    return entry.blob


def _others(item: "Item") -> str:
    """What a waiver covers beside what was looked at, where it is for any content."""
    return "any other secret of that name in it" if item.fingerprint else "whatever it holds"


def _add(git: "Git", wanted: Sequence["Waiver"]) -> None:
    """Write the entries. Raises UsageError where one would not count, or does already."""
    from datetime import timedelta

    from ..gate.waiver_entries import FILE_NAME, with_entries
    from .emit import write_file
    from .waiver_check import content_here, standing_here

    data = content_here(git)
    standing = standing_here(git, data)
    for waiver in wanted:
        left = (waiver.until - standing.today).days
        if not 0 <= left <= standing.max_days:
            last = standing.today + timedelta(days=standing.max_days)
            raise UsageError(
                f"a waiver until {waiver.until} would not count", f"name a day up to {last}"
            )
        for known in standing.in_force:
            if waiver.covers_no_more_than(known):
                raise UsageError(
                    f"waiver {known.number} names it already, until {known.until}",
                    f"edit {FILE_NAME}",
                )
    write_file(git.root / FILE_NAME, with_entries(data, wanted).decode("utf-8"))
