"""Whether text without a name that tells is Python that this Python is too old to parse."""

from itertools import islice

from .logical_lines import LogicalLine, layout_of
from .syntax import NotText, is_readable, may_act, readable_tree, text_of

_FIRST = 60
"""Statements that tell long prose from a program, at a hundredth of the time."""


def may_be_newer_python(source: bytes, *, cut: bool = False) -> bool:
    """Whether most of its statements are Python and any of them does something.

    `cut`: what follows may do anything, so being Python to the last statement is enough.
    """
    try:
        text = text_of(source)
    except NotText:
        return False
    layout = layout_of(text)
    lines = layout.lines[:-1] if cut else layout.lines
    if not lines or not _most_is_readable(lines[:_FIRST]) or not _most_is_readable(lines):
        return False
    if cut:
        return any(map(_acts, lines)) or all(map(is_readable, lines))
    try:
        readable = readable_tree(text, layout)
    except MemoryError:
        return True  # the scanner is to say that it is too much
    return readable is not None and any(_acts(line) for line in lines)


def _most_is_readable(lines: tuple[LogicalLine, ...]) -> bool:
    """Part of a program may be too new for any rewriting; in prose a few words are Python."""
    strange = (line for line in lines if not is_readable(line))
    return next(islice(strange, (len(lines) - 1) // 2, None), None) is None


def _acts(line: LogicalLine) -> bool:
    return line.text.startswith(("def ", "async ", "class ")) or may_act(line.text)
