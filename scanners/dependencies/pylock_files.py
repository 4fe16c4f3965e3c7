"""A PEP 751 lock (pylock.toml) to pins and gaps."""

import re
import tomllib
from itertools import pairwise

from packaging.utils import canonicalize_name

from ...records.finding import Skipped
from .pins import Dependencies, Pin, gap
from .requirements_lines import PROJECT_ITSELF, shown

LOCK_MAJOR = 1
_NOT_UNDERSTOOD = "lock file not understood"
_LOCK_REMEDY = "write the lock again with the tool that made it"
_HEADER = re.compile(r"^\s*\[\[\s*packages\s*\]\]", re.MULTILINE)


def read_pylock(data: bytes, path: str) -> Dependencies:
    """Every package of the lock with a version, whatever its marker; the rest as Skipped."""
    try:
        text = data.decode()
        lock = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        detail = f"no TOML: {type(error).__name__}"
        return _unread(path, _NOT_UNDERSTOOD, detail, _LOCK_REMEDY)
    version = lock.get("lock-version")
    if not isinstance(version, str) or version.partition(".")[0] != str(LOCK_MAJOR):
        detail = f"lock-version is {version!r}, not {LOCK_MAJOR}.x"
        return _unread(path, "lock version unknown", detail, "lock for version 1.0 of PEP 751")
    packages = lock.get("packages")
    if not isinstance(packages, list):
        return _unread(path, _NOT_UNDERSTOOD, "it has no list of packages", _LOCK_REMEDY)
    lines = _lines(text, packages)
    read = [_package(package, path, line) for package, line in zip(packages, lines, strict=True)]
    return Dependencies(
        tuple(each for each in read if isinstance(each, Pin)),
        tuple(each for each in read if isinstance(each, Skipped)),
    )


def _unread(path: str, reason: str, detail: str, remedy: str) -> Dependencies:
    return Dependencies((), (gap(path, reason, detail=detail, remedy=remedy),))


def _package(package: object, path: str, line: int) -> Pin | Skipped | None:
    """The pin of one entry, a gap, or None for the project that is locked."""
    raw = repr(package)
    if not isinstance(package, dict) or not isinstance(package.get("name"), str):
        return gap(
            path,
            _NOT_UNDERSTOOD,
            name=f"line {line}",
            detail="no name",
            remedy=_LOCK_REMEDY,
            raw=raw,
        )
    name = canonicalize_name(package["name"])
    version = package.get("version")
    if isinstance(version, str) and version:
        return Pin(name, version, path, line, conditional="marker" in package)
    if version is not None:
        detail = "its version is no text"
        return gap(path, _NOT_UNDERSTOOD, name=name, detail=detail, remedy=_LOCK_REMEDY, raw=raw)
    source = _source(package)
    if source in PROJECT_ITSELF:
        return None
    return gap(
        path,
        "dependency without a version",
        name=name,
        detail=shown(source),
        remedy="lock a release of it, or review it by hand",
        raw=raw,
    )


def _source(package: dict[str, object]) -> str:
    """Where a package without a version comes from, as written; empty where that is unsaid."""
    for kind in ("vcs", "directory", "archive"):
        table = package.get(kind)
        if isinstance(table, dict):
            place = table.get("url", table.get("path"))
            # Only a folder can be the project itself.
            if isinstance(place, str) and (kind == "directory" or place not in PROJECT_ITSELF):
                return place
    return ""


def _lines(text: str, packages: list[object]) -> list[int]:
    """The line of each package's name; of its header, else 1, where the text is unusual."""
    headers = [match.start() for match in _HEADER.finditer(text)]
    if len(headers) != len(packages):
        return [_first_line(text, package) for package in packages]
    breaks = _Breaks(text)
    tables = pairwise([*headers, len(text)])
    return [
        breaks.line(_name_at(text, package, start, end))
        for package, (start, end) in zip(packages, tables, strict=True)
    ]


def _name_at(text: str, package: object, start: int, end: int) -> int:
    name = package.get("name") if isinstance(package, dict) else None
    pattern = re.compile(rf"^\s*name\s*=\s*[\"']{re.escape(str(name))}[\"']", re.MULTILINE)
    match = pattern.search(text, start, end)
    return match.end() if match else start


def _first_line(text: str, package: object) -> int:
    name = package.get("name") if isinstance(package, dict) else None
    match = re.search(rf"\bname\s*=\s*[\"']{re.escape(str(name))}[\"']", text)
    return text.count("\n", 0, match.end()) + 1 if match else 1


class _Breaks:
    """Line numbers of offsets that only grow, in one pass over the text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._offset = 0
        self._line = 1

    def line(self, offset: int) -> int:
        self._line += self._text.count("\n", self._offset, offset)
        self._offset = offset
        return self._line
