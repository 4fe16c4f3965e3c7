"""What ruff finds in Python source, as findings that bear the names bandit's would."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ....records.finding import Finding
from ....records.fingerprint import bandit_rule
from ..bandit.nosec import hushes
from ..bandit.remedies import remedy_for
from ..code import SECRET_RULES, Code
from ..identity import Identity, Location, plain_identity
from ..newer.identity import NewerIdentities
from ..newer.logical_lines import Layout, layout_of
from ..newer.syntax import ReadableTree, readable_tree
from .places import location_of
from .rules import rating_of
from .run import Answer, Diagnostic

_QUOTED = ': "'
"""What ruff quotes behind it may be a secret."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """A source, what ruff found in it, and all that names it."""

    code: Code
    layout: Layout
    readable: ReadableTree | None
    lines: Sequence[str]
    """Those of the readable source."""


def findings(
    code: Code, text: str, answer: Answer, readable: ReadableTree | None = None
) -> Iterator[tuple[Diagnostic, Finding]]:
    """What ruff found, each as a finding that is named by the scope and the code around it.

    `readable` is what this Python can parse of the text, where that is at hand.
    """
    if not answer.found:
        return
    layout = layout_of(text)
    readable = readable or _readable(text, layout)
    lines = readable.source.split("\n") if readable else ()
    reading = _Reading(code, layout, readable, lines)
    located = [(item, _location(reading, item)) for item in answer.found]
    lines_found = [where.line for _, where in located]
    named = NewerIdentities(readable, lines_found) if readable else None
    for item, where in located:
        yield item, _finding(reading, item, where, _identity(reading, named, item, where))


def _readable(text: str, layout: Layout) -> ReadableTree | None:
    try:
        return readable_tree(text, layout)
    except MemoryError:  # then the text alone has to name what is found
        return None


def _location(reading: _Reading, item: Diagnostic) -> Location:
    mark = item.mark
    if reading.readable is None or mark.line in reading.readable.newer:
        return Location(mark.line, mark.end_line, 0, 0)
    return location_of(bandit_rule(item.code), mark, reading.readable.tree, reading.lines)


def _identity(
    reading: _Reading, named: NewerIdentities | None, item: Diagnostic, where: Location
) -> Identity:
    secret = bandit_rule(item.code) in SECRET_RULES
    if named is None:
        return plain_identity("", _statement(reading, where.line), mask_strings=secret)
    return named.at(where, mask_strings=secret)


def _statement(reading: _Reading, line: int) -> str:
    return next((s.text for s in reversed(reading.layout.lines) if s.line <= line), "")


def _finding(reading: _Reading, item: Diagnostic, where: Location, identity: Identity) -> Finding:
    rule = bandit_rule(item.code)
    rating = rating_of(item.code, item.message)
    is_hushed = hushes(reading.layout.comments, rule, range(where.line, where.end_line + 1))
    return Finding(
        tool="ruff",
        rule=item.code,
        message=item.message.partition(_QUOTED)[0],
        path=reading.code.path,
        line=reading.code.place(where.line),
        end_line=reading.code.place(where.end_line),
        severity=rating.severity,
        confidence=rating.confidence,
        remedy=remedy_for(rule),
        cwe=rating.cwe,
        url=item.url,
        scope=identity.scope,
        snippet=identity.code,
        body=identity.body,
        suppressed="nosec" if is_hushed else "",
    )
