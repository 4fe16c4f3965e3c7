"""The waivers file: each of its entries read and checked whole, and a new one as text."""

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from difflib import get_close_matches
from typing import TypeVar

from ..errors import ConfigError
from ..records.finding import Level
from ..records.path_class import PathClass
from .waivers import NEVER_WAIVED, Pattern, Waiver

FILE_NAME = "tidegate.waivers.toml"
MIN_REASON = 10
"""Characters: fewer tell nothing."""
MAX_TEXT = 1000
"""Characters of any text of an entry."""

_T = TypeVar("_T")

_FINGERPRINT = re.compile(r"[0-9a-f]{32}")
_BLOB = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_LEVELS = {name: Level(name) for name in ("LOW", "MEDIUM", "HIGH", "CRITICAL")}
_CLASSES = {str(kind): kind for kind in PathClass}
_KEYS = (
    *("fingerprint", "match", "owner", "reason", "until"),
    *("ticket", "blob", "severity-at-most"),
)
_MATCH_KEYS = ("tool", "rule", "path", "path-class", "advisory", "skipped", "what")


def read_waivers(data: bytes, at: str = "") -> tuple[Waiver, ...]:
    """The entries of a waivers file, in their order; `at` says where it stands, for errors.

    Raises ConfigError, which names the entry, where anything does not fit: what is half
    understood waives nothing.
    """
    where = FILE_NAME + at
    try:
        table = tomllib.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{where} is not valid TOML: {error}", "mend it") from error
    _check_keys(table, ("waiver",), where)
    entries = table.get("waiver", [])
    if not isinstance(entries, list):
        raise ConfigError(f"{where}: 'waiver' is no list", "begin each with [[waiver]]")
    return tuple(
        _waiver(_table(entry, f"{where}, waiver {number}"), number, f"{where}, waiver {number}")
        for number, entry in enumerate(entries, start=1)
    )


def _waiver(entry: Mapping[str, object], number: int, where: str) -> Waiver:
    _check_keys(entry, _KEYS, where)
    if ("fingerprint" in entry) == ("match" in entry):
        raise ConfigError(f"{where} has to name one thing", "give it fingerprint or match")
    return Waiver(
        number=number,
        owner=_needed(entry, "owner", where),
        reason=_reason(entry, where),
        until=_until(entry, where),
        ticket=_text(entry, "ticket", where),
        fingerprint=_shaped(entry, "fingerprint", where, _FINGERPRINT, "32 hexadecimal digits"),
        pattern=_pattern(entry["match"], where) if "match" in entry else Pattern(),
        blob=_shaped(entry, "blob", where, _BLOB, "git's whole id of a file's content"),
        severity_at_most=_chosen(entry, "severity-at-most", where, _LEVELS),
    )


def _pattern(value: object, where: str) -> Pattern:
    where += ", match"
    match = _table(value, where)
    _check_keys(match, _MATCH_KEYS, where)
    pattern = Pattern(
        tool=_text(match, "tool", where),
        rule=_text(match, "rule", where),
        paths=_globs(match, where),
        path_class=_chosen(match, "path-class", where, _CLASSES),
        advisory=_text(match, "advisory", where),
        skipped=_text(match, "skipped", where),
        what=_exact(match, "what", where),
    )
    _check_width(pattern, where)
    return pattern


def _check_width(pattern: Pattern, where: str) -> None:
    """Raises ConfigError for a pattern that is about more than its author can have looked at."""
    of_gaps = bool(pattern.skipped)
    if of_gaps and (pattern.rule or pattern.advisory):
        raise ConfigError(f"{where} is about gaps and findings", "write a waiver for each")
    if of_gaps and not (pattern.paths or pattern.what):
        raise ConfigError(f"{where} is about every such gap", "name its path, or what is skipped")
    if not of_gaps and pattern.what:
        raise ConfigError(f"{where}: 'what' is for gaps", "name their reason with skipped")
    if not of_gaps and not pattern.advisory and not (pattern.rule and pattern.paths):
        raise ConfigError(f"{where} is too wide", "name rule and path, or an advisory")
    if pattern.rule in {rule for _, rule in NEVER_WAIVED}:
        raise ConfigError(
            f"{where}: {pattern.rule} cannot be waived", "give the run --accept-judge-change"
        )


def _globs(match: Mapping[str, object], where: str) -> tuple[str, ...]:
    value = match.get("path", [])
    found = [value] if isinstance(value, str) else value
    if not isinstance(found, list) or ("path" in match and not found):
        raise ConfigError(f"{where}: path does not fit", "it takes a glob, or a list of globs")
    return tuple(_glob(item, where) for item in found)


def _glob(item: object, where: str) -> str:
    glob = _exact({"path": item}, "path", where)
    names = glob.split("/")
    if {"", ".", ".."} & set(names):
        raise ConfigError(
            f"{where}: path {glob!r} fits no path", "write it from the root, as git lists it"
        )
    if not any(character.isalnum() for character in glob):
        raise ConfigError(f"{where}: path {glob!r} fits all paths", "name a folder or an ending")
    return glob


