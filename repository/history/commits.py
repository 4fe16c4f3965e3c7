"""Every commit with its message, and the order in which what they bring lands."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from sys import intern

from ...errors import IncompleteError
from ...records.history import Commit
from ..git import Git
from ..streamed import streamed
from .mailmap import Mailmap, is_bot

FIELDS = ("%H", "%P", "%an", "%ae", "%at", "%ct", "%B")
FORMAT = "--format=" + "%x00".join(FIELDS) + "%x00"
LOG = (
    *("log", "--topo-order", "--no-show-signature", "--no-notes", "--no-color"),
    *("--no-decorate", "--no-mailmap", "--encoding=UTF-8", FORMAT),
)
FULL_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
MAX_MESSAGE = 64 * 1024
"""Bytes of one message that are kept."""
MAX_TIME = 1 << 40
"""A time beyond it, tens of thousands of years on, is no time."""


@dataclass(frozen=True, slots=True)
class RawCommit:
    """A commit as git tells it; read into a Commit only when its turn has come."""

    sha: str
    parents: tuple[str, ...]
    rest: bytes
    """Name, address, two times and the message: one value, of which there are many."""

    def read(self, mailmap: Mailmap) -> Commit:
        """The commit with its author as a digest."""
        name, address, author_time, commit_time, message = self.rest.split(b"\0")
        who = (name.decode("utf-8", "surrogateescape"), address.decode("utf-8", "surrogateescape"))
        return Commit(
            sha=self.sha,
            parents=self.parents,
            author=mailmap.key(*who),
            author_time=_time(author_time),
            commit_time=_time(commit_time),
            message=message.decode("utf-8", "surrogateescape").rstrip("\n"),
            is_bot=is_bot(*who),
        )


@dataclass(frozen=True, slots=True)
class Landing:
    """A commit of the first-parent line with the ids of all that came with it, itself last."""

    tip: RawCommit
    commits: tuple[str, ...]


def _time(text: bytes) -> int:
    return min(int(text), MAX_TIME) if text.isdigit() else 0


def read_commits(git: Git, tip: str, since: str = "") -> dict[str, RawCommit]:
    """The commits reachable from `tip` and not from `since`, full ids both, by id.

    `git` is one without a work tree. Raises GitFailed where commits are missing.
    """
    sides = (tip, f"^{since}") if since else (tip,)
    with streamed(git, *LOG, "--end-of-options", *sides) as stream:
        return {commit.sha: commit for commit in _commits(stream.pieces())}


def _commits(pieces: Iterable[bytes]) -> Iterator[RawCommit]:
    left = b""
    size = len(FIELDS)
    for piece in pieces:
        *fields, left = (left + piece).split(b"\0")
        whole = len(fields) // size * size
        for start in range(0, whole, size):
            yield _commit(fields[start : start + size])
        left = b"\0".join([*fields[whole:], left])


def _commit(fields: Sequence[bytes]) -> RawCommit:
    sha = intern(fields[0].lstrip(b"\n").decode("ascii", "replace"))
    if not FULL_ID.fullmatch(sha):
        raise IncompleteError(
            f"git's list of commits cannot be read at {sha!r:.80}", "run git fsck"
        )
    rest = b"\0".join((*fields[2:6], fields[6][:MAX_MESSAGE]))
    return RawCommit(sha, tuple(map(intern, fields[1].decode("ascii").split())), rest)


def landings(
    commits: Mapping[str, RawCommit], tip: str, since: str = ""
) -> tuple[Landing, ...] | None:
    """What landed on the first-parent line of `tip`, oldest first; after `since` where given.

    Each commit lands once, with the first that brings it, parents before children: an order that
    later commits do not change. None where `since` is not on that line: history was rewritten.
    """
    line: list[RawCommit] = []
    at = tip
    while at in commits and at != since:
        line.append(commits[at])
        at = next(iter(commits[at].parents), "")
    if at != since:
        return None
    landed = {commit.sha for commit in line}
    found = []
    for commit in reversed(line):
        brought = list(_brought(commits, commit.parents[1:], landed))
        found.append(Landing(commit, (*brought, commit.sha)))
    return tuple(found)


def _brought(
    commits: Mapping[str, RawCommit], starts: Iterable[str], landed: set[str]
) -> Iterator[str]:
    """What has not landed yet and is reachable from `starts`, parents first; it has now."""
    for start in starts:
        stack = [start]
        while stack:
            sha = stack[-1]
            if sha in landed or sha not in commits:
                stack.pop()
                continue
            ahead = [p for p in commits[sha].parents if p in commits and p not in landed]
            if ahead:
                stack.append(ahead[0])
                continue
            landed.add(sha)
            stack.pop()
            yield sha
