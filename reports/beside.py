"""What every report says of a verdict, each line under its label."""

from ..records.run import GateRun, ScanRun, State
from . import summary

_JUDGE_RULES = frozenset({summary.JUDGE_CHANGED, ("tidegate", "TG102")})
"""Outside of policy and waivers."""
_WAIVER = (
    "needs a waiver on the base branch, from somebody who answers for it "
    "(`tidegate waive PATH:LINE` writes one); one that this change brings does not count. "
    "`tidegate policy explain PATH:LINE` tells why it blocks"
)


def conclusion(run: GateRun) -> dict[str, str]:
    """What decided, what was accepted, what comes next, what to do with what is to stay.

    By the label, in the order of reading, without what there is nothing to say of. Texts are as
    they came: each format makes them inert.
    """
    said = {
        "Decided by": summary.decided_by(run),
        "Accepted": _accepted(run),
        "Next": summary.next_step(run),
        "What is to stay": _to_stay(run),
    }
    return {label: text for label, text in said.items() if text}


def sentences(run: GateRun) -> list[str]:
    """The conclusion for formats that have no labels of their own: a sentence each."""
    return [f"{label}: {text}" for label, text in conclusion(run).items()]


def scan_sentences(run: ScanRun) -> list[str]:
    """What to do about what a scan left out, a sentence each."""
    return [f"{label}: {text}" for label, text in summary.scan_next(run).items()]


def edited(run: GateRun) -> str:
    """What the mark 'edited' means, where a finding that is listed bears it."""
    listed = (*summary.blocking(run), *summary.reported(run), *summary.waived(run))
    if not any(item.state is State.EDITED for item in listed):
        return ""
    return "edited: the base has it too, and this change touched its code, so that it counts as new"


def _accepted(run: GateRun) -> str:
    """That somebody accepted the change to what judges."""
    if not run.judge_accepted:
        return ""
    return f"the change to what judges, digest {run.judge_digest}"


def _to_stay(run: GateRun) -> str:
    """How what blocks may stay, where that is for a waiver to say."""
    rules = {(item.finding.tool, item.finding.rule) for item in summary.blocking(run)}
    return "" if rules <= _JUDGE_RULES else _WAIVER
