"""What landed, oldest first, from two runs of git that are read while they are at work."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

from ...errors import IncompleteError
from ...records.history import Change, Commit, CommitDiff, FileChange
from ..git import Git, GitFailed
from ..streamed import streamed, without_worktree
from .commits import Landing, RawCommit, landings, read_commits
from .mailmap import Mailmap
from .patches import OPTIONS, Patch, parse_patches

SETTINGS = (
    # Thrice as much saves no time, and both runs have such a cache.
    ("core.deltaBaseCacheLimit", "32m"),
    ("core.packedGitWindowSize", "16m"),
    ("core.packedGitLimit", "64m"),
    # What is larger is compared as if it were binary: a line by line comparison holds it thrice.
    ("core.bigFileThreshold", "8m"),
    ("core.attributesFile", "/dev/null"),
)
SQUASHED = ("diff-tree", "--stdin", "-r", "--raw", "-M100%", "--no-abbrev", "--always")
BATCH = 10_000
"""Commits that one git reads: it forgets none of them, and the next one begins empty."""
MAX_UNREADABLE = 50
"""Commits that cannot be read: with more of them the history is as good as absent."""
MISSING = "objects of the commit are missing or corrupt"
SHALLOW = "the clone is shallow: what came before is not in it"


@dataclass(frozen=True, slots=True)
class History:
    """What is to be read: the commits that landed since one that was read before."""

    git: Git
    """Without a work tree."""
    landed: tuple[Landing, ...]
    commits: dict[str, RawCommit]
    """Those that are still to be read: each leaves when it lands."""
    boundary: frozenset[str] = frozenset()
    """Commits of a shallow clone whose parents are not in it."""

    @property
    def size(self) -> int:
        """How many commits are to be read."""
        return sum(len(landing.commits) for landing in self.landed)


def open_history(git: Git, tip: str, since: str = "") -> History | None:
    """The history of `tip`, a full id, after `since`, which was read before.

    None where `since` is not on the first-parent line of `tip`: history was rewritten. Raises
    GitFailed where commits are missing.
    """
    stored = without_worktree(git).configured(*SETTINGS)
    commits = read_commits(stored, tip, since)
    landed = landings(commits, tip, since)
    return None if landed is None else History(stored, landed, commits, _boundary(stored))


def read_changes(
    history: History, mailmap: Mailmap, first_number: int = 0
) -> Generator[Change, None, None]:
    """What landed, numbered from `first_number`, oldest first; a history is read once.

    A change with a commit whose content is not there says so in `skipped`. Raises
    IncompleteError where that goes for more than MAX_UNREADABLE commits.
    """
    order = [sha for landing in history.landed for sha in landing.commits]
    merges = [
        f"{landing.tip.sha} {landing.tip.parents[0]}"
        for landing in history.landed
        if len(landing.tip.parents) > 1
    ]
    asked = ("diff-tree", "--stdin", *OPTIONS)
    with (
        closing(_patches(history.git, asked, order)) as patches,
        closing(_patches(history.git, SQUASHED, merges)) as squashed,
    ):
        for number, landing in enumerate(history.landed, first_number):
            read = [next(patches) for _ in landing.commits]
            commits = [history.commits.pop(sha).read(mailmap) for sha in landing.commits]
            is_merge = len(landing.tip.parents) > 1
            whole = next(squashed) if is_merge else read[-1]
            yield _change(number, commits, read, whole, history.boundary)


def _change(
    number: int,
    commits: Sequence[Commit],
    patches: Sequence["Patch | None"],
    whole: "Patch | None",
    boundary: frozenset[str],
) -> Change:
    skipped = MISSING if whole is None or None in patches else ""
    if boundary.intersection(commit.sha for commit in commits):
        skipped = SHALLOW
    diffs = tuple(
        CommitDiff(commit, patch.files, patch.merged) if patch else CommitDiff(commit)
        for commit, patch in zip(commits, patches, strict=True)
    )
    files: tuple[FileChange, ...] = whole.files if whole else ()
    return Change(number, commits[-1], diffs, files, skipped)


def _patches(
    git: Git, asked: Sequence[str], order: Sequence[str]
) -> Generator[Patch | None, None, None]:
    """The patch of each commit of `order`; None where git died of it."""
    at = failures = 0
    while at < len(order):
        try:
            for patch in _run(git, asked, order[at : at + BATCH]):
                yield patch
                at += 1
        except GitFailed as error:
            failures += 1
            if failures > MAX_UNREADABLE or not error.stderr:
                raise IncompleteError(
                    f"the history cannot be read: {error.message}",
                    "fetch all of it: `git fetch --refetch --no-filter`, `git fsck`",
                ) from error
            yield None
            at += 1


def _run(git: Git, asked: Sequence[str], order: Sequence[str]) -> Iterator[Patch]:
    """The patches of one run of git, each once it is known to be whole."""
    given = (
        "".join(f"{line}\n" for line in order[n : n + 1000]).encode("ascii")
        for n in range(0, len(order), 1000)
    )
    last: Patch | None = None
    with streamed(git, *asked, stdin=given) as stream:
        for patch, expected in zip(parse_patches(stream.pieces()), order, strict=False):
            if last:
                yield last
            if not expected.startswith(patch.sha) or (last and last.cut):
                raise IncompleteError(
                    f"git's patches are not those of {expected:.40}", "report this as a bug"
                )
            last = patch
    if last is None or last.cut:
        raise GitFailed("git said nothing of a commit", stderr="nothing")
    yield last


def _boundary(git: Git) -> frozenset[str]:
    if not git.shallow:
        return frozenset()
    return frozenset((git.root / "shallow").read_text("ascii").split())
