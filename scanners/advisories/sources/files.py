"""Whatever file or folder was named, to the values in it: JSON, YAML, EPSS scores.

What a file holds decides, not what it is called; only YAML is known by its ending.
"""

import json
import lzma
import os
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from ....errors import UsageError
from .containers import archive_members, folder_members, gunzipped
from .epss import looks_like_epss, read_epss
from .limits import BrokenFile, Limits, check_total
from .yaml_documents import read_yaml

YAML_ENDINGS = (".yaml", ".yml")
_REMEDY = (
    "give OSV records (JSON, JSON lines, YAML, a folder, zip or tar of them), "
    "CISA's KEV catalogue as JSON or EPSS scores as CSV, each also gzipped"
)

Value = tuple[str, object]
"""Where it stands within the file, if it has parts, and a JSON value of any shape or EpssScores."""


class UnreadableSource(UsageError):
    """A file or folder that gives no advisories: not there, malformed or of something else."""

    def __init__(self, message: str, remedy: str = _REMEDY) -> None:
        super().__init__(message, remedy)


OnShare = Callable[[float], None]
"""Hears how much of a file is read, from 0 to 1, before each value; nothing of a folder."""


def values(
    path: Path,
    name: str,
    limits: Limits | None = None,
    on_share: OnShare = lambda _share: None,
) -> Iterator[Value]:
    """Every value of one file or folder, which messages call `name`.

    Raises UnreadableSource where it cannot be read or is malformed.
    """
    try:
        yield from _values(path, limits or Limits(), on_share)
    except (BrokenFile, OSError, EOFError, zlib.error, lzma.LZMAError) as error:
        raise UnreadableSource(f"cannot read {name}: {error}") from error
    except (
        zipfile.BadZipFile,
        tarfile.TarError,
        RuntimeError,
        ValueError,
        OverflowError,
        struct.error,
    ) as error:
        raise UnreadableSource(f"cannot read {name}: broken archive: {error}") from error


def _values(path: Path, limits: Limits, on_share: OnShare) -> Iterator[Value]:
    if path.is_dir():
        for name, content in folder_members(path, limits):
            yield from _of_member(name, content, limits)
        return
    if not path.is_file():
        raise BrokenFile("it is not there or no regular file")
    with path.open("rb") as packed, gunzipped(packed, limits) as stream:
        size = os.fstat(stream.fileno()).st_size
        for value in _stream_values(stream, path.name.lower(), limits):
            on_share(stream.tell() / size)
            yield value


def _stream_values(stream: IO[bytes], name: str, limits: Limits) -> Iterator[Value]:
    members = archive_members(stream, limits)
    if members is not None:
        for member, content in members:
            yield from _of_member(member, content, limits)
    elif looks_like_epss(stream):
        yield "", read_epss(stream, limits)
    elif name.removesuffix(".gz").endswith(YAML_ENDINGS):
        yield from _flat("", read_yaml(stream.read(limits.yaml_bytes + 1), "document", limits))
    else:
        yield from _json_values(stream, limits)


def _of_member(name: str, content: bytes, limits: Limits) -> Iterator[Value]:
    if name.lower().endswith(YAML_ENDINGS):
        yield from _flat(name, read_yaml(content, name, limits))
    else:
        yield from _flat(name, _parsed(content, name))


def _json_values(stream: IO[bytes], limits: Limits) -> Iterator[Value]:
    """Values line by line where the first line is whole JSON, else from one document."""
    first = _line(stream, limits)
    while first and not first.strip():
        first = _line(stream, limits)
    try:
        start = json.loads(first)
    except (ValueError, RecursionError):
        content = first + stream.read(limits.document_bytes + 1 - len(first))
        if len(content) > limits.document_bytes:
            raise BrokenFile(f"one document of over {limits.document_bytes} bytes") from None
        yield from _flat("", _parsed(content, "document"))
        return
    yield from _flat("", start)
    number, total = 1, len(first)
    while line := _line(stream, limits):
        number += 1
        total += len(line)
        check_total(total, limits)
        if line.strip():
            yield from _flat("", _parsed(line, f"record line {number}"))


def _line(stream: IO[bytes], limits: Limits) -> bytes:
    line = stream.readline(limits.document_bytes + 1)
    if len(line) > limits.document_bytes:
        raise BrokenFile(f"one line of over {limits.document_bytes} bytes")
    return line


def _parsed(content: bytes, where: str) -> object:
    try:
        return json.loads(content)
    except RecursionError:
        raise BrokenFile(f"{where[:200]!r} is nested too deeply") from None
    except ValueError as error:
        raise BrokenFile(f"{where[:200]!r} is no JSON: {error}") from error


def _flat(where: str, value: object) -> Iterator[Value]:
    """One value, or those of a list."""
    for each in value if isinstance(value, list) else [value]:
        yield where, each
