"""Which commit each line came from, replayed forwards from the hunks of every commit.

A version of a file is known by its path and its blob: on whichever branch a commit stands, what
its parent held is found by them. A line's origin is the number of a commit, parents first.
"""

from array import array
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from ...records.history import CommitDiff, FileChange, Hunk, MergedFile

if TYPE_CHECKING:
    Lines: TypeAlias = array[int]
else:
    Lines = array
"""One number for each line of a file."""
Version = tuple[str, str]
"""The path and the blob of a file."""
MAX_LINES = 3_000_000
"""Lines whose origins are held at once, four bytes each."""
Transparent = Callable[[CommitDiff, FileChange, Hunk], bool]
"""Whether lines keep their origins across a hunk that has as many lines before as after."""


@dataclass(frozen=True, slots=True)
class Traced:
    """The removed lines of one hunk, with the number of the commit that each came from."""

    file: FileChange
    hunk: Hunk
    origins: Lines


@dataclass(slots=True)
class Origins:
    """The origins of the lines of every version that a coming commit may start from."""

    fetch: Callable[[Version], Lines | None] = lambda _version: None
    """Versions that were put away."""
    put_away: Callable[[Version, Lines], None] = lambda _version, _lines: None
    """Called for a version that is in use and no longer held."""
    is_live: Callable[[Version], bool] = lambda _version: True
    """Whether the first-parent line has this version now."""
    transparent: Transparent | None = None
    held: dict[Version, Lines] = field(default_factory=dict)
    """Those used last come last."""
    displaced: dict[Version, Lines] = field(default_factory=dict)
    """What live versions were before the commits of a range made them anew."""
    lines: int = 0
    unknown: int = 0
    """Versions that were asked for and not known."""

    def of(self, path: str, blob: str) -> Lines | None:
        """The origins of the lines of a version; None where they are not known."""
        version = (path, blob)
        lines = self.held.pop(version, None)
        if lines is None:
            lines = self.fetch(version)
            if lines is None:
                return None
            self.lines += len(lines)
        self.held[version] = lines
        return lines

    def learn(self, diff: CommitDiff, number: int, *, trace: bool = True) -> list[Traced]:
        """Take in commit `number`, all of whose parents were.

        With `trace`, where the lines came from that it removes.
        """
        traced: list[Traced] = []
        made: list[tuple[Version, Lines]] = []
        for file in diff.files:
            if file.binary or file.is_submodule:
                continue
            old = self._before(file)
            if old is None:
                continue
            if trace:
                traced.extend(_traced(file, old))
            if file.blob:
                made.append(((file.path, file.blob), self._after(diff, file, old, number)))
        for merged in diff.merged:
            lines = self._merged(merged, number)
            if lines is not None:
                made.append(((merged.path, merged.blob), lines))
        for version, lines in made:
            self._hold(version, lines)
        return traced

    def settle(self, changed: Container[str]) -> None:
        """End a range that landed and left all paths but the `changed` ones as they were.

        Content that its commits made as well as the first-parent line is the latter's.
        """
        for version, lines in self.displaced.items():
            if version[0] not in changed and version in self.held:
                self.held[version] = lines
        self.displaced.clear()

    def _before(self, file: FileChange) -> Lines | None:
        if not file.old_blob:
            return array("i")
        old = self.of(file.old_path, file.old_blob)
        if old is None and file.hunks:
            self.unknown += 1
        return old

    def _after(self, diff: CommitDiff, file: FileChange, old: Lines, number: int) -> Lines:
        if not self.transparent or not file.hunks:
            return replayed(old, file.hunks, number)
        kept = [
            hunk.old_count == hunk.new_count and self.transparent(diff, file, hunk)
            for hunk in file.hunks
        ]
        return replayed(old, file.hunks, number, kept)

    def _merged(self, merged: MergedFile, number: int) -> Lines | None:
        """A line is of the first parent that has it, and the merge's own where none has."""
        found: Lines | None = None
        for side in merged.sides:
            if side.binary or side.is_submodule:
                return None
            old = self._before(side)
            if old is None:
                continue
            lines = replayed(old, side.hunks, number)
            if found is None:
                found = lines
            elif len(found) == len(lines):
                _fill(found, lines, number)
        return found if merged.blob else None

    def _hold(self, version: Version, lines: Lines) -> None:
        before = self.held.pop(version, None)
        self.lines += len(lines)
        if before is not None:
            self.lines -= len(before)
            if before != lines and self.is_live(version):
                self.displaced.setdefault(version, before)
        self.held[version] = lines

    def make_room(self) -> None:
        """Let go of what was unused longest where too much is held, until a tenth is free."""
        if self.lines <= MAX_LINES:
            return
        for version in list(self.held):
            if self.lines <= MAX_LINES * 9 // 10:
                return
            lines = self.held.pop(version)
            self.lines -= len(lines)
            if self.is_live(version):
                self.put_away(version, lines)


def replayed(old: Lines, hunks: Iterable[Hunk], number: int, kept: Sequence[bool] = ()) -> Lines:
    """The origins after the hunks of commit `number`; a hunk that is `kept` changes none."""
    if not hunks:
        return old
    new = array("i")
    at = 0
    for index, hunk in enumerate(hunks):
        start = hunk.old_start - 1 if hunk.old_count else hunk.old_start
        if start > at:
            new += old[at:start]
        end = max(at, start + hunk.old_count)
        if kept and kept[index]:
            new += old[start:end]
        elif hunk.new_count == 1:
            new.append(number)
        elif hunk.new_count:
            new += array("i", (number,)) * hunk.new_count
        at = end
    new += old[at:]
    return new


def _traced(file: FileChange, old: Lines) -> Iterator[Traced]:
    for hunk in file.hunks:
        if hunk.old_count:
            start = hunk.old_start - 1
            yield Traced(file, hunk, old[start : start + hunk.old_count])


def _fill(found: Lines, lines: Lines, number: int) -> None:
    """Lines that are the merge's own so far are those of the next parent where it has them."""
    at = -1
    for _ in range(found.count(number)):
        at = found.index(number, at + 1)
        found[at] = lines[at]
