"""The index as the head of a change: what a commit made now would hold."""

from collections.abc import Mapping
from dataclasses import replace

from ..errors import UsageError
from ..records.run import Range
from .git import Git, GitFailed
from .objects import Unreadable, read_blobs
from .ranges import resolve_range


def with_index_of(git: Git, env: Mapping[str, str]) -> Git:
    """The repository read with the index that `git commit` hands to its hooks."""
    return replace(git, index=env.get("GIT_INDEX_FILE", ""))


def staged_range(git: Git, *, base: str | None, head: str, env: Mapping[str, str]) -> Range:
    """The range from HEAD, or from its merge bases with `base`, to the index.

    Before the first commit that is the empty tree. Raises what `resolve_range` raises, and
    UsageError where there is no index.
    """
    if git.bare:
        raise UsageError(f"{git.root} has no index", "drop --staged")
    if head != "HEAD":
        raise UsageError("the index stands on HEAD, not on another head", "drop --head")
    _check_index(git)
    if base is None and _is_unborn(git):
        return Range(base_ref="nothing", base_origin="staged", merge_bases=("",), staged=True)
    found = resolve_range(git, base="HEAD" if base is None else base, env=env)
    origin = "staged" if base is None else found.base_origin
    return replace(found, staged=True, base_origin=origin)


def _check_index(git: Git) -> None:
    """Without its file git takes the index for an empty one. Raises UsageError."""
    named = git.index or git.output("rev-parse", "--git-path", "index").decode().rstrip("\n")
    if not (git.root / named).exists() and git.output("rev-list", "--max-count=1", "--all"):
        raise UsageError(f"there is no index at {named}", "make it: git reset --mixed")


def _is_unborn(git: Git) -> bool:
    """Whether HEAD names a branch that has no commit yet."""
    try:
        git.output("rev-parse", "--quiet", "--verify", "HEAD")
    except GitFailed:
        try:
            branch = git.output("symbolic-ref", "--quiet", "HEAD").strip()
        except GitFailed:
            return False
        return not git.output("for-each-ref", "--end-of-options", branch.decode("utf-8"))
    return False


def read_staged(git: Git, path: str, max_bytes: int) -> bytes | Unreadable | None:
    """The content of one file of the index, None where there is no such regular file."""
    record = git.output("ls-files", "-z", "--stage", "--", path).split(b"\0")[0]
    details, _, name = record.partition(b"\t")
    if name.decode("utf-8", "surrogateescape") != path or not details.startswith(b"100"):
        return None
    blob = details.split(b" ")[1].decode("ascii")
    return read_blobs(git, (blob,), max_bytes)[blob]
