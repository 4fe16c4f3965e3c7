"""The policy where files hold it: for a gate the tip of the base branch alone counts."""

import errno
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .. import config
from ..errors import IncompleteError
from ..repository.git import Git
from ..repository.objects import TOO_LARGE, Unreadable, entries_at, read_blobs
from ..repository.regular_files import read_regular
from .policies.layers import (
    THRESHOLDS,
    Layer,
    folder_layers,
    is_stricter,
    other_layer,
    repository_layer,
    tightened,
)
from .policies.lines import ConfigFile, choose_file, read_file
from .policies.tightening import refuse_laxer

FOLDER_FILE = "tidegate.toml"
ORGANISATION = "organisation-policy"


@dataclass(frozen=True, slots=True)
class InForce:
    """What decides a gate: the settings, and the layers of the policy but for the folders'."""

    configuration: config.Configuration = config.DEFAULTS
    layers: tuple[Layer, ...] = ()

    @property
    def settings(self) -> config.Settings:
        """The settings in force."""
        return self.configuration.settings


def policy_at(
    git: Git, commit: str, *, flags: Mapping[str, object], env: Mapping[str, str]
) -> InForce:
    """The policy in force for a gate whose base tip is `commit`.

    Raises UsageError where a flag or a variable lets more pass than it; the rest as
    `settings_at`.
    """
    return _in_force(_root_file(git, commit), git.root, flags, env)


def _in_force(
    file: ConfigFile, checkout: Path, flags: Mapping[str, object], env: Mapping[str, str]
) -> InForce:
    found = config.resolve(flags=flags, env=env, file=file.settings, file_name=file.name)
    refuse_laxer(found, file.settings, file.name)
    from_env = [text for name, text in env.items() if config.key_of(name) == ORGANISATION]
    names = (file.settings.get(ORGANISATION), *from_env, flags.get(ORGANISATION))
    layers = []
    for name in dict.fromkeys(str(name) for name in names if name):
        from .policies.organisation import organisation_file

        other = organisation_file(name, checkout)
        layers.append(other_layer(other, config.Settings()))
        found = _tightened(found, other)
    return InForce(found, (repository_layer(found, file), *layers))


def _tightened(found: config.Configuration, file: ConfigFile) -> config.Configuration:
    """The settings with what the organisation wants tighter; its thresholds are a layer."""
    table = {key: value for key, value in file.settings.items() if key not in THRESHOLDS}
    settings = tightened(found.settings, table)
    mine = {key: file.name for key in table if is_stricter(key, settings, found.settings)}
    return config.Configuration(settings, {**found.origins, **mine})


def with_folders(git: Git, commit: str, policy: InForce, paths: Iterable[str]) -> tuple[Layer, ...]:
    """The layers, with those of the folders that some paths are in, as of the base tip.

    Raises as `settings_at` does.
    """
    at = f" at {commit[:12]}"
    files = {}
    for some in _chunks(_folders(paths)):
        names = [f"{folder}/{FOLDER_FILE}" for folder in some]
        for name, data in files_at(git, commit, names).items():
            folder = name.removesuffix(f"/{FOLDER_FILE}")
            files[folder] = read_file(name, data, at, folder)
    return (*policy.layers, *folder_layers(files, policy.settings))


def _folders(paths: Iterable[str]) -> list[str]:
    """Every folder on the way to some paths, but for the root."""
    found: set[str] = set()
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder and folder not in found:
            found.add(folder)
            folder = folder.rpartition("/")[0]
    return sorted(found)


def _chunks(folders: Sequence[str]) -> Iterator[Sequence[str]]:
    """So many as fit the command line of git."""
    return (folders[start : start + 500] for start in range(0, len(folders), 500))


def settings_at(
    git: Git, commit: str, *, flags: Mapping[str, object], env: Mapping[str, str]
) -> config.Configuration:
    """The settings that a file of `commit`, flags and variables give.

    Without a commit, before the first one, there is no file. Raises ConfigError where the
    file there is broken or is no regular file, and IncompleteError where git does not have
    its content.
    """
    file = _root_file(git, commit)
    return config.resolve(flags=flags, env=env, file=file.settings, file_name=file.name)


def _root_file(git: Git, commit: str) -> ConfigFile:
    return choose_file(files_at(git, commit, config.FILE_NAMES), f" at {commit[:12]}")


def files_at(
    git: Git, commit: str, names: Sequence[str], max_bytes: int = config.MAX_BYTES
) -> dict[str, bytes]:
    """Files of a commit that decide; nothing that stands under their names is ignored.

    Raises ConfigError and IncompleteError as `settings_at` does.
    """
    at = f" at {commit[:12]}"
    entries = entries_at(git, commit, names) if commit and names else {}
    for name, entry in entries.items():
        if not entry.is_file:
            raise config.unreadable(name + at, "not a regular file")
    blobs = read_blobs(git, [entry.blob for entry in entries.values()], max_bytes)
    return {name: _content(name + at, blobs[entry.blob]) for name, entry in entries.items()}


def _content(where: str, data: bytes | Unreadable) -> bytes:
    if isinstance(data, bytes):
        return data
    if data.reason == TOO_LARGE:
        raise config.unreadable(where, data.reason)
    raise IncompleteError(
        f"{where} cannot be read: {data.reason}", "fetch the whole history, without --filter"
    )


def policy_in(folder: Path, env: Mapping[str, str]) -> InForce:
    """Every policy of a folder as it is now, hidden folders left out.

    Raises as `policy_at` and `file_in` do.
    """
    policy = _in_force(file_in(folder), folder, {}, env)
    files = {}
    for place, below, names in os.walk(folder):
        below[:] = sorted(name for name in below if not name.startswith("."))
        inside = Path(place).relative_to(folder).as_posix()
        if FOLDER_FILE in names and inside != ".":
            data = _read(Path(place) / FOLDER_FILE, f"{inside}/{FOLDER_FILE}")
            files[inside] = read_file(f"{inside}/{FOLDER_FILE}", data, folder=inside)
    layers = folder_layers(files, policy.settings)
    return InForce(policy.configuration, (*policy.layers, *layers))


def settings_in(folder: Path) -> tuple[str, dict[str, object]]:
    """Name and settings of the configuration file in a folder; raises as `file_in`."""
    file = file_in(folder)
    return file.name, dict(file.settings)


def file_in(folder: Path) -> ConfigFile:
    """The configuration file in a folder of the file system.

    Raises ConfigError where one is broken, a link, a folder, or cannot be read.
    """
    found = {}
    for name in config.FILE_NAMES:
        try:
            found[name] = _read(folder / name, name)
        except FileNotFoundError:
            continue
    return choose_file(found)


def _read(path: Path, name: str) -> bytes:
    try:
        return read_regular(path, config.MAX_BYTES)
    except FileNotFoundError:
        raise
    except OSError as error:
        link = error.errno == errno.ELOOP
        reason = "a symbolic link" if link else error.strerror or str(error)
        raise config.unreadable(name, reason) from error
