"""One requirements file, line by line, through pip's own grammar."""

import codecs
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import TemporaryFile
from urllib.parse import urlsplit

from packaging.utils import canonicalize_name
from pip_requirements_parser import (
    ENCODING_RE,
    CommentRequirementLine,
    InstallRequirement,
    OptionLine,
    RequirementsFile,
    auto_decode,
)

from ...records.finding import Skipped
from .pins import Pin, gap

PROJECT_ITSELF = (".", "./")
PIN_REMEDY = "pin it with ==, or audit a lock (pylock.toml) made from this file"
NOT_UNDERSTOOD = "requirement line not understood"

_TOKEN_LIKE = re.compile(r"(?=.*[0-9])[\w-]{20,}")


@dataclass(frozen=True, slots=True)
class Unpinned:
    """A requirement that leaves its version open, unless another line settles it."""

    name: str
    gap: Skipped


@dataclass(frozen=True, slots=True)
class Include:
    """`-r` or `-c`, with its argument as written."""

    file: str
    constraint: bool


@dataclass(frozen=True, slots=True)
class NothingToAudit:
    """A comment, an option, the project itself."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A logical line: file, number of its first line, and the text without its comment."""

    path: str
    number: int
    text: str


Entry = Pin | Unpinned | Include | Skipped | NothingToAudit


def decoded(data: bytes) -> str:
    """The text as pip reads it: byte order mark, then coding comment, then UTF-8.

    Raises UnicodeError or LookupError.
    """
    start = data.split(b"\n", 2)[:2]
    has_coding = any(line.startswith(b"#") and ENCODING_RE.search(line) for line in start)
    if has_coding or data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return str(auto_decode(data))
    return data.decode("utf-8-sig")


def entries(text: str, path: str) -> Iterator[tuple[int, Entry]]:
    """What each logical line holds, with the number of its first line; none is left out.

    A line may hold several entries. Raises UnicodeError for text with lone surrogates.
    """
    # The mark keeps the library from choosing another encoding.
    with _readable(codecs.BOM_UTF8 + text.encode()) as name:
        for line in RequirementsFile.parse(name):
            place = _Place(path, int(line.line_number), str(line.line))
            for entry in _entries_of(line, place):
                yield place.number, entry


@contextmanager
def _readable(data: bytes) -> Iterator[str]:
    """A name under which this process can open `data`, and which a killed one does not leave.

    The library reads from files only, and requirements may hold credentials: they stand in
    memory, or where the platform has no such files, in one that is unlinked from the start.
    """
    has_memory_files = hasattr(os, "memfd_create")
    file = os.fdopen(os.memfd_create("r"), "w+b") if has_memory_files else TemporaryFile()  # noqa: SIM115 - closed below
    with file:
        file.write(data)
        file.flush()
        file.seek(0)
        yield f"/dev/fd/{file.fileno()}"


def _entries_of(line: object, place: _Place) -> Iterator[Entry]:
    if isinstance(line, OptionLine) and line.options:
        yield from _options(line)
    elif isinstance(line, CommentRequirementLine):
        yield NothingToAudit()
    elif isinstance(line, InstallRequirement):
        yield _requirement(line, place)
    else:
        yield _not_understood(place)


def _not_understood(place: _Place) -> Skipped:
    # The line itself is not shown: it may hold credentials in any form.
    return gap(
        place.path,
        NOT_UNDERSTOOD,
        name=f"line {place.number}",
        remedy="write it as pip's documentation says",
        raw=place.text,
    )


def _options(line: OptionLine) -> Iterator[Entry]:
    included: list[Entry] = [
        Include(str(file), constraint=key == "constraints")
        for key in ("requirements", "constraints")
        for file in line.options.get(key, [])
    ]
    yield from included or [NothingToAudit()]


def _requirement(line: InstallRequirement, place: _Place) -> Entry:
    requirement = line.req
    name = canonicalize_name(requirement.name) if requirement else ""
    if line.link is not None:
        address = str(line.link.url)
        return _direct_reference(address, name or shown(address), place)
    if requirement is None:
        return _not_understood(place)
    exact = {
        specifier.version
        for specifier in requirement.specifier
        if specifier.operator == "==="
        or (specifier.operator == "==" and not specifier.version.endswith(".*"))
    }
    if len(exact) == 1:
        conditional = line.marker is not None
        return Pin(name, exact.pop(), place.path, place.number, conditional=conditional)
    return Unpinned(
        name,
        gap(
            place.path,
            "dependency not pinned",
            name=name,
            detail=f"{name}{requirement.specifier}",
            remedy=PIN_REMEDY,
            raw=place.text,
        ),
    )


def _direct_reference(address: str, name: str, place: _Place) -> Entry:
    if address in PROJECT_ITSELF:
        return NothingToAudit()
    return gap(
        place.path,
        "dependency from an address or a path",
        name=name,
        detail=shown(address),
        remedy="depend on a pinned release of it, or review it by hand",
        raw=place.text,
    )


def shown(address: str) -> str:
    """An address without what may be a secret: user, query, fragment, token-like folders."""
    if "://" not in address:
        return "an address" if "@" in address or "?" in address else address
    try:
        parts = urlsplit(address)
    except ValueError:
        return "an address"
    folders = ["***" if _TOKEN_LIKE.fullmatch(part) else part for part in parts.path.split("/")]
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{'/'.join(folders)}"
