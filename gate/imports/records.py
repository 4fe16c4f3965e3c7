"""Files of other tools that a gate is given, and what they say of the change."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ...records.finding import Finding
from ...records.run import SkippedItem
from ..deduplication import Standing


@dataclass(frozen=True, slots=True)
class Imports:
    """SARIF files of the two sides, named from outside the repository."""

    head: tuple[Path, ...] = ()
    base: tuple[Path, ...] = ()

    @property
    def any(self) -> bool:
        """Whether there is one."""
        return bool(self.head or self.base)


@dataclass(frozen=True, slots=True)
class ImportedEvidence:
    """What the files say of the change."""

    sources: tuple[tuple[Standing, ...], ...] = ()
    """Findings at head by file and tool, with how they stand to the base."""
    fixed: tuple[Finding, ...] = ()
    gaps: tuple[SkippedItem, ...] = ()
    notices: tuple[str, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
