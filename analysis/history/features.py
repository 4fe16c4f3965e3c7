"""The features of one change: the 14 of Kamei et al. (TSE 2013) and ours.

The columns `ns` to `sexp` bear the names of that study and are counted as in the public data
sets: sums over the files, `entropy` in bits and not normalised.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from math import log2
from operator import attrgetter

from ...records.history import FileChange
from .experience import Past
from .messages import is_fix_like
from .path_kinds import KINDS, directory, kind_of, subsystem

NUMBER = re.compile(r"(?<![\w&])#\d")
TICKET = re.compile(r"\b(?!(?:UTF|ISO|SHA|PEP|RFC|CP|MD)-)[A-Z][A-Z0-9]{1,9}-\d")
LINK = re.compile(r"/(?:issues|pull|merge_requests)/\d")
FIRST_WORD = re.compile(rb"\n\+[ \t]*(\w+|[#/*<])")
_WORDS = (
    b"# / * <",
    b"import from require use include using",
    b"if elif else for while try except catch case switch with match",
    b"def class func function fn async",
)
_KIND_OF_WORD = {word: kind for kind, words in enumerate(_WORDS) for word in words.split()}
_OF_CODE = ("code", "test", "migration")


@dataclass(frozen=True, slots=True)
class Features:
    """One row: numbers only, in lines, files, commits or days where no other unit is told."""

    ns: int
    nd: int
    nf: int
    entropy: float
    la: int
    ld: int
    lt: int
    fix: int
    ndev: int
    age: float
    nuc: int
    exp: int
    rexp: float
    sexp: int
    file_exp: int
    """Earlier commits of the author to these files."""
    file_faults: int
    """Fixes of these files that pointed to a culprit and were known before."""
    author_faults: int
    """Faults that were known before and are put down to the author."""
    author_days: float
    """Days since the author's first commit."""
    commits: int
    """Commits in the change that are no merges."""
    files_added: int
    files_deleted: int
    files_renamed: int
    files_binary: int
    la_code: int
    """Added lines by the kind of the file: the eight add up to `la`."""
    la_test: int
    la_doc: int
    la_config: int
    la_migration: int
    la_dependency: int
    la_ci: int
    la_other: int
    nf_code: int
    """Files by kind: the eight add up to `nf`."""
    nf_test: int
    nf_doc: int
    nf_config: int
    nf_migration: int
    nf_dependency: int
    nf_ci: int
    nf_other: int
    ld_code: int
    added_comments: int
    """Of the lines added to code: those that begin as a comment does."""
    added_imports: int
    added_branches: int
    added_definitions: int
    message_length: int
    """Characters."""
    issues: int
    """References to issues and pull requests in the message."""


@dataclass(frozen=True, slots=True)
class Content:
    """What the lines added to code are."""

    comments: int = 0
    imports: int = 0
    branches: int = 0
    definitions: int = 0


@lru_cache(1 << 13)
def _place(path: str) -> tuple[str, str, int]:
    """The subsystem, the folder and the number of the kind of a path."""
    return subsystem(path), directory(path), KINDS.index(kind_of(path))


def features(
    files: Sequence[FileChange],
    past: Past,
    *,
    size: int,
    content: Content,
    message: str,
    is_fix: bool,
    commits: int,
) -> Features:
    """The row of a change that touches `files`, `size` lines in all before it."""
    la_of, nf_of, ld_code = _by_kind(files)
    statuses = [file.status for file in files]
    values: list[float] = [
        *_spread(files),
        sum(la_of),
        sum([file.removed_lines for file in files]),
        size,
        int(is_fix),
        *_of_past(past),
        commits,
        statuses.count("A"),
        statuses.count("D"),
        statuses.count("R"),
        sum([file.binary for file in files]),
        *la_of,
        *nf_of,
        ld_code,
        *_of_content(content),
        len(message),
        _issues(message),
    ]
    return Features(*values)  # type: ignore[arg-type]  # a number each, in the order of its fields


_of_past = attrgetter(*(field.name for field in fields(Past)))
_of_content = attrgetter(*(field.name for field in fields(Content)))


def _spread(files: Sequence[FileChange]) -> tuple[int, int, int, float]:
    """Subsystems, folders, files and the entropy of the lines among the files."""
    places = [_place(file.path) for file in files]
    subsystems, folders = {place[0] for place in places}, {place[1] for place in places}
    sizes = [file.added_lines + file.removed_lines for file in files]
    return len(subsystems), len(folders), len(files), entropy(sizes)


def _by_kind(files: Sequence[FileChange]) -> tuple[list[int], list[int], int]:
    """Added lines and files of each kind of path, and the lines removed from code."""
    la_of, nf_of, ld_code = [0] * len(KINDS), [0] * len(KINDS), 0
    for file in files:
        kind = _place(file.path)[2]
        la_of[kind] += file.added_lines
        nf_of[kind] += 1
        ld_code += 0 if kind else file.removed_lines
    return la_of, nf_of, ld_code


def _issues(message: str) -> int:
    """References to issues and pull requests; most messages have no mark of any."""
    found = len(NUMBER.findall(message)) if "#" in message else 0
    found += len(TICKET.findall(message)) if "-" in message else 0
    return found + (len(LINK.findall(message)) if "://" in message else 0)


def entropy(sizes: Sequence[int]) -> float:
    """How evenly a change is spread over its files, in bits."""
    total = sum(sizes)
    if len(sizes) < 2 or not total:
        return 0.0
    return sum([-size / total * log2(size / total) for size in sizes if size])


def content_of(files: Sequence[FileChange]) -> Content:
    """What the lines that are added to code and tests are, by how they begin."""
    counts = [0] * len(_WORDS)
    for file in files:
        if file.added_lines and KINDS[_place(file.path)[2]] in _OF_CODE:
            text = b"\n".join([b"", *(hunk.body for hunk in file.hunks if hunk.new_count)])
            for word in FIRST_WORD.findall(text):
                kind = _KIND_OF_WORD.get(word)
                if kind is not None:
                    counts[kind] += 1
    return Content(*counts)


@lru_cache(64)
def is_fix(message: str) -> bool:
    """The message speaks of a fault that is mended; of a merge, the title below its subject."""
    subject, _, body = message.partition("\n")
    if subject.startswith("Merge "):
        subject = body.strip().partition("\n")[0] or subject
    return is_fix_like(subject)
