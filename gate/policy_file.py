"""The policy as the tip of the base branch has it: a branch cannot bring its own."""

from collections.abc import Mapping

from .. import config
from ..repository.git import Git
from ..repository.objects import read_path


def settings_at(
    git: Git, commit: str, *, flags: Mapping[str, object], env: Mapping[str, str]
) -> config.Configuration:
    """The settings in force for a gate whose base tip is `commit`.

    Raises ConfigError where the file there is broken.
    """
    found = {}
    for name in config.FILE_NAMES:
        data = read_path(git, commit, name) if commit else None
        if data is not None:
            found[name] = data
    name, table = config.choose_file(found)
    where = f"{name} at {commit[:12]}" if name else ""
    return config.resolve(flags=flags, env=env, file=table, file_name=where)
