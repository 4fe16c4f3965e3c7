"""The syntax tree of source that this Python is too old to parse: all of it that it can parse.

A statement that is too new is put in older syntax, else it makes way for one that does nothing,
the head of a block for one that opens the same block. Lines and columns of the rest stay, and
so do the names of functions and classes.
"""

import ast
import re
import tokenize
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise

from .logical_lines import Layout, LogicalLine, layout_of
from .masking import code_only, fields_only
from .older_words import SPACE, hollow, in_older_syntax, simple_statements

_HEADS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(rf"((?:async{SPACE}+)?def{SPACE}+\w+)"), "{}(): "),
    (re.compile(rf"(class{SPACE}+\w+)"), "{}: "),
    (re.compile(rf"(?:async{SPACE}+)?(?:with|for)\b"), "for _ in 0: "),
    (re.compile(r"(elif|if|while)\b"), "{} 0: "),
    (re.compile(r"(else|try|finally)\b"), "{}: "),
    (re.compile(r"(except\s*\*?)"), "{} BaseException: "),
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
_AFTER = (
    *("", "\n  pass", "\ndef _(): pass", "\n  pass\nfinally: pass", "\nfinally: pass"),
    "\n  case _: pass",
)
"""What makes a statement whole: a body, a function to decorate, the end of a try, a case."""
_CODING = re.compile(r"[ \t\f]*#.*?coding[:=]")
_LINE_BREAK = re.compile(r"\r\n?")
_NAMED = re.compile(rf"(?:(?:async{SPACE}+)?def|class){SPACE}+\w+{SPACE}*\(")
_ACTS = re.compile(r"\A@|\(|\bimport\b")
_TOO_MUCH = (SyntaxError, ValueError, RecursionError)


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
    """A tree with the places of what is not in it, or not as it is written."""

    tree: ast.Module
    source: str
    """What it is the tree of."""
    newer: Mapping[int, LogicalLine]
    """Statements that are too new, by the number of each line that they stand on."""
    hollowed: tuple[LogicalLine, ...] = ()
    """What of them is not in the tree, each with the line where its statement begins."""

    def encoded(self) -> bytes:
        """The source in UTF-8, whatever encoding it declares."""
        lines = self.source.split("\n", 2)
        for at, line in enumerate(lines[:2]):
            if _CODING.match(line):  # decoded by it once more, it might say something else
                lines[at] = line.replace("coding", "______")
        return "\n".join(lines).encode()


def tree_of(source: str) -> ast.Module | None:
    """The tree of `source`; None where this Python cannot parse it. Raises MemoryError."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(source)
        except _TOO_MUCH:
            return None


def readable_code(source: bytes) -> ReadableTree | None:
    """What this Python can parse of a file; None where it is no text or nothing is left.

    Raises MemoryError where all its statements can be parsed one by one, but not together.
    """
    try:
        text = text_of(source)
    except NotText:
        return None
    return readable_tree(text, layout_of(text))


def readable_tree(text: str, layout: Layout) -> ReadableTree | None:
    """The tree of what this Python can parse of `text`; None where that is nothing.

    Raises MemoryError.
    """
    if tree := _tree_of_part(text):
        return ReadableTree(tree, text, {})
    lines = text.split("\n")
    newer: dict[int, LogicalLine] = {}
    hollowed: list[LogicalLine] = []
    for statement, after in pairwise([*layout.lines, LogicalLine(0, "", "")]):
        if _parses(statement.text):
            continue
        where = range(statement.line - 1, statement.line + statement.text.count("\n"))
        is_block = len(after.indent.expandtabs()) > len(statement.indent.expandtabs())
        older, lost = _older(statement, is_block=is_block)
        parts = (statement.indent + older).split("\n")
        if lost:
            hollowed.append(LogicalLine(statement.line, statement.indent, ";".join(lost)))
        lines[where.start : where.stop] = parts + [""] * (len(where) - len(parts))
        newer |= dict.fromkeys([line + 1 for line in where], statement)
    source = "\n".join(lines)
    tree = tree_of(source)
    return ReadableTree(tree, source, newer, tuple(hollowed)) if tree else None


def _older(statement: LogicalLine, *, is_block: bool) -> tuple[str, list[str]]:
    """The same in older syntax, where that is known; else what stands in its place.

    With the parts that something stands in for.
    """
    older = in_older_syntax(statement.text)
    fields = fields_only(older)
    choices = (older, fields)
    kept = next((choice for choice in choices if _parses(choice)), None)
    if kept is not None:
        return kept, []
    first, *more = simple_statements(fields)
    lost = [part for part in more if not _parses(part.strip())]
    head = first
    if not more or not _parses(first):
        head, lost = _stand_in(first, is_block=is_block), [first, *lost]
    return ";".join([head, *(hollow(part) if part in lost else part for part in more)]), lost


def is_readable(statement: LogicalLine) -> bool:
    """Whether this Python can parse it as it is or in older syntax."""
    return _parses(statement.text) or not _older(statement, is_block=False)[1]


def may_act(code: str) -> bool:
    """Whether a statement, perhaps too new to be parsed, calls or imports anything."""
    only = code_only(fields_only(code)).strip()
    return _ACTS.search(_NAMED.sub("", only, count=1)) is not None


def _parses(statement: str) -> bool:
    word = re.match(r"\w*", statement)
    before = {_BEFORE.get(word[0], "") if word else "": 0, "": 0}
    return any(_tree_of_part(head + statement + after) for head in before for after in _AFTER)


def _tree_of_part(source: str) -> ast.Module | None:
    """The parser says of too complex a statement that there is no memory."""
    try:
        return tree_of(source)
    except MemoryError:
        return None


def _stand_in(statement: str, *, is_block: bool) -> str:
    """What opens the same block, or does nothing, and is not the `pass` that bandit looks for."""
    if statement.startswith("@"):
        return "@_"
    if is_block and (found := re.match(r"(match|case)\b", statement)):
        return f"{found[1]} _: "
    for pattern, head in _HEADS:
        if found := pattern.match(statement):
            return head.format(*found.groups()) + ("" if is_block else hollow(statement))
    return hollow(statement)
