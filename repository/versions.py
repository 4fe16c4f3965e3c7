"""Every version of a file that a range of commits brings, and the content it had before.

What is an added line is told from the blobs themselves: attributes of the judged tree can make
git call any file binary, and programs of its configuration can make of it what they like.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ..errors import IncompleteError
from .changes import Change
from .git import Git
from .objects import TOO_MUCH, Unreadable, read_blobs
from .raw_diff import NO_MODE

MAX_COMMITS = 50_000
COMMITS_AT_ONCE = 1000
BLOBS_AT_ONCE = 500
HELD_BYTES = 64 * 1024 * 1024
"""Of content at a time; one blob may be larger."""

_DIFF = (
    *("diff-tree", "--stdin", "-r", "-c", "--root", "--raw", "-z", "--no-abbrev", "--no-renames"),
    *("--no-color", "--no-ext-diff", "--no-textconv", "--format=%H %ct"),
)


@dataclass(frozen=True, slots=True)
class Version:
    """One file as a commit, or the end of a change, has it."""

    path: str
    blob: str | None
    """None for content that is on disk only."""
    before: tuple[str, ...]
    """What its path held in each parent: no line of these is new."""
    commit: str = ""
    """Empty for the end of the change."""
    time: int = 0
    """When it was committed, in seconds since the epoch, as its author says."""


def versions_at_end(changes: Iterable[Change]) -> Iterator[Version]:
    """The regular files that a change leaves behind, against its beginning."""
    for change in changes:
        if change.path is not None and change.mode.startswith("100"):
            same = change.old_path == change.path and change.old_blob is not None
            yield Version(change.path, change.blob, (change.old_blob or "",) if same else ())


def commits_between(git: Git, bases: Sequence[str], head: str) -> list[str]:
    """The commits of `head` that no base has, oldest first.

    Raises IncompleteError where there are more than MAX_COMMITS.
    """
    if head in bases:
        return []
    without = [f"^{base}" for base in bases if base]
    most = f"--max-count={MAX_COMMITS + 1}"
    listing = ("rev-list", "--topo-order", most, "--end-of-options", head, *without)
    found = git.output(*listing).decode("ascii").split()
    if len(found) > MAX_COMMITS:
        raise IncompleteError(f"more than {MAX_COMMITS} commits", "name a later base with --base")
    return found[::-1]


def cut_commits(git: Git, bases: Sequence[str], head: str) -> frozenset[str]:
    """The commits of the range whose parents a shallow clone may hide; a root among them too."""
    if not git.shallow:
        return frozenset()
    without = [f"^{base}" for base in bases if base]
    listing = ("rev-list", "--max-parents=0", "--end-of-options", head, *without)
    return frozenset(git.output(*listing).decode("ascii").split())


def versions_in(git: Git, commits: Sequence[str]) -> Iterator[Version]:
    """The regular files that each commit brings; a merge those that differ from every parent."""
    for at in range(0, len(commits), COMMITS_AT_ONCE):
        wanted = "".join(f"{commit}\n" for commit in commits[at : at + COMMITS_AT_ONCE])
        yield from parse_versions(git.output(*_DIFF, stdin=wanted.encode("ascii")))


def parse_versions(output: bytes) -> Iterator[Version]:
    """The records of `git diff-tree --stdin -c -z`, with a line of id and time per commit.

    Raises IncompleteError where the output is of another format.
    """
    commit, time = "", 0
    fields = iter(output.split(b"\0"))
    for field in fields:
        record = field.lstrip(b"\n").decode("ascii", "replace")
        try:
            if record.startswith(":"):
                version = _version(record, next(fields), commit, time)
                if version is not None:
                    yield version
            elif record:
                commit, seconds = record.split(" ")
                time = int(seconds)
        except (ValueError, IndexError, StopIteration) as error:
            raise IncompleteError(
                "git's list of versions cannot be read", "report this as a bug"
            ) from error


def _version(record: str, path: bytes, commit: str, time: int) -> Version | None:
    parents = len(record) - len(record.lstrip(":"))
    fields = record.lstrip(":").split(" ")
    modes, ids = fields[: parents + 1], fields[parents + 1 : 2 * parents + 2]
    if len(ids) != parents + 1:
        raise ValueError(record)
    if not modes[-1].startswith("100"):
        return None
    before = tuple(blob for mode, blob in zip(modes, ids[:-1], strict=False) if mode != NO_MODE)
    return Version(path.decode("utf-8", "surrogateescape"), ids[-1], before, commit, time)


def stream_blobs(
    git: Git, ids: Iterable[str], max_bytes: int, *, keep: int | None = None
) -> Iterator[tuple[str, bytes | Unreadable]]:
    """Each blob once, as `read_blobs` gives it, with no more than HELD_BYTES in memory."""
    waiting = list(dict.fromkeys(ids))
    while waiting:
        batch, waiting = waiting[:BLOBS_AT_ONCE], waiting[BLOBS_AT_ONCE:]
        held = max(HELD_BYTES, max_bytes)
        for name, content in read_blobs(git, batch, max_bytes, keep=keep, max_held=held).items():
            if content == Unreadable(TOO_MUCH):
                waiting.append(name)
            else:
                yield name, content


def files_with(git: Git, commit: str, values: Iterable[bytes]) -> list[str]:
    """The files of a commit that hold one of `values`, binary ones too.

    The values go through a pipe, not through the list of processes. Raises IncompleteError,
    which says nothing of them.
    """
    patterns = b"\n".join(dict.fromkeys(v for v in values if v and not set(v) & set(b"\n\0")))
    if not patterns or not commit:
        return []
    command = ("grep", "-l", "-z", "-F", "-a", "--no-textconv", "--no-color", "--full-name")
    rest = ("--no-recurse-submodules", "-f", "-", commit, "--")  # it has no --end-of-options
    try:
        output = git.output(*command, *rest, stdin=patterns)
    except IncompleteError as error:
        if getattr(error, "returncode", -1) == 1:  # in no file
            return []
        raise IncompleteError("the base could not be searched", error.remedy) from None
    prefix = f"{commit}:"
    names = [name.decode("utf-8", "surrogateescape") for name in output.split(b"\0") if name]
    return [name.removeprefix(prefix) for name in names]
