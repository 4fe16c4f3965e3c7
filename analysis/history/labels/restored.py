"""Who took out the lines that a later commit puts back.

A fix that only adds lines leaves no line behind whose origin could be asked for: a "ghost" to
SZZ. Where it puts back what stood there before, the commit that took it out is the origin.
"""

import zlib
from collections.abc import Iterable, Sequence

from ....records.history import CommitDiff, FileChange

KEPT_LINES = 250_000
"""Lines in one generation; two are kept, so that memory has a bound whatever the history."""
SHORTEST = 4
"""Bytes that a line has at least, without its indentation, to tell where it was before."""


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
        keys = [key for file in diff.files for key in _removed(file)]
        if not keys:
            return
        self.shas.append(diff.commit.sha)
        for key in keys:
            self.young[key] = number
        if len(self.young) >= self._kept:
            self.old, self.young = self.young, {}

    def removers(self, path: str, lines: Iterable[bytes]) -> list[str]:
        """For each line the commit that removed it from `path`; "" where none is known."""
        return [self._remover(_key(_seed(path), line)) for line in lines]

    def _remover(self, key: int | None) -> str:
        if key is None:
            return ""
        number = self.young.get(key, self.old.get(key))
        return "" if number is None else self.shas[number]


def _removed(file: FileChange) -> Sequence[int]:
    """A key for each line that a file lost and did not get back elsewhere."""
    seed = _seed(file.old_path)
    gone = {_key(seed, line) for hunk in file.hunks if hunk.old_count for line in hunk.removed}
    if not gone:
        return ()
    back = {_key(seed, line) for hunk in file.hunks if hunk.new_count for line in hunk.added}
    return [key for key in gone - back if key is not None]


def _seed(path: str) -> int:
    return zlib.crc32(path.encode("utf-8", "surrogateescape"))


def _key(seed: int, line: bytes) -> int | None:
    text = line.strip()
    return zlib.crc32(text, seed) if len(text) >= SHORTEST else None
