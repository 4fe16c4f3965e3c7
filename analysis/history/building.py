"""Bring what is known of a history up to its tip: new commits are read, and no others."""

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from ...records.history import Change
from ...repository.git import Git, GitFailed
from ...repository.history.mailmap import parse_mailmap
from ...repository.history.stream import History, open_history, read_changes
from .labels.labeller import Labeller
from .replay import Landed, Replay
from .state import State, open_state
from .state_file import restart

STEP = 5000
"""Commits after which what is known is written down."""
MAILMAP = ".mailmap"
MAX_MAILMAP = 1 << 20
"""Bytes: what is longer is no mail map."""


@dataclass(frozen=True, slots=True)
class Updated:
    """What was done to bring the state up to date."""

    tip: str
    changes: int
    """Changes that were read now."""
    commits: int
    """Commits that were read now."""
    skipped: int
    """Of the changes, those whose content could not be read."""
    unknown: int
    """Versions of files whose lines have no known origin."""
    rebuilt: bool
    """There was none before, or what it held is not the past of this tip."""


def update(
    git: Git,
    tip: str,
    place: Path,
    *,
    now: int,
    on_landed: Callable[[Landed], None] = lambda _landed: None,
    step: int = STEP,
    labels: bool = True,
) -> Updated:
    """Read what landed on `tip`, a full id, since `place` was last written; write it there.

    `now` is in seconds since the epoch. Each `step` commits what is known is written, so that an
    interrupted run goes on from there. Without `labels` no change is held to have done harm, and
    no fault is counted. Raises GitFailed where commits are missing, and
    IncompleteError where another run writes `place`.
    """
    content = mailmap_of(git, tip)
    state = open_state(place, f"{blake2b(content, digest_size=16).hexdigest()} {labels}")
    try:
        labeller = state.labeller()
        history = _since(git, tip, state.tip) if state.tip and labeller else None
        rebuilt = history is None
        if history is None:
            restart(state.database)
            labeller = Labeller()
            history = open_history(git, tip)
        if history is None:
            raise GitFailed(f"{tip} is not in the repository")
        replay = state.replay(now)
        replay.labeller = labeller if labels else None
        changes = read_changes(history, parse_mailmap(content), state.changes)
        size = history.size
        with _without_collector():
            skipped = _take(state, replay, changes, on_landed, step)
        unknown = replay.origins.unknown
        return Updated(tip, len(history.landed), size, skipped, unknown, rebuilt)
    finally:
        state.database.close()


def mailmap_of(git: Git, tip: str) -> bytes:
    """The mail map of a commit; empty where it has none."""
    try:
        return git.output("cat-file", "blob", "--end-of-options", f"{tip}:{MAILMAP}")[:MAX_MAILMAP]
    except GitFailed:
        return b""


def _since(git: Git, tip: str, last: str) -> History | None:
    """What landed since; None where that commit is gone or is not on the way to the tip."""
    try:
        return open_history(git, tip, last)
    except GitFailed:
        return None


@contextmanager
def _without_collector() -> Iterator[None]:
    """Records hold no cycles: looking for some, again and again, is a tenth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _take(
    state: State,
    replay: Replay,
    changes: Iterable[Change],
    on_landed: Callable[[Landed], None],
    step: int,
) -> int:
    """Take in the changes, writing them down each `step` commits; how many were skipped."""
    skipped = saved = 0
    last: Change | None = None
    for last in changes:
        landed = replay.land(last)
        state.add(landed, replay)
        on_landed(landed)
        skipped += bool(last.skipped)
        if len(replay.roll.entries) - saved >= step:
            saved = len(replay.roll.entries)
            state.save(replay, last.commit.sha, last.number + 1)
    if last:
        state.save(replay, last.commit.sha, last.number + 1)
    return skipped
