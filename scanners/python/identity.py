"""What names a finding wherever it moves: the scope around it and the code it is about.

Code is told by its syntax tree, so that no layout, no formatter and no version of Python
changes the name: brackets, quotes, line breaks and comments are not in the tree.
"""

import ast
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from ...records.addresses import without_user
from .newer.masking import plain_text

MAX_LENGTH = 2000
"""A longer text is cut and ends in a digest of the whole."""
_BLOCKS = frozenset({"body", "orelse", "handlers", "finalbody", "cases"})
_KEYS = frozenset({(ast.Dict, "keys"), (ast.Subscript, "slice")})
_NOT_CODE = frozenset({"ctx", "kind", "type_comment", "type_ignores"})


_SECRET_NAME = re.compile(r"pass|pwd|secret|token|api_?key|auth|cred", re.IGNORECASE)
_ASSIGNING = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.NamedExpr, ast.keyword)


@dataclass(frozen=True, slots=True)
class Identity:
    """Where a finding stands and what it is about, both without lines."""

    scope: str = ""
    """Dotted name of the innermost function or class around it."""
    code: str = ""
    body: str = ""
    """Digest of all the code of that function or class, its name apart; empty in a module."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A node, the place around it, and the function or class it stands in."""

    node: ast.AST
    outer: "_Place | None" = None
    scope: str = ""
    scope_node: ast.AST | None = None

    def inside(self) -> "tuple[str, ast.AST | None]":
        """Scope and scope node of what stands in this node."""
        if not isinstance(self.node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            return self.scope, self.scope_node
        name = self.node.name
        return (f"{self.scope}.{name}" if self.scope else name), self.node

    def subject(self) -> ast.AST:
        """The node; for a literal all it is a part of, up to what it is assigned to.

        A literal alone says little: it may be the format of values that come from anywhere.
        Where bandit points at a part of an f-string, Python 3.11 knows the place of all of it.
        """
        if not isinstance(self.node, ast.Constant | ast.JoinedStr):
            return self.node
        place = self
        while place.outer and isinstance(place.outer.node, ast.expr):
            if isinstance(place.outer.node, ast.Dict):
                return _entry(place.outer.node, place.node)
            place = place.outer
        if place.outer and isinstance(place.outer.node, _ASSIGNING):
            return place.outer.node
        return place.node


@dataclass(frozen=True, slots=True)
class Location:
    """First and last line, counted from 1, and the columns in them, counted in bytes."""

    line: int
    end_line: int
    column: int
    end_column: int


class Identities:
    """The names of what stands on some lines of a module."""

    def __init__(self, source: bytes, lines: Iterable[int], tree: ast.Module | None = None) -> None:
        """`tree` is that of `source`, where it is at hand."""
        wanted = sorted(set(lines))
        self._text_lines = source.splitlines()
        self._places: dict[tuple[int, int, int], list[_Place]] = {}
        self._statements: dict[int, _Place] = {}
        self._texts: dict[tuple[int, bool], str] = {}
        self._bodies: dict[int, str] = {}
        self._tree = tree or ast.parse(source)
        for place, over in _places(self._tree, wanted):
            self._add(place, over)

    def _add(self, place: _Place, lines: Sequence[int]) -> None:
        columns = [getattr(place.node, name, -1) for name in ("col_offset", "end_col_offset")]
        for line in lines:
            self._places.setdefault((line, columns[0], columns[1]), []).append(place)
            if isinstance(place.node, ast.stmt):
                self._statements[line] = place

    def at(self, where: Location, *, mask_strings: bool) -> Identity:
        """The identity of what has this location, else of the statement or the line there.

        With `mask_strings` the only strings told are keys: bandit may point at the key of a
        dictionary as well as at the secret that stands under it.
        """
        places = self._places.get((where.line, where.column, where.end_column), [])
        whole = [
            place
            for place in places
            if getattr(place.node, "end_lineno", 0) == where.end_line
            and not isinstance(place.node, ast.Expr)
        ]
        place = next(iter([*whole, *reversed(places)]), self._statements.get(where.line))
        if place is None:
            return Identity(code="" if mask_strings else self._line(where.line))
        text = self._text(place.subject(), mask_strings=mask_strings)
        return Identity(place.scope, text, self._body(place.scope_node))

    def _line(self, line: int) -> str:
        """What stands outside of all code, a comment for one."""
        in_file = 0 < line <= len(self._text_lines)
        return _bounded(self._text_lines[line - 1].strip().decode("latin-1")) if in_file else ""

    def _text(self, node: ast.AST, *, mask_strings: bool) -> str:
        if isinstance(node, ast.Dict):  # perhaps made for one entry: its id does not last
            return _text(node, mask_strings=mask_strings)
        key = id(node), mask_strings
        if key not in self._texts:
            self._texts[key] = _text(node, mask_strings=mask_strings)
        return self._texts[key]

    def _body(self, node: ast.AST | None) -> str:
        if node is None:
            return ""
        if id(node) not in self._bodies:
            self._bodies[id(node)] = _body(node)
        return self._bodies[id(node)]


def plain_identity(scope: str, statement: str, *, mask_strings: bool) -> Identity:
    """The identity of what stands in a statement that is too new for this Python."""
    masked = mask_strings or bool(_SECRET_NAME.search(statement))
    text = plain_text(statement, mask_strings=masked)
    return Identity(scope, _bounded(without_user(text)))


def _body(node: ast.AST) -> str:
    """A digest of a function or class without its name. It lasts for one run only."""
    try:
        fields = [value for name, value in ast.iter_fields(node) if name != "name"]
        text = repr([_dumped(value) for value in fields])
    except RecursionError:
        return ""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _dumped(value: object) -> object:
    if isinstance(value, list):
        return [_dumped(item) for item in value]
    return ast.dump(value) if isinstance(value, ast.AST) else value


def _places(tree: ast.Module, lines: Sequence[int]) -> Iterator[tuple[_Place, Sequence[int]]]:
    """The nodes over any of the lines, the outer ones first, with those of the lines.

    `lines` are in order; what stands on none of them is not entered.
    """
    waiting = [_Place(child) for child in reversed(tree.body)]
    while waiting:
        place = waiting.pop()
        own: int | None = getattr(place.node, "lineno", None)
        if own is not None:
            last = getattr(place.node, "end_lineno", None) or own
            first = min([own, *(d.lineno for d in getattr(place.node, "decorator_list", ()))])
            over = lines[bisect_left(lines, first) : bisect_right(lines, last)]
            if not over:
                continue
            yield place, over
        scope, scope_node = place.inside()
        children = list(ast.iter_child_nodes(place.node))
        waiting += [_Place(child, place, scope, scope_node) for child in reversed(children)]


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
            masked = (mask_strings and not is_key) or _names_a_secret(value)
            yield from _told(content, mask_strings=masked)
        yield ")"
    elif isinstance(value, list):
        for item in value:
            yield from _told(item, mask_strings=mask_strings)
            yield ","
    else:
        yield str(value)


def _names_a_secret(node: ast.AST) -> bool:
    """Whether strings in the node are given to, or compared with, what is called a secret."""
    if isinstance(node, ast.keyword):
        return bool(_SECRET_NAME.search(node.arg or ""))
    if isinstance(node, ast.Compare):
        return any(_SECRET_NAME.search(_called(side)) for side in (node.left, *node.comparators))
    return False


def _called(node: ast.expr) -> str:
    """The last name of a variable, an attribute, a call or a key."""
    if isinstance(node, ast.Subscript):
        key = node.slice
        return str(key.value) if isinstance(key, ast.Constant) else _called(key)
    if isinstance(node, ast.Call):
        return _called(node.func)
    return str(getattr(node, "attr", getattr(node, "id", "")))


def _literal(value: object, *, mask_strings: bool) -> str:
    if isinstance(value, str | bytes) and mask_strings:
        return "''"
    if isinstance(value, str):
        return repr(without_user(value))
    if isinstance(value, int) and value.bit_length() > 1000:
        return hex(value)  # a decimal of so many digits takes long, or is refused
    return repr(value)


def _text(node: ast.AST, *, mask_strings: bool) -> str:
    try:
        text = "".join(_told(node, mask_strings=mask_strings))
    except RecursionError:  # an expression of over a thousand terms: its kind has to do
        text = type(node).__name__
    return _bounded(text)


def _bounded(text: str) -> str:
    if len(text) <= MAX_LENGTH:
        return text
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    return f"{text[: MAX_LENGTH - len(digest)]}{digest}"
