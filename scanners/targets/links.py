"""Where the symbolic links of a tree lead, told from the tree alone."""

import posixpath
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from enum import Enum

from .entry import LINK, SUBMODULE

MAX_HOPS = 40
"""Links on the way, as many as Linux follows."""


class Astray(Enum):
    """A link that leads to nothing of the tree."""

    OUTSIDE = "out of the tree, or into a submodule"
    NOWHERE = "to nothing"


def folders_of(paths: Iterable[str]) -> set[str]:
    """Every folder that holds one of the paths."""
    found = {""}
    for path in paths:
        folder = posixpath.dirname(path)
        while folder not in found:
            found.add(folder)
            folder = posixpath.dirname(folder)
    return found


def end_of(
    path: str,
    modes: Mapping[str, str],
    folders: AbstractSet[str],
    text: Callable[[str], str | None],
) -> str | Astray:
    """The file or folder that the link at `path` leads to; "" is the top of the tree.

    `modes` are git's, by path, and `text` is what a link says, None where it cannot be
    read. A step up is taken from where the links before it lead, as the system does.
    """
    waiting = path.split("/")[::-1]
    at: list[str] = []
    hops = 0
    while waiting:
        step = waiting.pop()
        here = "/".join([*at, step])
        if step == "..":
            if not at:
                return Astray.OUTSIDE
            at.pop()
        elif modes.get(here) == LINK:
            hops += 1
            named = text(here) if hops <= MAX_HOPS else None
            if not named or named.startswith("/"):
                return Astray.OUTSIDE if named else Astray.NOWHERE
            waiting += named.split("/")[::-1]
        elif step not in ("", "."):
            astray = _astray(modes.get(here), is_folder=here in folders, goes_on=bool(waiting))
            if astray:
                return astray
            at.append(step)
    return "/".join(at)


def _astray(mode: str | None, *, is_folder: bool, goes_on: bool) -> Astray | None:
    """Why the way ends at a step that is no link."""
    if mode == SUBMODULE:
        return Astray.OUTSIDE
    stands = is_folder if mode is None else not goes_on
    return None if stands else Astray.NOWHERE
