"""Commits on top of a repository's head that only move its files, within their path classes.

They are made in a repository of their own that borrows the objects of the real one, so that
nothing is written there.
"""

import os
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from tidegate.benchmarks.spans import Kind, Span, evenly
from tidegate.records.path_class import path_class
from tidegate.repository.git import Git
from tidegate.repository.objects import list_tree

AUTHOR = {
    f"GIT_{role}_{key}": value
    for role in ("AUTHOR", "COMMITTER")
    for key, value in (
        ("NAME", "Ada"),
        ("EMAIL", "ada@example.com"),
        ("DATE", "2024-05-01T12:00:00Z"),
    )
}
Moves = Mapping[str, str]
"""Old path to new path, of the files that move."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """A bare repository that borrows the objects of another."""

    place: Path

    @classmethod
    def beside(cls, git: Git, place: Path) -> "Workshop":
        """One at `place`, which is not there yet, on the objects of `git`."""
        subprocess.run(["git", "init", "-q", "--bare", str(place)], check=True)  # noqa: S607 - git of PATH
        objects = git.output("rev-parse", "--path-format=absolute", "--git-path", "objects")
        (place / "objects" / "info" / "alternates").write_bytes(objects)
        return cls(place)

    def commit(self, head: str, moves: Moves, about: str) -> Span:
        """The span of a commit on top of `head` that makes `moves`."""
        entries = list_tree(Git.open(self.place), head)
        listing = "".join(
            f"{entry.mode} {entry.blob}\t{moves.get(entry.path, entry.path)}\0" for entry in entries
        )
        index = {"GIT_INDEX_FILE": str(self.place / f"index-{len(moves)}")}
        self._git("read-tree", "--empty", env=index)
        self._git("update-index", "-z", "--index-info", stdin=listing, env=index)
        tree = self._git("write-tree", env=index)
        made = self._git("commit-tree", tree, "-p", head, "-m", about, env=AUTHOR)
        return Span(Kind.SYNTHETIC, head, made, about)

    def _git(self, *args: str, stdin: str = "", env: Mapping[str, str]) -> str:
        done = subprocess.run(
            ["git", "--git-dir", str(self.place), *args],  # noqa: S607 - git is wherever PATH has it
            input=stdin.encode("utf-8", "surrogateescape"),
            env=os.environ | env,
            capture_output=True,
            check=True,
        )
        return done.stdout.decode("ascii").strip()


def everything(paths: Iterable[str]) -> Moves:
    """Every file of the tree into a folder, those apart whose class that would change."""
    return dict(_within_class((path, f"moved/{path}") for path in paths))


def moves(paths: Sequence[str], holding: Sequence[str], wanted: int) -> Iterator[tuple[str, Moves]]:
    """At most `wanted` moves, each with what it is: folders and files that hold findings.

    `paths` is the whole tree, `holding` those of them with findings.
    """
    folders = sorted({folder for path in holding for folder in _folders(path)})
    files = sorted(set(holding))
    taken = frozenset(paths)
    for at in evenly(len(folders), wanted - wanted // 2):
        yield f"folder {folders[at]}", _folder_renamed(folders[at], paths, taken)
    for number, at in enumerate(evenly(len(files), wanted // 2)):
        path = files[at]
        if number % 2:
            yield f"file {path} to another folder", _first(path, _elsewhere(path, files), taken)
        else:
            yield f"file {path}", _first(path, _renamed(path), taken)


def _folders(path: str) -> list[str]:
    return [str(folder) for folder in PurePosixPath(path).parents][:-1]


def _folder_renamed(folder: str, paths: Iterable[str], taken: frozenset[str]) -> Moves:
    """Under another name where that leaves every class as it is, else one level deeper."""
    inside = [path for path in paths if path.startswith(f"{folder}/")]
    for prefix in (f"{folder}_moved/", f"{folder}/moved/"):
        pairs = [(path, prefix + path.removeprefix(f"{folder}/")) for path in inside]
        found = dict(_within_class(pairs))
        if len(found) == len(inside) and taken.isdisjoint(found.values()):
            return found
    return {}


def _renamed(path: str) -> list[str]:
    place = PurePosixPath(path)
    names = (f"{place.stem}_moved{place.suffix}", f"moved_{place.name}", f"moved/{place.name}")
    return [str(place.parent / name) for name in names]


def _elsewhere(path: str, files: Iterable[str]) -> list[str]:
    """Its name in the folders of the other files, those behind it first."""
    place = PurePosixPath(path)
    in_turn = sorted(files, key=lambda other: (other < path, other))
    others = [PurePosixPath(other).parent for other in in_turn]
    return [str(folder / place.name) for folder in others if folder != place.parent]


def _first(path: str, names: Iterable[str], taken: frozenset[str]) -> Moves:
    """The move to the first of `names` that is free and of the same class; none otherwise."""
    free = ((path, name) for name in names if name not in taken)
    return dict(list(_within_class(free))[:1])


def _within_class(pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    return ((old, new) for old, new in pairs if path_class(old) == path_class(new))
