"""`git diff-tree --stdin -c -p -U0 --raw` to records, commit after commit, while git prints it.

Every line of content bears a mark at its start, and a path that holds a line break is quoted:
what stands at the start of any other line is git's own word. No message is in the stream.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from ...errors import IncompleteError
from ...records.history import FileChange, Hunk, MergedFile
from .combined import merged_file

OPTIONS = (
    *("--always", "--root", "-r", "-c", "--combined-all-paths", "-p", "-U0", "--raw"),
    *("-M", "-l1000", "--no-abbrev", "--no-color", "--no-relative", "--no-ext-diff"),
    *("--no-textconv", "--submodule=short", "--ignore-submodules=none", "--inter-hunk-context=0"),
    *("--diff-algorithm=myers", "--src-prefix=a/", "--dst-prefix=b/", "--indent-heuristic"),
)
TOKEN = re.compile(
    rb"\n(?:@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@[^\n]*\n"
    rb"|(diff --(?:git|combined|cc) [^\n]*)"
    rb"|(:+[0-7]{6} [^\n]*)"
    rb"|(@@@+ [^\n]*)\n"
    rb"|(Binary files )"
    rb"|([0-9a-f]{40}(?:[0-9a-f]{24})?)(?=\n))"
)
HUNK, HUNK_ROWS, FILE, RAW, COMBINED, BINARY, COMMIT = 3, 4, 5, 6, 7, 8, 9
"""Which group of TOKEN matched last; a hunk's last may be either of two."""
MAX_TEXT = 16 * 1024 * 1024
"""Bytes of changed lines of one commit that are kept: those of further hunks are counted."""
_ESCAPED = re.compile(rb'\\([abfnrtv"\\]|[0-7]{3})')
_ESCAPES = {
    **{b"a": b"\a", b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t"},
    **{b"v": b"\v", b'"': b'"', b"\\": b"\\"},
}


@dataclass(frozen=True, slots=True)
class Patch:
    """What one commit changed."""

    sha: str
    files: tuple[FileChange, ...] = ()
    merged: tuple[MergedFile, ...] = ()
    cut: bool = False
    """Less of it came than was announced."""


@dataclass(slots=True)
class _File:
    """A file of which the patch is being read."""

    modes: Sequence[str]
    blobs: Sequence[str]
    status: str
    paths: Sequence[str]
    hunks: list[Hunk] = field(default_factory=list)
    combined: list[tuple[bytes, bytes]] = field(default_factory=list)
    binary: bool = False


@dataclass(slots=True)
class _Reading:
    """A commit that is being read."""

    sha: str
    files: list[_File] = field(default_factory=list)
    sections: Iterator[_File] = field(default_factory=lambda: iter(()))
    at: _File | None = None
    is_in_patch: bool = False
    text: int = 0

    def open_section(self) -> None:
        """Go to the file whose patch begins."""
        if not self.is_in_patch:
            self.is_in_patch = True
            self.sections = (file for file in self.files for _ in range(_sections(file)))
        self.at = next(self.sections, None)
        if self.at is None:
            raise _unreadable(self.sha)

    def kept(self, body: bytes) -> bytes:
        """The text of a hunk, or nothing where the commit has had its share."""
        self.text += len(body)
        return body if self.text <= MAX_TEXT else b""

    def done(self) -> Patch:
        """The commit, read to its end."""
        cut = self.is_in_patch and next(self.sections, None) is not None
        plain = tuple(_file_change(file) for file in self.files if len(file.blobs) == 2)
        merged = tuple(merged_file(file) for file in self.files if len(file.blobs) > 2)
        return Patch(self.sha, plain, merged, cut)


def parse_patches(pieces: Iterable[bytes]) -> Iterator[Patch]:
    """The commits of the stream, in its order.

    Where git dies, the last one is what had come of it. Raises IncompleteError for another format.
    """
    reading: _Reading | None = None
    for block in _blocks(pieces):
        matches = TOKEN.finditer(block)
        match = next(matches, None)
        while match:
            following = next(matches, None)
            kind = match.lastindex
            if kind == COMMIT:
                if reading:
                    yield reading.done()
                reading = _Reading(match[9].decode("ascii"))
            elif reading is None:
                raise _unreadable("its start")
            else:
                end = following.start() + 1 if following else len(block)
                _take(reading, match, block[match.end() : end] if kind in _WITH_BODY else b"")
            match = following
    if reading:
        yield reading.done()


_WITH_BODY = (HUNK, HUNK_ROWS, COMBINED)


def _take(reading: _Reading, match: re.Match[bytes], body: bytes) -> None:
    kind = match.lastindex
    if kind == RAW:
        reading.files.append(_raw(match[RAW]))
    elif kind == FILE:
        reading.open_section()
    elif reading.at is None:
        raise _unreadable(reading.sha)
    elif kind == BINARY:
        reading.at.binary = True
    elif kind == COMBINED:
        reading.at.combined.append((match[COMBINED], body))
    else:
        old, olds, new, news = match.group(1, 2, 3, 4)
        counts = (int(old), int(olds or 1), int(new), int(news or 1))
        reading.at.hunks.append(Hunk(*counts, reading.kept(body)))


def _blocks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The stream cut ahead of a line that no content is in, a line break before each block."""
    left = b"\n"
    for piece in pieces:
        left += piece
        cut = max(left.rfind(b"\ndiff --"), left.rfind(b"\n:"))
        if cut > 0:
            yield left[: cut + 1]
            left = left[cut:]
    yield left


def _sections(file: _File) -> int:
    """A file that becomes a link goes and comes: its patch has two parts."""
    return 2 if file.status == "T" and len(file.blobs) == 2 else 1


def _raw(line: bytes) -> _File:
    head, *paths = line.split(b"\t")
    parents = len(head) - len(head.lstrip(b":"))
    words = head.decode("ascii").lstrip(":").split(" ")
    modes, blobs = words[: parents + 1], words[parents + 1 : -1]
    named = [_path(path) for path in paths]
    if len(blobs) != parents + 1 or not named:
        raise _unreadable(f"{line!r:.80}")
    blobs = [blob if blob.strip("0") else "" for blob in blobs]
    return _File(modes, blobs, words[-1], named)


def _path(path: bytes) -> str:
    if path[:1] == b'"':
        path = _ESCAPED.sub(_character, path[1:-1])
    return path.decode("utf-8", "surrogateescape")


def _character(match: re.Match[bytes]) -> bytes:
    return _ESCAPES.get(match[1]) or bytes([int(match[1], 8)])


def _file_change(file: _File) -> FileChange:
    mode, old_mode = file.modes[1], file.modes[0]
    is_code = "160000" not in (mode, old_mode) and not file.binary
    hunks = tuple(file.hunks) if is_code else ()
    return FileChange(
        status=file.status[0],
        old_path=file.paths[0],
        path=file.paths[-1],
        old_blob=file.blobs[0],
        blob=file.blobs[1],
        old_mode=old_mode,
        mode=mode,
        binary=file.binary,
        added_lines=sum(hunk.new_count for hunk in hunks),
        removed_lines=sum(hunk.old_count for hunk in hunks),
        hunks=hunks,
    )


def _unreadable(where: str) -> IncompleteError:
    return IncompleteError(f"git's patches cannot be read at {where}", "report this as a bug")
