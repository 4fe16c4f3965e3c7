"""Which lines of a file may hold a secret at all, told without looking closely.

Every rule has anchors that each of its secrets holds. They are searched in the whole text at
once, and detect-secrets, which is slow to load and to ask, sees the lines around them only.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from .rules import KEYWORD, PRIVATE_KEY, RULES, SETTING, Rule, Sort
from .text import Text, as_utf8, kind_of_text

MAX_LINE = 4096
"""Of a longer line as many bytes around an anchor are looked at: patterns that go back and
forth would take minutes for a line of megabytes."""
AROUND = MAX_LINE // 4
"""Bytes on each side of an anchor that are looked at in any case."""
KEY_LINES = 40
"""Below the head of a private key."""

_UNQUOTED = (r"[=:][ \t]*(?:[A-Za-z0-9+/\\_=-]{23}|[0-9A-Fa-f]{9})",)
"""The anchors of random strings in files that write them without quotes."""

_OF_SOME_FILES = tuple(rule for rule in RULES if rule.files)
_ASSIGNS = re.compile(rb"[=:;(]")
_QUOTE = re.compile(rb"[\"'`]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A line, or a part of a long one, and what may be found in it."""

    line: int
    text: bytes
    rules: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Search:
    pattern: re.Pattern[bytes]
    rules: tuple[str, ...]
    any_case: bool


def pieces(path: str, data: bytes) -> Iterator[Piece]:
    """The pieces of one file, in order."""
    data = as_utf8(data)
    kind = kind_of_text(path, data)
    marks: dict[tuple[int, int], set[str]] = {}
    lowered = data.lower()
    for search in _searches(kind, path):
        for found in search.pattern.finditer(lowered if search.any_case else data):
            marks.setdefault(_bounds(data, found.start()), set()).update(search.rules)
    line, at = 1, 0
    for (start, end), rules in sorted(marks.items()):
        line += data.count(b"\n", at, start)
        at = start
        text = data[start:end].rstrip(b"\r")
        if KEYWORD in rules and not _may_assign(kind, path, text):
            rules.discard(KEYWORD)
        if not rules:
            continue
        if PRIVATE_KEY in rules:
            text += b"".join(_lines_after(data, end))
        yield Piece(line, text, frozenset(rules))


def _bounds(data: bytes, at: int) -> tuple[int, int]:
    """Start and end of the line around a place, or of the part of it that is looked at."""
    start = data.rfind(b"\n", 0, at) + 1
    end = data.find(b"\n", at)
    end = len(data) if end < 0 else end
    if end - start <= MAX_LINE:
        return start, end
    step = MAX_LINE - 2 * AROUND
    middle = start + (at - start) // step * step
    return max(start, middle - AROUND), min(end, middle + step + AROUND)


def _may_assign(kind: Text, path: str, text: bytes) -> bool:
    """Whether a line holds what each pattern of detect-secrets for names asks for."""
    needs_quotes = kind is Text.PROSE or (kind is Text.CODE and not path.endswith(".go"))
    return _ASSIGNS.search(text) is not None and not (needs_quotes and _QUOTE.search(text) is None)


def _lines_after(data: bytes, end: int) -> Iterator[bytes]:
    for _ in range(KEY_LINES):
        start, end = end, data.find(b"\n", end + 1)
        if start < 0 or start >= len(data):
            return
        yield data[start : end if end >= 0 else len(data)][:MAX_LINE]


def _searches(kind: Text, path: str) -> tuple[_Search, ...]:
    special = tuple(rule for rule in _OF_SOME_FILES if _is_for(rule, path))
    return _of_all_files(kind) + (_compiled(special, kind) if special else ())


@cache
def _of_all_files(kind: Text) -> tuple[_Search, ...]:
    rules = tuple(rule for rule in RULES if not rule.files and _reads(rule, kind))
    return _compiled(rules, kind)


def _reads(rule: Rule, kind: Text) -> bool:
    """Whether a rule is asked about such a text."""
    if kind is Text.BINARY:
        return rule.sort is Sort.SHAPE
    if rule.sort is Sort.RANDOM:
        return kind is not Text.GENERATED
    return rule.id != SETTING or kind is Text.SETTINGS


def _is_for(rule: Rule, path: str) -> bool:
    return _files(rule.files).fullmatch(path) is not None


@cache
def _files(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE | re.DOTALL)


@cache
def _compiled(rules: tuple[Rule, ...], kind: Text) -> tuple[_Search, ...]:
    """One search for each anchor, whoever shares it."""
    found: dict[tuple[str, bool], list[str]] = {}
    for rule in rules:
        unquoted = rule.sort is Sort.RANDOM and kind is Text.SETTINGS
        for anchor in rule.anchors + (_UNQUOTED if unquoted else ()):
            found.setdefault((anchor, rule.any_case), []).append(rule.id)
    return tuple(
        _Search(re.compile(anchor.encode("ascii")), tuple(ids), any_case)
        for (anchor, any_case), ids in found.items()
    )
