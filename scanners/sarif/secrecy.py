"""Which results are about a secret: of those no text that could hold it is kept."""

import re

from ...records.fingerprint import defect_of
from ..python.code import SECRET_RULES
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
_WORD = re.compile(
    r"secret|passw|credential|hard-?coded|(?:api|private|access|auth)[-_ ]?(?:key|token)",
    re.IGNORECASE,
)


def is_secret_tool(tool: str) -> bool:
    """Whether a tool looks for nothing but secrets."""
    return tool.casefold() in SECRET_TOOLS


def about_secret(tool: str, rule: Rule, weakness: int | None) -> bool:
    """Whether what a result says may hold a secret."""
    if is_secret_tool(tool) or weakness in _WEAKNESSES:
        return True
    own, name = defect_of(tool, rule.id)
    if own == "bandit" and name in SECRET_RULES:
        return True
    names = (rule.id, str(rule.node.get("name", "")), *rule.tags)
    return any(map(names_secret, names))


def names_secret(text: str) -> bool:
    """Whether a name or a line of text speaks of a secret."""
    return _WORD.search(text) is not None
