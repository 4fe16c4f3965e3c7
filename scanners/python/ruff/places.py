"""Where bandit would see what ruff found: ruff marks a name or an argument, bandit a node."""

import ast
from collections.abc import Iterator, Sequence

from ..identity import Location
from .run import Mark

_FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
_IMPORT = (ast.Import, ast.ImportFrom)
_NODES: dict[str, tuple[type[ast.AST], ...]] = {
    "B101": (ast.Assert,),
    "B107": _FUNCTION,
    "B110": (ast.ExceptHandler,),
    "B112": (ast.ExceptHandler,),
    "B503": _FUNCTION,
}
"""What bandit's plugin looks at; calls where nothing is said."""
_ARGUMENTS = frozenset({"B507"})
"""Rules for which ruff marks an argument that may be a call as well."""
_STRINGS = frozenset({"B104", "B105", "B108", "B608"})
"""Rules about a literal: it names what is found, together with all it is a part of."""


def location_of(rule: str, mark: Mark, tree: ast.Module, lines: Sequence[str]) -> Location:
    """The place of the node that bandit's `rule` would name for this mark of ruff's."""
    first = (mark.line, _bytes_before(lines, mark.line, mark.column))
    last = (mark.end_line, _bytes_before(lines, mark.end_line, mark.end_column))
    around = list(_around(tree, first, last))
    node = _named(rule, around, first)
    if node is None:
        return Location(mark.line, mark.end_line, first[1], last[1])
    return Location(
        line=min(max(mark.line, node.lineno), node.end_lineno or mark.line),
        end_line=node.end_lineno or mark.end_line,
        column=node.col_offset,
        end_column=node.end_col_offset or 0,
    )


_Located = ast.stmt | ast.expr | ast.ExceptHandler
_At = tuple[int, int]


def _bytes_before(lines: Sequence[str], line: int, column: int) -> int:
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    return len(text[: column - 1].encode("utf-8", "surrogatepass"))


def _named(rule: str, around: Sequence[_Located], first: _At) -> _Located | None:
    if rule in _STRINGS:
        return _first_string(around, first)
    kinds = _IMPORT if rule.startswith("B4") else _NODES.get(rule, (ast.Call,))
    outer = around[:-1] if rule in _ARGUMENTS else around
    return next((node for node in reversed(outer) if isinstance(node, kinds)), None)


def _first_string(around: Sequence[_Located], first: _At) -> _Located | None:
    """The first literal from `first` on."""
    strings = (
        node
        for node in (ast.walk(around[-1]) if around else ())
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    after = [node for node in strings if (node.lineno, node.col_offset) >= first]
    return min(after, key=lambda node: (node.lineno, node.col_offset), default=None)


def _around(tree: ast.Module, first: _At, last: _At) -> Iterator[_Located]:
    """The nodes that hold this stretch, from the outside in."""
    node: ast.AST | None = tree
    while node is not None:
        node = next((child for child in _children(node) if _holds(child, first, last)), None)
        if isinstance(node, _Located):
            yield node


def _children(node: ast.AST) -> Iterator[ast.AST]:
    """Those that have a place, looked for through those that have none."""
    for child in ast.iter_child_nodes(node):
        if hasattr(child, "lineno"):
            yield child
        else:
            yield from _children(child)


def _holds(node: ast.AST, first: _At, last: _At) -> bool:
    lines = [(node.lineno, node.col_offset)]  # type: ignore[attr-defined]  # see _children
    lines += [(d.lineno, d.col_offset) for d in getattr(node, "decorator_list", ())]
    end = (node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]  # see _children
    return min(lines) <= first and last <= end
