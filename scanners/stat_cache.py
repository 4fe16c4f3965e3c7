"""What files were when they were last read, as git's index keeps it: unchanged ones stay closed.

Where size, time of modification, time of change, inode, device and mode of a file are what they
were, its kind and content are taken for what they were. The time of change is the kernel's: no
`touch -r`, `cp -p`, `tar -x` or checkout sets it back, and a rename, a link or other rights
change it. A file that changed less than two seconds before it was opened is not kept: another
change in the same tick of the clock would leave the same times.

What it cannot see is what git's index cannot: what a process writes through a mapping of a file
that the kernel already holds for changed, and on file systems that keep no time of change (FAT,
some network ones) a change that sets the time of modification back. Who can write the row, or
the clock, can make a changed file pass for unchanged: it is the user's own, and one brought
from elsewhere matches nothing, since inodes and times of change differ. Only `scan` has it.
"""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from struct import Struct
from struct import error as StructError  # noqa: N812 - a class, in spite of its name

from .cache import Cache
from .interface import Kind

State = tuple[int, int, int, int, int, int]
"""Size, time of modification and of change in nanoseconds, inode, device, mode."""
Entry = tuple[int, int, int, int, int, int, int, bytes]
"""The state, the place of the kind in `KINDS`, the digest of the content or UNKNOWN."""
Reading = tuple[bytes | None, State | None]
"""The digest of a file, falsy where there is none, and the state that it is sure to hold for."""

KINDS = tuple(Kind)
UNKNOWN = bytes(32)
"""In place of the digest of a file that no scanner reads."""
SETTLED = 2.0
"""Seconds: the coarsest clock of a file system, which is FAT's."""
MAX_BYTES = 32 * 1024 * 1024
"""Of one tree's row, with some 250,000 files; a larger tree is read."""
_COUNT = Struct("<I")
_ENTRY = Struct("<QqqQQIB32s")
_NUMBERS = {kind: number for number, kind in enumerate(KINDS)}


def state_of(found: os.stat_result) -> State:
    """What two looks at one file are compared by."""
    return (
        found.st_size,
        found.st_mtime_ns,
        found.st_ctime_ns,
        found.st_ino,
        found.st_dev,
        found.st_mode,
    )


def settled_state(descriptor: int, before: os.stat_result, opened_at: float) -> State | None:
    """The state of a file that has been read, if any change since would show in it.

    `before` was found before the reading, and `opened_at`, in seconds since the epoch, is no
    later than the opening. Raises OSError.
    """
    state = state_of(before)
    if state != state_of(os.fstat(descriptor)):
        return None
    if max(before.st_mtime, before.st_ctime) > opened_at - SETTLED:
        return None
    # Images that are only read are made with the same times and inodes over and over.
    return None if os.fstatvfs(descriptor).f_flag & os.ST_RDONLY else state


@dataclass(slots=True)
class StatCache:
    """The files of one tree, as one row of a cache knows them and as they are met."""

    key: bytes
    _known: Mapping[str, Entry] = field(default_factory=dict)
    _kept: dict[str, Entry] = field(default_factory=dict)
    """What holds still of what was known, and what was learnt."""
    _met: dict[str, tuple[Kind, State | None]] = field(default_factory=dict)

    def kind(self, path: str, found: os.stat_result) -> Kind | None:
        """What the file at `path` is; None where it has to be looked at."""
        entry = self._known.get(path)
        if entry is None or entry[:6] != state_of(found):
            return None
        self._kept[path] = entry
        return KINDS[entry[6]]

    def meet(self, path: str, kind: Kind, state: State | None) -> None:
        """Hear what a file is; in which state it was read for that, if it was read."""
        if kind is not Kind.OTHER:
            self._met[path] = (kind, state)
        elif state:
            self._kept[path] = (*state, _NUMBERS[kind], UNKNOWN)

    def digests(
        self, paths: Sequence[str], read: Callable[[Sequence[str]], Iterable[Reading]]
    ) -> list[bytes | None]:
        """Of each path the digest; those that are not known are `read`."""
        known = [self._digest(path) for path in paths]
        unknown = [path for path, digest in zip(paths, known, strict=True) if digest is None]
        fresh = {
            path: self._learn(path, *reading)
            for path, reading in zip(unknown, read(unknown), strict=True)
        }
        return [
            fresh[path] if digest is None else digest
            for path, digest in zip(paths, known, strict=True)
        ]

    def _digest(self, path: str) -> bytes | None:
        entry = self._kept.get(path)
        return entry[7] if entry and entry[7] != UNKNOWN else None

    def _learn(self, path: str, digest: bytes | None, state: State | None) -> bytes | None:
        entry = self._kept.get(path)
        kind, judged = (KINDS[entry[6]], entry[:6]) if entry else self._met.get(path, (None, None))
        if digest and state and kind and judged in (None, state):
            self._kept[path] = (*state, _NUMBERS[kind], digest)
        return digest

    def row(self) -> dict[bytes, bytes]:
        """The row for a cache by its key, if it is not the one that was loaded."""
        if self._kept == self._known:
            return {}
        value = encode(self._kept)
        return {self.key: value} if len(value) <= MAX_BYTES else {}


def load(key: bytes, cache: Cache) -> StatCache:
    """What stands under `key`; empty where that is nothing, or nothing of ours."""
    return StatCache(key, decode(cache.lookup([key]).get(key, b"")))


def encode(entries: Mapping[str, Entry]) -> bytes:
    """The entries as bytes, without those that no file can be."""
    packed = {}
    for name, entry in entries.items():
        try:
            packed[name] = _ENTRY.pack(*entry)
        except StructError:
            continue  # a time beyond the year 2262
    names = "\0".join(packed).encode("utf-8", "surrogatepass")
    return _COUNT.pack(len(packed)) + b"".join(packed.values()) + names


def decode(value: bytes) -> dict[str, Entry]:
    """What was given to `encode`; nothing where the bytes are none of its."""
    try:
        (count,) = _COUNT.unpack_from(value)
        end = _COUNT.size + count * _ENTRY.size
        names = value[end:].decode("utf-8", "surrogatepass").split("\0") if count else []
        entries: list[Entry] = list(_ENTRY.iter_unpack(value[_COUNT.size : end]))
        is_ours = all(entry[6] < len(KINDS) for entry in entries)
        return dict(zip(names, entries, strict=True)) if is_ours else {}
    except (StructError, ValueError):
        return {}
