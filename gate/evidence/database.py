"""The advisory database has to come from elsewhere than the change that is judged with it."""

from pathlib import Path

from ...errors import UsageError
from ...repository.git import Git
from ...repository.objects import entries_at
from ..origin import paths_in_checkout

FOLDER = "040000"
"""Git's mode of one: that holds nothing of the file itself."""


def refuse_committed(git: Git, commit: str, database: Path) -> None:
    """Raises UsageError where `commit` holds the database, or a link that leads to it."""
    paths = sorted(paths_in_checkout(database, git.root) - {"."})
    found = entries_at(git, commit, paths) if paths and commit and not git.bare else {}
    if any(path in found and found[path].mode != FOLDER for path in paths):
        raise UsageError(
            f"the advisory database {database} is part of the repository: the change could have "
            "written it",
            "keep it outside of the repository, and name it with --database or TIDEGATE_DATABASE",
        )
