"""What is known of a tree once other tools were heard; light, for scans that hear none."""

from collections.abc import Mapping
from dataclasses import dataclass

from ...records.finding import Finding, Skipped


@dataclass(frozen=True, slots=True)
class Told:
    """Our findings and theirs, and what of the files could not be read."""

    findings: tuple[Finding, ...]
    skipped: tuple[Skipped, ...]
    notices: tuple[str, ...]
    versions: Mapping[str, str]
