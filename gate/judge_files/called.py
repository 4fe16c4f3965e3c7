"""By way of which files CI runs Tidegate: what a pipeline calls, and what that calls."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ... import config
from ...errors import IncompleteError
from ...repository.git import Git
from ...repository.objects import TOO_LARGE, TreeEntry, list_tree, read_blobs
from .calls import Call, Tree, by_name, calls_in, part_of
from .places import PIPELINES

_DATA = re.compile(r"\.(md|rst|txt|json|lock|html|css|svg|png|jpe?g|gif|csv|po|mo|pyc)$", re.I)
_DEPTH = 2
"""How far from a pipeline what it calls is followed."""


def called(git: Git, tip: str, changed: Iterable[str]) -> dict[str, str]:
    """Those of the changed files by way of which a pipeline of the base tip runs Tidegate.

    Each with that pipeline. Raises IncompleteError where git does not have what is to be read.
    """
    asked = sorted({path for path in changed if not _DATA.search(path)}) if tip else []
    if not asked:
        return {}
    found: dict[str, str] = {}
    tree = {entry.path: entry for entry in list_tree(git, tip) if entry.is_file}
    pipelines = [path for path in tree if PIPELINES.fullmatch(path)]
    texts = _Texts(git, tree, by_name(tree))
    texts.read(pipelines)
    for pipeline in pipelines:
        for path in _chain(texts, (pipeline, frozenset()), _DEPTH):
            found.setdefault(path, pipeline)
    return {path: found[path] for path in asked if path in found}


@dataclass(slots=True)
class _Texts:
    """Files of one tree, read once."""

    git: Git
    tree: Mapping[str, TreeEntry]
    by_name: Tree
    known: dict[str, str] = field(default_factory=dict)

    def read(self, paths: Collection[str]) -> None:
        new = {path: self.tree[path].blob for path in paths if path not in self.known}
        blobs = read_blobs(self.git, new.values(), config.MAX_BYTES)
        for path, blob in new.items():
            data = blobs[blob]
            if not isinstance(data, bytes) and data.reason != TOO_LARGE:
                raise IncompleteError(
                    f"{path} cannot be read: {data.reason}", "fetch the whole history"
                )
            self.known[path] = data.decode("utf-8", "replace") if isinstance(data, bytes) else ""


def _chain(texts: _Texts, call: Call, depth: int) -> Iterator[str]:
    """The file and those that it calls, where they lead to one that names Tidegate."""
    path, targets = call
    text = part_of(texts.known[path], targets) if targets else texts.known[path]
    calls = {each for each in calls_in(text, texts.by_name) if each[0] != path} if depth else ()
    texts.read([name for name, _ in calls])
    below = {name for each in calls for name in _chain(texts, each, depth - 1)}
    # A text that names it in passing, as a job's title does, may yet call what runs it.
    if below or "tidegate" in text.lower():
        yield from {path, *below}
