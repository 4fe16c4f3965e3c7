"""The file that holds a baseline: a header, then an entry a line, sorted, and all of it ASCII.

It is read as a set of lines, so that git's `merge=union` makes a sound baseline of two.
"""

import json
import re
from collections.abc import Iterable
from pathlib import Path

from .. import config
from ..errors import ConfigError
from ..records.finding import Level
from ..records.fingerprint import VERSION, defect_of
from ..repository.git import Git
from ..repository.regular_files import read_regular
from .baseline import Entry, as_set
from .policy_file import files_at

NAME = "tidegate.baseline"
SCHEMA = "tidegate/baseline/1"
MAX_BYTES = 64 * 1024 * 1024
MERGING = f"{NAME} merge=union"
"""The line of .gitattributes with which merges of it never conflict."""
_HEADER = {"schema": SCHEMA, "code": VERSION}
_MARKERS = ("<<<<<<<", "|||||||", "=======", ">>>>>>>")
_LEVELS = {level.value: level for level in Level}
_COLUMNS = "[path, tool, rule, scope, code, severity, confidence, occurrence]"
_DIGEST = re.compile(r"[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}")


def written(entries: Iterable[Entry]) -> str:
    """The text of a baseline file."""
    lines = sorted({json.dumps(_row(entry)) for entry in as_set(entries)})
    return "".join(f"{line}\n" for line in (json.dumps(_HEADER), *lines))


def _row(entry: Entry) -> list[str | int]:
    code = [entry.path, entry.tool, entry.rule, entry.scope, entry.code]
    return [*code, entry.severity, entry.confidence, entry.occurrence]


def read(data: bytes, where: str = NAME) -> tuple[Entry, ...]:
    """The entries of a baseline file; `where` it stands is told in errors.

    Raises ConfigError, with the line, for anything that is no baseline of this version:
    neither would all findings be new then, nor none.
    """
    lines = data.split(b"\n")
    _check_header(lines[0], where)
    rows = ((number, line) for number, line in enumerate(lines[1:], 2) if line.strip())
    header = lines[0].strip()
    return as_set(_entry(line, f"{where}, line {n}") for n, line in rows if line.strip() != header)


def _check_header(line: bytes, where: str) -> None:
    try:
        header: object = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError):
        header = None
    if header == _HEADER:
        return
    if isinstance(header, dict) and str(header.get("schema")).startswith("tidegate/baseline/"):
        why = f"{where}, line 1: it was written by another version of Tidegate"
        raise ConfigError(why, "make it anew with `tidegate baseline create`")
    raise ConfigError(f"{where}, line 1: it does not begin as a baseline does", _remedy())


def _remedy() -> str:
    return f"mend the line, or make the file anew; its first line is {json.dumps(_HEADER)}"


def _entry(line: bytes, where: str) -> Entry:
    try:
        text = line.decode("utf-8")
        row: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        if line.startswith(tuple(marker.encode() for marker in _MARKERS)):
            remedy = f"keep the lines of both sides; `{MERGING}` in .gitattributes does so"
            raise ConfigError(f"{where} is left over from a merge", remedy) from error
        raise ConfigError(f"{where} is not valid JSON", "take the line out") from error
    if not isinstance(row, list) or len(row) != 8 or not all(map(_is_text, row[:7])):
        raise ConfigError(f"{where} is not of the form {_COLUMNS}", "take the line out")
    path, tool, rule, scope, code, severity, confidence, occurrence = row
    _check_place(path, code, where)
    if severity not in _LEVELS or confidence not in _LEVELS:
        raise ConfigError(f"{where}: a rating is not one of {', '.join(_LEVELS)}", _remedy())
    if type(occurrence) is not int or not 0 <= occurrence < 2**31:
        raise ConfigError(f"{where}: the occurrence is not a whole number from 0", _remedy())
    return Entry(
        path=path,
        tool=tool,
        rule=rule,
        scope=scope,
        code=code,
        severity=_LEVELS[severity],
        confidence=_LEVELS[confidence],
        occurrence=occurrence,
    )


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _check_place(path: str, code: str, where: str) -> None:
    if "\0" in path or not {"", ".", ".."}.isdisjoint(path.split("/")):
        raise ConfigError(f"{where}: the path is not one inside of the tree", _remedy())
    if code and not _DIGEST.fullmatch(code):
        raise ConfigError(f"{where}: the code is not a digest of 24 hexadecimal digits", _remedy())


def is_only_less(old: bytes, new: bytes) -> bool:
    """Whether one baseline is another without some of its entries, so that more is new with it.

    No entry that goes may have the code of one with another rating: what is graver than the
    first, and so new, would be known to the second. False where either is broken.
    """
    try:
        before, after = set(read(old)), set(read(new))
    except ConfigError:
        return False
    gone = {_same_code(entry) for entry in before - after}
    ratings = {
        (_same_code(entry), entry.tool, entry.severity, entry.confidence)
        for entry in before
        if _same_code(entry) in gone
    }
    return after < before and len(ratings) == len(gone)


def _same_code(entry: Entry) -> tuple[str, ...]:
    return *defect_of(entry.tool, entry.rule), entry.code


def baseline_at(git: Git, commit: str) -> tuple[Entry, ...]:
    """The entries of the file of a commit, none where it has no such file.

    Raises ConfigError as `read` does, and where it is no regular file; IncompleteError where
    git does not have its content.
    """
    found = files_at(git, commit, (NAME,), MAX_BYTES).get(NAME)
    return () if found is None else read(found, f"{NAME} at {commit[:12]}")


def baseline_in(path: Path) -> tuple[Entry, ...]:
    """The entries of a file of the file system.

    Raises ConfigError as `read` does, and where it is a link, a folder or not to be read;
    FileNotFoundError where nothing is there.
    """
    try:
        data = read_regular(path, MAX_BYTES)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise config.unreadable(str(path), error.strerror or str(error)) from error
    return read(data, str(path))
