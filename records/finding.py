"""What a scanner says: a finding, or that it could not look."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """Severity of a finding, and confidence in it.

    UNKNOWN is never low: it ranks with HIGH.
    """

    UNKNOWN = "UNKNOWN"
    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"
    CRITICAL = "CRITICAL"

    @property
    def rank(self) -> int:
        """Position in the order LOW < MEDIUM < HIGH = UNKNOWN < CRITICAL."""
        return _RANKS[self]

    def reaches(self, threshold: "Level") -> bool:
        """Whether this level is at or above `threshold`."""
        return self.rank >= threshold.rank


_RANKS = {Level.LOW: 1, Level.MEDIUM: 2, Level.HIGH: 3, Level.UNKNOWN: 3, Level.CRITICAL: 4}


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """The installed thing that an advisory is about."""

    name: str
    """Canonical name (PEP 503)."""
    version: str
    advisory: str
    """The advisory's own id; `aliases` are its other names, CVE among them."""
    aliases: tuple[str, ...] = ()
    fix_versions: tuple[str, ...] = ()
    """Versions above the pinned one that are not affected, lowest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One defect at one place. Text fields hold no secret: scanners mask them."""

    tool: str
    rule: str
    message: str
    path: str
    """POSIX, relative; bytes that are not UTF-8 stand as surrogate escapes."""
    line: int
    end_line: int
    severity: Level
    confidence: Level
    remedy: str
    cwe: int | None = None
    url: str = ""
    """Documentation of the rule."""
    scope: str = ""
    """Qualified name of the function or class around it, empty at module level."""
    snippet: str = ""
    """What it is about, told without layout and comments; literals masked where secret."""
    body: str = ""
    """Digest of the code of the scope, for one run: neither reported nor stored."""
    suppressed: str = ""
    """What in the code asks to hush it ("nosec"), empty where nothing does."""
    package: Package | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """Something that had to be looked at and was not."""

    what: str
    """A path, a pinned dependency, a scanner, a range."""
    reason: str
    """Short and the same for the same cause: the coverage counts by it."""
    detail: str = ""
    remedy: str = ""
    path: str = ""
    """The file that is not, or not wholly, covered; empty where it is no file."""
    tool: str = ""
