"""Lines of a policy as their file holds them: what they match, what follows, and why."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from ... import config
from ...errors import ConfigError
from .conditions import KEYS, Answer, Condition, Subject

MIN_REASON = 10
"""Characters: fewer tell nothing."""


class Action(StrEnum):
    """What a line makes of what it matches."""

    BLOCK = "block"
    WARN = "warn"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One [[policy]] table."""

    number: int
    """From 1, in its file."""
    conditions: tuple[Condition, ...]
    action: Action
    reason: str

    @property
    def is_for_gaps(self) -> bool:
        """Whether it is about what was not looked at, and not about findings."""
        return any(not KEYS[condition.key].of_findings for condition in self.conditions)

    def holds(self, subject: Subject) -> Answer:
        """Whether each of its conditions holds; None where that hangs on what is not known."""
        if self.is_for_gaps is not (subject.gap is not None):
            return False
        answers = [condition.holds(subject) for condition in self.conditions]
        if False in answers:
            return False
        return None if None in answers else True

    def applies(self, subject: Subject) -> bool:
        """Whether it decides: what is not known is enough to block, never to let pass."""
        answer = self.holds(subject)
        return self.action is Action.BLOCK if answer is None else answer

    def unknown(self, subject: Subject) -> list[str]:
        """The keys of which it is not known whether they hold."""
        return [each.key for each in self.conditions if each.holds(subject) is None]


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """One configuration file, wholly checked."""

    name: str = ""
    """Which one, and where it stands; empty where there is none."""
    settings: Mapping[str, object] = field(default_factory=dict)
    lines: tuple[Line, ...] = ()


def read_file(name: str, data: bytes, at: str = "", folder: str = "") -> ConfigFile:
    """A configuration file with its lines; the rest as `config.read_file`.

    `folder` is where it stands in the tree: the paths of its lines begin there.
    """
    return _with_lines(name + at, config.read_file(name, data, at), folder)


def choose_file(found: Mapping[str, bytes], at: str = "") -> ConfigFile:
    """The one file that configures Tidegate, as `config.choose_file`, with its lines."""
    name, table = config.choose_file(found, at)
    return _with_lines(name + at, table, "") if name else ConfigFile()


def _with_lines(where: str, table: Mapping[str, object], folder: str) -> ConfigFile:
    tables = table.get(config.POLICY, [])
    settings = {key: value for key, value in table.items() if key != config.POLICY}
    found = read_lines(tables, where, folder) if isinstance(tables, list) else ()
    return ConfigFile(where, settings, found)


def read_lines(
    tables: Sequence[Mapping[str, object]], where: str, folder: str = ""
) -> tuple[Line, ...]:
    """The lines of one file, in order. Raises ConfigError, which names line and remedy."""
    return tuple(
        _line(table, number, f"{where}, policy line {number}", folder)
        for number, table in enumerate(tables, start=1)
    )


def _line(table: Mapping[str, object], number: int, where: str, folder: str) -> Line:
    for key in table:
        if key not in ("match", "action", "reason"):
            raise config.unknown_key(key, ("match", "action", "reason"), where)
    action, reason = _action(table, where), _reason(table, where)
    match = table.get("match")
    if not isinstance(match, dict) or not match:
        raise ConfigError(f"{where} matches nothing", f"give match one of {', '.join(KEYS)}")
    conditions = tuple(_condition(key, match[key], where, folder) for key in match)
    _check_kind(conditions, where)
    return Line(number=number, conditions=conditions, action=action, reason=reason)


def _action(table: Mapping[str, object], where: str) -> Action:
    if "action" not in table:
        raise ConfigError(f"{where} has no action", f"give it one of {', '.join(Action)}")
    action = table["action"]
    if not isinstance(action, str) or action not in {*Action}:
        shown = config.shown(action)
        raise ConfigError(f"{where}: action = {shown} does not fit", f"one of {', '.join(Action)}")
    return Action(action)


def _reason(table: Mapping[str, object], where: str) -> str:
    needed = f"say in {MIN_REASON} characters or more why it is so"
    if "reason" not in table:
        raise ConfigError(f"{where} has no reason", needed)
    reason = table["reason"]
    if not isinstance(reason, str):
        raise ConfigError(f"{where}: the reason is no text", needed)
    if len(reason.strip()) < MIN_REASON:
        raise ConfigError(f"{where}: the reason has less than {MIN_REASON} characters", needed)
    return " ".join(reason.split())


def _condition(key: str, value: object, where: str, folder: str) -> Condition:
    if key not in KEYS:
        raise config.unknown_key(key, KEYS, f"{where}, match")
    wanted = KEYS[key].read(value)
    shown = config.shown(value)
    if wanted is None:
        raise ConfigError(
            f"{where}, match: {key} = {shown} does not fit", f"it takes {KEYS[key].takes}"
        )
    if key == "path" and folder and isinstance(wanted, tuple):
        wanted = tuple(f"{_literal(folder)}/{glob}" for glob in wanted)
    return Condition(key, wanted, f"{key} = {json.dumps(value)}")


def _literal(folder: str) -> str:
    return re.sub(r"([*?[])", r"[\1]", folder)


def _check_kind(conditions: Sequence[Condition], where: str) -> None:
    if all(KEYS[each.key].of_findings for each in conditions):
        return
    for each in conditions:
        if not KEYS[each.key].of_gaps:
            raise ConfigError(
                f"{where}: skipped is about gaps and {each.key} about findings",
                "write a line for each",
            )
