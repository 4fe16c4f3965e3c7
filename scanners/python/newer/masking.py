"""Statements with something else in place of their strings, fields and comments."""

import re
from collections.abc import Iterable

from .logical_lines import outline

_NOT_A_BREAK = re.compile(r"[^\n]")


def blank(text: str) -> str:
    """As many spaces, on as many lines."""
    return _NOT_A_BREAK.sub(" ", text)


def code_only(statement: str) -> str:
    """The statement with spaces in place of its strings and comments."""
    found = outline(statement)
    cuts = (*found.comments, *found.strings)
    return _replaced(statement, ((start, end, blank(statement[start:end])) for start, end in cuts))


def fields_only(statement: str) -> str:
    """The statement with a tuple of its fields in place of each f-string and t-string.

    What was code stays where it is.
    """
    found = outline(statement).around_fields
    return _replaced(
        statement, ((s, e, _marked(blank(statement[s:e]), mark)) for s, e, mark in found)
    )


def plain_text(statement: str, *, mask_strings: bool) -> str:
    """A statement without comments and line breaks, for want of a tree; perhaps its strings too."""
    found = outline(statement)
    strings = found.strings if mask_strings else ()
    cuts = [(s, e, "") for s, e in found.comments] + [(s, e, "''") for s, e in strings]
    return " ".join(_replaced(statement, cuts).split())


def _marked(space: str, mark: str) -> str:
    """Spaces that begin with the mark that opens a tuple, or end with another one."""
    if mark.endswith("("):
        return mark + space[len(mark) :]
    return space[: len(space) - len(mark)] + mark


def _replaced(statement: str, cuts: Iterable[tuple[int, int, str]]) -> str:
    """The statement with other text at some places; of those in each other the outer one counts."""
    text, at = "", 0
    for start, end, instead in sorted(cuts):
        if start >= at:
            text += statement[at:start] + instead
            at = end
    return text + statement[at:]
