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
FILE, RAW, COMBINED, BINARY, COMMIT = 5, 6, 7, 8, 9
"""Which group of TOKEN matched last; that of a hunk is a lower one."""
SUBMODULE = "160000"
MAX_TEXT = 16 * 1024 * 1024
"""Bytes of changed lines of one commit that are kept: those of further hunks are counted."""
_ESCAPED = re.compile(rb'\\([abfnrtv"\\]|[0-7]{3})')
_ESCAPES = dict(zip(b'abfnrtv"\\', b'\a\b\f\n\r\t\v"\\', strict=True))


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
    removed: int = 0
    added: int = 0


@dataclass(slots=True)
class _Reading:
    """A commit that is being read."""

    sha: str
    files: list[_File] = field(default_factory=list)
    sections: Iterator[_File] | None = None
    """The files whose patches are still to come, once the first has."""
    at: _File | None = None
    text: int = 0

    def next_section(self) -> None:
        """Go to the file whose patch begins."""
        if self.sections is None:
            self.sections = iter(_sections(self.files))
        self.at = next(self.sections, None)

    def done(self) -> Patch:
        """The commit, read to its end."""
        cut = self.sections is not None and next(self.sections, None) is not None
        plain = tuple([_file_change(file) for file in self.files if len(file.blobs) == 2])
        merged = tuple([merged_file(file) for file in self.files if len(file.blobs) > 2])
        return Patch(self.sha, plain, merged, cut)


def parse_patches(pieces: Iterable[bytes]) -> Iterator[Patch]:
    """The commits of the stream, in its order.

    Where git dies, the last one is what had come of it. Raises IncompleteError for another format.
    """
    reading: _Reading | None = None
    for block in _blocks(pieces):
        matches = list(TOKEN.finditer(block))
        ends = [match.start() + 1 for match in matches[1:]]
        ends.append(len(block))
        for match, end in zip(matches, ends, strict=False):
            kind = match.lastindex
            if kind == COMMIT:
                if reading:
                    yield reading.done()
                reading = _Reading(match[COMMIT].decode("ascii"))
            elif reading is None:
                raise _unreadable("its start")
            elif kind == RAW:
                reading.files.append(_raw(match[RAW]))
            elif kind == FILE:
                reading.next_section()
            else:
                reading.text += end - match.end()
                body = block[match.end() : end] if reading.text <= MAX_TEXT else b""
                _add_to_section(reading, match, body)
    if reading:
        yield reading.done()


def _add_to_section(reading: _Reading, match: re.Match[bytes], body: bytes) -> None:
    file = reading.at
    if file is None:
        raise _unreadable(reading.sha)
    if match.lastindex == BINARY:
        file.binary = True
        return
    if match.lastindex == COMBINED:
        file.combined.append((match[COMBINED], body))
        return
    old, olds, new, news = match.group(1, 2, 3, 4)
    removed = 1 if olds is None else int(olds)
    added = 1 if news is None else int(news)
    file.hunks.append(Hunk(int(old), removed, int(new), added, body))
    file.removed += removed
    file.added += added


def _blocks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The stream cut ahead of a line that no content is in, a line break before each block."""
    left = b"\n"
    for piece in pieces:
        left += piece
        cut = left.rfind(b"\ndiff --")
        if cut <= 0:
            cut = left.rfind(b"\n:")
        if cut > 0:
            yield left[: cut + 1]
            left = left[cut:]
    # Git that was killed leaves half a line behind.
    yield left[: left.rfind(b"\n") + 1]


def _sections(files: list[_File]) -> list[_File]:
    """The file of each patch: one that becomes a link goes and comes, its patch has two parts."""
    if all(file.status != "T" for file in files):
        return files
    return [file for file in files for _ in range(2 if file.status == "T" else 1)]


def _raw(line: bytes) -> _File:
    head, *paths = line.decode("utf-8", "surrogateescape").split("\t")
    words = head.lstrip(":").split(" ")
    parents = len(head) - len(head.lstrip(":"))
    blobs = words[parents + 1 : -1]
    if len(blobs) != parents + 1 or not paths:
        raise _unreadable(f"{line!r:.80}")
    if b'\t"' in line:
        paths = [_path(path) for path in paths]
    blobs = ["" if blob[:7] == "0000000" and not blob.strip("0") else blob for blob in blobs]
    return _File(words[: parents + 1], blobs, words[-1], paths)


def _path(path: str) -> str:
    if path[:1] != '"':
        return path
    quoted = path[1:-1].encode("utf-8", "surrogateescape")
    return _ESCAPED.sub(_character, quoted).decode("utf-8", "surrogateescape")


def _character(match: re.Match[bytes]) -> bytes:
    return bytes([_ESCAPES.get(match[1][0]) or int(match[1], 8)])


def _file_change(file: _File) -> FileChange:
    old_mode, mode = file.modes
    is_code = not file.binary and old_mode != SUBMODULE and mode != SUBMODULE
    return FileChange(
        file.status[0],
        file.paths[0],
        file.paths[-1],
        file.blobs[0],
        file.blobs[1],
        old_mode,
        mode,
        file.binary,
        file.added if is_code else 0,
        file.removed if is_code else 0,
        tuple(file.hunks) if is_code else (),
    )


def _unreadable(where: str) -> IncompleteError:
    return IncompleteError(f"git's patches cannot be read at {where}", "report this as a bug")
