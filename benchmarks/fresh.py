"""The new and edited findings of a gate run, with what a person needs to judge them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tidegate.benchmarks.spans import moved_whole
from tidegate.gate.imports.changed_lines import EVERYTHING, ChangedLines, changed_lines
from tidegate.records.run import GateRun, Judged, State
from tidegate.repository.changes import changes_between
from tidegate.repository.git import Git
from tidegate.repository.objects import read_blobs

UNREAD = "could not be looked at on the base side"
"""What a notice says of a file all of whose findings count as new."""
FRESH = frozenset({State.NEW, State.EDITED})
MAX_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Fresh:
    """A new or edited finding; secrets are masked in it."""

    state: str
    decision: str
    rule: str
    severity: str
    confidence: str
    path: str
    line: int
    on_changed_lines: bool
    """Whether the change touches a line of it; else it is a suspect."""
    base_unread: bool
    """Whether its file could not be read at the base, which a notice tells."""
    moved_whole: bool
    """Whether its file is as it was, under another name of its class: then it is wrong."""
    scope: str
    snippet: str
    message: str
    suppressed: str


def fresh_findings(git: Git, run: GateRun) -> tuple[Fresh, ...]:
    """The new and edited findings of a run, in its order."""
    found = [item for item in run.findings if item.state in FRESH]
    if not found:
        return ()
    moved = moved_whole(git, run.range.merge_bases, run.range.head)
    touched = _touched(git, run, {item.finding.path for item in found})
    unread = frozenset(note.partition(f" {UNREAD}")[0] for note in run.notices if UNREAD in note)
    return tuple(_fresh(item, moved, touched, unread) for item in found)


def _fresh(
    item: Judged,
    moved: frozenset[str],
    touched: Mapping[str, ChangedLines],
    unread: frozenset[str],
) -> Fresh:
    found = item.finding
    changed = touched.get(found.path, ChangedLines())
    return Fresh(
        state=item.state,
        decision=item.decision,
        rule=f"{found.tool} {found.rule}",
        severity=found.severity,
        confidence=found.confidence,
        path=found.path,
        line=found.line,
        on_changed_lines=changed.meets(range(found.line, found.end_line + 1)),
        base_unread=found.path in unread,
        moved_whole=found.path in moved,
        scope=found.scope,
        snippet=found.snippet,
        message=found.message,
        suppressed=found.suppressed,
    )


def _touched(git: Git, run: GateRun, paths: Iterable[str]) -> dict[str, ChangedLines]:
    """What the change touches of the files at `paths`, against the first merge base."""
    wanted = frozenset(paths)
    changes = {
        change.path: change
        for change in changes_between(git, run.range.base, run.range.head)
        if change.path in wanted
    }
    ids = [blob for c in changes.values() for blob in (c.old_blob, c.blob) if blob]
    contents = read_blobs(git, ids, MAX_BYTES)
    found = {}
    for path, change in changes.items():
        old, new = contents.get(change.old_blob or ""), contents.get(change.blob or "")
        if isinstance(old, bytes) and isinstance(new, bytes):
            found[path or ""] = changed_lines(old, new)
        else:
            found[path or ""] = EVERYTHING
    return found
