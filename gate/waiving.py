"""What a waiver is to name, told from the JSON report of a gate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from glob import escape

from ..errors import UsageError
from ..records.finding import Level
from ..records.run import Decision
from .waivers import NEVER_WAIVED, Pattern

SCHEMA = "tidegate/gate/1"
STOPPING = frozenset({Decision.BLOCK, Decision.INCOMPLETE})
"""The decisions that a waiver can take back."""
SECRETS = frozenset({259, 798})
"""Weaknesses whose findings do not tell the value that they are about."""

_TOLD = 5
"""Of several findings, so many are told."""
_MAX_KNOWN = 300
"""Characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A finding or a gap of a report, as far as a waiver has to know it."""

    decision: Decision
    decided_by: str
    fingerprint: str = ""
    """Empty for a gap."""
    tool: str
    path: str
    rule: str = ""
    line: int = 0
    severity: Level | None = None
    cwe: int | None = None
    what: str = ""
    reason: str = ""
    past_blob: str = ""

    @property
    def pattern(self) -> Pattern:
        """What names a gap and none beside it."""
        return Pattern(tool=self.tool, skipped=escape(self.reason), what=self.what)

    @property
    def place(self) -> str:
        """Where a finding is, as reports tell it; empty for a gap."""
        return f"{self.path}:{self.line}" if self.fingerprint else ""

    @property
    def named(self) -> str:
        """What it is, in words."""
        return f"{self.rule} in {self.place}" if self.fingerprint else self.what

    @property
    def hides_its_content(self) -> bool:
        """Whether what it is about may get worse and it stays the same.

        A secret's name does not tell its value, and nobody saw what is in a file that was
        not looked at.
        """
        if self.fingerprint:
            return self.tool == "secrets" or self.cwe in SECRETS
        return self.what == self.path != ""


@dataclass(frozen=True, slots=True)
class Report:
    """What the JSON report of a gate tells of the change."""

    items: tuple[Item, ...]
    head: str
    """The commit that was judged; empty where it was the index or the files on disk."""


def report_of(document: object) -> Report:
    """A JSON report as it was read. Raises UsageError where it is none of a gate."""
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise UsageError(f"this is no report of the form {SCHEMA}", "make one with --output json=…")
    try:
        findings = [_finding(node) for node in document["findings"]]
        gaps = [_gap(node) for node in document["skipped"]]
        compared = document["range"]
        is_commit = not (compared["worktree"] or compared["staged"])
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(
            f"the report does not hold what {SCHEMA} has", "make it anew with this version"
        ) from error
    return Report((*findings, *gaps), str(document.get("head") or "") if is_commit else "")


def _finding(node: Mapping[str, object]) -> Item:
    cwe = node["cwe"]
    return Item(
        decision=Decision(str(node["decision"])),
        decided_by=str(node["decided_by"]),
        fingerprint=str(node["fingerprint"]),
        tool=str(node["tool"]),
        path=str(node["path"]),
        rule=str(node["rule"]),
        line=int(str(node["line"])),
        severity=Level(str(node["severity"])),
        cwe=cwe if isinstance(cwe, int) else None,
        past_blob=str(node.get("past_blob") or ""),
    )


def _gap(node: Mapping[str, object]) -> Item:
    return Item(
        decision=Decision(str(node["decision"])),
        decided_by=str(node["decided_by"]),
        tool=str(node["tool"]),
        path=str(node["path"]),
        what=str(node["what"]),
        reason=str(node["reason"]),
    )


def finding_named(items: Sequence[Item], name: str) -> Item:
    """The finding whose fingerprint begins with `name`, or that stops the change at PATH:LINE.

    Raises UsageError where there is none, where there are several, and where a waiver can
    do nothing about it.
    """
    found = [item for item in items if name and item.fingerprint.startswith(name)]
    found = found or [item for item in items if item.place == name and item.decision in STOPPING]
    if len({item.fingerprint for item in found}) > 1:
        each = ", ".join(f"{item.fingerprint[:12]} ({item.rule})" for item in found[:_TOLD])
        raise UsageError(f"{len(found)} findings are called {name}: {each}", "name one of them")
    if not found:
        raise UsageError(
            f"no finding is called {name}",
            "give PATH:LINE of one that blocks, or a fingerprint of `--format json`",
        )
    _check(found)
    return found[0]


def gaps_named(items: Sequence[Item], name: str) -> list[Item]:
    """The gaps about `name`, one for each tool and reason. Raises UsageError as above.

    A reason names them as well, where it is that of one thing.
    """
    gaps = [item for item in items if not item.fingerprint]
    found = [item for item in gaps if item.what == name] or _of_reason(gaps, name)
    if not found:
        known = ", ".join(dict.fromkeys(item.what for item in gaps if item.decision in STOPPING))
        raise UsageError(
            f"no gap is about {name}",
            f"name what was not looked at: {known[:_MAX_KNOWN]}" if known else "nothing is missing",
        )
    _check(found)
    stopping = [item for item in found if item.decision in STOPPING]
    return list({(item.tool, item.reason): item for item in stopping}.values())


def _of_reason(gaps: Sequence[Item], reason: str) -> list[Item]:
    found = [item for item in gaps if item.reason == reason and item.decision in STOPPING]
    about = list(dict.fromkeys(item.what for item in found))
    if len(about) > 1:
        more = f" and {len(about) - _TOLD} more" if len(about) > _TOLD else ""
        raise UsageError(
            f"{len(about)} gaps are {reason}: {', '.join(about[:_TOLD])}{more}", "name one of them"
        )
    return found


def _check(found: Sequence[Item]) -> None:
    if any((item.tool, item.rule) in NEVER_WAIVED for item in found):
        raise UsageError(
            "a change of what judges cannot be waived", "give the run --accept-judge-change"
        )
    if not any(item.decision in STOPPING for item in found):
        first = found[0]
        raise UsageError(
            f"{first.named} stops nothing: {first.decision}, {first.decided_by}",
            "leave it as it is",
        )
