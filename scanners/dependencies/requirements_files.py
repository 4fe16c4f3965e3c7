"""A requirements file, and those it includes, to pins and gaps."""

import posixpath
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from ...records.finding import Skipped
from ..interface import Target
from .addresses import shown
from .pins import Dependencies, IndexOption, Pin, Stray, gap
from .requirements_lines import Entry, Include, Unpinned, decoded, entries

MAX_FILES = 200
"""Files one requirements file may lead to."""

_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+:", re.IGNORECASE)
_COPY_REMEDY = "keep what it includes in the repository, under a relative path"


@dataclass(frozen=True, slots=True)
class _Step:
    """A file to read, and by way of which files it was reached."""

    path: str
    constraint: bool = False
    ancestors: tuple[str, ...] = ()


def read_requirements(target: Target, path: str, max_bytes: int) -> Dependencies:
    """Every pin of the file and of those it includes with -r and -c; the rest as Skipped.

    Included files are read from `target` only, up to `max_bytes` each. A requirement
    without a version is settled by an unconditional pin of the same name anywhere in these
    files; a constraint without one installs nothing and is no gap.
    """
    found = list(_walk(target, path, max_bytes))
    said = [entry for _step, entry in found]
    settled = {each.name for each in said if isinstance(each, Pin) and not each.conditional}
    skipped = [each for each in said if isinstance(each, Skipped)]
    skipped += [
        entry.gap
        for step, entry in found
        if isinstance(entry, Unpinned) and not step.constraint and entry.name not in settled
    ]
    return Dependencies(
        tuple(dict.fromkeys(each for each in said if isinstance(each, Pin))),
        tuple(dict.fromkeys(skipped)),
        tuple(dict.fromkeys(each for each in said if isinstance(each, Stray))),
        tuple(dict.fromkeys(each for each in said if isinstance(each, IndexOption))),
    )


def _walk(target: Target, path: str, max_bytes: int) -> Iterator[tuple[_Step, Entry]]:
    """Every entry of every file, each file once as requirements and once as constraints."""
    pending = deque([_Step(path)])
    seen: set[tuple[str, bool]] = set()
    while pending:
        step = pending.popleft()
        if (step.path, step.constraint) in seen:
            continue
        if len(seen) == MAX_FILES:
            yield step, gap(path, "too many included files", detail=f"more than {MAX_FILES}")
            return
        seen.add((step.path, step.constraint))
        for entry in _read(target, step, max_bytes):
            if isinstance(entry, Include):
                entry_or_step = _follow(entry, step)
                if isinstance(entry_or_step, _Step):
                    pending.append(entry_or_step)
                    continue
                entry = entry_or_step  # noqa: PLW2901 - the include became a gap
            yield step, entry


def _read(target: Target, step: _Step, max_bytes: int) -> Iterator[Entry]:
    """The entries of one file, or the reason why it cannot be read."""
    try:
        data = target.read(step.path)
    except OSError:
        # The gap is where the file is asked for: where it should stand there is nothing.
        if step.ancestors:
            asking = step.ancestors[-1]
            yield gap(asking, "included file not found", name=step.path, remedy=_COPY_REMEDY)
        else:
            yield gap(step.path, "file not found")
        return
    if len(data) > max_bytes:
        yield gap(step.path, "file too large", remedy="raise max-file-bytes, or split the file")
        return
    try:
        for _number, entry in entries(decoded(data), step.path):
            yield entry
    except (UnicodeError, LookupError) as error:
        yield gap(
            step.path, "file not decodable", detail=type(error).__name__, remedy="save it as UTF-8"
        )


def _follow(include: Include, step: _Step) -> _Step | Skipped:
    """The next file, or why the include is not followed."""
    if _ADDRESS.match(include.file):
        return _not_followed(include, step, "included file not in the tree", _COPY_REMEDY)
    path = posixpath.normpath(posixpath.join(posixpath.dirname(step.path), include.file))
    if path.startswith(("/", "../")) or path in ("..", ".") or "\0" in path:
        return _not_followed(include, step, "included file not in the tree", _COPY_REMEDY)
    ancestors = (*step.ancestors, step.path)
    if path in ancestors:
        return _not_followed(include, step, "requirements include each other", "break the circle")
    return _Step(path, include.constraint or step.constraint, ancestors)


def _not_followed(include: Include, step: _Step, reason: str, remedy: str) -> Skipped:
    option = "-c" if include.constraint else "-r"
    return gap(
        step.path,
        reason,
        name=f"{option} {shown(include.file)}",
        remedy=remedy,
        raw=f"{option} {include.file}",
    )
