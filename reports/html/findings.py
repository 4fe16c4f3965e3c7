"""Findings of a report: each a card, or a row where it decides nothing, found by its filters."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ...records.finding import Finding
from ...records.path_class import path_class
from ...records.run import Decision, Excerpt, Judged, Located, State
from .. import pins, summary
from ..inert import web_address
from .code import code
from .markup import Markup, coded, cut, element, joined

_SENTENCE = 1200
"""Characters of a message or a remedy."""
_PLACE = 600


@dataclass(frozen=True, slots=True)
class Shown:
    """What one card tells: a finding, or all those on one pin."""

    finding: Finding
    marks: tuple[str, ...]
    count: int
    fingerprint: str = ""
    """Empty where there are several."""
    state: State | None = None
    decision: Decision | None = None
    decided_by: str = ""
    excerpt: Excerpt | None = None


@dataclass(frozen=True, slots=True)
class Tools:
    """The tools of a report by number: attributes name them by it, not by their own names."""

    names: tuple[str, ...]

    def number(self, name: str) -> str:
        """The number as text."""
        return str(self.names.index(name))


def of_judged(items: Iterable[Judged]) -> list[Shown]:
    """What is shown of findings of a gate: those alike on one pin together, in place of the
    first.
    """
    together: dict[tuple[object, ...], list[Judged]] = {}
    for number, item in enumerate(items):
        finding, package = item.finding, item.finding.package
        pin = (finding.path, finding.line, package.name, package.version) if package else (number,)
        together.setdefault((*pin, item.state, item.decision, item.decided_by), []).append(item)
    return [shown for some in together.values() for shown in _of_pin(some)]


def _of_pin(some: Sequence[Judged]) -> list[Shown]:
    first = some[0]
    return [
        Shown(
            finding,
            marks,
            count,
            first.fingerprint if count == 1 and len(some) == 1 else "",
            first.state,
            first.decision,
            first.decided_by,
            first.excerpt,
        )
        for finding, marks, count in pins.told((i.finding, summary.marks(i)) for i in some)
    ]


def of_located(items: Iterable[Located]) -> list[Shown]:
    """What is shown of findings of a scan."""
    found = list(items)
    by_finding = {id(item.finding): item for item in found}
    told = pins.told((item.finding, summary.asides(item.finding)) for item in found)
    return [
        Shown(finding, marks, count, item.fingerprint, excerpt=item.excerpt)
        if (item := by_finding.get(id(finding)))
        else Shown(finding, marks, count)
        for finding, marks, count in told
    ]


def card(shown: Shown, tools: Tools) -> Markup:
    """All that is known of a finding, and the code around it."""
    finding = shown.finding
    return _article(
        shown,
        tools,
        _heading(finding),
        _facts(shown),
        code(shown.excerpt, finding) if shown.excerpt else Markup(),
        _said("Do", finding.remedy),
        _said("Decided by", shown.decided_by if shown.decision is not Decision.WAIVED else ""),
        _fingerprint(shown.fingerprint),
    )


def row(shown: Shown, tools: Tools) -> Markup:
    """What it is and where, for one that decides nothing."""
    return _article(shown, tools, _heading(shown.finding), _facts(shown))


def _article(shown: Shown, tools: Tools, *parts: Markup) -> Markup:
    finding = shown.finding
    attributes = {
        "data_n": str(shown.count),
        "data_rank": str(finding.severity.rank),
        "data_class": str(path_class(finding.path)),
        "data_tool": tools.number(finding.tool),
        "data_state": str(shown.state) if shown.state else None,
        "data_decision": str(shown.decision) if shown.decision else None,
        "data_hushed": "" if finding.suppressed else None,
    }
    return joined(element("article", *parts, **attributes), Markup("\n"))


def _heading(finding: Finding) -> Markup:
    level = str(finding.severity)
    return element(
        "h3",
        element("span", level, class_=f"level {level.lower()}"),
        Markup(" "),
        _rule(finding),
        Markup(" "),
        element("span", cut(finding.message, _SENTENCE), class_="said"),
    )


def _rule(finding: Finding) -> Markup:
    name = element("code", cut(finding.rule, _PLACE))
    address = web_address(finding.url)
    return element("a", name, href=address) if address else name


def _facts(shown: Shown) -> Markup:
    finding = shown.finding
    place = joined(cut(finding.path, _PLACE), Markup(f"<wbr>:{finding.line}"))
    facts = [
        *([f"in {finding.scope}"] if finding.scope else []),
        summary.within(path_class(finding.path)),
        f"confidence {finding.confidence}",
        finding.tool,
        *([f"CWE-{finding.cwe}"] if finding.cwe else []),
        *shown.marks,
        *([f"{shown.count} findings"] if shown.count > 1 else []),
    ]
    told = [element("li", cut(fact, _SENTENCE)) for fact in facts]
    return element("ul", element("li", element("code", place)), *told, class_="facts")


def _said(what: str, text: str) -> Markup:
    if not text:
        return Markup()
    said = element("span", coded(text, _SENTENCE), class_="said")
    return element("p", element("b", what), Markup(": "), said)


def _fingerprint(name: str) -> Markup:
    if not name:
        return Markup()
    return element("p", "Fingerprint: ", element("code", cut(name, _PLACE)), class_="quiet")
