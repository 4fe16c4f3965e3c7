"""What names a finding wherever it moves: the scope around it and the code it is about.

Code is told by its syntax tree, so that no layout, no formatter and no version of Python
changes the name: brackets, quotes, line breaks and comments are not in the tree.
"""

import ast
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b

MAX_LENGTH = 2000
"""A longer text is cut and ends in a digest of the whole."""
_BLOCKS = frozenset({"body", "orelse", "handlers", "finalbody", "cases"})
_KEYS = frozenset({(ast.Dict, "keys"), (ast.Subscript, "slice")})
_NOT_CODE = frozenset({"ctx", "kind", "type_comment", "type_ignores"})


@dataclass(frozen=True, slots=True)
class Identity:
    """Where a finding stands and what it is about, both without lines."""

    scope: str
    """Dotted name of the innermost function or class around it."""
    code: str


@dataclass(frozen=True, slots=True)
class _Place:
    """A node, what it is a part of, and the scope it stands in."""

    node: ast.AST
    parent: ast.AST
    scope: str

    def reaches(self, line: int) -> bool:
        """Whether the line is one of the node's."""
        first = getattr(self.node, "lineno", 0)
        return first <= line <= (getattr(self.node, "end_lineno", None) or first)

    @property
    def subject(self) -> ast.AST:
        """The node, or for a literal what it is assigned to, passed as or compared with."""
        if not isinstance(self.node, ast.Constant):
            return self.node
        if isinstance(self.parent, ast.Dict):
            return _entry(self.parent, self.node)
        in_a_row = isinstance(self.parent, ast.List | ast.Tuple | ast.Set)
        return self.node if in_a_row else self.parent


@dataclass(frozen=True, slots=True)
class Location:
    """First and last line, counted from 1, and the columns in them, counted in bytes."""

    line: int
    end_line: int
    column: int
    end_column: int


class Identities:
    """The names of what begins on some lines of a module."""

    def __init__(self, tree: ast.Module, lines: Iterable[int]) -> None:
        self._by_columns: dict[tuple[int, int], list[_Place]] = {}
        self._statements: list[_Place] = []
        for place in _places(tree, sorted(set(lines))):
            columns = [getattr(place.node, name, -1) for name in ("col_offset", "end_col_offset")]
            self._by_columns.setdefault((columns[0], columns[1]), []).append(place)
            if isinstance(place.node, ast.stmt):
                self._statements.append(place)

    def at(self, where: Location, *, mask_strings: bool) -> Identity:
        """The identity of what has this location, else of the statement on its line.

        With `mask_strings` the only strings told are keys: bandit may point at the key of a
        dictionary as well as at the secret that stands under it.
        """
        places = [
            place
            for place in self._by_columns.get((where.column, where.end_column), ())
            if place.reaches(where.line)
        ]
        whole = [p for p in places if getattr(p.node, "end_lineno", 0) == where.end_line]
        statements = [place for place in self._statements if place.reaches(where.line)]
        place = (*statements[-1:], *places[-1:], *whole[:1])[-1:]
        if not place:
            return Identity("", "")
        return Identity(place[0].scope, _text(place[0].subject, mask_strings=mask_strings))


def _places(tree: ast.Module, lines: Sequence[int]) -> Iterator[_Place]:
    """The nodes that reach over any of the lines, which are in order; the outer ones first."""
    waiting = [_Place(tree, tree, "")]
    while waiting:
        place = waiting.pop()
        node, scope = place.node, place.scope
        first = getattr(node, "lineno", 0)
        last = getattr(node, "end_lineno", None) or lines[-1]
        if bisect_left(lines, first) == bisect_right(lines, last):
            continue
        yield place
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            scope = f"{scope}.{node.name}" if scope else node.name
        children = list(ast.iter_child_nodes(node))
        waiting += [_Place(child, node, scope) for child in reversed(children)]


def _entry(node: ast.Dict, value: ast.AST) -> ast.AST:
    """The one entry of a dictionary that holds `value`."""
    for key, other in zip(node.keys, node.values, strict=True):
        if value in (key, other):
            return ast.Dict(keys=[key], values=[other])
    return value


def _told(value: object, *, mask_strings: bool) -> Iterator[str]:
    """A node by its fields, blocks of statements left out."""
    if isinstance(value, ast.Constant):
        yield _literal(value.value, mask_strings=mask_strings)
    elif isinstance(value, ast.AST):
        yield f"{type(value).__name__}("
        for name in value._fields:
            content = getattr(value, name, None)
            is_block = name in _BLOCKS and isinstance(content, list)
            if content in (None, []) or name in _NOT_CODE or is_block:
                continue
            yield f"{name}="
            is_key = (type(value), name) in _KEYS
            yield from _told(content, mask_strings=mask_strings and not is_key)
        yield ")"
    elif isinstance(value, list):
        for item in value:
            yield from _told(item, mask_strings=mask_strings)
            yield ","
    else:
        yield str(value)


def _literal(value: object, *, mask_strings: bool) -> str:
    if isinstance(value, str | bytes) and mask_strings:
        return "''"
    if isinstance(value, int) and value.bit_length() > 1000:
        return hex(value)  # a decimal of so many digits takes long, or is refused
    return repr(value)


def _text(node: ast.AST, *, mask_strings: bool) -> str:
    try:
        text = "".join(_told(node, mask_strings=mask_strings))
    except RecursionError:  # an expression of over a thousand terms: its kind has to do
        text = type(node).__name__
    if len(text) <= MAX_LENGTH:
        return text
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    return f"{text[: MAX_LENGTH - len(digest)]}{digest}"
