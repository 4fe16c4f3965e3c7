"""What names a piece of Python wherever it moves: its scope, and its code without layout."""

import io
import re
from collections.abc import Callable, Iterator, Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ast

MAX_LENGTH = 2000
"""A longer text is cut and ends in a digest of the whole."""

# A lexer of our own: the standard one splits f-strings differently from Python 3.12 on, and
# an identity has to be the same on every Python.
_TOKEN = re.compile(
    r"""
      (?P<space> (?: \s | \\\r?\n )+ )
    | (?P<comment> \#[^\n]* )
    | (?P<prefix> [bBfFrRtTuU]{0,2} )
      (?: \"\"\" (?P<long> (?: \\. | [^\\] )*? ) \"\"\"
        | ''' (?P<long_too> (?: \\. | [^\\] )*? ) '''
        | \" (?P<short> (?: \\. | [^\\\n"] )* ) \"
        | ' (?P<short_too> (?: \\. | [^\\\n'] )* ) ' )
    | (?P<word> \w+ )
    | (?P<mark> . )
    """,
    re.VERBOSE | re.DOTALL,
)


def decoded_lines(source: bytes) -> list[str]:
    """The lines of a Python file as the parser counts them, in its declared encoding."""
    from tokenize import detect_encoding

    try:
        encoding, _ = detect_encoding(io.BytesIO(source).readline)
    except SyntaxError:
        encoding = "utf-8"
    text = io.TextIOWrapper(io.BytesIO(source), encoding=encoding, errors="replace").read()
    return text.split("\n")


def scopes(tree: "ast.Module") -> Callable[[int], str]:
    """A lookup from a line to the dotted name of the innermost function or class around it."""
    spans = list(_spans(tree))

    def scope_at(line: int) -> str:
        return max(((s, n) for s, e, n in spans if s <= line <= e), default=(0, ""))[1]

    return scope_at


def _spans(tree: "ast.Module") -> Iterator[tuple[int, int, str]]:
    """First line, last line and dotted name of each function and class."""
    import ast

    waiting: list[tuple[ast.AST, str]] = [(tree, "")]
    while waiting:
        node, name = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            name = f"{name}.{node.name}" if name else node.name
            yield node.lineno, node.end_lineno or node.lineno, name
        waiting += [(child, name) for child in ast.iter_child_nodes(node)]


def normalised(lines: Sequence[str], start: int, end: int, *, mask_strings: bool) -> str:
    """The code of the lines from `start` to `end`, counted from 1, without its layout.

    Comments, line breaks, a formatter's trailing commas and the choice of quotes are gone;
    with `mask_strings` the content of every string literal is too.
    """
    text = _without_layout("\n".join(lines[start - 1 : end]), mask_strings=mask_strings)
    if len(text) <= MAX_LENGTH:
        return text
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    return f"{text[:MAX_LENGTH]}#{digest}"


def _without_layout(text: str, *, mask_strings: bool) -> str:
    kept: list[str] = []
    broken = False
    for token in _TOKEN.finditer(text):
        if token["space"] or token["comment"]:
            broken = broken or "\n" in token[0]
            continue
        code = _code(token, mask_strings=mask_strings)
        if broken and code in ")]}" and kept and kept[-1] == ",":
            kept.pop()
        if kept and _is_word(kept[-1][-1]) and _is_word(code[0]):
            kept.append(" ")
        kept.append(code)
        broken = False
    return "".join(kept)


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _code(token: re.Match[str], *, mask_strings: bool) -> str:
    bodies = (token["long"], token["long_too"], token["short"], token["short_too"])
    body = next((body for body in bodies if body is not None), None)
    if body is None:
        return token[0]
    if mask_strings:
        return '""'
    prefix = "".join(sorted(token["prefix"].lower().replace("u", "")))
    if "r" not in prefix:
        body = body.replace("\\'", "'").replace('\\"', '"')
    return f'{prefix}"{body}"'
