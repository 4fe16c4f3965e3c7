"""What git says of two sides, file by file: `--raw -z` records to `Change`."""

from collections.abc import Iterator
from dataclasses import dataclass

from ..errors import IncompleteError

NO_MODE = "000000"


@dataclass(frozen=True, slots=True)
class Change:
    """One file that differs. An added file has no old path, a deleted one no new path."""

    path: str | None
    """POSIX, from the top; bytes that are not UTF-8 stand as surrogate escapes."""
    old_path: str | None
    mode: str
    """As git writes it: 100644, 100755, 120000 or 160000; empty where there is no path."""
    old_mode: str
    blob: str | None
    """None for content that is on disk only; the commit, for a submodule."""
    old_blob: str | None
    similarity: int | None = None
    """Per cent, for a renamed file."""


def parse_raw_diff(output: bytes) -> Iterator[Change]:
    """The records of `git diff-tree --raw -z` and its kin, in git's order.

    Raises IncompleteError where the output is cut or of another format.
    """
    fields = iter(output.removesuffix(b"\0").split(b"\0") if output else [])
    for head in fields:
        try:
            yield _change(head.decode("ascii"), fields)
        except (ValueError, IndexError, StopIteration) as error:
            raise IncompleteError(
                f"git's list of changes cannot be read at {head!r:.80}", "report this as a bug"
            ) from error


def _change(head: str, fields: Iterator[bytes]) -> Change:
    old_mode, mode, old_blob, blob, status = head.removeprefix(":").split(" ")
    old_path = path = _path(next(fields))
    renamed = status[0] in "RC"
    if renamed:
        path = _path(next(fields))
    added = old_mode == NO_MODE
    deleted = mode == NO_MODE
    return Change(
        path=None if deleted else path,
        old_path=None if added else old_path,
        mode="" if deleted else mode,
        old_mode="" if added else old_mode,
        blob=_known(blob),
        old_blob=_known(old_blob),
        similarity=int(status[1:]) if renamed else None,
    )


def _path(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape")


def _known(blob: str) -> str | None:
    return blob if blob.strip("0") else None