def _reason(entry: Mapping[str, object], where: str) -> str:
    reason = _needed(entry, "reason", where)
    if len(reason) < MIN_REASON:
        raise ConfigError(
            f"{where}: the reason has less than {MIN_REASON} characters",
            "say why this may stay as it is",
        )
    return reason


def _until(entry: Mapping[str, object], where: str) -> date:
    until = entry.get("until")
    if not isinstance(until, date) or isinstance(until, datetime):
        raise ConfigError(f"{where}: until is no date", "write until = 2026-12-31, unquoted")
    return until


def _needed(entry: Mapping[str, object], key: str, where: str) -> str:
    text = _text(entry, key, where)
    if not text:
        raise ConfigError(f"{where}: {key} is missing", f'write {key} = "…"')
    return text


def _text(entry: Mapping[str, object], key: str, where: str) -> str:
    """A text as a report may show it on one line, empty where there is none."""
    text = " ".join(_exact(entry, key, where).split())
    if not text.isprintable():
        raise ConfigError(f"{where}: {key} holds control characters", "write plain text")
    if key in entry and not text:
        raise ConfigError(f"{where}: {key} is empty", "say something, or leave it out")
    return text


def _exact(entry: Mapping[str, object], key: str, where: str) -> str:
    value = entry.get(key, "")
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        raise ConfigError(f"{where}: {key} does not fit", f"a text of at most {MAX_TEXT:,} letters")
    return value


def _shaped(
    entry: Mapping[str, object], key: str, where: str, shape: re.Pattern[str], takes: str
) -> str:
    text = _exact(entry, key, where)
    if key in entry and not shape.fullmatch(text):
        raise ConfigError(f"{where}: {key} does not fit", f"it takes {takes}")
    return text


def _chosen(
    entry: Mapping[str, object], key: str, where: str, choices: Mapping[str, _T]
) -> _T | None:
    name = _exact(entry, key, where)
    if key in entry and name not in choices:
        raise ConfigError(f"{where}: {key} = {name!r} is unknown", f"one of {', '.join(choices)}")
    return choices.get(name)


def _table(value: object, where: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise ConfigError(f"{where} is no table", "README.md, Waivers, shows one")
    return value


def _check_keys(table: Mapping[str, object], known: tuple[str, ...], where: str) -> None:
    for key in table:
        if key not in known:
            near = get_close_matches(key, known, n=1, cutoff=0.4)
            hint = f"did you mean '{near[0]}'?" if near else f"known keys: {', '.join(known)}"
            raise ConfigError(f"{where}: unknown key '{key}'", hint)


def with_entries(data: bytes, new: Sequence[Waiver]) -> bytes:
    """A waivers file with further entries; what stands there stays byte for byte.

    Raises ConfigError where it is broken, or would not say what `new` says.
    """
    old = read_waivers(data)
    parts = [part for part in (data.decode("utf-8"), *map(entry_text, new)) if part]
    # An entry ends its lines; what somebody wrote may not.
    text = "\n".join(part if part.endswith("\n") else f"{part}\n" for part in parts)
    numbered = [replace(waiver, number=at) for at, waiver in enumerate(new, start=len(old) + 1)]
    if read_waivers(text.encode("utf-8")) != (*old, *numbered):
        raise ConfigError(f"{FILE_NAME} cannot hold such an entry", "write it by hand")
    return text.encode("utf-8")


def entry_text(waiver: Waiver) -> str:
    """An entry as it stands in the file."""
    level = waiver.severity_at_most
    lines = {
        "fingerprint": _quoted(waiver.fingerprint),
        "match": "" if waiver.fingerprint else _match_text(waiver.pattern),
        "severity-at-most": _quoted(str(level) if level else ""),
        "blob": _quoted(waiver.blob),
        "owner": _quoted(waiver.owner),
        "reason": _quoted(waiver.reason),
        "until": waiver.until.isoformat(),
        "ticket": _quoted(waiver.ticket),
    }
    return "[[waiver]]\n" + "".join(f"{key} = {text}\n" for key, text in lines.items() if text)


def _match_text(pattern: Pattern) -> str:
    paths = [_quoted(glob) for glob in pattern.paths]
    pairs = {
        "tool": _quoted(pattern.tool),
        "rule": _quoted(pattern.rule),
        "path": paths[0] if len(paths) == 1 else f"[{', '.join(paths)}]" * bool(paths),
        "path-class": _quoted(str(pattern.path_class or "")),
        "advisory": _quoted(pattern.advisory),
        "skipped": _quoted(pattern.skipped),
        "what": _quoted(pattern.what),
    }
    return "{ " + ", ".join(f"{key} = {text}" for key, text in pairs.items() if text) + " }"


def _quoted(text: str) -> str:
    """A basic string of TOML, which is one of JSON but for DEL; nothing where it is empty."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f") if text else ""
