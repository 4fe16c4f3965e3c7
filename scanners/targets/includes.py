"""Which files the requirements files of a tree lead to, whatever those are called."""

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from ...errors import IncompleteError
from ..interface import Kind
from .entry import LINK, Entry
from .kinds import kind_of

MAX_FILES = 20_000
"""Requirements files of one tree, with those that they include."""
BATCH = 64
"""Files read at once, so that large ones are not held in memory together."""

# Not pip's grammar, whose library is slow to load and at each line: a change to
# the README would pay for that. What is seen as an include and is none is audited in vain.
_OPTION = re.compile(r"(?:-[rc]|--[rc][a-z]*=?)(.*)", re.DOTALL)
_BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Included:
    """Which of the wanted files are included, and what may include more and cannot be read."""

    paths: frozenset[str]
    unread: tuple[Entry, ...]


def included(
    files: AbstractSet[str],
    wanted: AbstractSet[str],
    read: Callable[[Sequence[str]], Iterable[Entry]],
) -> Included:
    """Those of `wanted` that a requirements file among `files` includes, directly or not.

    Requirements files are told by their name. A link leads to what it names. Raises
    IncompleteError where there are more than MAX_FILES.
    """
    pending = [path for path in files if kind_of(path, b"") is Kind.REQUIREMENTS]
    seen = set(pending)
    reached: set[str] = set()
    unread: list[Entry] = []
    while pending and not wanted <= reached:
        if len(seen) > MAX_FILES:
            raise IncompleteError(
                f"more than {MAX_FILES} requirements files in one tree",
                "keep what is made by a tool out of the repository",
            )
        batch, pending = pending[:BATCH], pending[BATCH:]
        for entry in read(batch):
            if not isinstance(entry.content, bytes):
                unread.append(entry)
                continue
            led_to = files & set(_leads_to(entry, entry.content))
            pending += led_to - seen
            seen |= led_to
            reached |= led_to
    return Included(frozenset(reached & wanted), tuple(unread))


def _leads_to(entry: Entry, content: bytes) -> Iterator[str]:
    """The paths that a file includes, or that a link names, from the top of the tree."""
    folder = posixpath.dirname(entry.path)
    names = [_decoded(content)] if entry.mode == LINK else _includes(_decoded(content))
    for name in names:
        yield posixpath.normpath(posixpath.join(folder, name))


def _decoded(content: bytes) -> str:
    if content.startswith(_BYTE_ORDER_MARKS):
        return content.decode("utf-16", "replace")
    return content.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")


def _includes(text: str) -> Iterator[str]:
    """The arguments of -r and -c on the lines that hold options."""
    for line in "".join(map(_joining, text.splitlines())).split("\n"):
        if line.lstrip().startswith("-"):
            yield from _arguments(_words(line))


def _joining(line: str) -> str:
    """A line with its end, if it ends: as in pip, a comment does, whatever it ends in."""
    if line.lstrip().startswith("#"):
        return f" {line}\n"
    return line.strip("\\") if line.endswith("\\") else f"{line}\n"


def _words(line: str) -> list[str]:
    import shlex

    line = re.sub(r"\s#.*", "", line)
    try:
        return shlex.split(line)
    except ValueError:  # an open quote
        return line.split()


def _arguments(words: Sequence[str]) -> Iterator[str]:
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if option := _OPTION.fullmatch(word):
            argument = option[1] or following
            yield argument
            yield argument.lstrip("=")  # what parsers differ about
