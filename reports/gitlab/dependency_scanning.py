"""GitLab dependency scanning: an entry for each advisory on each pin."""

from ...records.run import GateRun, ScanRun
from . import security

NAME = "dependency_scanning"


def gate(run: GateRun, *, colour: bool) -> str:  # noqa: ARG001 - JSON has no colour
    """The advisories on what is pinned at head in the files that were looked at."""
    return security.gate(run, NAME, lambda finding: finding.package is not None)


def scan(run: ScanRun, *, colour: bool) -> str:  # noqa: ARG001 - JSON has no colour
    """The advisories on what a tree pins."""
    return security.scan(run, NAME, lambda finding: finding.package is not None)
