"""Which files judge, what of each counts, and what is broken about one."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from ... import config
from ..baseline_file import read
from ..policies.layers import THRESHOLDS, check_keys
from ..policies.lines import read_file
from ..waiver_entries import read_waivers
from .differences import of_lines, of_text
from .places import is_ci_file, is_lock, is_pins
from .tables import read_table, words_of
from .versions import FileVersions, Version


class Group(StrEnum):
    """Who obeys a file."""

    POLICY = "policy"
    CI = "ci"
    FOREIGN = "foreign"
    """Another tool does, and Tidegate does not."""


Meaning = str | bytes | None
"""What of a file counts; None where nothing of it does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeKind:
    """One row of the table of judge files."""

    what: str
    """What the file is, as a sentence goes on: 'the settings'."""
    group: Group
    is_one: Callable[[str], bool]
    """Whether a path, POSIX from the top, is one of this kind."""
    meaning: Callable[[bytes], Meaning]
    """Raises ValueError for what cannot be read: then all of it counts."""
    words: Callable[[bytes, bytes], list[str]]
    """What is different, in words that hold no text of the file which may be a secret."""
    check: Callable[[str, bytes], object] | None = None
    """Takes path and content; raises ConfigError where every later gate would fail."""

    def counts(self, version: Version) -> Meaning | tuple[str, ...]:
        """What of one version counts: two that count the same judge the same."""
        if not version.mode or (version.is_no_file and self.group is not Group.POLICY):
            return None
        if version.data is None:
            return version.raw
        try:
            meaning = self.meaning(version.data)
        except (ValueError, RecursionError):
            return version.raw
        return version.raw if meaning == version.data else meaning


def _is(*names: str) -> Callable[[str], bool]:
    """Whether a path is one of `names`, at the top."""
    return lambda path: path in names


def _is_called(name: str) -> Callable[[str], bool]:
    """Whether a path is of that name, in any folder."""
    return lambda path: path.rpartition("/")[2] == name


def _table(*keys: str) -> Callable[[bytes], Meaning]:
    """What a TOML file says under `keys`, whatever its layout and the order of its keys."""

    def meaning(data: bytes) -> Meaning:
        table = read_table(data, *keys)
        # Not compared as values: True and 1 are equal, and not the same setting.
        return json.dumps(table, sort_keys=True, default=repr) if table else None

    return meaning


def _whole_table(data: bytes) -> Meaning:
    """As `_table`; a file that is empty is still one."""
    return _table()(data) or "{}"


def _project(data: bytes) -> Meaning:
    """What [tool.tidegate] says; all of a file that holds a policy where none is read."""
    if config.has_misplaced_policy(read_table(data)):
        return data
    return _table("tool", "tidegate")(data)


def _naming_tidegate(data: bytes) -> Meaning:
    """All of a file that names Tidegate, under whatever case."""
    return data if b"tidegate" in data.lower() else None


def _lines_naming_tidegate(data: bytes) -> Meaning:
    lines = [line for line in data.splitlines() if b"tidegate" in line.lower()]
    return b"\n".join(lines) if lines else None


def _values_naming_tidegate(data: bytes) -> Meaning:
    """The tasks and pins of a project file that name Tidegate, each with its keys."""
    if b"tidegate" not in data.lower():
        return None
    found = sorted(line for line in _leaves(read_table(data)) if "tidegate" in line.casefold())
    own = ("tool tidegate ", "tool bandit ")
    return "\n".join(line for line in found if not line.startswith(own)) or None


