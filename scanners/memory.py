"""What `tidegate scan` knows of files that did not change since it, or another one, saw them.

A row stands under what an answer rests on: the bytes of the file as the worker read them,
its path and kind, the scanner with all it looks with, Python and our own sources. The other
files that a scanner read stand in the row with their digests; it counts where each is the
same still. Nothing secret gets in: findings and gaps are what reports show, masked by the
scanners, and of files there are digests.

A gate has no memory: its author could have filled it.
"""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path

from .. import __version__
from ..processes import Lost
from ..records.finding import Skipped
from .answer_json import NotAnAnswer, from_json, to_json
from .cache import Cache
from .collection import no_garbage_collection
from .interface import Context, Scanner
from .run import UNREADABLE, Answer, Items, Part, Readings
from .stat_cache import Reading, StatCache
from .whole_answer import decode, encode, parts_digest

SCHEMA = "tidegate/answer/1"
STATES = "tidegate/states/1"
_OWN = Path(__file__).parents[1]

Answered = tuple[Items, Readings]
"""What was said of a part, and the digests of the other files that it rests on."""


@dataclass(slots=True)
class CachedAnswers:
    """The answers of one cache for one tree; see `run.Memory`."""

    cache: Cache
    context: Context
    scanners: Mapping[str, Scanner]
    seen: StatCache
    read: Callable[[Sequence[str]], Iterable[Reading]]
    """Of each file the digest, None where there is no file, UNREADABLE where it cannot be read."""
    _known: dict[str, bytes | None] = field(default_factory=dict)
    _circumstances: Mapping[str, bytes | None] = field(default_factory=dict)
    _told: Sequence[tuple[Part, Answered | None]] = ()
    """Each part with what is known of it, and the other files which that rests on."""
    _is_whole: bool = False
    """It came as one row."""

    def recall(self, parts: Sequence[Part]) -> Sequence[Items | None]:
        """What is known of each part; None where a scanner has to look."""
        with no_garbage_collection():
            return self._recalled(parts)

    def _recalled(self, parts: Sequence[Part]) -> Sequence[Items | None]:
        self._circumstances = self._circumstances_of(parts)
        self._take_digests(part.file.path for part in parts if self._circumstances[part.scanner])
        answers = self._whole(parts)
        self._is_whole = answers is not None
        self._told = list(zip(parts, answers or self._one_by_one(parts), strict=True))
        return [answer and answer[0] for _, answer in self._told]

    def _one_by_one(self, parts: Sequence[Part]) -> list[Answered | None]:
        keys = [self._key(part, self._known.get(part.file.path)) for part in parts]
        values = self.cache.lookup({key for key in keys if key})
        return [self._answered(values.get(key)) if key else None for key in keys]

    def _whole(self, parts: Sequence[Part]) -> Sequence[Answered] | None:
        """The answers on all parts where none of them changed."""
        digest = self._digest_of(parts, [self._known.get(part.file.path) for part in parts])
        value = self.cache.lookup([self._whole_key]).get(self._whole_key) if digest else None
        answers = decode(value, digest, len(parts)) if value and digest else None
        holds = answers and all(self._holds(others) for _, others in answers if others)
        return answers if holds else None

    @property
    def _whole_key(self) -> bytes:
        return blake2b(self.seen.key, digest_size=32, person=b"whole").digest()

    def _digest_of(self, parts: Sequence[Part], digests: Sequence[bytes | None]) -> bytes | None:
        known = {name: value for name, value in self._circumstances.items() if value}
        is_cached = len(known) == len(self._circumstances)
        return parts_digest(parts, digests, known) if is_cached else None

    def learn(self, parts: Sequence[Part], answers: Sequence[Answer | Lost]) -> None:
        """Keep what holds for as long as the files stay as they were read."""
        # What a scanner looks with may have changed while it did.
        if not self._circumstances_of(parts).items() <= self._circumstances.items():
            return
        rows = dict(self._rows(parts, answers))
        self.cache.store(self.seen.row() | rows | self._whole_row(parts, answers))

    def _rows(
        self, parts: Sequence[Part], answers: Sequence[Answer | Lost]
    ) -> Iterator[tuple[bytes, bytes]]:
        for part, answer in zip(parts, answers, strict=True):
            answered, digest = self._just_answered(part, answer)
            key = self._key(part, digest)
            if answered and key:
                yield key, to_json(*answered)

    def _whole_row(
        self, parts: Sequence[Part], answers: Sequence[Answer | Lost]
    ) -> dict[bytes, bytes]:
        """The row of all parts, those just looked at among them, where each of them lasts."""
        if self._is_whole:
            return {}
        fresh = iter(zip(parts, answers, strict=True))
        digests: list[bytes | None] = []
        whole: list[Answered] = []
        for part, known in self._told:
            answered, digest = known, self._known.get(part.file.path)
            if answered is None:
                answered, digest = self._just_answered(*next(fresh))
            if answered is None:
                return {}
            digests.append(digest)
            whole.append(answered)
        digest = self._digest_of([part for part, _ in self._told], digests)
        return {self._whole_key: encode(digest, whole)} if digest else {}

    def _just_answered(
        self, part: Part, answer: Answer | Lost
    ) -> tuple[Answered | None, bytes | None]:
        """What was said and what else it rests on, None if not to last; the file's digest."""
        if isinstance(answer, Lost) or not self._is_lasting(part, answer.items):
            return None, None
        others = dict(answer.readings or {})
        digest = others.pop(part.file.path, None)
        return (None if UNREADABLE in others.values() else (answer.items, others)), digest

    def _is_lasting(self, part: Part, items: Items) -> bool:
        scanner = self.scanners[part.scanner]
        return all(scanner.is_lasting(item) for item in items if isinstance(item, Skipped))

    def _answered(self, value: bytes | None) -> Answered | None:
        """The answer of a row, if the other files it rests on are what they were."""
        if value is None:
            return None
        try:
            answered = from_json(value)
        except NotAnAnswer:
            return None
        return answered if not answered[1] or self._holds(answered[1]) else None

    def _holds(self, others: Readings) -> bool:
        self._take_digests(path for path in others if path not in self._known)
        return all(self._known[path] == digest for path, digest in others.items())

    def _take_digests(self, paths: Iterable[str]) -> None:
        wanted = sorted(set(paths))
        self._known.update(zip(wanted, self.seen.digests(wanted, self.read), strict=True))

    def _key(self, part: Part, digest: bytes | None) -> bytes | None:
        """What the answer on a part stands under; None where it is not to be cached."""
        circumstances = self._circumstances[part.scanner]
        if not circumstances or not digest:
            return None
        place = f"{part.file.kind}\0{part.file.path}".encode("utf-8", "surrogatepass")
        return blake2b(circumstances + digest + place, digest_size=32).digest()

    def _circumstances_of(self, parts: Sequence[Part]) -> dict[str, bytes | None]:
        """By scanner a digest of what its answers depend on beside files; None: not cached."""
        keys = {
            name: self.scanners[name].cache_key(self.context)
            for name in sorted({part.scanner for part in parts})
        }
        ours = _own_digest() if any(keys.values()) else ""
        shared = (SCHEMA, ours, *_shared(self.context))
        return {
            name: _digest("\0".join((*shared, name, key))) if key else None
            for name, key in keys.items()
        }


def tree_key(paths: Sequence[Path], root: Path, context: Context, *, whole: bool = True) -> bytes:
    """What the states of the files of one call stand under: all that tells their kinds, too.

    A call that looks at the `whole`, and one that leaves out what git ignores, have one each.
    """
    places = (os.path.realpath(root), *(path.as_posix() for path in paths))
    return _digest("\0".join((STATES, str(whole), _own_digest(), *_shared(context), *places)))


def _shared(context: Context) -> tuple[str, ...]:
    return __version__, sys.version, sys.platform, str(context.max_file_bytes)


def _digest(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=32).digest()


def _own_digest() -> str:
    """Of the sources that make answers, so that a checkout needs no new version for a change."""
    digest = blake2b(digest_size=32)
    for folder in ("records", "scanners"):
        for path in sorted((_OWN / folder).rglob("*.py")):
            digest.update(f"{path.relative_to(_OWN).as_posix()}\0".encode())
            digest.update(blake2b(path.read_bytes()).digest())
    return digest.hexdigest()
