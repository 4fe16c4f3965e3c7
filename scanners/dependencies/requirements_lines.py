"""One requirements file, line by line, through pip's own grammar."""

import codecs
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import TemporaryFile

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
from .addresses import PROJECT_ITSELF, shown
from .locks.entries import FROM_ELSEWHERE, source_of
from .pins import Artifact, IndexOption, Pin, Stray, gap

PIN_REMEDY = "pin it with ==, or audit a lock (pylock.toml) made from this file"
NOT_UNDERSTOOD = "requirement line not understood"


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


Entry = Pin | Unpinned | Include | IndexOption | Stray | Skipped | NothingToAudit

_INDEX_OPTIONS = {
    "index_url": "--index-url",
    "extra_index_urls": "--extra-index-url",
    "find_links": "--find-links",
    "trusted_hosts": "--trusted-host",
    "no_index": "--no-index",
}
"""By the library's name of an option."""


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
        yield from _options(line, place)
    elif isinstance(line, CommentRequirementLine):
        yield NothingToAudit()
    elif isinstance(line, InstallRequirement):
        yield from _requirement(line, place)
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


def _options(line: OptionLine, place: _Place) -> Iterator[Entry]:
    found: list[Entry] = [
        Include(str(file), constraint=key == "constraints")
        for key in ("requirements", "constraints")
        for file in line.options.get(key, [])
    ]
    for key, option in _INDEX_OPTIONS.items():
        given = line.options.get(key)
        # A flag has no argument.
        for argument in given if isinstance(given, list) else [given] if given else []:
            text = "" if argument is True else str(argument)
            found.append(IndexOption(option, text, place.path, place.number))
    yield from found or [NothingToAudit()]


def _requirement(line: InstallRequirement, place: _Place) -> Iterator[Entry]:
    requirement = line.req
    name = canonicalize_name(requirement.name) if requirement else ""
    if line.link is not None:
        address = str(line.link.url)
        yield from _direct_reference(address, name or shown(address), place)
        return
    if requirement is None:
        yield _not_understood(place)
        return
    exact = {
        specifier.version
        for specifier in requirement.specifier
        if specifier.operator == "==="
        or (specifier.operator == "==" and not specifier.version.endswith(".*"))
    }
    if len(exact) == 1:
        yield Pin(
            name,
            exact.pop(),
            place.path,
            place.number,
            conditional=line.marker is not None,
            artifacts=tuple(Artifact(digest=str(digest)) for digest in line.hash_options),
        )
        return
    yield Unpinned(
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


def _direct_reference(address: str, name: str, place: _Place) -> Iterator[Entry]:
    if address in PROJECT_ITSELF:
        yield NothingToAudit()
        return
    yield Stray(name, source_of(address), place.path, place.number)
    yield gap(
        place.path,
        FROM_ELSEWHERE,
        name=name,
        detail=shown(address),
        remedy="depend on a pinned release of it, or review it by hand",
        raw=place.text,
    )