def _leaves(value: object, keys: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, below in value.items():
            yield from _leaves(below, f"{keys}{key} ")
    elif isinstance(value, list):
        for below in value:
            yield from _leaves(below, keys)
    elif isinstance(value, str):
        yield keys + json.dumps(value)


def _locked_tidegate(data: bytes) -> Meaning:
    """What a lock, or a Pipfile, says of the package Tidegate."""
    if b"tidegate" not in data.lower():
        return None
    table: object = json.loads(data) if data.lstrip().startswith(b"{") else read_table(data)
    found = sorted(json.dumps(entry, sort_keys=True, default=repr) for entry in _entries(table))
    return "\n".join(found) or None


def _entries(value: object) -> Iterator[object]:
    """Tables with the name of Tidegate, and what stands under it as a key."""
    if isinstance(value, dict):
        if str(value.get("name")).casefold() == "tidegate":
            yield value
        for key, below in value.items():
            yield from [below] if key.casefold() == "tidegate" else _entries(below)
    elif isinstance(value, list):
        for below in value:
            yield from _entries(below)


def _all(data: bytes) -> Meaning:
    return data


def _settings(path: str, data: bytes) -> object:
    folder, _, _ = path.rpartition("/")
    file = read_file(path, data, folder=folder)
    if folder:
        check_keys(file, THRESHOLDS, "a folder's file holds lines and thresholds only")
    return file


KINDS: tuple[JudgeKind, ...] = (
    JudgeKind(
        what="settings",
        group=Group.POLICY,
        is_one=_is_called("tidegate.toml"),
        meaning=_whole_table,
        words=words_of(),
        check=_settings,
    ),
    JudgeKind(
        what="settings",
        group=Group.POLICY,
        is_one=_is("pyproject.toml"),
        meaning=_project,
        words=words_of("tool", "tidegate"),
        check=_settings,
    ),
    JudgeKind(
        what="waivers",
        group=Group.POLICY,
        is_one=_is("tidegate.waivers.toml"),
        meaning=_whole_table,
        words=words_of(),
        check=lambda _name, data: read_waivers(data),
    ),
    JudgeKind(
        what="the baseline",
        group=Group.POLICY,
        is_one=_is("tidegate.baseline"),
        meaning=_all,
        words=of_lines,
        check=lambda _name, data: read(data),
    ),
    JudgeKind(
        what="the lock of the models",
        group=Group.POLICY,
        is_one=_is("tidegate.models.lock"),
        meaning=_all,
        words=of_lines,
    ),
    JudgeKind(
        what="how git merges what judges",
        group=Group.POLICY,
        is_one=_is_called(".gitattributes"),
        meaning=_lines_naming_tidegate,
        words=of_text,
    ),
    JudgeKind(
        what="what runs Tidegate",
        group=Group.CI,
        is_one=is_ci_file,
        meaning=_naming_tidegate,
        words=of_text,
    ),
    JudgeKind(
        what="which Tidegate runs",
        group=Group.CI,
        is_one=is_pins,
        meaning=_lines_naming_tidegate,
        words=of_text,
    ),
    JudgeKind(
        what="which Tidegate runs",
        group=Group.CI,
        is_one=is_lock,
        meaning=_locked_tidegate,
        words=of_text,
    ),
    JudgeKind(
        what="what runs Tidegate",
        group=Group.CI,
        is_one=_is_called("pyproject.toml"),
        meaning=_values_naming_tidegate,
        words=of_text,
    ),
    JudgeKind(
        what="bandit's configuration",
        group=Group.FOREIGN,
        is_one=_is("pyproject.toml"),
        meaning=_table("tool", "bandit"),
        words=words_of("tool", "bandit"),
    ),
    JudgeKind(
        what="bandit's configuration",
        group=Group.FOREIGN,
        is_one=_is(".bandit", ".bandit.yml", ".bandit.yaml", "bandit.yml", "bandit.yaml"),
        meaning=_all,
        words=of_lines,
    ),
)
"""Every kind of judge file. A path may be of several kinds: each counts for itself."""


CALLED = JudgeKind(
    what="what runs Tidegate by way of other files",
    group=Group.CI,
    is_one=lambda _path: False,
    meaning=_all,
    words=of_text,
)
"""A file that a pipeline calls, or one that calls it: known by what stands in others."""


def kinds_of(path: str) -> list[JudgeKind]:
    """The rows of the table that a path falls under."""
    return [kind for kind in KINDS if kind.is_one(path)]


@dataclass(frozen=True, slots=True)
class Touched:
    """One judge file, as one of its kinds, that would judge otherwise."""

    file: FileVersions
    kind: JudgeKind

    @property
    def is_first(self) -> bool:
        """Whether nothing of it judged before."""
        before = (self.file.tip, *self.file.bases)
        return all(self.kind.counts(version) is None for version in before)


def touched(files: Iterable[FileVersions]) -> list[Touched]:
    """The files of which something else may count once the change has landed."""
    return [item for file in files if file.may_change for item in _touched(file)]


def _touched(file: FileVersions) -> list[Touched]:
    kinds = kinds_of(file.path)
    found = [kind for kind in kinds if len({kind.counts(each) for each in file.sides}) > 1]
    if file.called_by and not any(kind.group is Group.CI for kind in found):
        found.append(CALLED)
    return [Touched(file, kind) for kind in found]
