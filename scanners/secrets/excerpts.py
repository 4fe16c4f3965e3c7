"""Code around findings, as far as it may be shown.

A report travels further than the code does, so that no line of a secret is in it. A finding
about one comes without code, and its lines are withheld around others, like all lines that a
rule for secrets matches. Where that cannot be told of a file, nothing of it is shown.
"""

import io
import tokenize
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from ...processes import Lost, map_partitions
from ...records.finding import Finding, Skipped
from ...records.run import Excerpt
from ..interface import Context, Kind, Target
from ..sarif.secrecy import may_point_at_secret
from .lines import secret_lines

MAX_EXCERPTS = 200
AROUND = 3
"""Lines before and after a finding."""
MAX_LINES = 14
MAX_WIDTH = 240
"""Characters of a line; the rest is cut."""


def excerpts_of(
    wanted: Iterable[tuple[int, Finding]],
    standing: Iterable[Finding],
    gaps: Collection[Skipped],
    target: Target,
    context: Context,
) -> Mapping[int, Excerpt]:
    """The code around findings of a target, by the number that each was given.

    Of the `wanted` those that come first and may be shown, MAX_EXCERPTS at most. `standing` is
    everything that was found: lines of secrets are withheld wherever they are. A file that was
    not wholly looked at shows none: what was not seen may be a secret.
    """
    unseen = {gap.path for gap in gaps} | {gap.what for gap in gaps}
    may_be_shown = (
        (number, finding)
        for number, finding in wanted
        if finding.path not in unseen
        and finding.package is None
        and not may_point_at_secret(finding)
    )
    chosen = dict(islice(may_be_shown, MAX_EXCERPTS))
    texts = _shown(list(_works(chosen.values(), standing, target)), context)
    cuts = {
        number: cut_out(texts[finding.path], finding.line, finding.end_line)
        for number, finding in chosen.items()
        if finding.path in texts
    }
    return {number: excerpt for number, excerpt in cuts.items() if excerpt}


Lines = Sequence[str | None]
"""Of a whole file; None where a line is withheld."""


@dataclass(frozen=True, slots=True)
class _Work:
    path: str
    data: bytes
    kind: Kind | None
    withheld: frozenset[int]
    """Lines of findings about secrets."""


def _works(
    chosen: Iterable[Finding], standing: Iterable[Finding], target: Target
) -> Iterator[_Work]:
    """Each file to show, with what is known of it."""
    withheld = _lines_of_secrets(standing)
    kinds = {file.path: file.kind for file in target.files}
    for path in sorted({finding.path for finding in chosen}):
        if (data := _text(target, path)) is not None:
            yield _Work(path, data, kinds.get(path), frozenset(withheld.get(path, ())))


def _lines_of_secrets(findings: Iterable[Finding]) -> Mapping[str, set[int]]:
    found: dict[str, set[int]] = {}
    for finding in findings:
        if may_point_at_secret(finding):
            lines = range(finding.line, max(finding.line, finding.end_line) + 1)
            found.setdefault(finding.path, set()).update(lines)
    return found


def _text(target: Target, path: str) -> bytes | None:
    """The file's bytes, where all tools agree on what its lines are."""
    try:
        data = target.read(path)
        data.decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    return None if b"\r" in data.replace(b"\r\n", b"") or b"\0" in data else data


def _shown(works: Sequence[_Work], context: Context) -> dict[str, Lines]:
    """The files that may be shown. Whatever cannot be searched for secrets may not."""
    answers = map_partitions(_hidden, works, workers=context.workers, timeout=context.file_timeout)
    return {
        work.path: without(work.data, answer)
        for work, answer in zip(works, answers, strict=True)
        if not isinstance(answer, Lost | None)
    }


def _hidden(work: _Work) -> set[int] | None:
    """The lines to withhold, None where nothing of the file may be shown."""
    if work.kind is Kind.NOTEBOOK:
        return None  # its lines are JSON, and the outputs of its cells among them
    lines = set(work.withheld) | secret_lines(work.path, work.data)
    if not lines or work.kind is not Kind.PYTHON:
        return lines
    try:
        return lines | set(_whole_statements(work.data, lines))
    except (SyntaxError, tokenize.TokenError):
        return None


def _whole_statements(data: bytes, lines: Collection[int]) -> Iterator[int]:
    """All lines of the logical lines that hold one of `lines`: a value may go on in the next."""
    first = 0
    for token in tokenize.tokenize(io.BytesIO(data).readline):
        if token.type in (tokenize.ENCODING, tokenize.NL, tokenize.COMMENT) and not first:
            continue
        first = first or token.start[0]
        if token.type == tokenize.NEWLINE:
            statement = range(first, token.end[0] + 1)
            first = 0
            if any(line in statement for line in lines):
                yield from statement


def without(data: bytes, hidden: Collection[int]) -> Lines:
    """The lines of a file, None in place of the hidden ones."""
    lines = data.decode("utf-8").removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    return [None if number in hidden else line for number, line in enumerate(lines, 1)]


def cut_out(lines: Lines, line: int, end_line: int) -> Excerpt | None:
    """The lines around a place, of a long one the beginning; None where it is not in the file."""
    if not 1 <= line <= len(lines):
        return None
    first = max(1, line - AROUND)
    last = min(len(lines), max(line, end_line) + AROUND, first + MAX_LINES - 1)
    return Excerpt(first=first, lines=tuple(map(_narrow, lines[first - 1 : last])))


def _narrow(line: str | None) -> str | None:
    if line is None:
        return None
    text = line.expandtabs(4).rstrip()
    return text if len(text) <= MAX_WIDTH else f"{text[:MAX_WIDTH]}\N{HORIZONTAL ELLIPSIS}"
