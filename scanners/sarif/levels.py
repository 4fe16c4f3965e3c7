"""How grave a result is, and how sure its tool is, in the words of the records."""

import math

from ...records.finding import Level
from ..python.ruff.rules import UNRATED, Rating, rating_of
from .fields import Table, table, text
from .rules import Rule

_LEVELS = {
    "error": Level.HIGH,
    "warning": Level.MEDIUM,
    "note": Level.LOW,
    "none": Level.LOW,
}
_BANDS = ((9.0, Level.CRITICAL), (7.0, Level.HIGH), (4.0, Level.MEDIUM))
"""As code scanning reads a security severity."""
_PRECISION = {
    "very-high": Level.HIGH,
    "high": Level.HIGH,
    "medium": Level.MEDIUM,
    "low": Level.LOW,
}
_CONFIDENCE_KEYS = ("confidence", "issue_confidence", "zizmor/confidence")
_CONFIDENCE_TAG = " CONFIDENCE"


def severity_of(tool: str, rule: Rule, result: Table) -> Level:
    """By the security severity, the level, the rank; UNKNOWN for a level of another word."""
    if (rating := _of_ruff(tool, rule, result)) != UNRATED:
        return rating.severity
    for node in (result, rule.node):
        score = _number(table(node, "properties").get("security-severity"), 10)
        if score is not None:
            return _band(score)
    defaults = table(rule.node, "defaultConfiguration")
    for node in (result, defaults):
        if "level" in node:
            return _LEVELS.get(text(node, "level"), Level.UNKNOWN)
    for node in (result, defaults):
        rank = _number(node.get("rank"), 100)
        if rank is not None:
            return _band(rank / 10)
    return Level.MEDIUM  # the standard's default is "warning"


def confidence_of(tool: str, rule: Rule, result: Table) -> Level:
    """By what result and rule say of confidence, else precision; UNKNOWN where nothing does."""
    if (rating := _of_ruff(tool, rule, result)) != UNRATED:
        return rating.confidence
    for node in (result, rule.node):
        properties = table(node, "properties")
        for key in _CONFIDENCE_KEYS:
            level = _PRECISION.get(text(properties, key).casefold())
            if level:
                return level
    for tag in rule.tags:
        level = _PRECISION.get(tag.removesuffix(_CONFIDENCE_TAG).casefold())
        if level and tag.endswith(_CONFIDENCE_TAG):
            return level
    precision = text(table(rule.node, "properties"), "precision")
    return _PRECISION.get(precision.casefold(), Level.UNKNOWN)


def _of_ruff(tool: str, rule: Rule, result: Table) -> Rating:
    """Ruff writes "error" to every result; of its copies of bandit's rules more is known."""
    if tool != "ruff":
        return UNRATED
    return rating_of(rule.id, text(table(result, "message"), "text"))


def _band(score: float) -> Level:
    return next((level for least, level in _BANDS if score >= least), Level.LOW)


def _number(value: object, most: float) -> float | None:
    """A number from 0 to `most`, as a number or as text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and 0 <= number <= most else None
