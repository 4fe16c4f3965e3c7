"""Which files differ: between two commits, or between a commit and the work tree."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ..errors import IncompleteError
from .git import Git, GitFailed, inert
from .raw_diff import Change, parse_raw_diff
from .worktree import Entry, blob_on_disk, entries, mode_on_disk, without_filters

__all__ = ["Change", "changes_between", "changes_in_index", "changes_in_worktree"]

EMPTY_TREES = {
    40: "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    64: "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
}
"""By the length of the repository's ids: SHA-1 and SHA-256 of an empty tree."""

RAW = (
    *("--raw", "-z", "--no-abbrev", "--no-color", "--no-relative"),
    *("--no-ext-diff", "--no-textconv"),
    # Or `ignore = all` in the judged .gitmodules hides a changed submodule. "dirty" looks
    # at its commit only: a look into its work tree would run git under its configuration.
    "--ignore-submodules=dirty",
)
RENAMES = ("-M", "-l1000", "--no-rename-empty")
EXACT_RENAMES = ("-M100%", "--no-rename-empty")


def changes_between(git: Git, base_commit: str, head_commit: str) -> list[Change]:
    """What differs from `base_commit` to `head_commit`, full ids both, in git's order.

    An empty `base_commit` stands for the empty tree. Raises GitFailed where trees are
    missing.
    """
    base = base_commit or EMPTY_TREES[len(head_commit)]
    if base == head_commit:
        return []
    return _diff(git, "diff-tree", "-r", sides=(base, head_commit))


def changes_in_index(git: Git, base_commit: str) -> list[Change]:
    """What differs from `base_commit`, a full id, to the index, in git's order.

    An empty `base_commit` stands for the empty tree. Raises IncompleteError where a path is
    not merged yet.
    """
    unmerged = git.output("ls-files", "-z", "--unmerged").split(b"\0")[0]
    if unmerged:
        path = unmerged.partition(b"\t")[2].decode("utf-8", "surrogateescape")
        raise IncompleteError(f"{inert(path)} is not merged yet", "resolve it and `git add` it")
    return _diff(git, "diff-index", "--cached", sides=(base_commit or _empty_tree(git),))


def _empty_tree(git: Git) -> str:
    name = git.output("rev-parse", "--show-object-format").decode("ascii").strip()
    return EMPTY_TREES[64 if name == "sha256" else 40]


def changes_in_worktree(git: Git, base_commit: str) -> list[Change]:
    """What differs from `base_commit` to the work tree, by path: staged, unstaged, and
    untracked where not ignored.

    `blob` is None where the content is on disk only. Renames are those that are staged.
    Content that cannot be compared, a FIFO for one, counts as changed.
    """
    git = without_filters(git)
    command = ("diff-index", *RAW, "--no-renames", "--end-of-options", base_commit)
    found = {_name(change): change for change in parse_raw_diff(git.output(*command))}
    for entry in entries(git):
        change = _unseen(git, entry, found.get(entry.path))
        if change:
            found[entry.path] = change
    real = {path: change for path, change in found.items() if not _same_content(git, change)}
    staged = _diff(git, "diff-index", "--cached", "--diff-filter=R", sides=(base_commit,))
    return list(_with_renames(real, staged))


def _diff(git: Git, *command: str, sides: Iterable[str]) -> list[Change]:
    """Changes with renames; exact ones only where similar content cannot be read.

    A partial clone lacks blobs: without them similarity is unknown, the list is not.
    """
    rest = ("--end-of-options", *sides)
    try:
        output = git.output(*command, *RAW, *RENAMES, *rest)
    except GitFailed:
        output = git.output(*command, *RAW, *EXACT_RENAMES, *rest)
    return list(parse_raw_diff(output))


def _unseen(git: Git, entry: Entry, change: Change | None) -> Change | None:
    """The change of a file that git leaves out of its comparison, None where there is none."""
    if entry.compared:
        return None
    mode = mode_on_disk(git.root, entry.path)
    if not mode and entry.may_be_absent:
        return None
    return Change(
        path=entry.path if mode else None,
        old_path=change.old_path if change else entry.committed_path,
        mode=mode,
        old_mode=change.old_mode if change else entry.mode,
        blob=None,
        old_blob=change.old_blob if change else entry.blob,
    )


def _same_content(git: Git, change: Change) -> bool:
    """Whether a file that seems to differ holds what it held: touched, or untracked again."""
    if change.path is None:
        return change.old_path is None
    if change.blob or change.mode != change.old_mode or not change.old_blob:
        return False
    return blob_on_disk(git.root, change.path, like=change.old_blob) == change.old_blob


def _with_renames(found: dict[str, Change], staged: Iterable[Change]) -> Iterator[Change]:
    """Join a deletion and an addition that the index knows as a rename; sorted by path."""
    left = dict(found)
    for rename in staged:
        new, old = left.get(rename.path or ""), left.get(rename.old_path or "")
        if new and old and new.old_path is None and old.path is None:
            del left[rename.old_path or ""]
            left[rename.path or ""] = replace(
                new,
                old_path=old.old_path,
                old_mode=old.old_mode,
                old_blob=old.old_blob,
                similarity=rename.similarity,
            )
    for path in sorted(left):
        yield left[path]


def _name(change: Change) -> str:
    return change.path or change.old_path or ""
