"""Secrets as findings: what they are called and what to do, never what they are."""

from ...records.finding import Finding
from .engine import Secret
from .rules import BY_ID

TOOL = "secrets"
HARD_CODED_CREDENTIALS = 798
REMEDY = "revoke it and issue another, then take it out of the file: git keeps what was committed"
IN_HISTORY = "revoke it and issue another, then rewrite the branch: its commits would be merged too"
NOT_COMMITTED = "take it out before you commit it; revoke it if it was ever shown to anybody"


def finding_of(path: str, secret: Secret, note: str = "", remedy: str = REMEDY) -> Finding:
    """The finding of one secret; `note` ends its message."""
    rule = BY_ID[secret.rule]
    return Finding(
        tool=TOOL,
        rule=rule.id,
        message=f"{rule.title} in the text{note}",
        path=path,
        line=secret.line,
        end_line=secret.line,
        severity=secret.severity,
        confidence=secret.confidence,
        remedy=remedy,
        cwe=HARD_CODED_CREDENTIALS,
        url="https://cwe.mitre.org/data/definitions/798.html",
        scope=secret.name,
        suppressed="pragma: allowlist secret" if secret.suppressed else "",
    )
