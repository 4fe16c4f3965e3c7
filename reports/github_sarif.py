"""SARIF for GitHub code scanning: without what GitHub would open an alert for and nobody minds.

It does not act on `suppressions`, and documents neither `kind` nor `baselineState`: what is
waived, ignored by the policy, suppressed in the code or fixed would be an open alert.
"""

from dataclasses import replace

from ..records.run import GateRun, Judged, ScanRun, State
from . import sarif, summary


def gate(run: GateRun, *, colour: bool) -> str:
    """What stands at head and is hushed by nothing that counts, existing findings too."""
    told = tuple(item for item in run.findings if not _is_hushed(item))
    notices = (*run.notices, *_left_out(len(run.findings) - len(told)))
    return sarif.gate(replace(run, findings=told, notices=notices), colour=colour)


def scan(run: ScanRun, *, colour: bool) -> str:
    """Every finding but for those that a mark in the code hushes."""
    told = tuple(item for item in run.findings if not item.finding.suppressed)
    notices = (*run.notices, *_left_out(len(run.findings) - len(told)))
    return sarif.scan(replace(run, findings=told, notices=notices), colour=colour)


def _is_hushed(item: Judged) -> bool:
    accepted = any(each["status"] == "accepted" for each in sarif.suppressions(item))
    return accepted or item.state is State.FIXED


def _left_out(count: int) -> tuple[str, ...]:
    if not count:
        return ()
    what = summary.plural(count, "finding")
    return (f"left out for GitHub: {what}, waived, ignored, suppressed or fixed; `sarif` has all",)
