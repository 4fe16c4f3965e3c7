"""The form that narrows the findings down; the script shows it, as it does nothing without."""

from collections.abc import Iterable, Sequence

from ...records.finding import Level
from ...records.path_class import PathClass
from ...records.run import Decision, State
from .findings import Shown
from .markup import Markup, cut, element

_ANY = ("", "any")
_TOOL_NAME = 60


def form(items: Sequence[Shown], tools: Sequence[str]) -> Markup:
    """Nothing where there is nothing to choose from."""
    if not items:
        return Markup()
    search = element(
        "label",
        "Text",
        Markup('<input type="search" name="text" autocomplete="off" spellcheck="false">'),
    )
    total = sum(shown.count for shown in items)
    count = "1 finding" if total == 1 else f"{total} findings"
    return element(
        "form",
        element("h2", "Filter findings", id="filter-title"),
        element(
            "div",
            *_selects(items, tools),
            search,
            element("button", "Show all", type="reset"),
            class_="fields",
        ),
        element("p", count, role="status", id="count"),
        id="filters",
        role="search",
        aria_labelledby="filter-title",
        hidden="",
    )


def _selects(items: Sequence[Shown], tools: Sequence[str]) -> Iterable[Markup]:
    states = {shown.state for shown in items}
    if states != {None}:
        yield _select("Decision", "decision", _decisions(items))
        yield _select("State", "state", [(s, s) for s in State if s in states])
    elif any(shown.finding.suppressed for shown in items):
        yield _select("Decision", "decision", [_HUSHED])
    levels = {shown.finding.severity for shown in items}
    at_least = [(str(level.rank), level) for level in Level if level in _RANKED]
    if len(levels) > 1:
        yield _select("Severity at least", "rank", at_least)
    yield _select("Path class", "class", [(kind, kind) for kind in PathClass])
    yield _select("Tool", "tool", [(str(n), name) for n, name in enumerate(tools)])


_RANKED = (Level.MEDIUM, Level.HIGH, Level.CRITICAL)
_HUSHED = ("hushed", "suppressed in the code")


def _decisions(items: Sequence[Shown]) -> list[tuple[str, str]]:
    made = {shown.decision for shown in items}
    hushed = any(shown.finding.suppressed for shown in items)
    return [*((d, d) for d in Decision if d in made), *([_HUSHED] if hushed else [])]


def _select(title: str, name: str, choices: Sequence[tuple[str, str]]) -> Markup:
    options = [
        element("option", cut(text, _TOOL_NAME), value=value) for value, text in (_ANY, *choices)
    ]
    return element("label", title, element("select", *options, name=name))
