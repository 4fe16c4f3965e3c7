"""What lies on disk, as far as git's own comparison does not tell it.

Git compares by the times and sizes in its index. It leaves out untracked files and
those marked `assume-unchanged` or `skip-worktree`, and where in doubt it reads a file
through the filter programs that the repository's configuration names.
"""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .git import Git, GitFailed
from .regular_files import read_regular

MAX_COMPARED_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of the index, or an untracked one."""

    path: str
    tag: str
    """Of `git ls-files -v`: `?` untracked, `S` skip-worktree, small: assume-unchanged."""
    mode: str = ""
    blob: str | None = None

    @property
    def compared(self) -> bool:
        """Git itself compares it with the disk."""
        return self.tag.isupper() and self.tag != "S"

    @property
    def may_be_absent(self) -> bool:
        """Absence from the disk is no deletion: a sparse checkout."""
        return self.tag in "sS?"

    @property
    def committed_path(self) -> str | None:
        """Its path in the index, which is the commit's where the two do not differ."""
        return None if self.blob is None else self.path


def entries(git: Git) -> Iterator[Entry]:
    """The index, and the untracked files that are not ignored."""
    listing = ("ls-files", "-z", "-v", "--stage", "--cached", "--others", "--exclude-standard")
    for record in git.output(*listing).split(b"\0"):
        if record:
            yield _entry(record.decode("utf-8", "surrogateescape"))


def _entry(record: str) -> Entry:
    tag, rest = record[0], record[2:]
    if tag == "?":
        # An untracked repository within this one ends in a slash.
        return Entry(rest.rstrip("/"), tag)
    details, path = rest.split("\t", 1)
    mode, blob, _stage = details.split(" ")
    return Entry(path, tag, mode, blob)


def without_filters(git: Git) -> Git:
    """The repository read without the programs that its configuration names as filters."""
    try:
        names = git.output("config", "-z", "--name-only", "--get-regexp", r"^filter\.")
    except GitFailed as error:
        if error.returncode == 1:  # there are none
            return git
        raise
    drivers = {name.rpartition(b".")[0] for name in names.split(b"\0") if name}
    off = (("clean", ""), ("process", ""), ("required", "false"))
    return git.configured(
        *(
            (f"{os.fsdecode(driver)}.{key}", value)
            for driver in sorted(drivers)
            for key, value in off
        )
    )


def mode_on_disk(root: Path, path: str) -> str:
    """The mode that git would give to a file, empty where there is none."""
    try:
        found = (root / path).lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return ""
    if stat.S_ISLNK(found):
        return "120000"
    if stat.S_ISDIR(found):
        return "160000"
    return "100755" if found & stat.S_IXUSR else "100644"


def blob_on_disk(root: Path, path: str, like: str) -> str | None:
    """The id of a file's bytes as they lie there, made as the id `like` was made.

    None where it is neither a file nor a link, cannot be read or is over MAX_COMPARED_BYTES.
    """
    import hashlib

    try:
        content = _content(root / path)
    except OSError:
        return None
    digest = hashlib.new("sha256" if len(like) == 64 else "sha1", usedforsecurity=False)
    digest.update(b"blob %d\0" % len(content))
    digest.update(content)
    return digest.hexdigest()


def _content(place: Path) -> bytes:
    """What git would store of a file or a link. Raises OSError for anything else."""
    if place.is_symlink():
        return os.fsencode(os.readlink(place))  # noqa: PTH115 - a Path would normalise it
    return read_regular(place, MAX_COMPARED_BYTES)
