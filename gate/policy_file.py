"""The settings where a file holds them: for a gate the tip of the base branch alone counts."""

import errno
from collections.abc import Mapping, Sequence
from pathlib import Path

from .. import config
from ..errors import IncompleteError
from ..repository.git import Git
from ..repository.objects import TOO_LARGE, Unreadable, entries_at, read_blobs
from ..repository.regular_files import read_regular
from .waiver_entries import FILE_NAME, read_waivers
from .waivers import Waiver


def settings_at(
    git: Git, commit: str, *, flags: Mapping[str, object], env: Mapping[str, str]
) -> config.Configuration:
    """The settings in force for a gate whose base tip is `commit`.

    Without a commit, before the first one, there is no file. Raises ConfigError where the
    file there is broken or is no regular file, and IncompleteError where git does not have
    its content.
    """
    at = f" at {commit[:12]}"
    name, table = config.choose_file(files_at(git, commit, config.FILE_NAMES), at)
    return config.resolve(flags=flags, env=env, file=table, file_name=name + at)


def waivers_at(git: Git, commit: str) -> tuple[Waiver, ...]:
    """The entries of the waivers file at the base tip; the rest as with `settings_at`."""
    data = files_at(git, commit, (FILE_NAME,)).get(FILE_NAME, b"")
    return read_waivers(data, f" at {commit[:12]}")


def files_at(git: Git, commit: str, names: Sequence[str]) -> dict[str, bytes]:
    """Files of a commit that decide; nothing that stands under their names is ignored.

    Raises ConfigError and IncompleteError as `settings_at` does.
    """
    at = f" at {commit[:12]}"
    entries = entries_at(git, commit, names) if commit else {}
    for name, entry in entries.items():
        if not entry.is_file:
            raise config.unreadable(name + at, "not a regular file")
    blobs = read_blobs(git, [entry.blob for entry in entries.values()], config.MAX_BYTES)
    return {name: _content(name + at, blobs[entry.blob]) for name, entry in entries.items()}


def _content(where: str, data: bytes | Unreadable) -> bytes:
    if isinstance(data, bytes):
        return data
    if data.reason == TOO_LARGE:
        raise config.unreadable(where, data.reason)
    raise IncompleteError(
        f"{where} cannot be read: {data.reason}", "fetch the whole history, without --filter"
    )


def settings_in(folder: Path) -> tuple[str, dict[str, object]]:
    """Name and settings of the configuration file in a folder of the file system.

    Raises ConfigError where one is broken, a link, a folder, or cannot be read.
    """
    found = {}
    for name in config.FILE_NAMES:
        try:
            found[name] = read_regular(folder / name, config.MAX_BYTES)
        except FileNotFoundError:
            continue
        except OSError as error:
            link = error.errno == errno.ELOOP
            reason = "a symbolic link" if link else error.strerror or str(error)
            raise config.unreadable(name, reason) from error
    return config.choose_file(found)
