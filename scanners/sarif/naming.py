"""The code that results are about, read at the place they name, as it names findings elsewhere."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import TYPE_CHECKING

from ...records.addresses import without_user
from ...records.finding import Finding, identity_of
from ...records.fingerprint import bandit_rule
from ..interface import Kind
from ..python.identity import MAX_LENGTH, Identities, Identity, Location
from ..targets.kinds import kind_of
from .line_breaks import counted_alike
from .places import is_notebook
from .results import Result
from .secrecy import names_secret

if TYPE_CHECKING:
    import ast

_MAX_OUTER = 20
"""Blocks around a line that are told, the inner ones first."""
_NAME = re.compile(r"\s*[\"']?([A-Za-z_][A-Za-z0-9_.-]{0,39})[\"']?\s*[:=]")


@dataclass(frozen=True, slots=True)
class Named:
    """A finding with the code that it is about."""

    finding: Finding
    identity: str = ""
    """What matching goes by in place of the snippet: it tells secrets apart, for one run."""
    lines: range | None = None
    """What it is on; None for the whole file."""
    around: range | None = None
    """The function or statement that it is in, where that is known."""
    read: bool = True
    """The code at its place was read, or there is none to read."""


def unnamed(result: Result, *, read: bool) -> Named:
    """A result without code: where it names none, or where that cannot be `read`."""
    return Named(result.finding, read=read)


def named(path: str, content: bytes, results: Sequence[Result]) -> list[Named]:
    """Each result with the code at its place in `content`, the file at `path`."""
    text = content.decode("utf-8", "surrogateescape")
    lines = text.split("\n")
    if is_notebook(path) or not counted_alike(path, content):
        return [unnamed(result, read=result.region is None) for result in results]
    tree = _tree(path, content)
    if tree is None:
        blocks = _outer_lines(lines)
        # What defeats our parser may still be run: its functions are anywhere in the file.
        is_code = kind_of(path, content) is Kind.PYTHON
        around = range(1, len(lines) + 1) if is_code else None
        return [_in_text(result, lines, blocks, around) for result in results]
    where = [_location(result, tree, lines) for result in results]
    wanted = [location.line for location in where if location]
    identities = Identities(content, wanted, tree)
    surroundings = _surroundings(tree)
    return [
        _in_python(result, location, lines, identities, surroundings)
        for result, location in zip(results, where, strict=True)
    ]


def _tree(path: str, content: bytes) -> "ast.Module | None":
    import ast

    if kind_of(path, content) is not Kind.PYTHON:
        return None
    try:
        return ast.parse(content)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _location(result: Result, tree: "ast.Module", lines: Sequence[str]) -> Location | None:
    region = result.region
    if region is None or region.end_line > len(lines):
        return None
    columns = region.column or 1, region.end_column or 1
    if result.finding.tool == "ruff" and region.column:
        from ..python.ruff.places import location_of
        from ..python.ruff.run import Mark

        mark = Mark(region.line, columns[0], region.end_line, columns[1])
        return location_of(bandit_rule(result.finding.rule), mark, tree, lines)
    ends = (
        len(lines[line - 1][: column - 1].encode("utf-8", "surrogateescape"))
        for line, column in zip((region.line, region.end_line), columns, strict=True)
    )
    return Location(region.line, region.end_line, *ends)


def _in_python(
    result: Result,
    where: Location | None,
    lines: Sequence[str],
    identities: Identities,
    surroundings: Mapping[int, range],
) -> Named:
    if where is None:
        return unnamed(result, read=result.region is None)
    identity = identities.at(where, mask_strings=result.secret)
    on = range(where.line, where.end_line + 1)
    return _named(result, identity, lines, on, surroundings.get(where.line, on))


def _surroundings(tree: "ast.Module") -> dict[int, range]:
    """For each line the innermost function it is in, else the statement."""
    import ast

    found: dict[int, range] = {}
    functions = []
    for node in ast.walk(tree):  # outer ones first
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            functions.append(node)
        elif isinstance(node, ast.stmt):
            lines = range(node.lineno, _header_end(node) + 1)
            found.update(dict.fromkeys(lines, lines))
    for function in functions:
        first = min([function.lineno, *(d.lineno for d in function.decorator_list)])
        lines = range(first, (function.end_lineno or function.lineno) + 1)
        found.update(dict.fromkeys(lines, lines))
    return found


def _header_end(node: "ast.stmt") -> int:
    """The last line of a statement, without the block it may hold."""
    body = getattr(node, "body", None)
    last = node.end_lineno or node.lineno
    return max(node.lineno, min(last, body[0].lineno - 1)) if isinstance(body, list) else last


def _in_text(
    result: Result, lines: Sequence[str], blocks: Sequence[int], around: range | None
) -> Named:
    region = result.region
    if region is None or region.end_line > len(lines):
        return unnamed(result, read=result.region is None)
    own = lines[region.line - 1 : region.end_line]
    told = [*_outer(region.line, lines, blocks), *own]
    if result.secret:
        code = _name_before(own[0], region.column)
    else:
        code = _bounded("\n".join(map(_bare, told)))
    on = range(region.line, region.end_line + 1)
    header = blocks[region.line - 1]
    if around is None and header:
        around = range(header, region.end_line + 1)  # what begins the block, and leads up to it
    item = _named(result, Identity(code=code), lines, on, around)
    if result.secret or not any(map(_is_masked, told)):
        return item
    whole = "\n".join("".join(line.split()) for line in told)
    return replace(item, identity=identity_of(whole))


def _named(
    result: Result, identity: Identity, lines: Sequence[str], on: range, around: range | None
) -> Named:
    finding = replace(
        result.finding,
        line=on.start,
        end_line=on.stop - 1,
        scope=identity.scope,
        snippet=identity.code,
        body=identity.body,
    )
    value = "\n".join(lines[on.start - 1 : on.stop - 1]) if result.secret else ""
    covers_file = result.region is not None and result.region.is_placeholder
    identity_ = identity_of(value) if value else identity.code
    return Named(finding, identity_, None if covers_file else on, around)


def _name_before(line: str, column: int) -> str:
    """What a secret is assigned to, where that stands before its first column."""
    match = _NAME.match(line)
    return match[1] if match and column > match.end() else ""


def _is_masked(line: str) -> bool:
    return _bare(line) != "".join(line.split())


def _bare(line: str) -> str:
    """A line without layout; of one that names a secret no more than what it is called."""
    if names_secret(line):
        match = _NAME.match(line)
        return match[1] if match else ""
    return without_user("".join(line.split()))


def _bounded(code: str) -> str:
    digest = blake2b(code.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    return code if len(code) <= MAX_LENGTH else f"{code[: MAX_LENGTH - len(digest)]}{digest}"


def _outer_lines(lines: Sequence[str]) -> list[int]:
    """For each line the one that the block around it begins with, from 1; 0 for none.

    A block is what is indented deeper than the line before it.
    """
    found = []
    open_: list[tuple[int, int]] = []
    for number, line in enumerate(lines, 1):
        bare = line.lstrip()
        depth = len(line) - len(bare)
        while bare and open_ and open_[-1][0] >= depth:
            open_.pop()
        found.append(open_[-1][1] if open_ else 0)
        if bare:
            open_.append((depth, number))
    return found


def _outer(line: int, lines: Sequence[str], blocks: Sequence[int]) -> list[str]:
    """The lines that begin the blocks around a line, the outermost first."""
    found: list[str] = []
    while (line := blocks[line - 1]) and len(found) < _MAX_OUTER:
        found.append(lines[line - 1])
    return found[::-1]
