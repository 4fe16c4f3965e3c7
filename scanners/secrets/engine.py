"""What the rules find in pieces of text: detect-secrets' plug-ins and our own patterns."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Protocol

from ...records.finding import Level
from .doubts import is_no_secret, rating
from .pieces import Piece
from .rules import BY_ID, PRIVATE_KEY, RULES, SETTING, Rule, Sort
from .text import Text

NAMELESS = frozenset({PRIVATE_KEY, "basic-auth", "credentials-file", "password-hash"})
"""What stands before their values is no name."""
SHORTEST = 16
"""Characters of a token; what is shorter is a part of its pattern, as the prefix of GitHub's."""
PRAGMA = re.compile(r"pragma: ?(?:allow|white)list[ -]secret")
"""How detect-secrets is asked to look away."""
KEY_MATERIAL = re.compile(r"[A-Za-z0-9+/=]{40,}")
SETTING_LINE = re.compile(
    r"\s*(?:-\s+|export\s+|set\s+|env\s+)?[\"']?(?P<name>[^\s\"'=#;<>][^\s\"'=]*?)[\"']?"
    r"\s*(?:=|:(?=\s))\s*(?P<quote>[\"']?)(?P<value>[^\s\"'`]+)(?P=quote)\s*[,;]?\s*(?:[#;].*)?",
    re.IGNORECASE,
)
_NAME_BEFORE = re.compile(
    r"(?:^|[\s{(,;\[<])[\"'$]?([A-Za-z_][\w.-]{0,63})[\"'\]]*\s*(?::=|=>|={1,3}|!==?|:)\s*@?[\"'`]?$"
)
"""A key, not the field before one: that may be the password of the next."""
_PUTTY_PRIVATE = "Private-Lines:"
_FOLDS_TO_ASCII = {0x17F: "?", 0x131: "?", 0x212A: "?", 0x130: "?"}
"""Letters that a search in any case takes for s, i and k, which the anchors do not."""


class ScanFailed(Exception):
    """The rules could not be applied; it says nothing of the text."""


@dataclass(frozen=True, slots=True)
class Secret:
    """One secret at one place; its value is for comparing in memory only."""

    rule: str
    line: int
    name: str
    severity: Level
    confidence: Level
    suppressed: bool
    value: bytes = field(repr=False)


class Plugin(Protocol):
    """What of detect-secrets' plug-ins is used."""

    denylist: Iterable[re.Pattern[str]]
    """Of those that go by a shape."""

    def analyze_line(self, filename: str, line: str, line_number: int) -> "Iterable[Potential]":
        """The secrets of one line."""


class Potential(Protocol):
    """What detect-secrets gives."""

    secret_value: str | None


def secrets_of(path: str, kind: Text, found: Iterable[Piece]) -> list[Secret]:
    """The secrets of one file's pieces, in order. Raises ScanFailed."""
    try:
        return [secret for piece in found for secret in _secrets(path, kind, piece)]
    except Exception as error:  # noqa: BLE001 - whatever it is, its text may quote a secret
        raise ScanFailed(type(error).__name__) from None


def _secrets(path: str, kind: Text, piece: Piece) -> Iterator[Secret]:
    text, encoding = _decoded(piece.text)
    line, _, below = text.partition("\n")
    rated = list(_rated(path, kind, line, below, piece.rules))
    taken: list[str] = []
    suppressed = PRAGMA.search(line) is not None
    for severity, confidence, rule, value in sorted(rated, key=_strength):
        if any(value in other or other in value for other in taken):
            continue
        taken.append(value)
        yield Secret(
            rule=rule.id,
            line=piece.line,
            name=_name(line, value, rule, [other for *_, other in rated]),
            severity=severity,
            confidence=confidence,
            suppressed=suppressed,
            value=value.encode(encoding, "replace"),
        )


def _strength(row: tuple[Level, Level, Rule, str]) -> tuple[int, int]:
    return -row[0].rank, -row[1].rank


def _decoded(data: bytes) -> tuple[str, str]:
    try:
        return data.decode("utf-8").translate(_FOLDS_TO_ASCII), "utf-8"
    except UnicodeDecodeError:
        return data.decode("latin-1"), "latin-1"


def _rated(
    path: str, kind: Text, line: str, below: str, rules: frozenset[str]
) -> Iterator[tuple[Level, Level, Rule, str]]:
    """What each rule finds in a line, and how grave and how sure that is."""
    quoted = _quoted(line) if kind is Text.SETTINGS else None
    for rule in (rule for id_, rule in BY_ID.items() if id_ in rules):
        lines = [quoted] if rule.id == SETTING else [line, quoted]
        for value in dict.fromkeys(_values(rule, path, [text for text in lines if text])):
            if rule.id == PRIVATE_KEY:
                material = KEY_MATERIAL.search(_private(below)) or KEY_MATERIAL.search(line)
                if material:
                    yield rule.severity, rule.confidence, rule, material[0]
            elif not is_no_secret(rule, line, value):
                yield *rating(rule, path, kind, value), rule, value


def _private(below: str) -> str:
    """Of the lines below the head of a key those that are private."""
    _, mark, private = below.partition(_PUTTY_PRIVATE)
    return private if mark else below


def _quoted(line: str) -> str | None:
    """A setting as a program would write it; None where the line is none."""
    setting = SETTING_LINE.fullmatch(line)
    return f'{setting["name"]} = "{setting["value"]}"' if setting else None


def _values(rule: Rule, path: str, lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        if rule.plugin:
            plugin = _plugins()[rule.plugin]
            found = {item.secret_value or "" for item in plugin.analyze_line(path, line, 0)}
            if rule.sort is Sort.SHAPE and any(len(value) < SHORTEST for value in found):
                found = {match[0] for shape in plugin.denylist for match in shape.finditer(line)}
            yield from sorted(found - {""})
        else:
            for match in _pattern(rule.pattern).finditer(line):
                yield from (value for value in match.groupdict().values() if value)


@cache
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


@cache
def _plugins() -> Mapping[str, Plugin]:
    """The plug-ins that the rules name, made once. Nothing of them reaches the network."""
    from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class

    by_type: Mapping[str, Any] = get_mapping_from_secret_type_to_class()
    classes = {plugin.__name__: plugin for plugin in by_type.values()}
    return {rule.plugin: classes[rule.plugin]() for rule in RULES if rule.plugin}


def _name(line: str, value: str, rule: Rule, values: Iterable[str]) -> str:
    """What the value is called, where that itself says nothing of any value of the line."""
    at = line.find(value)
    if at < 0 or rule.id in NAMELESS:
        return ""
    before = _NAME_BEFORE.search(line[max(0, at - 120) : at])
    name = before[1] if before else ""
    return "" if any(_gives_away(name, other) for other in values) else name


def _gives_away(name: str, value: str) -> bool:
    """Whether a name repeats six characters of the value in a row, or all of it."""
    parts = {value[i : i + 6] for i in range(len(value) - 5)} or {value}
    return any(part in name for part in parts)
