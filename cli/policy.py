"""`tidegate policy explain|check`: why it decided so, and which lines come into play."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import examples, options

if TYPE_CHECKING:
    from datetime import date

    from ..gate.policies.explanation import Explanation
    from ..gate.policies.reach import Reach
    from ..gate.run import Request
    from ..records.run import Judged

app = typer.Typer(
    help="Say why the policy decided so, and check it.",
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
)
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command(epilog=examples.of("policy explain"))
def explain(
    fingerprint: Annotated[str, typer.Argument(help="How it begins, or PATH:LINE.")],
    repo: options.RepoOption = Path(),
    base: options.BaseOption = None,
    head: options.HeadOption = "HEAD",
    worktree: options.WorktreeOption = False,
    staged: options.StagedOption = False,
    organisation_policy: options.OrganisationOption = None,
    database: options.DatabaseOption = None,
    json_: JsonOption = False,
) -> None:
    """Run the gate, and tell what each line of each policy made of a finding."""
    from ..gate.run import Request

    flags = {"organisation-policy": organisation_policy, "database": database}
    request = Request(
        repo=repo, base=base, head=head, worktree=worktree, staged=staged, flags=flags
    )
    found = _explained(request, fingerprint)
    typer.echo(json.dumps(_explanation_json(found), indent=2) if json_ else _explanation(found))


def _explained(request: "Request", fingerprint: str) -> "Explanation":
    from ..gate.policies.explanation import explain as explain_finding
    from ..gate.policy_file import policy_at, with_folders
    from ..gate.run import run_gate
    from ..repository.git import Git
    from ..scanners.registry import SCANNERS
    from .emit import Progress

    run = run_gate(request, SCANNERS, Progress())
    item = _named(run.findings, fingerprint)
    git, tip = Git.open(request.repo), run.range.base_tip
    policy = policy_at(git, tip, flags=request.flags, env=request.env)
    paths = (item.finding.path, *item.former_paths)
    return explain_finding(item, with_folders(git, tip, policy, paths), _day(request.now()))


def _day(moment: float) -> "date":
    """The day, in UTC, of a time in seconds since the epoch."""
    from datetime import UTC, datetime

    return datetime.fromtimestamp(moment, UTC).date()


def _named(findings: Sequence["Judged"], fingerprint: str) -> "Judged":
    """Raises UsageError where no finding, or more than one, stands there or is named so."""
    from ..errors import UsageError
    from ..reports.summary import place

    found = [item for item in findings if item.fingerprint.startswith(fingerprint)]
    found = found or [item for item in findings if place(item.finding) == fingerprint]
    if len(found) == 1 and fingerprint:
        return found[0]
    if found and fingerprint:
        each = (f"{item.fingerprint[:12]} ({item.finding.rule})" for item in found[:_TOLD])
        raise UsageError(
            f"{len(found)} findings of this gate are called {fingerprint}: {', '.join(each)}",
            "name one of them",
        )
    raise UsageError(
        f"no finding of this gate is at {fingerprint!r} or has a fingerprint that begins with it",
        "give PATH:LINE, or what `tidegate gate --format json` of the same range tells",
    )


_TOLD = 5
"""Of several findings, so many are told."""
_WORDS = {True: "yes", False: "no", None: "not known"}


def _explanation(found: "Explanation") -> str:
    from ..reports.inert import visible
    from ..reports.summary import place, weight

    item = found.item
    lines = [
        f"{place(item.finding)}: {item.finding.rule} [{weight(item.finding)}, {item.state}]",
        f"decided: {item.decision}: {item.decided_by}",
    ]
    for layer in found.layers:
        says = f"{layer.opinion.decision}: {layer.opinion.because}" if layer.opinion else "nothing"
        lines += ["", f"{layer.name or 'defaults'} says {says}"]
        for each in layer.lines:
            became = "decides" if each.decides else "an earlier line decides"
            lines.append(
                f"  line {each.line.number} ({each.line.action}): "
                + (became if each.applies else "does not apply")
            )
            lines += [f"    {shown}: {_WORDS[answer]}" for shown, answer in each.conditions]
    return "\n".join(map(visible, [*lines, "", "What would change it:", *found.changes]))


def _explanation_json(found: "Explanation") -> dict[str, object]:
    item = found.item
    return {
        "schema": "tidegate/policy-explanation/1",
        "fingerprint": item.fingerprint,
        "path": item.finding.path,
        "line": item.finding.line,
        "rule": item.finding.rule,
        "state": item.state,
        "decision": item.decision,
        "decided_by": item.decided_by,
        "policies": [
            {
                "name": layer.name,
                "decision": layer.opinion.decision if layer.opinion else None,
                "decided_by": layer.opinion.because if layer.opinion else None,
                "lines": [
                    {
                        "number": each.line.number,
                        "action": each.line.action,
                        "reason": each.line.reason,
                        "match": dict(each.conditions),
                        "applies": each.applies,
                        "decides": each.decides,
                    }
                    for each in layer.lines
                ],
            }
            for layer in found.layers
        ],
        "changes": list(found.changes),
    }


@app.command(epilog=examples.of("policy check"))
def check(
    repo: options.RepoOption = Path(),
    json_: JsonOption = False,
    ignored: options.IgnoredOption = False,
) -> None:
    """Read the policies of a folder as it is now, and tell which lines match something in it."""
    from ..reports.inert import visible
    from ..reports.summary import plural

    found, skipped, left_out = _checked(repo, ignored=ignored)
    if json_:
        rows = [_reach_json(each) for each in found]
        schema = "tidegate/policy-check/1"
        document = {"schema": schema, "lines": rows, "skipped": skipped, "left_out": left_out}
        typer.echo(json.dumps(document, indent=2))
        return
    for each in found:
        typer.echo(_reach(each))
    gaps = f"; {skipped} not looked at, see `tidegate scan`" if skipped else ""
    typer.echo(f"the policy is valid: {plural(len(found), 'line')}{gaps}")
    for line in left_out:
        typer.echo(visible(line))


def _checked(repo: Path, *, ignored: bool) -> tuple[list["Reach"], int, tuple[str, ...]]:
    """Each line with what it matches, how much could not be looked at, and what git left out."""
    import time

    from ..gate.policies.conditions import of_finding, of_gap
    from ..gate.policies.reach import reach
    from ..gate.policy_file import policy_in
    from ..repository.ignored import ignored_in
    from ..scanners.cache import cache_at
    from ..scanners.context import context_of
    from ..scanners.registry import SCANNERS
    from ..scanners.tree import scan_tree
    from .emit import Progress

    root = repo.resolve()
    policy = policy_in(root, os.environ)
    if not any(layer.lines for layer in policy.layers):
        return [], 0, ()
    now = time.time()
    cache = cache_at(os.environ.get("TIDEGATE_CACHE", ""), os.environ, [root], root, now)
    context = context_of(policy.settings, os.environ)
    ask = None if ignored else ignored_in
    run = scan_tree([root], root, context, SCANNERS, None, Progress(), cache=cache, ask=ask)
    found = (of_finding(item.finding, today=_day(now)) for item in run.findings)
    subjects = [*found, *map(of_gap, run.skipped)]
    return reach(policy.layers, subjects), len(run.skipped), run.left_out


def _reach(found: "Reach") -> str:
    from ..reports.inert import visible

    line = f"{found.layer}, policy line {found.line.number} ({found.line.action})"
    return visible(f"{line}: {_became(found)}")


def _became(found: "Reach") -> str:
    before = ", ".join(map(str, found.before))
    if not found.matched:
        return "matches nothing here"
    if not found.decided:
        return f"never decides, all {found.matched} that it matches go to line {before}"
    rest = f", the others go to line {before}" if before else ""
    return f"decides {found.decided} of {found.matched} that it matches{rest}"


def _reach_json(found: "Reach") -> dict[str, object]:
    return {
        "policy": found.layer,
        "number": found.line.number,
        "action": found.line.action,
        "reason": found.line.reason,
        "match": [each.shown for each in found.line.conditions],
        "matched": found.matched,
        "decided": found.decided,
        "before": list(found.before),
    }
