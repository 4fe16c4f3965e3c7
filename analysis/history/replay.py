"""One pass over what landed: features before each change is learnt, origins, faults once known."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from ...records.history import Change, Commit, CommitDiff, FileChange, Label, TracedHunk
from .experience import Experience
from .features import Content, Features, content_of, features, is_fix
from .origins import Origins, Traced
from .roll import Entry, Roll
from .squash import squashed

MAX_PENDING = 100_000
"""Faults that wait for their time; of more, the oldest are dropped."""


class Labeller(Protocol):
    """What tells which commits did harm."""

    def see(self, change: Change, traced: Mapping[str, Sequence[TracedHunk]]) -> Sequence[Label]:
        """The labels that a change gives to commits that landed before it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault that becomes known at a time: who is held to have made it, and what mended it."""

    time: int
    """In seconds since the epoch."""
    author: str
    """Empty where it is not known."""
    paths: tuple[str, ...]
    """The files that the fix touched."""


@dataclass(frozen=True, slots=True)
class Landed:
    """A change with all that is told of it."""

    change: Change
    """Its files have their counts of lines."""
    row: Features
    commits: tuple[tuple[Commit, Features], ...]
    """Every commit of it that is no merge. Of one that landed alone the row is the change's."""
    traced: Mapping[str, tuple[TracedHunk, ...]]
    """By commit: where the lines came from that it removes; of the commits that were asked for."""
    labels: tuple[Label, ...] = ()
    """What it tells of earlier commits."""


def is_traced(commit: Commit) -> bool:
    """A commit whose removed lines are to be traced: it mends a fault."""
    return not commit.is_merge and is_fix(commit.message)


@dataclass(slots=True)
class Replay:
    """The state of the pass between two changes."""

    roll: Roll
    now: int
    """Seconds since the epoch: a date after it is no date."""
    origins: Origins = field(default_factory=Origins)
    experience: Experience = field(default_factory=Experience)
    live: dict[str, str] = field(default_factory=dict)
    """The blobs of the first-parent line, by path."""
    changed_paths: set[str] = field(default_factory=set)
    """Paths that the first-parent line changed since this set was emptied."""
    pending: list[Fault] = field(default_factory=list)
    """Faults whose time has not come."""
    labeller: Labeller | None = None
    wants_origins: Callable[[Commit], bool] = is_traced

    def __post_init__(self) -> None:
        self.origins.is_live = lambda version: self.live.get(version[0]) == version[1]

    def land(self, change: Change) -> Landed:
        """Take in the next change."""
        time = self.time(change.commit)
        self._blame(time)
        rows: list[tuple[Commit, Features]] = []
        if len(change.diffs) == 1 and not change.commit.is_merge:
            traced = self._learn(change.diffs[0], change.number, rows)
            row = rows[0][1]
        else:
            change, row, traced = self._land_range(change, time, rows)
        self._update_live(change.files)
        self.origins.make_room()
        labels = tuple(self.labeller.see(change, traced)) if self.labeller else ()
        if labels:
            self.pending = [*self.pending, *self._faults(change, labels)][-MAX_PENDING:]
        return Landed(change, row, tuple(rows), traced, labels)

    def time(self, commit: Commit) -> int:
        """When it landed, in seconds since the epoch: a date in the future is held to be now."""
        return min(commit.commit_time, self.now)

    def _land_range(
        self, change: Change, time: int, rows: list[tuple[Commit, Features]]
    ) -> tuple[Change, Features, dict[str, tuple[TracedHunk, ...]]]:
        """A merge with what it brings: its past is that of the moment before its first commit."""
        past = self.experience.before(change.files, _main_author(change), time)
        size = self._size(change.files)
        traced: dict[str, tuple[TracedHunk, ...]] = {}
        first = self.roll.size
        for diff in change.diffs:
            traced.update(self._learn(diff, change.number, rows))
        change = replace(change, files=squashed(change, self.origins, first))
        self.origins.settle({file.path for file in change.files})
        parts = [diff for diff in change.diffs if not diff.commit.is_merge]
        fixes = sum(is_fix(diff.commit.message) for diff in parts)
        row = features(
            change.files,
            past,
            size=size,
            content=_sum([content_of(diff.files) for diff in parts]),
            message=change.commit.message,
            is_fix=is_fix(change.commit.message) or 2 * fixes > len(parts),
            commits=len(parts),
        )
        return change, row, traced

    def _learn(
        self, diff: CommitDiff, change: int, rows: list[tuple[Commit, Features]]
    ) -> dict[str, tuple[TracedHunk, ...]]:
        commit = diff.commit
        number = self.roll.add(Entry(commit.sha, commit.author, change))
        time = self.time(commit)
        if not commit.is_merge:
            row = features(
                diff.files,
                self.experience.before(diff.files, commit.author, time),
                size=self._size(diff.files),
                content=content_of(diff.files),
                message=commit.message,
                is_fix=is_fix(commit.message),
                commits=1,
            )
            rows.append((commit, row))
        traced = self.origins.learn(diff, number, trace=self.wants_origins(commit))
        self.experience.learn(diff, number, time)
        return {} if not traced else {commit.sha: tuple(self._named(each) for each in traced)}

    def _named(self, traced: Traced) -> TracedHunk:
        shas = tuple(self.roll.sha(number) for number in traced.origins)
        return TracedHunk(traced.file, traced.hunk, shas)

    def _size(self, files: Sequence[FileChange]) -> int:
        """Lines in the files before the change."""
        return sum(
            len(lines)
            for file in files
            if file.old_blob and (lines := self.origins.of(file.old_path, file.old_blob))
        )

    def _update_live(self, files: Sequence[FileChange]) -> None:
        for file in files:
            self.changed_paths.add(file.path)
            if file.status in "RD":
                self.changed_paths.add(file.old_path)
                self.live.pop(file.old_path, None)
        for file in files:
            if file.blob:
                self.live[file.path] = file.blob

    def _blame(self, time: int) -> None:
        """Count the faults that are known by now."""
        if not self.pending:
            return
        for fault in self.pending:
            if fault.time <= time:
                self.experience.blame(fault.paths, [fault.author] if fault.author else [])
        self.pending = [fault for fault in self.pending if fault.time > time]

    def _faults(self, change: Change, labels: Sequence[Label]) -> Iterator[Fault]:
        """What the labels tell of files and authors: a fix counts once for each of its files."""
        paths = {diff.commit.sha: tuple(f.path for f in diff.files) for diff in change.diffs}
        for label in labels:
            author = self.roll.author(label.sha)
            mended = paths.pop(label.evidence, ())
            yield Fault(min(label.time, self.now), author, mended)


def _main_author(change: Change) -> str:
    """Who changed most lines in the commits of a range."""
    lines: dict[str, int] = {}
    for diff in change.diffs:
        if not diff.commit.is_merge:
            size = 1 + sum(file.added_lines + file.removed_lines for file in diff.files)
            lines[diff.commit.author] = lines.get(diff.commit.author, 0) + size
    return max(lines, key=lambda key: lines[key]) if lines else change.commit.author


def _sum(contents: Sequence[Content]) -> Content:
    return Content(
        sum([content.comments for content in contents]),
        sum([content.imports for content in contents]),
        sum([content.branches for content in contents]),
        sum([content.definitions for content in contents]),
    )
