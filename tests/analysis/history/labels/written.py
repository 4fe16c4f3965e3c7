"""Histories written down as records, for what is computed from them."""

from collections.abc import Mapping, Sequence

from tidegate.records.history import Change, Commit, CommitDiff, FileChange, Hunk, TracedHunk

DAY = 86_400
Lines = Sequence[str]


def sha(name: str) -> str:
    """A full id that begins with hexadecimal digits of a name."""
    return (name.encode().hex() * 20)[:40]


def edit(path: str, removed: Lines = (), added: Lines = (), status: str = "M") -> FileChange:
    body = "".join([*(f"-{line}\n" for line in removed), *(f"+{line}\n" for line in added)])
    hunk = Hunk(1, len(removed), 1, len(added), body.encode())
    counts = (len(added), len(removed))
    return FileChange(status, path, path, "o", "n", "100644", "100644", False, *counts, (hunk,))


def commit(name: str, message: str = "work", *, day: float = 0, parents: Lines = ()) -> Commit:
    time = int(day * DAY)
    return Commit(sha(name), tuple(sha(each) for each in parents), "0" * 16, time, time, message)


def landed(number: int, made: Commit, *files: FileChange, before: Sequence[Commit] = ()) -> Change:
    """A change of one commit, or of a merge with the commits it brings."""
    diffs = tuple(CommitDiff(each, ()) for each in before)
    return Change(number, made, (*diffs, CommitDiff(made, files)), files)


def traced(file: FileChange, *origins: str) -> TracedHunk:
    return TracedHunk(file, file.hunks[0], tuple(sha(each) if each else "" for each in origins))


def shares(found: Mapping[str, float]) -> dict[str, float]:
    """Shares by the first letter that the ids were made of."""
    return {bytes.fromhex(key[:2]).decode(): round(share, 2) for key, share in found.items()}
