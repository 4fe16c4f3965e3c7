"""Who took out the lines that a later commit puts back.

A fix that only adds lines leaves no line behind whose origin could be asked for: a "ghost" to
SZZ. Where it puts back what stood there before, the commit that took it out is the origin.
"""

import re
from collections.abc import Iterable
from zlib import crc32

from ....records.history import CommitDiff, FileChange

KEPT_LINES = 250_000
"""Lines in one generation; two are kept, so that memory has a bound whatever the history."""
SHORTEST = 4
"""Bytes that a line has at least, without its indentation, to tell where it was before."""
_BARE = rb"[ \t]*+(.{%d,})" % SHORTEST
_REMOVED = re.compile(rb"^-" + _BARE, re.MULTILINE)
_ADDED = re.compile(rb"^\+" + _BARE, re.MULTILINE)


class RemovedLines:
    """The last commit that removed each line of each path, for the latest of all lines."""

    def __init__(self, kept: int = KEPT_LINES) -> None:
        self._kept = kept
        self.shas: list[str] = []
        """The commits that removed lines."""
        self.young: dict[int, int] = {}
        """The key of a line to the place of its last remover in `shas`."""
        self.old: dict[int, int] = {}
        """The same of the generation before."""

    def add(self, diff: CommitDiff) -> None:
        """Remember what a commit removed."""
        number = len(self.shas)
        keys: set[int] = set()
        for file in diff.files:
            if file.removed_lines:
                keys |= _removed(file)
        if not keys:
            return
        self.shas.append(diff.commit.sha)
        self.young.update(dict.fromkeys(keys, number))
        if len(self.young) >= self._kept:
            self.old, self.young = self.young, {}

    def removers(self, path: str, lines: Iterable[bytes]) -> list[str]:
        """For each line the commit that removed it from `path`; "" where none is known."""
        seed = _seed(path)
        return [self._remover(line.strip(), seed) for line in lines]

    def _remover(self, line: bytes, seed: int) -> str:
        if len(line) < SHORTEST:
            return ""
        key = crc32(line, seed)
        number = self.young.get(key, self.old.get(key))
        return "" if number is None else self.shas[number]


def _removed(file: FileChange) -> set[int]:
    """A key for each line that a file lost and did not get back elsewhere."""
    seed = _seed(file.old_path)
    gone = {
        crc32(line.rstrip(), seed)
        for hunk in file.hunks
        if hunk.old_count
        for line in _REMOVED.findall(hunk.body)
    }
    if not gone:
        return gone
    return gone.difference(
        crc32(line.rstrip(), seed)
        for hunk in file.hunks
        if hunk.new_count
        for line in _ADDED.findall(hunk.body)
    )


def _seed(path: str) -> int:
    return crc32(path.encode("utf-8", "surrogateescape"))
