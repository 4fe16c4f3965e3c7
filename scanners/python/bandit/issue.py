"""What bandit says of one place, and what it counts in one file."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from ..identity import Location

if TYPE_CHECKING:
    import ast


class Hush(StrEnum):
    """Whether a `# nosec` comment would hide an issue."""

    NONE = ""
    BLANKET = "blanket"
    """By a comment without rules."""
    NAMED = "named"
    """By a comment that names the issue's rule."""


@dataclass(frozen=True, slots=True)
class Issue:
    """What bandit says of one place, as it says it: the text may hold a secret."""

    rule: str
    text: str
    location: Location
    first_line: int
    """Where the code around it begins, which may be above its own line."""
    severity: str
    confidence: str
    cwe: int
    url: str
    hush: Hush = Hush.NONE


@dataclass(frozen=True, slots=True)
class Examined:
    """What bandit says of one file."""

    issues: tuple[Issue, ...]
    """In its order, marked where `# nosec` would hide them."""
    failures: tuple[str, ...] = ()
    """Plugins that raised: bandit logs it and goes on without their findings."""
    tree: "ast.Module | None" = None
    """The file's syntax tree, where the driver had it in hand."""


def issue_of(found: Any, hush: Hush) -> Issue:  # noqa: ANN401 - bandit ships no types
    """The record of an issue that has its place."""
    from bandit.core.docs_utils import get_url

    return Issue(
        rule=found.test_id,
        text=found.text,
        location=Location(
            line=found.lineno,
            end_line=max([found.lineno, *found.linerange[-1:]]),
            column=found.col_offset,
            end_column=found.end_col_offset,
        ),
        first_line=min([found.lineno, *found.linerange[:1]]),
        severity=found.severity,
        confidence=found.confidence,
        cwe=found.cwe.id,
        url=get_url(found.test_id),
        hush=hush,
    )


@dataclass(frozen=True, slots=True)
class Metrics:
    """Bandit's counts of one file."""

    loc: int
    """Lines that are neither blank nor a comment."""
    nosec: int = 0
    """Issues hidden by a comment that does not name their rule."""
    skipped_tests: int = 0
    """Issues hidden by a comment that names their rule."""
    levels: tuple[tuple[str, int], ...] = ()
    """The other issues by level, as in `SEVERITY.HIGH`: in order, none that is 0."""


def metrics_of(source: bytes, issues: Sequence[Issue]) -> Metrics:
    """What bandit would count in `source` with these issues."""
    told = [issue for issue in issues if not issue.hush]
    levels = Counter(f"SEVERITY.{issue.severity}" for issue in told)
    levels.update(f"CONFIDENCE.{issue.confidence}" for issue in told)
    lines = map(bytes.strip, source.splitlines())
    return Metrics(
        loc=sum(bool(line) and not line.startswith(b"#") for line in lines),
        nosec=sum(issue.hush is Hush.BLANKET for issue in issues),
        skipped_tests=sum(issue.hush is Hush.NAMED for issue in issues),
        levels=tuple(sorted(levels.items())),
    )


def metrics_of_bandit(counts: Mapping[str, int]) -> Metrics:
    """The record of what bandit itself counted."""
    levels = {name: count for name, count in counts.items() if "." in name and count}
    return Metrics(
        loc=counts["loc"],
        nosec=counts["nosec"],
        skipped_tests=counts["skipped_tests"],
        levels=tuple(sorted(levels.items())),
    )
