"""The judge files on each side of a change, read from git or, for the working tree, from disk."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import PurePosixPath

from ... import config
from ...errors import IncompleteError
from ...records.run import Range
from ...repository.changes import changes_between
from ...repository.git import Git
from ...repository.objects import Unreadable, entries_at, list_tree, read_blobs
from ...repository.raw_diff import Change
from ...repository.versions import files_with
from ...repository.worktree import blob_on_disk
from ...scanners.targets.disk import Disk
from ...scanners.targets.sides import Base
from .. import baseline_file
from .called import called
from .kinds import Group, JudgeKind, kinds_of, touched
from .places import is_ci_file
from .tables import read_table
from .versions import ABSENT, FOLDER, FileVersions, JudgeVersions, Version

Side = dict[str, Version]
_SPELLINGS = (b"tidegate", b"Tidegate", b"TIDEGATE")
_MANY = 500
"""Paths: more may not fit the command line of git."""
_POLICY_NAMES = frozenset({"tidegate.toml", "tidegate.waivers.toml", "tidegate.baseline"})
_IN_PLACE = re.compile(r"(^|/)(pyproject\.toml|tidegate\.[^/]*)/")
"""A folder that has the name of a file which has to be read."""


@dataclass(frozen=True, slots=True)
class JudgePaths:
    """Where a change may touch judge files."""

    sides: tuple[tuple[Side, Side], ...] = ()
    """Per merge base, what stood at each path and what stands there after the change."""
    at_head: Mapping[str, str] = field(default_factory=dict)
    """What files are called at head that the base branch renamed since."""
    called: Mapping[str, str] = field(default_factory=dict)
    """Files by way of which a pipeline runs Tidegate, and which."""

    @property
    def paths(self) -> set[str]:
        """All of them."""
        return {path for before, after in self.sides for path in (*before, *after)}


def judge_paths(git: Git, compared: Range, bases: Sequence[Base]) -> JudgePaths:
    """Where the change may touch judge files, told by names and by what pipelines call.

    Raises IncompleteError where git cannot be read.
    """
    old = (change.old_path for base in bases for change in base.changes)
    by_way_of = called(git, compared.base_tip, filter(None, old))
    sides = tuple(_sides(git, base.changes, by_way_of) for base in bases)
    names: dict[str, str] = {}
    for base, side in zip(bases, sides, strict=True):
        names |= _follow_renames(git, base, compared.base_tip, side)
    return JudgePaths(sides, names, by_way_of)


def read_judge_files(git: Git, compared: Range, where: JudgePaths) -> JudgeVersions:
    """Every judge file that the change may touch, on each side.

    What is in them may be slow to read. Raises IncompleteError where git cannot be read.
    """
    paths = where.paths
    if not paths:
        return JudgeVersions()
    tip = _at(git, compared.base_tip, sorted({*paths, *config.FILE_NAMES}))
    everything = (_file(path, tip, where) for path in sorted(paths))
    files = [file for file in everything if file.may_change]
    landed = {name: tip.get(name, ABSENT) for name in config.FILE_NAMES}
    landed |= {file.path: file.head for file in files if file.path in landed}
    large = [file for file in files if file.path == baseline_file.NAME]
    sides = [side for file in files if file not in large for side in file.sides]
    data = {
        **_contents(git, [*landed.values(), *sides], config.MAX_BYTES),
        **_contents(git, [side for file in large for side in file.sides], baseline_file.MAX_BYTES),
    }
    whole = tuple(_whole(file, data) for file in files)
    groups = {item.kind.group for item in touched(whole)}
    if not groups:
        return JudgeVersions()
    return JudgeVersions(
        files=whole,
        landed={name: _with_content(version, data) for name, version in landed.items()},
        has_policy=Group.POLICY in groups and _has_policy(git, compared.base_tip),
        runs_in_ci=Group.CI in groups and _runs_in_ci(git, compared.base_tip),
    )


def _sides(git: Git, changes: Iterable[Change], called: Collection[str]) -> tuple[Side, Side]:
    """What stood at the path of each judge file before a change, and what stands there after."""
    before: Side = {}
    after: Side = {}

    @cache
    def judge_paths(path: str | None) -> list[str]:
        return [path] if path and path in called else _judge_paths(path)

    for change in changes:
        for path in judge_paths(change.old_path):
            own = path == change.old_path
            before[path] = Version(change.old_mode, change.old_blob) if own else Version(FOLDER)
        for path in judge_paths(change.path):
            own = path == change.path
            after[path] = _after(git, path, change) if own else Version(FOLDER)
    return before, after


def _follow_renames(git: Git, base: Base, tip: str, sides: tuple[Side, Side]) -> Mapping[str, str]:
    """Take a file that the base branch has made a judge file of since for that one.

    A merge follows the rename, and brings what the change did to the file. Returns what
    each is called at head.
    """
    before, after = sides
    names = {}
    for path, change in _renamed_since(git, base, tip).items():
        if path not in after:
            before[path] = Version(change.old_mode, change.old_blob)
            after[path] = _after(git, change.path or "", change)
            names[path] = change.path or ""
    return names


def _renamed_since(git: Git, base: Base, tip: str) -> dict[str, Change]:
    """Edits of files that the base branch renamed to judge files, by their names there."""
    edited = {c.path: c for c in base.changes if c.path is not None and c.path == c.old_path}
    if not tip or tip == base.commit:
        return {}
    gone = edited.keys() - _at(git, tip, sorted(edited)).keys()
    return {
        moved.path: edited[moved.old_path]
        for moved in (changes_between(git, base.commit, tip) if gone else ())
        if moved.path and moved.old_path in gone and kinds_of(moved.path)
    }


def _judge_paths(path: str | None) -> list[str]:
    """The path where it is a judge file's, and the folders on its way that stand in for one."""
    if path is None:
        return []
    found = [path] if kinds_of(path) else []
    if not _IN_PLACE.search(path):
        return found
    folders = map(str, PurePosixPath(path).parents)
    return found + [folder for folder in folders if any(map(_has_to_be_read, kinds_of(folder)))]


