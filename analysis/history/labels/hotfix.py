"""Hotfixes: a change that is mended at once, in the very files that it touched."""

from collections.abc import Iterable

from ....records.history import Change, Label
from ..messages import Said
from ..paths import is_product

HOTFIX = "hotfix"
HASTY, PLAIN_FIX = 0.5, 0.3
"""Confidence where the subject tells of haste, and where it speaks of a fault only."""
DEFAULT_WINDOW = 7 * 86_400.0
"""Seconds within which a fix is a hotfix, until the project's reverts tell better."""


class LastTouched:
    """The last change of every file of the product."""

    def __init__(self) -> None:
        self.changes: dict[str, int] = {}
        """The number of the last change of each path."""
        self.landed: list[tuple[str, int]] = []
        """The commit of each change, and when it landed."""

    def add(self, change: Change) -> None:
        """Hear of the next change that landed."""
        number = len(self.landed)
        self.landed.append((change.commit.sha, change.commit.commit_time))
        for file in change.files:
            if file.status == "R":
                self.changes.pop(file.old_path, None)
            self.changes[file.path] = number

    def hotfixed(self, change: Change, said: Said, window: float) -> Label | None:
        """The label that a fix gives to the one change that last touched all its files.

        None where several did, where that is over `window` seconds ago, where a revert or a
        cause is named, and where it is no fix.
        """
        if not said.is_fix or said.reverts or said.introduced_in:
            return None
        found = self._one_before(file.old_path for file in change.files if is_product(file.path))
        if found is None:
            return None
        sha, time = self.landed[found]
        if not 0 <= change.commit.commit_time - time <= window:
            return None
        confidence = HASTY if said.is_hasty else PLAIN_FIX
        return Label(sha, HOTFIX, change.commit.commit_time, confidence, change.commit.sha)

    def _one_before(self, paths: Iterable[str]) -> int | None:
        numbers = {self.changes.get(path) for path in paths}
        return numbers.pop() if len(numbers) == 1 else None
