"""Edits that change how code looks and nothing else."""

import keyword
import re
from collections.abc import Sequence
from dataclasses import dataclass

from ....records.history import FileChange, Hunk

PYTHON = (".py", ".pyi", ".pyx")
_WORD = re.compile(rb"[\w\x80-\xff]")
_NOT_WORDS = re.compile(rb"[\x00-/:-@\[-^`{-\x7f]+")
_TOKEN = re.compile(
    rb"(?P<comment>\#[^\n]*)"
    rb"|(?P<string>[rbfuRBFU]{0,2}(?:\"\"\".*?\"\"\"|'''.*?'''"
    rb"|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'))"
    rb"|(?P<join>\\\n)"
    rb"|(?P<word>[\w\x80-\xff]+|[^\s\w\x80-\xff])",
    re.DOTALL,
)
_KEYWORDS = frozenset(word.encode() for word in keyword.kwlist)
_OPENING, _CLOSING = frozenset(b"([{"), frozenset(b")]}")


def is_format_only(path: str, removed: Sequence[bytes], added: Sequence[bytes]) -> bool:
    """Lines that gave way to others which say the same.

    Python by its tokens: comments, line ends, quotes and a comma before a bracket say
    nothing, the indentation of the first line does. Other languages: white space says nothing.
    """
    before, after = b"\n".join(removed), b"\n".join(added)
    if not removed or not added:
        return False
    is_python = path.endswith(PYTHON)
    has_comments = is_python and b"#" in before + after
    if not has_comments and _words(before) != _words(after):
        return False
    if is_python:
        return _indent(removed) == _indent(added) and python_tokens(before) == python_tokens(after)
    return before.split() == after.split() or _bare(before) == _bare(after)


def is_format_commit(files: Sequence[FileChange]) -> bool:
    """A commit that changes text, and of all its text only how it looks."""
    return any(file.hunks for file in files) and all(_is_format_file(file) for file in files)


def _is_format_file(file: FileChange) -> bool:
    return not file.binary and all(_is_format_hunk(file.path, hunk) for hunk in file.hunks)


def _is_format_hunk(path: str, hunk: Hunk) -> bool:
    if not (hunk.old_count and hunk.new_count):
        return not hunk.body.translate(None, b"+- \t\r\n")
    return is_format_only(path, hunk.removed, hunk.added)


def python_tokens(text: bytes) -> list[bytes]:
    """What a fragment of Python says, token by token; it need not be whole."""
    tokens: list[bytes] = []
    open_: list[_Bracket] = []
    for match in _TOKEN.finditer(text):
        if match.lastgroup in ("comment", "join"):
            continue
        token = match[0]
        if token[0] in _OPENING:
            open_.append(_Bracket(is_call=token != b"(" or _ends_a_value(tokens)))
        elif token == b"," and open_:
            open_[-1].commas += 1
        elif token[0] in _CLOSING:
            bracket = open_.pop() if open_ else _Bracket(is_call=True)
            if tokens[-1:] == [b","] and bracket.says_the_same_without_comma:
                tokens.pop()
        tokens.append(_unquoted(token) if match.lastgroup == "string" else token)
    return tokens


@dataclass(slots=True)
class _Bracket:
    """What is known of a bracket that is open."""

    is_call: bool
    commas: int = 0

    @property
    def says_the_same_without_comma(self) -> bool:
        """A comma before its end makes no tuple of one."""
        return self.is_call or self.commas != 1


def _ends_a_value(tokens: Sequence[bytes]) -> bool:
    """What the bracket after them calls, or takes an item of."""
    if not tokens or tokens[-1] in _KEYWORDS:
        return False
    return tokens[-1][0] in _CLOSING or _WORD.match(tokens[-1]) is not None


def _unquoted(string: bytes) -> bytes:
    """A string under one kind of quotes, where nothing in it depends on the kind."""
    at = min(i for i in (string.find(b"'"), string.find(b'"')) if i >= 0)
    body = string[at:].strip(string[at : at + 1])
    if b"'" in body or b'"' in body or b"\\" in body:
        return string
    return string[:at].lower() + b'"' + body + b'"'


def _words(text: bytes) -> bytes:
    """Letters, digits and underscores: what differs here is never a matter of looks."""
    return _NOT_WORDS.sub(b"", text)


def _bare(text: bytes) -> bytes:
    return b"".join(text.split())


def _indent(lines: Sequence[bytes]) -> int:
    """Columns before the first text, a tab for as many as Python takes it for."""
    first = next((line for line in lines if line.strip()), b"").expandtabs(8)
    return len(first) - len(first.lstrip())
