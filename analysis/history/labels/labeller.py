"""Labels of a whole history, from one pass over its changes in the order they landed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from ....records.history import Change, Commit, CommitDiff, FileChange, Hunk, Label, TracedHunk
from ..exclusions import is_bulk
from ..messages import OBJECT_ID, Said, read_message
from ..paths import is_product
from .formatting import is_format_commit
from .hotfix import DEFAULT_WINDOW, LastTouched
from .maturity import DAY, LEAST_LABELS
from .mentions import REVERT, Ancestry, blamed, label
from .restored import RemovedLines
from .szz import ALL_FILTERS, Filters, culprits

SZZ = "szz"
SZZ_CONFIDENCE = 0.5
"""That a commit to which all of a fix's lines are traced is its cause."""
IGNORED_REVISIONS = ".git-blame-ignore-revs"
HOTFIX_SHARE = 0.5
"""Of the reverts of a project, so many come within the window of its hotfixes."""


class Labeller:
    """Hears of every change, the oldest first, and tells which labels each one gives.

    Each label depends on what came before its evidence alone, so that history cut at any change
    gives the same labels up to there.
    """

    def __init__(self) -> None:
        self.ancestry = Ancestry()
        self.removed = RemovedLines()
        self.touched = LastTouched()
        self.landed: dict[str, int] = {}
        """When each commit landed, in seconds since the epoch."""
        self.reverted_after: list[int] = []
        """Seconds from landing to revert."""
        self.passed_over: set[str] = set()
        """Commits that are never held to be a cause: bulk, looks alone, told to be ignored."""

    def see(self, change: Change, traced: Mapping[str, Sequence[TracedHunk]]) -> list[Label]:
        """The labels that a change gives to commits that landed before it.

        `traced` holds, by commit, the hunks of its fixes that remove lines.
        """
        time = change.commit.commit_time
        found: dict[tuple[str, str], Label] = {}
        for diff in change.diffs:
            said = read_message(diff.commit.message)
            for each in self._of_commit(diff, said, traced.get(diff.commit.sha, ()), time):
                before = found.get((each.sha, each.source))
                if before is None or before.confidence < each.confidence:
                    found[each.sha, each.source] = each
            self.remember(diff, said)
        labels = [
            replace(each, time=max(each.time, self.landed[each.sha]))
            for each in found.values()
            if each.sha in self.landed
        ]
        hot = self.touched.hotfixed(
            change, read_message(change.commit.message), self._hotfix_window()
        )
        self._land(change, labels)
        return labels + ([hot] if hot else [])

    def _of_commit(
        self, diff: CommitDiff, said: Said, traced: Sequence[TracedHunk], time: int
    ) -> list[Label]:
        commit = diff.commit
        told = [label(blame, commit.sha, time) for blame in blamed(said, self.ancestry)]
        if told or not said.is_fix or is_bulk(diff.files):
            return told
        if not any(is_product(file.path) for file in diff.files):
            return told
        shares = self.traced_to(diff, traced)
        return [
            Label(sha, SZZ, time, round(SZZ_CONFIDENCE * share, 3), commit.sha)
            for sha, share in shares.items()
        ]

    def traced_to(
        self,
        diff: CommitDiff,
        traced: Sequence[TracedHunk],
        filters: Filters = ALL_FILTERS,
    ) -> dict[str, float]:
        """Each earlier commit that SZZ finds behind a fix, with its share of the lines."""
        return culprits(
            traced, _added(diff.files), self.removed.removers, self.passed_over, filters
        )

    def remember(self, diff: CommitDiff, said: Said) -> None:
        """Know a commit, for those that come after it."""
        self.ancestry.add(diff.commit, said)
        self.removed.add(diff)
        if is_bulk(diff.files) or is_format_commit(diff.files):
            self.passed_over.add(diff.commit.sha)
        for file in diff.files:
            if file.path == IGNORED_REVISIONS:
                self.passed_over.update(_listed(file))

    def _hotfix_window(self) -> float:
        """Seconds in which a mend is a hotfix, from how soon this project reverts."""
        known = self.reverted_after
        if len(known) < LEAST_LABELS:
            return DEFAULT_WINDOW
        return min(30.0 * DAY, max(DAY, sorted(known)[int(HOTFIX_SHARE * (len(known) - 1))]))

    def _land(self, change: Change, labels: Iterable[Label]) -> None:
        for each in labels:
            if each.source == REVERT:
                self.reverted_after.append(each.time - self.landed[each.sha])
        for diff in change.diffs:
            self.landed[diff.commit.sha] = change.commit.commit_time
        self.touched.add(change)


def wants_origins(commit: Commit) -> bool:
    """Whether the lines that a commit removes are to be traced: it is a fix, and no merge."""
    return not commit.is_merge and read_message(commit.message).is_fix


def _added(files: Iterable[FileChange]) -> list[tuple[FileChange, Hunk]]:
    return [(file, hunk) for file in files for hunk in file.hunks if hunk.new_count]


def _listed(file: FileChange) -> list[str]:
    """The commits that a file of revisions to ignore gained."""
    lines = [line for hunk in file.hunks for line in hunk.added]
    ids = (line.split(b"#")[0].strip().decode("ascii", "replace") for line in lines)
    return [sha for sha in ids if OBJECT_ID.fullmatch(sha)]
