"""The policy as the tip of the base branch has it: a branch cannot bring its own."""

from collections.abc import Mapping

from .. import config
from ..repository.git import Git
from ..repository.objects import read_paths


def settings_at(
    git: Git, commit: str, *, flags: Mapping[str, object], env: Mapping[str, str]
) -> config.Configuration:
    """The settings in force for a gate whose base tip is `commit`.

    Raises ConfigError where the file there is broken.
    """
    files = read_paths(git, commit, config.FILE_NAMES)
    found = {name: data for name, data in files.items() if data is not None}
    at = f" at {commit[:12]}"
    name, table = config.choose_file(found, at)
    return config.resolve(flags=flags, env=env, file=table, file_name=name + at)
