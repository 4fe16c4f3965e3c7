"""What a result says, put together from its rule where it has to be."""

import re
from collections.abc import Iterator
from functools import lru_cache

from ...records.addresses import without_user
from .fields import Table, items, table, text
from .rules import Rule, Rules

MAX_LENGTH = 2_000
"""Characters of a message or a remedy that are kept."""

_PLACEHOLDER = re.compile(r"\{\{|\}\}|\{(\d{1,4})\}")
_LINK = re.compile(r"(?<!\\)\[((?:[^\]\\]|\\.){0,400})\]\([^()\s]{0,400}\)")


def message_of(rules: Rules, rule: Rule, result: Table) -> str:
    """The message of a result, its arguments filled in; else what its rule is about."""
    message = table(result, "message")
    said = text(message, "text") or text(message, "markdown")
    said = said or _by_id(rules, rule, text(message, "id"))
    arguments = items(message, "arguments")
    return plain_text(_filled(said, arguments) if said else summary_of(rule))


def summary_of(rule: Rule) -> str:
    """What a rule is about, whatever it found; its id where it does not say."""
    return plain_text(next(_descriptions(rule), rule.id))


def name_of(rule: Rule) -> str:
    """What a rule is called; descriptions may quote what it found."""
    return plain_text(text(rule.node, "name") or rule.id)


def remedy_of(tool: str, rule: Rule, result: Table) -> str:
    """What the tool says to do, else where its rule is explained."""
    for fix in items(result, "fixes"):
        said = text(table(fix, "description"), "text")
        if said:
            return plain_text(said)
    address = text(rule.node, "helpUri")
    return (
        f"see {plain_text(address)}"
        if address
        else f"see what {plain_text(tool)} says of this rule"
    )


def _by_id(rules: Rules, rule: Rule, name: str) -> str:
    if not name:
        return ""
    for strings in (
        table(rule.node, "messageStrings"),
        table(rule.component, "globalMessageStrings"),
        table(rules.driver, "globalMessageStrings"),
    ):
        found = table(strings, name)
        if said := text(found, "text") or text(found, "markdown"):
            return said
    return ""


def _descriptions(rule: Rule) -> Iterator[str]:
    for key in ("shortDescription", "fullDescription"):
        if said := text(table(rule.node, key), "text"):
            yield said
    if name := text(rule.node, "name"):
        yield name


def _filled(said: str, arguments: list[object]) -> str:
    def put(match: re.Match[str]) -> str:
        if match[1] is None:
            return match[0][0]
        index = int(match[1])
        value = arguments[index] if index < len(arguments) else None
        return without_user(value)[:MAX_LENGTH] if isinstance(value, str) else match[0]

    said = without_user(said)[: 2 * MAX_LENGTH]
    return _PLACEHOLDER.sub(put, said) if arguments else said


@lru_cache(maxsize=1024)
def plain_text(said: str) -> str:
    """One paragraph, its links as their text, no credentials in its addresses; bounded."""
    plain = _LINK.sub(r"\1", without_user(said)[: 2 * MAX_LENGTH])
    plain = without_user(" ".join(plain.split()))
    return plain if len(plain) <= MAX_LENGTH else plain[: MAX_LENGTH - 3] + "..."
