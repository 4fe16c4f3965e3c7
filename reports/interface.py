"""The seam of the reports: a format is a module with a function per record family."""

from typing import Protocol

from ..records.run import GateRun, ScanRun


class Renderer(Protocol):
    """One output format. Text of the scanned world is hostile: made inert here."""

    def gate(self, run: GateRun, *, colour: bool) -> str:
        """The report of a gate run, ending in a line break."""

    def scan(self, run: ScanRun, *, colour: bool) -> str:
        """The report of a scan, ending in a line break."""
