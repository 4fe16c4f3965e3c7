"""Code around the findings of a change, as far as it may be shown.

A report travels further than the code does, so that no line of a secret is in it. A finding
about one comes without code, and its lines are withheld around others, like all lines that a
rule for secrets matches. Where that cannot be told of a file, nothing of it is shown.
"""

import io
import tokenize
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ...processes import Lost, map_partitions
from ...records.finding import Skipped
from ...records.run import Decision, Excerpt, Judged, State
from ...scanners.interface import Context, Kind
from ...scanners.sarif.secrecy import may_point_at_secret
from ...scanners.secrets.lines import secret_lines
from ...scanners.targets.sides import Side

MAX_EXCERPTS = 200
AROUND = 3
"""Lines before and after a finding."""
MAX_LINES = 14
MAX_WIDTH = 240
"""Characters of a line; the rest is cut."""

_CHANGED = (State.NEW, State.EDITED)


def with_excerpts(
    findings: Sequence[Judged], gaps: Collection[Skipped], head: Side, context: Context
) -> list[Judged]:
    """The same findings, the new ones that matter most with the code around them.

    A file that was not wholly looked at shows none: what was not seen may be a secret.
    """
    unseen = {gap.path for gap in gaps} | {gap.what for gap in gaps}
    chosen = [at for at in _most_important(findings) if findings[at].finding.path not in unseen][
        :MAX_EXCERPTS
    ]
    withheld = _lines_of_secrets(findings)
    kinds = {file.path: file.kind for file in head.files}
    works = [
        _Work(path, data, kinds.get(path), frozenset(withheld.get(path, ())))
        for path in sorted({findings[at].finding.path for at in chosen})
        if (data := _text(head, path)) is not None
    ]
    texts = _shown(works, context)
    excerpts = {
        at: cut_out(texts[item.finding.path], item.finding.line, item.finding.end_line)
        for at in chosen
        if (item := findings[at]).finding.path in texts
    }
    return [replace(item, excerpt=excerpts.get(at)) for at, item in enumerate(findings)]


Lines = Sequence[str | None]
"""Of a whole file; None where a line is withheld."""


@dataclass(frozen=True, slots=True)
class _Work:
    path: str
    data: bytes
    kind: Kind | None
    withheld: frozenset[int]
    """Lines of findings about secrets."""


def _most_important(findings: Sequence[Judged]) -> list[int]:
    """The positions of those worth reading in full, what blocks first, then by severity."""
    new = [
        at
        for at, item in enumerate(findings)
        if item.state in _CHANGED
        and item.decision is not Decision.IGNORE
        and item.finding.package is None
        and not may_point_at_secret(item.finding)
    ]
    return sorted(new, key=lambda at: _rank(findings[at]))


def _rank(item: Judged) -> tuple[bool, int]:
    return item.decision is not Decision.BLOCK, -item.finding.severity.rank


def _lines_of_secrets(findings: Sequence[Judged]) -> Mapping[str, set[int]]:
    found: dict[str, set[int]] = {}
    for item in findings:
        finding = item.finding
        if item.state is not State.FIXED and may_point_at_secret(finding):
            lines = range(finding.line, max(finding.line, finding.end_line) + 1)
            found.setdefault(finding.path, set()).update(lines)
    return found


def _text(head: Side, path: str) -> bytes | None:
    """The file's bytes, where all tools agree on what its lines are."""
    try:
        data = head.read(path)
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
