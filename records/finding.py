"""What a scanner says: a finding, that it could not look, or how it looked."""

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
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


def gravest_of(levels: Iterable[Level]) -> Level:
    """The gravest level that is known; UNKNOWN where none is."""
    known = (level for level in levels if level is not Level.UNKNOWN)
    return max(known, key=lambda level: level.rank, default=Level.UNKNOWN)


_RANKS = {Level.LOW: 1, Level.MEDIUM: 2, Level.HIGH: 3, Level.UNKNOWN: 3, Level.CRITICAL: 4}


MALICIOUS = "MAL-"
"""How the ids of packages begin that are malware themselves."""


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
    """Versions above the pinned one that this advisory does not affect, lowest first."""
    upgrade: str = ""
    """The lowest version above the pinned one that mends all its advisories, if one is known."""
    cvss: float | None = None
    """Base score from 0 to 10."""
    cvss_vector: str = ""
    epss: float | None = None
    """Probability of exploitation within thirty days, from 0 to 1."""
    kev: bool | None = None
    """Whether CISA knows of exploitation; None where its catalogue was not imported."""
    published: str = ""
    """The day, in UTC, on which the first of its advisories came out; empty where not known."""

    @property
    def is_malicious(self) -> bool:
        """Whether the package is malware, and not merely at fault."""
        return any(name.startswith(MALICIOUS) for name in (self.advisory, *self.aliases))


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
    witnesses: tuple[str, ...] = ()
    """Tool and rule of the others that found it too ("ruff S602")."""
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
    identity: str = field(default="", repr=False)
    """`identity_of` the part of the file that it is about; empty where that is all of it.

    It tells whether the part stood there before, and is never shown or stored.
    """

    @property
    def is_part(self) -> bool:
        """Whether it is about a part of a file only."""
        return bool(self.identity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """That a file was looked at, but not in the usual way: nothing is missing."""

    text: str
    """The same for the same cause: files are told together by it."""
    path: str


_RUN_KEY = os.urandom(32)  # workers are forked after this is imported, and so share it


def identity_of(text: str) -> str:
    """The same for the same text within one run, and of no use to know the text by.

    For text that may hold a secret: the fields that are shown hold it masked, so that
    two texts may look alike.
    """
    from hashlib import blake2b

    raw = text.encode("utf-8", "surrogatepass")
    return blake2b(raw, digest_size=16, key=_RUN_KEY).hexdigest()
