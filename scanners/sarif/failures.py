"""What a tool says it could not look at: a gap here too."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ...records.finding import Skipped
from .fields import Table, items, table, tables, text
from .messages import plain_text
from .places import Place, Places
from .rules import Rules
from .secrecy import is_secret_tool

_REMEDY = "mend what the tool names and have it look again"
_INLINE = "have the tool write them into it"
_KINDS = ("toolExecutionNotifications", "toolConfigurationNotifications")
_REPORTED = {"error": "an error", "warning": "that it did not look at everything"}
_NOT_LOOKED_AT = re.compile(
    r"pars(?:e|ing)|syntax|time ?-?out|timed out|skip|fail|memory|incomplete"
    r"|too (?:large|many|long)"
    r"|(?:not|n't|unable to) (?:be )?(?:analy|scan|read|open|process|decod)",
    re.IGNORECASE,
)


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
        yield Failure(_gap(source, reason, "", rules.tool, _INLINE))
    elif run["results"] == [] and "results" in table(run, "externalPropertyFileReferences"):
        reason = "results in another file"
        yield Failure(_gap(source, reason, "", rules.tool, _INLINE))
    for invocation in tables(run, "invocations"):
        yield from _notifications(invocation, rules, places, source)
        if invocation.get("executionSuccessful", True) is not True:
            detail = _detail(rules, text(invocation, "exitCodeDescription"))
            yield Failure(_gap(source, "tool failed", detail, rules.tool))


def _notifications(
    invocation: Table, rules: Rules, places: Places, source: str
) -> Iterator[Failure]:
    for kind in _KINDS:
        for told in tables(invocation, kind):
            if not _is_gap(told):
                continue
            named = [places.of(location) for location in items(told, "locations")]
            found = tuple(place for place in named if place)
            what = f"{found[0].path} ({source})" if found else source
            detail = _detail(rules, text(table(told, "message"), "text"))
            gap = _gap(what, f"tool reports {_REPORTED[_level(told)]}", detail, rules.tool)
            yield Failure(gap, found if len(found) == len(named) else ())


def _level(told: Table) -> str:
    return text(told, "level") or "warning"  # the standard's default


def _is_gap(told: Table) -> bool:
    """Whether it is an error, or a warning that speaks of something not looked at."""
    if _level(told) != "warning":
        return _level(told) == "error"
    said = f"{text(table(told, 'descriptor'), 'id')} {text(table(told, 'message'), 'text')}"
    return _NOT_LOOKED_AT.search(said) is not None


def _detail(rules: Rules, said: str) -> str:
    """What the tool says; one that looks for secrets may quote what it found."""
    return "" if is_secret_tool(rules.tool) else plain_text(said)


def _gap(what: str, reason: str, detail: str, tool: str, remedy: str = _REMEDY) -> Skipped:
    return Skipped(what=what, reason=reason, detail=detail, remedy=remedy, tool=tool)
