"""A change to what judges, read in a worker: whoever wrote the files may have made that slow."""

from collections.abc import Sequence

from ...errors import IncompleteError
from ...processes import Lost, map_partitions
from ...records.finding import Skipped
from ...records.run import Range, SkippedItem
from ...repository.git import Git
from ...scanners.interface import Context
from ...scanners.targets.sides import Base
from ..judge_changed import JudgeChange, judge_changed
from ..waivers import Waivers
from .reading import JudgePaths, judge_paths, read_judge_files
from .versions import JudgeVersions

LOOK = "look at what the change does to policy, waivers, baseline and CI files"


def change_of_judge(
    git: Git,
    compared: Range,
    bases: Sequence[Base],
    context: Context,
    accepted: str,
    waivers: Waivers,
) -> JudgeChange:
    """What the change does to what judges; a gap where that cannot be read, or not in time."""
    try:
        where = judge_paths(git, compared, bases)
    except IncompleteError as error:
        return _unread(error.message, error.remedy)
    if not where.paths:
        return judge_changed(JudgeVersions(), accepted)
    (answer,) = map_partitions(
        lambda asked: _read(git, compared, asked, accepted, waivers),
        [where],
        workers=1,
        timeout=context.file_timeout,
    )
    if isinstance(answer, Lost):
        return _unread(f"reading {answer.reason}", LOOK, answer.detail)
    return answer


def _read(
    git: Git, compared: Range, where: JudgePaths, accepted: str, waivers: Waivers
) -> JudgeChange:
    try:
        return judge_changed(read_judge_files(git, compared, where), accepted, waivers)
    except IncompleteError as error:
        return _unread(error.message, error.remedy)


def _unread(reason: str, remedy: str, detail: str = "") -> JudgeChange:
    gap = Skipped(what="what judges", reason=reason, detail=detail, remedy=remedy)
    return JudgeChange(gaps=(SkippedItem(skipped=gap),))
