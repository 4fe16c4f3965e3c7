"""Content from git's object store: blobs by id, files and trees of a commit."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ..errors import IncompleteError
from .git import Git, GitFailed

OBJECT_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
FORMAT = "--batch-check=%(objectname) %(objecttype) %(objectsize)"
CHUNK_BYTES = 32 * 1024 * 1024
"""Of content asked for in one call; one blob may be larger."""
MAX_FILE_BYTES = 16 * 1024 * 1024

MISSING = "missing"
TOO_LARGE = "too large"
NOT_A_BLOB = "not a blob"
CORRUPT = "corrupt"


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why a blob is not given: MISSING, TOO_LARGE, NOT_A_BLOB or CORRUPT."""

    reason: str


class TreeEntry(NamedTuple):
    """A file, a link or a submodule of a commit."""

    mode: str
    blob: str
    path: str


def read_blobs(git: Git, ids: Iterable[str], max_bytes: int) -> dict[str, bytes | Unreadable]:
    """The content of each blob of at most `max_bytes`; for the others, why not."""
    wanted = list(dict.fromkeys(ids))
    known = _sizes(git, [name for name in wanted if OBJECT_ID.fullmatch(name)])
    found: dict[str, bytes | Unreadable] = {}
    small: dict[str, int] = {}
    for name in wanted:
        kind, size = known.get(name, ("", 0))
        if kind != "blob":
            found[name] = Unreadable(NOT_A_BLOB if kind else MISSING)
        elif size > max_bytes:
            found[name] = Unreadable(TOO_LARGE)
        else:
            small[name] = size
    for chunk in _chunks(small):
        found |= _contents(git, chunk)
    return found


def read_path(git: Git, commit: str, path: str) -> bytes | None:
    """The content of one file of a commit; see `read_paths`."""
    return read_paths(git, commit, (path,))[path]


def read_paths(
    git: Git, commit: str, paths: Sequence[str], max_bytes: int = MAX_FILE_BYTES
) -> dict[str, bytes | None]:
    """The content of some files of a commit, None where there is no such file.

    A symbolic link is no file and is not followed. Raises IncompleteError for a file that
    is there and cannot be read.
    """
    inside = [path for path in paths if _is_inside(path)]
    entries = {entry.path: entry for entry in _tree(git, commit, inside)} if inside else {}
    blobs = {
        path: entries[path].blob
        for path in inside
        if path in entries and entries[path].mode.startswith("100")
    }
    contents = read_blobs(git, blobs.values(), max_bytes) if blobs else {}
    return {
        path: _readable(path, commit, contents[blobs[path]]) if path in blobs else None
        for path in paths
    }


def list_tree(git: Git, commit: str) -> list[TreeEntry]:
    """Every file, link and submodule of a commit, in git's order."""
    return list(_tree(git, commit))


def _readable(path: str, commit: str, content: bytes | Unreadable) -> bytes:
    if isinstance(content, Unreadable):
        raise IncompleteError(
            f"{path!r} of {commit} cannot be read: {content.reason}",
            "fetch the whole history, without --filter",
        )
    return content


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


def _contents(git: Git, names: Sequence[str]) -> dict[str, bytes | Unreadable]:
    """The content of blobs that are here. Git dies at a corrupt one: halve to find it."""
    try:
        output = git.output("cat-file", "--batch", "--buffer", stdin=_lines(names))
    except GitFailed:
        if len(names) == 1:
            return {names[0]: Unreadable(CORRUPT)}
        half = len(names) // 2
        return _contents(git, names[:half]) | _contents(git, names[half:])
    return {name: Unreadable(MISSING) for name in names} | dict(_split(output))


def _split(output: bytes) -> Iterator[tuple[str, bytes]]:
    """The answers of `git cat-file --batch`: a header line, the content, a line break."""
    start = 0
    while start < len(output):
        end = output.index(b"\n", start)
        name, *rest = output[start:end].decode("ascii").split(" ")
        start = end + 1
        if len(rest) == 2:  # else it went away since its size was asked for
            size = int(rest[1])
            yield name, output[start : start + size]
            start += size + 1


def _lines(names: Iterable[str]) -> bytes:
    return b"".join(name.encode("ascii") + b"\n" for name in names)
