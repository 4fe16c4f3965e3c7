"""What a whole run says: the gate's verdict on a change, or a scan of a tree."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from .finding import Finding, Skipped


class Verdict(StrEnum):
    """BLOCK beats INCOMPLETE beats PASS."""

    PASS = "PASS"  # noqa: S105 - a verdict, not a password
    INCOMPLETE = "INCOMPLETE"
    BLOCK = "BLOCK"


class State(StrEnum):
    """A finding at head against the merge base."""

    NEW = "new"
    EDITED = "edited"
    EXISTING = "existing"
    FIXED = "fixed"


class Decision(StrEnum):
    """What is made of one finding, or of one gap."""

    BLOCK = "block"
    INCOMPLETE = "incomplete"
    """Of a gap alone: it has to be looked at first."""
    REPORT = "report"
    """Shown; it does not decide the verdict."""
    IGNORE = "ignore"
    """Counted, and listed where all are."""
    WAIVED = "waived"
    """It would decide the verdict, and somebody answers for it until a date."""


class Mode(StrEnum):
    """Whether the verdict decides the exit code; the verdict itself stays."""

    ENFORCE = "enforce"
    WARN = "warn"
    OBSERVE = "observe"


class Profile(StrEnum):
    """With which rules code was looked at."""

    FULL = "full"
    QUICK = "quick"
    """Fewer of them, before a commit: the full ones are to decide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """The code around a finding, for people to read: bounded, no text of a secret in it."""

    first: int
    """The number of the first line."""
    lines: tuple[str | None, ...]
    """None where a line is withheld, since it may hold a secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A finding, how it stands to the base, and what decided about it."""

    finding: Finding
    fingerprint: str
    state: State
    decision: Decision
    decided_by: str
    """The line that decided, where it stands and why, in words."""
    former_paths: tuple[str, ...] = ()
    """Where its file stood before the change moved it."""
    past_blob: str = ""
    """Git's id of the content that holds it, where an earlier commit of the change has it only."""
    excerpt: Excerpt | None = None
    """Where a report that shows code is asked for and the file may be shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SkippedItem:
    """A gap at head, and what decided about it."""

    skipped: Skipped
    existing: bool = False
    """Whether it stood at the base, untouched."""
    decision: Decision = Decision.INCOMPLETE
    decided_by: str = "what could not be looked at is incomplete"


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Files at head: seen = scanned + the skipped + out_of_scope."""

    seen: int = 0
    scanned: int = 0
    out_of_scope: int = 0
    """No scanner reads this kind of file."""
    skipped: Mapping[str, int] = field(default_factory=dict)
    """Files by the reason why they were not, or not wholly, looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Which two sides were compared. Commit ids in full, empty where unknown."""

    base: str = ""
    """The merge base; the first of `merge_bases`."""
    head: str = ""
    base_tip: str = ""
    """The tip of the base branch: policy is read from it."""
    base_ref: str = ""
    """What the base was called."""
    base_origin: str = ""
    """Who named it: flag, github, gitlab, jenkins, remote."""
    merge_bases: tuple[str, ...] = ()
    worktree: bool = False
    """Head is the working tree on top of `head`."""
    staged: bool = False
    """Head is the index on top of `head`: what a commit made now would hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRun:
    """Everything the gate says of one change."""

    verdict: Verdict
    exit_code: int
    mode: Mode
    range: Range
    profile: Profile = Profile.FULL
    findings: tuple[Judged, ...] = ()
    skipped: tuple[SkippedItem, ...] = ()
    coverage: Coverage = field(default_factory=Coverage)
    notices: tuple[str, ...] = ()
    """What the reader should know and what decided nothing."""
    judge_digest: str = ""
    """Of the change to what judges, by which it can be accepted; empty where there is none."""
    judge_accepted: bool = False
    """Whether it was accepted, from outside the repository."""
    timings: Mapping[str, float] = field(default_factory=dict)
    """Seconds by stage."""
    ended: float = 0.0
    """When, in seconds since 1970; 0 where nobody looked at a clock."""
    versions: Mapping[str, str] = field(default_factory=dict)
    """Tidegate, Python, each tool that looked, the advisory database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """A finding of a scan with its fingerprint."""

    finding: Finding
    fingerprint: str
    known: bool = False
    """The baseline has it, so that it does not count."""
    excerpt: Excerpt | None = None
    """As with Judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanRun:
    """Every finding of a tree."""

    exit_code: int
    findings: tuple[Located, ...] = ()
    baseline: str = ""
    """The file that tells which of them are known; empty where there is none."""
    skipped: tuple[Skipped, ...] = ()
    coverage: Coverage = field(default_factory=Coverage)
    notices: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    """Those of the notices that tell what was not looked at because git ignores it."""
    timings: Mapping[str, float] = field(default_factory=dict)
    ended: float = 0.0
    versions: Mapping[str, str] = field(default_factory=dict)
