"""Which results are about a secret: of those no text that could hold it is kept."""

import re

from ...records.finding import Finding
from ...records.fingerprint import defect_of
from ..python.code import SECRET_RULES
from .fields import table, text
from .rules import Rule

SECRET_TOOLS = frozenset(
    {
        "detect-secrets",
        "ggshield",
        "git-secrets",
        "gitguardian",
        "gitleaks",
        "kingfisher",
        "nosey parker",
        "noseyparker",
        "ripsecrets",
        "secretlint",
        "secrets",
        "talisman",
        "trufflehog",
        "whispers",
    }
)
"""In lower case."""

_WEAKNESSES = frozenset({256, 257, 259, 260, 312, 313, 318, 321, 522, 540, 547, 615, 798})
_TOOL = re.compile(r"leak|secret|credential", re.IGNORECASE)
_WORD = re.compile(
    r"secret|passw|credential|hard-?coded|(?:api|private|access|auth)[-_ ]?key|tokens?|\bpat\b",
    re.IGNORECASE,
)


def is_secret_tool(tool: str) -> bool:
    """Whether a tool looks for nothing but secrets."""
    return tool.casefold() in SECRET_TOOLS or _TOOL.search(tool) is not None


def about_secret(tool: str, rule: Rule, weakness: int | None) -> bool:
    """Whether what a result says may hold a secret."""
    if is_secret_tool(tool) or weakness in _WEAKNESSES:
        return True
    if any(_points_at_password(tool, id_) for id_ in (rule.id, rule.without_case.id)):
        return True
    about = text(table(rule.node, "shortDescription"), "text")
    names = (rule.id, text(rule.node, "name"), about, *rule.tags)
    return any(map(names_secret, names))


def may_point_at_secret(finding: Finding) -> bool:
    """Whether a finding, or that of another that found it too, may stand where a secret does."""
    if finding.cwe in _WEAKNESSES or names_secret(finding.message):
        return True
    found_by = [(finding.tool, finding.rule), *map(_tool_and_rule, finding.witnesses)]
    return any(
        is_secret_tool(tool) or names_secret(rule) or _points_at_password(tool, rule)
        for tool, rule in found_by
    )


def _tool_and_rule(witness: str) -> tuple[str, str]:
    tool, _, rule = witness.rpartition(" ")
    return tool, rule


def _points_at_password(tool: str, rule: str) -> bool:
    own, name = defect_of(tool, rule)
    return own == "bandit" and name in SECRET_RULES


def names_secret(said: str) -> bool:
    """Whether a name or a line of text speaks of a secret."""
    return _WORD.search(said) is not None
