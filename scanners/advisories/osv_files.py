"""Files of OSV records to JSON values: JSON, JSON lines, zip of JSON, each also gzipped.

Whoever wrote the file may be hostile: sizes, counts, ratios and nesting are bounded.
"""

import gzip
import json
import lzma
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from ...errors import UsageError

GZIP_MAGIC = b"\x1f\x8b"
ZIP_MAGICS = (b"PK\x03\x04", b"PK\x05\x06")
_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may hold at most."""

    members: int = 1_000_000
    document_bytes: int = 128 * 1024 * 1024
    """One JSON value: a record, a list of them, a line."""
    total_bytes: int = 4 * 1024 * 1024 * 1024
    """Everything, unpacked."""
    ratio: int = 200
    """Unpacked bytes for each packed one; real records reach about 30."""
    ratio_free_bytes: int = 1024 * 1024
    """Up to this size the ratio does not matter."""


class BrokenFile(Exception):
    """The content is not what its format promises, or beyond the limits."""


def records(path: Path, limits: Limits | None = None) -> Iterator[object]:
    """Every record of one file, as JSON values of any shape.

    Raises UsageError naming the file where it cannot be read or is malformed.
    """
    remedy = "give OSV records as JSON, JSON lines or a zip of JSON files, each also gzipped"
    try:
        if not path.is_file():
            raise UsageError(f"{path} is not there or no regular file", remedy)
        with path.open("rb") as packed:
            yield from _records(packed, limits or Limits())
    except (BrokenFile, OSError, EOFError, zlib.error, lzma.LZMAError) as error:
        raise UsageError(f"cannot read {path}: {error}", remedy) from error
    except (zipfile.BadZipFile, RuntimeError, ValueError, struct.error) as error:
        raise UsageError(f"cannot read {path}: broken zip archive: {error}", remedy) from error


def _records(packed: IO[bytes], limits: Limits) -> Iterator[object]:
    with _gunzipped(packed, limits) as stream:
        if _starts_with(stream, *ZIP_MAGICS):
            for member, content in _members(stream, limits):
                yield from _flat(_parsed(content, member))
        else:
            yield from _json_records(stream, limits)


@contextmanager
def _gunzipped(packed: IO[bytes], limits: Limits) -> Iterator[IO[bytes]]:
    """The stream itself, or its content in a temporary file where it is gzipped."""
    if not _starts_with(packed, GZIP_MAGIC):
        yield packed
        return
    with tempfile.TemporaryFile() as unpacked:
        with gzip.open(packed) as stream:
            size = 0
            while chunk := stream.read(_CHUNK):
                size += len(chunk)
                _check_ratio(size, packed.tell(), limits, "gzip")
                if size > limits.total_bytes:
                    raise BrokenFile(f"unpacks to more than {limits.total_bytes} bytes")
                unpacked.write(chunk)
        unpacked.seek(0)
        yield unpacked


def _members(stream: IO[bytes], limits: Limits) -> Iterator[tuple[str, bytes]]:
    """Name and content of each JSON file of a zip archive; other members are not records."""
    total = 0
    with zipfile.ZipFile(stream) as archive:
        members = archive.infolist()
        if len(members) > limits.members:
            raise BrokenFile(f"more than {limits.members} members")
        for member in members:
            if member.is_dir() or PurePosixPath(member.filename).suffix.lower() != ".json":
                continue
            _check_ratio(member.file_size, member.compress_size, limits, member.filename)
            with archive.open(member) as file:
                content = file.read(limits.document_bytes + 1)
            if len(content) > limits.document_bytes:
                raise BrokenFile(f"{member.filename!r} is over {limits.document_bytes} bytes")
            total += len(content)
            if total > limits.total_bytes:
                raise BrokenFile(f"unpacks to more than {limits.total_bytes} bytes")
            yield member.filename, content


def _json_records(stream: IO[bytes], limits: Limits) -> Iterator[object]:
    """Records line by line where the first line is whole JSON, else from one document."""
    first = _line(stream, limits)
    while first and not first.strip():
        first = _line(stream, limits)
    try:
        start = json.loads(first)
    except (ValueError, RecursionError):
        content = first + stream.read(limits.document_bytes + 1 - len(first))
        if len(content) > limits.document_bytes:
            raise BrokenFile(f"one document of over {limits.document_bytes} bytes") from None
        yield from _flat(_parsed(content, "document"))
        return
    yield from _flat(start)
    number, total = 1, len(first)
    while line := _line(stream, limits):
        number += 1
        total += len(line)
        if total > limits.total_bytes:
            raise BrokenFile(f"more than {limits.total_bytes} bytes")
        if line.strip():
            yield from _flat(_parsed(line, f"record line {number}"))


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


def _flat(value: object) -> Iterator[object]:
    """One record, or those of a list."""
    if isinstance(value, list):
        yield from value
    else:
        yield value


def _check_ratio(unpacked: int, packed: int, limits: Limits, what: str) -> None:
    if unpacked > limits.ratio_free_bytes and unpacked > limits.ratio * packed:
        raise BrokenFile(f"{what[:200]!r} unpacks to over {limits.ratio} times its size")


def _starts_with(stream: IO[bytes], *magics: bytes) -> bool:
    start = stream.read(4)
    stream.seek(0)
    return start.startswith(magics)
