"""GitLab SAST: every finding but those on dependencies."""

from ...records.run import GateRun, ScanRun
from . import security

NAME = "sast"


def gate(run: GateRun, *, colour: bool) -> str:  # noqa: ARG001 - JSON has no colour
    """What stands at head in the code that was looked at."""
    return security.gate(run, NAME, lambda finding: finding.package is None)


def scan(run: ScanRun, *, colour: bool) -> str:  # noqa: ARG001 - JSON has no colour
    """What stands in the code of a tree."""
    return security.scan(run, NAME, lambda finding: finding.package is None)
