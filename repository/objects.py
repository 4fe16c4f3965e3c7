"""Content from git's object store: blobs by id, files and trees of a commit."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from .git import Git, GitFailed

OBJECT_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
FORMAT = "--batch-check=%(objectname) %(objecttype) %(objectsize)"
CHUNK_BYTES = 32 * 1024 * 1024
"""Of content asked for in one call; one blob may be larger."""
MAX_HELD_BYTES = 512 * 1024 * 1024
"""Of content that one call returns."""

MISSING = "missing"
TOO_LARGE = "too large"
TOO_MUCH = "more than is read at once"
NOT_A_BLOB = "not a blob"
CORRUPT = "corrupt"


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why a blob is not given: MISSING, TOO_LARGE, TOO_MUCH, NOT_A_BLOB or CORRUPT."""

    reason: str


class TreeEntry(NamedTuple):
    """A file, a link, a submodule or, where asked for by its path, a folder of a commit."""

    mode: str
    blob: str
    path: str

    @property
    def is_file(self) -> bool:
        """It is a regular file."""
        return self.mode.startswith("100")


def read_blobs(
    git: Git,
    ids: Iterable[str],
    max_bytes: int,
    *,
    keep: int | None = None,
    max_held: int = MAX_HELD_BYTES,
) -> dict[str, bytes | Unreadable]:
    """The content of each blob of at most `max_bytes`; for the others, why not.

    With `keep`, only so many of its first bytes. Blobs come in the order of `ids`; once
    they would hold more than `max_held` bytes, the rest is TOO_MUCH.
    """
    wanted = list(dict.fromkeys(ids))
    known = _sizes(git, [name for name in wanted if OBJECT_ID.fullmatch(name)])
    found: dict[str, bytes | Unreadable] = {}
    small: dict[str, int] = {}
    held = 0
    for name in wanted:
        kind, size = known.get(name, ("", 0))
        kept = size if keep is None else min(size, keep)
        if kind != "blob":
            found[name] = Unreadable(NOT_A_BLOB if kind else MISSING)
        elif size > max_bytes:
            found[name] = Unreadable(TOO_LARGE)
        elif held + kept > max_held:
            found[name] = Unreadable(TOO_MUCH)
        else:
            small[name] = size
            held += kept
    for chunk in _chunks(small):
        found |= _contents(git, chunk, keep)
    return found


def read_path(git: Git, commit: str, path: str, max_bytes: int) -> bytes | Unreadable | None:
    """The content of one file of a commit, None where there is no such file.

    A symbolic link is no file and is not followed.
    """
    entry = entries_at(git, commit, (path,)).get(path)
    if entry is None or not entry.is_file:
        return None
    return read_blobs(git, (entry.blob,), max_bytes)[entry.blob]


def entries_at(git: Git, commit: str, paths: Sequence[str]) -> dict[str, TreeEntry]:
    """What stands at some paths of a commit, a folder too; nothing where nothing does."""
    inside = [path for path in paths if _is_inside(path)]
    return {entry.path: entry for entry in _tree(git, commit, inside)} if inside else {}


def list_tree(git: Git, commit: str) -> list[TreeEntry]:
    """Every file, link and submodule of a commit, in git's order."""
    return list(_tree(git, commit))


def _is_inside(path: str) -> bool:
    return "\0" not in path and not {"", ".", ".."}.intersection(path.split("/"))


def _tree(git: Git, commit: str, paths: Sequence[str] = ()) -> Iterator[TreeEntry]:
    """The entries at `paths`; without any, every file below the top."""
    depth = () if paths else ("-r",)
    listing = ("ls-tree", "-z", "--full-tree", *depth, "--end-of-options", commit, *paths)
    for record in git.output(*listing).split(b"\0"):
        if record:
            details, path = record.split(b"\t", 1)
            mode, _kind, blob = details.decode("ascii").split(" ")
            yield TreeEntry(mode, blob, path.decode("utf-8", "surrogateescape"))


def _sizes(git: Git, names: Sequence[str]) -> dict[str, tuple[str, int]]:
    """Kind and size in bytes of the objects that are here."""
    if not names:
        return {}
    try:
        output = git.output("cat-file", FORMAT, stdin=_lines(names))
    except GitFailed:
        # In a partial clone this dies at the first object that would have to be fetched;
        # to list what is here asks for nothing that is not.
        output = git.output("cat-file", "--batch-all-objects", "--unordered", FORMAT)
    wanted = frozenset(names)
    found = {}
    for line in output.decode("ascii").splitlines():
        name, *rest = line.split(" ")
        if name in wanted and len(rest) == 2:
            found[name] = (rest[0], int(rest[1]))
    return found


def _chunks(sizes: Mapping[str, int]) -> Iterator[list[str]]:
    """Names in order, cut so that a chunk of several stays within CHUNK_BYTES."""
    chunk: list[str] = []
    total = 0
    for name, size in sizes.items():
        if chunk and total + size > CHUNK_BYTES:
            yield chunk
            chunk, total = [], 0
        chunk.append(name)
        total += size
    if chunk:
        yield chunk


def _contents(git: Git, names: Sequence[str], keep: int | None) -> dict[str, bytes | Unreadable]:
    """The content of blobs that are here. Git dies at a corrupt one: halve to find it."""
    try:
        output = git.output("cat-file", "--batch", "--buffer", stdin=_lines(names))
    except GitFailed:
        if len(names) == 1:
            return {names[0]: Unreadable(CORRUPT)}
        half = len(names) // 2
        return _contents(git, names[:half], keep) | _contents(git, names[half:], keep)
    return {name: Unreadable(MISSING) for name in names} | dict(_split(output, keep))


def _split(output: bytes, keep: int | None) -> Iterator[tuple[str, bytes]]:
    """The answers of `git cat-file --batch`: a header line, the content, a line break."""
    start = 0
    while start < len(output):
        end = output.index(b"\n", start)
        name, *rest = output[start:end].decode("ascii").split(" ")
        start = end + 1
        if len(rest) == 2:  # else it went away since its size was asked for
            size = int(rest[1])
            yield name, output[start : start + (size if keep is None else min(size, keep))]
            start += size + 1


def _lines(names: Iterable[str]) -> bytes:
    return b"".join(name.encode("ascii") + b"\n" for name in names)
