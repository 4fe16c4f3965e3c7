"""What a tool says it could not look at: a gap here too."""

from collections.abc import Iterator
from dataclasses import dataclass

from ...records.finding import Skipped
from .fields import Table, items, table, tables, text
from .messages import plain_text
from .places import Place, Places
from .rules import Rules

_REMEDY = "mend what the tool names and have it look again"
_KINDS = ("toolExecutionNotifications", "toolConfigurationNotifications")


@dataclass(frozen=True, slots=True)
class Failure:
    """A gap of another tool, and the files that it is about where it names them."""

    skipped: Skipped
    places: tuple[Place, ...] = ()


def failures_of(run: Table, rules: Rules, places: Places, file: str) -> Iterator[Failure]:
    """What the invocations of a run say went wrong, and a run without results."""
    source = f"{rules.tool} in {file}"
    if not isinstance(run.get("results"), list):
        reason = "no results in the SARIF file"
        yield Failure(_gap(source, reason, "", rules.tool, "have the tool write them into it"))
    for invocation in tables(run, "invocations"):
        yield from _notifications(invocation, rules, places, source)
        if invocation.get("executionSuccessful", True) is not True:
            detail = plain_text(text(invocation, "exitCodeDescription"))
            yield Failure(_gap(source, "tool failed", detail, rules.tool))


def _notifications(
    invocation: Table, rules: Rules, places: Places, source: str
) -> Iterator[Failure]:
    for kind in _KINDS:
        for told in tables(invocation, kind):
            if text(told, "level") != "error":
                continue
            named = [places.of(location) for location in items(told, "locations")]
            found = tuple(place for place in named if place)
            what = f"{found[0].path} ({source})" if found else source
            detail = plain_text(text(table(told, "message"), "text"))
            gap = _gap(what, "tool reports an error", detail, rules.tool)
            yield Failure(gap, found if len(found) == len(named) else ())


def _gap(what: str, reason: str, detail: str, tool: str, remedy: str = _REMEDY) -> Skipped:
    return Skipped(what=what, reason=reason, detail=detail, remedy=remedy, tool=tool)
