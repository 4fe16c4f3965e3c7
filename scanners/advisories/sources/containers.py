"""Folders, zip and tar archives and gzipped files to the documents in them, within limits."""

import gzip
import os
import stat
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from .limits import BrokenFile, Limits, check_ratio, check_total

GZIP_MAGIC = b"\x1f\x8b"
ZIP_MAGICS = (b"PK\x03\x04", b"PK\x05\x06")
TAR_MAGIC, TAR_MAGIC_AT = b"ustar", 257
DOCUMENTS = frozenset({".json", ".yaml", ".yml"})
"""What the members of folders and archives that are read are called."""
_CHUNK = 1024 * 1024

Member = tuple[str, bytes]
"""Name and content of one document of a folder or an archive."""


def folder_members(folder: Path, limits: Limits) -> Iterator[Member]:
    """The documents below a folder, in a fixed order; no link is followed."""
    return _bounded(_folder(folder, limits), limits)


def archive_members(stream: IO[bytes], limits: Limits) -> Iterator[Member] | None:
    """The documents of a zip or tar archive; None where the stream is neither."""
    if _starts_with(stream, *ZIP_MAGICS):
        return _bounded(_zip(stream, limits), limits)
    if _starts_with(stream, TAR_MAGIC, at=TAR_MAGIC_AT):
        return _bounded(_tar(stream, limits), limits)
    return None


@contextmanager
def gunzipped(packed: IO[bytes], limits: Limits) -> Iterator[IO[bytes]]:
    """The stream itself, or its content in a temporary file where it is gzipped."""
    if not _starts_with(packed, GZIP_MAGIC):
        yield packed
        return
    with tempfile.TemporaryFile() as unpacked:
        with gzip.open(packed) as stream:
            size = 0
            while chunk := stream.read(_CHUNK):
                size += len(chunk)
                check_ratio(size, packed.tell(), limits, "gzip")
                check_total(size, limits)
                unpacked.write(chunk)
        unpacked.seek(0)
        yield unpacked


def _bounded(members: Iterator[Member], limits: Limits) -> Iterator[Member]:
    total = 0
    for number, (name, content) in enumerate(members, start=1):
        if len(content) > limits.document_bytes:
            raise BrokenFile(f"{name[:200]!r} is over {limits.document_bytes} bytes")
        total += len(content)
        check_total(total, limits)
        if number > limits.members:
            raise BrokenFile(f"more than {limits.members} members")
        yield name, content


def _folder(folder: Path, limits: Limits) -> Iterator[Member]:
    def fail(error: OSError) -> None:
        raise error

    for place, folders, names in os.walk(folder, onerror=fail):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(place, name)
            shown = path.relative_to(folder).as_posix()
            if _is_document(shown) and stat.S_ISREG(path.lstat().st_mode):
                with path.open("rb") as file:
                    yield shown, file.read(limits.document_bytes + 1)


def _zip(stream: IO[bytes], limits: Limits) -> Iterator[Member]:
    with zipfile.ZipFile(stream) as archive:
        members = archive.infolist()
        if len(members) > limits.members:
            raise BrokenFile(f"more than {limits.members} members")
        for member in members:
            if not member.is_dir() and _is_document(member.filename):
                check_ratio(member.file_size, member.compress_size, limits, member.filename)
                with archive.open(member) as file:
                    yield member.filename, file.read(limits.document_bytes + 1)


def _tar(stream: IO[bytes], limits: Limits) -> Iterator[Member]:
    with tarfile.open(fileobj=stream, mode="r:") as archive:
        for number, member in enumerate(archive, start=1):
            if number > limits.members:
                raise BrokenFile(f"more than {limits.members} members")
            archive.members.clear()  # type: ignore[attr-defined]  # else it keeps each one seen
            if not member.isfile() or not _is_document(member.name):
                continue
            if member.issparse():
                raise BrokenFile(f"{member.name[:200]!r} is sparse")
            file = archive.extractfile(member)
            yield member.name, file.read(limits.document_bytes + 1) if file else b""


def _is_document(name: str) -> bool:
    """Whether records are looked for in it: by its ending, and not in hidden folders."""
    path = PurePosixPath(name)
    hidden = any(part.startswith(".") for part in path.parts)
    return path.suffix.lower() in DOCUMENTS and not hidden


def _starts_with(stream: IO[bytes], *magics: bytes, at: int = 0) -> bool:
    stream.seek(at)
    start = stream.read(max(map(len, magics)))
    stream.seek(0)
    return start.startswith(magics)
