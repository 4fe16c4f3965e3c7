"""What decides: policy, waivers and baseline as the tip of the base branch holds them."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from ..errors import ConfigError, IncompleteError
from ..records.finding import Skipped
from ..records.run import Judged, Mode, Range, SkippedItem
from ..repository.changes import changes_between
from ..repository.git import Git
from ..repository.objects import entries_at
from .baseline import Entry
from .baseline_file import NAME as BASELINE
from .baseline_file import baseline_at
from .decision import former_paths, gaps, judged, judged_gaps, places
from .evidence.content_ids import content_ids
from .evidence.gathering import Evidence
from .imports.records import ImportedEvidence
from .policies.layers import Layer
from .policy_file import FOLDER_FILE, InForce, policy_at, with_folders
from .waiver_entries import FILE_NAME as WAIVERS
from .waiver_file import waivers_at
from .waivers import Waivers, waived, waived_gaps

_OWN_FILES = frozenset({FOLDER_FILE, WAIVERS, BASELINE})


@dataclass(frozen=True, slots=True)
class Judge:
    """All of it; the defaults alone where it is not known."""

    policy: InForce = field(default_factory=InForce)
    waivers: Waivers = field(default_factory=Waivers)
    baseline: Sequence[Entry] = ()

    @property
    def mode(self) -> Mode:
        """Whether the verdict decides the exit code."""
        return self.policy.settings.mode


def judge_at(
    git: Git, tip: str, *, flags: Mapping[str, object], env: Mapping[str, str], now: float
) -> Judge:
    """That of a gate whose base tip is `tip`, at a time in seconds since the epoch.

    Raises ConfigError where a file of it is broken, UsageError where a flag or a variable lets
    more pass than it, and IncompleteError where git does not have its content.
    """
    policy = policy_at(git, tip, flags=flags, env=env)
    days = policy.settings.waiver_max_days
    return Judge(policy, waivers_at(git, tip, now, days), baseline_at(git, tip))


def judge_of(
    git: Git, compared: Range, *, flags: Mapping[str, object], env: Mapping[str, str], now: float
) -> Judge:
    """What decides on a change: what its base tip holds.

    Where that is broken and the change does nothing but mend it, the defaults do: it blocks
    as any change of what judges, until that is accepted. Raises as `judge_at` does.
    """
    try:
        return judge_at(git, compared.base_tip, flags=flags, env=env, now=now)
    except ConfigError:
        if not _touches_judge_alone(git, compared):
            raise
        with suppress(ConfigError):
            judge_at(git, compared.head, flags=flags, env=env, now=now)
            return judge_at(git, "", flags=flags, env=env, now=now)
        raise


def _touches_judge_alone(git: Git, compared: Range) -> bool:
    """Whether a change of commits touches files in which nothing else is said, and no others."""
    if compared.worktree or compared.staged:
        return False
    changes = [
        each for base in compared.merge_bases for each in changes_between(git, base, compared.head)
    ]
    paths = {path for each in changes for path in (each.path, each.old_path) if path}
    if not paths or not paths <= _OWN_FILES:
        return False
    left = sorted(_OWN_FILES - paths)
    # What the base branch broke since is not mended by a change that never saw it.
    return entries_at(git, compared.base_tip, left) == entries_at(git, compared.head, left)


def decided(
    judge: Judge,
    git: Git,
    compared: Range,
    evidence: Evidence,
    said: ImportedEvidence,
    more: Sequence[Skipped] = (),
) -> tuple[list[Judged], list[SkippedItem]]:
    """Every finding and every gap with its decision: the policy's first, then the waivers'.

    `more` is what else was not looked at.
    """
    unseen = [*gaps(evidence), *said.gaps, *map(_gap, more)]
    layers, unread = _layers(judge, git, compared, places(evidence, unseen, said.sources))
    findings = judged(evidence, layers, said.sources, said.fixed, judge.waivers.today)
    skipped = judged_gaps(evidence, [*unseen, *unread], layers)
    id_of = content_ids(git, evidence.compared, compared.head)
    former = former_paths(evidence)
    let_pass = waived_gaps(skipped, judge.waivers, id_of, former)
    return waived(findings, judge.waivers, id_of), let_pass


def _layers(
    judge: Judge, git: Git, compared: Range, paths: Collection[str]
) -> tuple[Sequence[Layer], list[SkippedItem]]:
    """The policy with that of the folders that matter; what of it could not be read is a gap."""
    try:
        return with_folders(git, compared.base_tip, judge.policy, paths), []
    except IncompleteError as error:
        gap = Skipped(what="policy of a folder", reason=error.message, remedy=error.remedy)
        return judge.policy.layers, [_gap(gap)]


def _gap(skipped: Skipped) -> SkippedItem:
    return SkippedItem(skipped=skipped)