def _has_to_be_read(kind: JudgeKind) -> bool:
    """Whether a gate fails where a folder stands in the place of the file."""
    return kind.group is Group.POLICY and kind.check is not None


def _after(git: Git, path: str, change: Change) -> Version:
    if change.blob is not None:
        return Version(change.mode, change.blob)
    limit = baseline_file.MAX_BYTES if path == baseline_file.NAME else config.MAX_BYTES
    disk = Disk(git.root, limit)
    blob = blob_on_disk(git.root, path, like="0" * 40)
    return _filled(Version(change.mode, blob), disk.file(path))


def _at(git: Git, commit: str, paths: Sequence[str]) -> Side:
    if not commit:
        return {}
    if len(paths) <= _MANY:
        found = entries_at(git, commit, paths)
    else:
        wanted = frozenset(paths)
        found = {entry.path: entry for entry in list_tree(git, commit) if entry.path in wanted}
    return {path: Version(entry.mode, entry.blob) for path, entry in found.items()}


def _file(path: str, tip: Side, where: JudgePaths) -> FileVersions:
    """A merge base from which nothing changed at the path has there what head has."""
    sides = where.sides
    differs = [path in before or path in after for before, after in sides]
    _, changed = sides[differs.index(True)]
    head = changed.get(path, ABSENT)
    bases = (
        before.get(path, ABSENT) if other else head
        for (before, _), other in zip(sides, differs, strict=True)
    )
    return FileVersions(
        path=path,
        tip=tip.get(path, ABSENT),
        head=head,
        bases=tuple(bases),
        at_head=where.at_head.get(path, ""),
        called_by=where.called.get(path, ""),
    )


def _contents(
    git: Git, versions: Iterable[Version], limit: int
) -> Mapping[str, bytes | Unreadable]:
    return read_blobs(git, [v.blob for v in versions if _is_wanted(v) and v.blob], limit)


def _is_wanted(version: Version) -> bool:
    return version.mode.startswith("100") and version.data is None and not version.problem


def _with_content(version: Version, data: Mapping[str, bytes | Unreadable]) -> Version:
    return _filled(version, data.get(version.blob or "")) if _is_wanted(version) else version


def _filled(version: Version, content: bytes | Unreadable | None) -> Version:
    if isinstance(content, bytes):
        return replace(version, data=content)
    return replace(version, problem=content.reason if content else "not a regular file")


def _whole(file: FileVersions, data: Mapping[str, bytes | Unreadable]) -> FileVersions:
    return replace(
        file,
        tip=_with_content(file.tip, data),
        head=_with_content(file.head, data),
        bases=tuple(_with_content(base, data) for base in file.bases),
    )


def _has_policy(git: Git, commit: str) -> bool:
    """Whether anything at the base tip says how to judge, in any folder."""
    if not commit:
        return False
    found = {entry.path: entry for entry in list_tree(git, commit)}
    if any(PurePosixPath(path).name in _POLICY_NAMES for path in found):
        return True
    project = found.get("pyproject.toml")
    if project is None:
        return False
    data = read_blobs(git, [project.blob], config.MAX_BYTES)[project.blob]
    try:
        return not isinstance(data, bytes) or bool(read_table(data, "tool", "tidegate"))
    except (ValueError, RecursionError):
        return True


def _runs_in_ci(git: Git, commit: str) -> bool:
    """Whether a CI file of the base tip names Tidegate; yes where that cannot be known."""
    try:
        return any(map(is_ci_file, files_with(git, commit, _SPELLINGS)))
    except IncompleteError:
        return True
