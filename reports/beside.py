"""What reports for people say beside what decided and what comes next."""

from ..records.run import GateRun
from . import summary

JUDGE_RULES = frozenset({summary.JUDGE_CHANGED, ("tidegate", "TG102")})
"""Outside of policy and waivers."""


def accepted(run: GateRun) -> str:
    """That somebody accepted the change to what judges, empty where nobody did."""
    if not run.judge_accepted:
        return ""
    return f"the change to what judges, digest {run.judge_digest}"


def to_stay(run: GateRun) -> str:
    """How to learn why a finding blocks, and what to do where it is to stay; else empty."""
    rules = {(item.finding.tool, item.finding.rule) for item in summary.blocking(run)}
    if rules <= JUDGE_RULES:
        return ""
    return (
        "`tidegate policy explain PATH:LINE` tells why one blocks; `tidegate waive PATH:LINE` "
        "writes a waiver, which counts once it is on the base branch"
    )
