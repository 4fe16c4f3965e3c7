"""The syntax tree of source that this Python is too old to parse: all of it that it can parse.

A statement that is too new makes way for `pass`, the head of a block for one that opens the
same block. Lines and columns of the rest stay, and so do the names of functions and classes.
"""

import ast
import re
import tokenize
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise

from .logical_lines import Layout, LogicalLine, layout_of

_DEFINITION = re.compile(r"((?:async\s+)?def\s+\w+|class\s+\w+)\s*(\[)?")
_HEADS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"((?:async\s+)?def\s+\w+)"), "{}(): "),
    (re.compile(r"(class\s+\w+)"), "{}: "),
    (re.compile(r"(?:async\s+)?(?:with|for)\b"), "for _ in 0: "),
    (re.compile(r"(elif|if|while)\b"), "{} 0: "),
    (re.compile(r"(else|try|finally)\b"), "{}: "),
    (re.compile(r"(except\s*\*?)"), "{} BaseException: "),
    (re.compile(r"case\b(?!\s*[=.,:(\[])"), "case _: "),
)
"""What opens a block, and what opens the same block in every Python."""
_BEFORE = {
    "elif": "if 0: pass\n",
    "else": "if 0: pass\n",
    "except": "try: pass\n",
    "finally": "try: pass\n",
    "case": "match 0:\n ",
}
"""What has to stand before the head of a block that continues another."""
_AFTER = ("", "\n  pass", "\ndef _(): pass", "\n  pass\nfinally: pass", "\nfinally: pass")
"""What makes a statement whole: nothing, a body, a function to decorate, the end of a try."""
_UNPARENTHESIZED = re.compile(r"(except\s*\*?\s*)([^():\s][^():]*,[^():]*?)(\s*:)")
_LINE_BREAK = re.compile(r"\r\n?")
_TOO_MUCH = (SyntaxError, ValueError, RecursionError, MemoryError)


class NotText(ValueError):
    """The source is not in the encoding that it declares."""


def text_of(source: bytes) -> str:
    r"""The source as Python decodes it, each line break as `\n`. Raises NotText."""
    try:
        encoding, _ = tokenize.detect_encoding(BytesIO(source).readline)
        text = _LINE_BREAK.sub("\n", source.decode(encoding))
        text.encode("utf-8")  # some codecs make what is no text
    except (SyntaxError, ValueError, LookupError) as error:
        raise NotText(str(error)) from error
    return text


@dataclass(frozen=True, slots=True)
class ReadableTree:
    """A tree with the places of what is not in it."""

    tree: ast.Module
    source: str
    """What it is the tree of."""
    missing: Mapping[int, LogicalLine]
    """By the number of each line that it stands on."""


def tree_of(source: str | bytes) -> ast.Module | None:
    """The tree of `source`; None where this Python cannot parse it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(source)
        except _TOO_MUCH:
            return None


def readable_code(source: bytes) -> ReadableTree | None:
    """What this Python can parse of a file; None where it is no text or nothing is left."""
    try:
        text = text_of(source)
    except NotText:
        return None
    return readable_tree(text, layout_of(text))


def readable_tree(text: str, layout: Layout) -> ReadableTree | None:
    """The tree of what this Python can parse of `text`; None where that is nothing."""
    tree = tree_of(text)
    if tree:
        return ReadableTree(tree, text, {})
    lines = text.split("\n")
    missing: dict[int, LogicalLine] = {}
    for statement, after in pairwise([*layout.lines, LogicalLine(0, "", "")]):
        if _parses(statement.text):
            continue
        where = range(statement.line - 1, statement.line + statement.text.count("\n"))
        kept = next((other for other in _older(statement.text) if _parses(other)), None)
        if kept is None:
            is_block = len(after.indent.expandtabs()) > len(statement.indent.expandtabs())
            kept = _stand_in(statement, is_block=is_block)
            missing |= dict.fromkeys([line + 1 for line in where], statement)
        parts = (statement.indent + kept).split("\n")
        lines[where.start : where.stop] = parts + [""] * (len(where) - len(parts))
    source = "\n".join(lines)
    tree = tree_of(source)
    return ReadableTree(tree, source, missing) if tree else None


def _parses(statement: str) -> bool:
    word = re.match(r"\w*", statement)
    before = _BEFORE.get(word[0], "") if word else ""
    return any(tree_of(before + statement + after) for after in _AFTER)


def _older(statement: str) -> Iterator[str]:
    """The same in older syntax."""
    found = _DEFINITION.match(statement)
    if found and found[2]:
        yield _without_type_parameters(statement, found.start(2))
    if found := _UNPARENTHESIZED.match(statement):
        yield f"{found[1]}({found[2]}){found[3]}{statement[found.end() :]}"


def _without_type_parameters(statement: str, start: int) -> str:
    """Blank out the brackets that begin at `start`."""
    depth = 0
    for at in range(start, len(statement)):
        depth += {"[": 1, "]": -1}.get(statement[at], 0)
        if not depth:
            blank = re.sub(r"[^\n]", " ", statement[start : at + 1])
            if "\n" not in blank:
                return statement[:start] + blank + statement[at + 1 :]
            break
    return statement


def _stand_in(statement: LogicalLine, *, is_block: bool) -> str:
    """What opens the same block, or does nothing."""
    if is_block and re.match(r"match\b", statement.text):
        return "match 0: "
    for pattern, head in _HEADS:
        if found := pattern.match(statement.text):
            return head.format(*found.groups()) + ("" if is_block else "pass")
    return "pass"
