"""Which changes of a repository's history are replayed: a fixed rule, nothing is drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from tidegate.records.path_class import path_class
from tidegate.repository.changes import changes_between
from tidegate.repository.git import Git

EVERY_SQUASHED = 5
"""One in so many spans is of SQUASHED changes; the others are of one."""
SQUASHED = 10
HISTORY_SECONDS = 900
WHOLE = 100
"""Per cent: git's similarity of a file that was moved and left as it was."""


class Kind(StrEnum):
    """Where a span comes from."""

    LANDED = "landed"
    """One first-parent change; of a merge, the branch as it stood before."""
    SQUASHED = "squashed"
    """Several first-parent changes at once."""
    MOVED = "moved"
    """One first-parent change that moves a Python file as it is."""
    SYNTHETIC = "synthetic"
    """A commit of our own on top of head that only moves files."""


@dataclass(frozen=True, slots=True)
class Span:
    """What is gated: a base and a head, full commit ids."""

    kind: Kind
    base: str
    head: str
    about: str = ""
    """What a synthetic one moves."""


def spans(git: Git, head: str, wanted: int) -> list[Span]:
    """`wanted` spans, evenly over the first-parent history of `head`."""
    output = git.output("rev-list", "--first-parent", "--parents", "--end-of-options", head)
    rows = [line.split() for line in output.decode("ascii").splitlines()]
    changes = [row for row in rows if len(row) > 1]
    return [
        _squashed(changes, at) if number % EVERY_SQUASHED == 1 else _landed(changes[at])
        for number, at in enumerate(evenly(len(changes), wanted))
    ]


def evenly(length: int, wanted: int) -> list[int]:
    """At most `wanted` positions below `length`: the middles of as many equal parts."""
    if length <= wanted:
        return list(range(length))
    return [(2 * number + 1) * length // (2 * wanted) for number in range(wanted)]


def _landed(row: Sequence[str]) -> Span:
    commit, base, *others = row
    return Span(Kind.LANDED, base, others[0] if len(others) == 1 else commit)


def _squashed(changes: Sequence[Sequence[str]], at: int) -> Span:
    oldest = changes[min(at + SQUASHED, len(changes)) - 1]
    return Span(Kind.SQUASHED, oldest[1], changes[at][0])


def moving_spans(git: Git, head: str, wanted: int) -> list[Span]:
    """`wanted` of the first-parent changes that move Python files whole, evenly over them."""
    listing = ("log", "--first-parent", "--diff-merges=first-parent", "--format=:%H %P")
    renames = (f"-M{WHOLE}%", "--diff-filter=R", "--name-status", "--no-ext-diff")
    output = git.output(*listing, *renames, "--end-of-options", head, timeout=HISTORY_SECONDS)
    found: dict[str, str] = {}
    commit = base = ""
    for line in output.decode("utf-8", "surrogateescape").splitlines():
        if line.startswith(":"):
            commit, base, *_ = [*line[1:].split(" "), ""]
        elif base and _moves_python(line):
            found[commit] = base
    moves = list(found.items())
    return [
        Span(Kind.MOVED, moves[at][1], moves[at][0], "Python files moved whole")
        for at in evenly(len(moves), wanted)
    ]


def _moves_python(line: str) -> bool:
    status, *paths = line.split("\t")
    if status != f"R{WHOLE}" or len(paths) != 2:
        return False
    old, new = paths
    return new.endswith(".py") and old.endswith(".py") and path_class(old) == path_class(new)


def moved_whole(git: Git, bases: Sequence[str], head: str) -> frozenset[str]:
    """The paths at head of files that are as they were at each base, under another name of
    the same path class.
    """
    of_each = [
        frozenset(
            change.path
            for change in changes_between(git, base, head)
            if change.path is not None
            and change.old_path is not None
            and change.similarity == WHOLE
            and path_class(change.path) == path_class(change.old_path)
        )
        for base in bases
    ]
    return frozenset.intersection(*of_each) if of_each else frozenset()
