"""How much is read of what a change touches: all of what may be code, of the rest a beginning."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from ...repository.git import Git
from ...repository.objects import (
    MAX_HELD_BYTES,
    MISSING,
    TOO_LARGE,
    TOO_MUCH,
    Unreadable,
    read_blobs,
)
from ..interface import Kind
from .disk import Disk
from .entry import LINK, SUBMODULE, Entry
from .kinds import HEAD_BYTES, WHOLE_BYTES

MAX_OPENED_BYTES = 128 * 1024 * 1024
"""Of a file whose beginning is read; git gives it as a whole."""


@dataclass(slots=True)
class Contents:
    """The one reader of a change: what it holds is bounded for all sides together."""

    git: Git
    max_bytes: int
    """Of one file that is looked at."""
    disk: Disk | None = None
    """Where entries without a blob lie."""
    left: int = MAX_HELD_BYTES

    def read(self, entries: Iterable[Entry]) -> list[Entry]:
        """The entries with as much of their content as it takes.

        All of it for what may be code, TOO_LARGE where that is more than `max_bytes`. A
        beginning that is `cut` says that the file is nothing to look at.
        """
        known = self._wholly(list(entries), lambda e: e.mode == LINK or e.may_be_code())
        known = self._beginnings(known, _is_unread, HEAD_BYTES)
        known = self._beginnings(known, _is_too_large, WHOLE_BYTES)
        return self._wholly(known, _matters)

    def _wholly(self, entries: list[Entry], chosen: Callable[[Entry], bool]) -> list[Entry]:
        """Read what is chosen and not yet read to its end."""

        def is_wanted(entry: Entry) -> bool:
            return (_is_unread(entry) or entry.cut) and chosen(entry)

        found = self._bytes([e for e in entries if is_wanted(e)], self.max_bytes, None)
        for data in found.values():
            self.left -= len(data) if isinstance(data, bytes) else 0
        return [
            replace(e, content=found[e.path], cut=False) if e.path in found else e for e in entries
        ]

    def _beginnings(
        self, entries: list[Entry], chosen: Callable[[Entry], bool], size: int
    ) -> list[Entry]:
        found = self._bytes([e for e in entries if chosen(e)], MAX_OPENED_BYTES, size)
        return [
            replace(e, content=data, cut=_is_too_large(e) or _fills(data, size))
            if (data := found.get(e.path)) is not None
            else e
            for e in entries
        ]

    def _bytes(
        self, entries: Sequence[Entry], max_bytes: int, keep: int | None
    ) -> dict[str, bytes | Unreadable]:
        ids = [entry.blob for entry in entries if entry.blob]
        blobs = read_blobs(self.git, ids, max_bytes, keep=keep, max_held=self.left) if ids else {}
        return {e.path: blobs[e.blob] if e.blob else self._on_disk(e, keep) for e in entries}

    def _on_disk(self, entry: Entry, keep: int | None) -> bytes | Unreadable:
        if self.disk is None:
            return Unreadable(MISSING)
        place = entry.place or entry.path
        if keep is not None:
            return self.disk.head(place, keep)
        return self.disk.entry(place) if self.left > 0 else Unreadable(TOO_MUCH)


def _fills(data: bytes | Unreadable, size: int) -> bool:
    return isinstance(data, bytes) and len(data) >= size


def _is_unread(entry: Entry) -> bool:
    return entry.content is None and entry.mode != SUBMODULE


def _is_too_large(entry: Entry) -> bool:
    return entry.content == Unreadable(TOO_LARGE) and entry.mode != LINK


def _matters(entry: Entry) -> bool:
    return isinstance(entry.content, bytes) and entry.kinds(entry.content) != (Kind.OTHER,)
