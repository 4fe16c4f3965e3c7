"""What git ignores in a checkout: untracked files that its ignore rules match."""

import os
from collections.abc import Sequence
from pathlib import Path

from .. import processes
from ..errors import UsageError
from .git import Git, GitFailed, Runner, unusable

LISTING = ("ls-files", "--others", "--ignored", "--exclude-standard", "--directory", "-z")


def checkout_around(folder: Path) -> Path | None:
    """The top of the checkout that a folder is in, as far as a `.git` tells."""
    return next((top for top in (folder, *folder.parents) if os.path.lexists(top / ".git")), None)


def ignored_in(
    top: Path,
    below: Sequence[str] = (),
    within: Path | None = None,
    run: Runner = processes.run,
) -> list[str]:
    """Files and folders of the checkout at `top` that git ignores, as paths from there.

    A folder in which nothing else lies stands for all of it, and what lies in it may be told
    too. Nothing that is tracked is among them, and nothing of a checkout within this one but
    that one as a whole. `below` narrows the answer to some paths from `top`, and to the ignored
    folders they lie in. `within` is a tree around it of which no program is run either. Raises
    UsageError, with a remedy, where git does not answer.
    """
    try:
        listed = Git(top, run=run, within=within).output(*LISTING, "--", *below)
    except GitFailed as error:
        if "not a git repository" in error.stderr:
            raise UsageError(f"{top / '.git'} is no repository", "mend or remove it") from error
        raise unusable(top, error) from error
    return [os.fsdecode(name).rstrip("/") for name in listed.split(b"\0") if name]
