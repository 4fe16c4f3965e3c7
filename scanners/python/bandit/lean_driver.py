"""Bandit's plugins, unchanged, over one syntax tree, with less around them than in bandit.

Bandit visits every node, logs each step and copies a context for each plugin. Here one walk
calls a plugin only where its gate opens (lean_gates.py). What is found, and its order, is
bandit's: tests and `benchmarks/scan.py` hold the two together.
"""

import ast
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from itertools import pairwise
from typing import Any

from bandit.core.context import Context
from bandit.core.utils import get_call_name, linerange

from .issue import Examined, Issue, issue_of
from .lean_gates import Calls, Imports, Plugin, Strings, password_search
from .nosec import NosecLines, hush_of, is_plain, nosec_lines

MAX_DEPTH = 200
"""What nests deeper is bandit's own to walk: Python's limit of recursion decides there."""
_NO_NODES = frozenset(
    {"arg", "asname", "attr", "conversion", "ctx", "id", "is_async", "kind", "level", "module"}
    | {"op", "ops", "rest", "simple", "type_comment", "type_ignores"}
)
"""Fields of text, numbers and operators: no plugin listens to what is in them."""
_FIELDS: Mapping[type, Sequence[str]] = {
    kind: tuple(name for name in kind._fields if name not in _NO_NODES)
    for kind in vars(ast).values()
    if isinstance(kind, type) and issubclass(kind, ast.AST)
}


class TooDeep(Exception):
    """The tree is left to bandit's own driver."""


class LeanDriver:
    """Bandit's plugins behind their gates."""

    def __init__(self, plugins: Mapping[str, Sequence[Plugin]]) -> None:
        """`plugins` are those of a bandit test set, by the kind of node they listen to."""
        is_password = password_search()
        self.plugins = plugins
        self.calls = Calls(plugins.get("Call", ()), is_password)
        self.strings = Strings(plugins.get("Str", ()), is_password)
        self.imports = Imports(plugins.get("Import", ()))
        self.imports_from = Imports(plugins.get("ImportFrom", ()))

    def examine(self, path: str, source: bytes) -> Examined:
        """What the plugins find, in bandit's order.

        Raises what bandit's reading of comments and Python's parser raise, and TooDeep.
        """
        visit = _Visit(self, path, nosec_lines(source))
        tree = ast.parse(source)
        visit.walk(tree)
        # The plugins of whole files look for characters that are not ASCII.
        if not (source.isascii() and is_plain(source)):
            visit.whole(source)
        return Examined(tuple(visit.issues), tuple(visit.failures), tree)


class _Visit:
    """One walk over one tree."""

    def __init__(self, driver: LeanDriver, path: str, nosec: NosecLines) -> None:
        self.failures: list[str] = []
        self.issues: list[Issue] = []
        self._driver = driver
        self._nosec = nosec
        self._above: list[ast.AST] = []
        self._imports: set[str] = set()
        self._aliases: dict[str, str] = {}
        self._shared = {
            "filename": path,
            "imports": self._imports,
            "import_aliases": self._aliases,
        }

    def walk(self, node: ast.AST) -> None:
        """Look at all below `node`: the outer before the inner, the first before the last."""
        above, looks, fields = self._above, _LOOKS, _FIELDS
        above.append(node)
        if len(above) > MAX_DEPTH:
            raise TooDeep
        for name in fields[node.__class__]:
            value: Any = getattr(node, name, None)
            for child in value if value.__class__ is list else (value,):
                kind = child.__class__
                if kind in looks:
                    looks[kind](self, child)
                if fields.get(kind):  # text, numbers and None have no fields
                    self.walk(child)
        above.pop()

    def whole(self, source: bytes) -> None:
        """Run the plugins that look at the whole file."""
        place = {"lineno": 0, "linerange": [0, 1], "col_offset": 0}
        self._run(self._driver.plugins.get("File", ()), {**place, "file_data": BytesIO(source)})

    def _other(self, node: ast.stmt | ast.ExceptHandler) -> None:
        self._look(node, self._driver.plugins.get(node.__class__.__name__, ()))

    def _call(self, node: ast.Call) -> None:
        qualname = get_call_name(node, self._aliases)
        plugins = self._driver.calls.of(node, qualname)
        if plugins:
            name = qualname.split(".")[-1]
            self._look(node, plugins, call=node, qualname=qualname, name=name)

    def _constant(self, node: ast.Constant) -> None:
        value, parent = node.value, self._above[-1]
        if isinstance(value, str) and not isinstance(parent, ast.Expr):
            self._look(node, self._driver.strings.of(value, node, parent), str=value)

    def _function(self, node: ast.FunctionDef) -> None:
        if node.args.defaults:  # all that bandit's plugins look at in a function
            self._other(node)

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        names = [alias.name for alias in node.names]
        for alias in node.names:
            if alias.asname:
                self._aliases[alias.asname] = alias.name
        self._imports.update(names)
        self._look(node, self._driver.imports.of(names))

    def _import_from(self, node: ast.ImportFrom) -> None:
        if node.module is None:
            self._import(node)  # as bandit does with `from . import name`
            return
        names = [f"{node.module}.{alias.name}" for alias in node.names]
        for alias, name in zip(node.names, names, strict=True):
            self._aliases[alias.asname or alias.name] = name
        self._imports.update(names)
        self._look(node, self._driver.imports_from.of(names))

    def _look(self, node: Any, plugins: Sequence[Plugin], **more: object) -> None:  # noqa: ANN401 - any node with a place
        if not plugins:
            return
        # Plugins follow these links upwards only. Without them a tree has no cycles: it is freed
        # as soon as it is left, and the garbage collector has nothing to do.
        chain = [*self._above, node]
        for parent, child in pairwise(chain):
            child._bandit_parent = parent
        place = {
            "node": node,
            "lineno": node.lineno,
            "col_offset": node.col_offset,
            "end_col_offset": node.end_col_offset,
        }
        self._run(plugins, {**place, **more})
        for child in chain[1:]:
            del child._bandit_parent

    def _run(self, plugins: Sequence[Plugin], place: Mapping[str, Any]) -> None:
        context = Context({**self._shared, **place})
        for plugin in plugins:
            try:
                has_config = hasattr(plugin, "_config")
                found = plugin(context, plugin._config) if has_config else plugin(context)
            except MemoryError:
                raise  # the machine's failure, not the plugin's
            except Exception as error:  # noqa: BLE001 - one plugin's failure is not the others'
                self.failures.append(
                    f"{plugin.__name__} at line {place['lineno']}: {error!r}"[:200]
                )
                continue
            if found is not None:
                self._keep(found, plugin, place)

    def _keep(self, found: Any, plugin: Plugin, place: Mapping[str, Any]) -> None:  # noqa: ANN401 - bandit ships no types
        if "linerange" in place:
            around = place["linerange"]
        else:  # the lines of a literal are those of what it is a part of
            around = linerange(self._above[-1] if "str" in place else place["node"])
        found.test_id = found.test_id or plugin._test_id
        hush = hush_of(self._nosec, found.test_id, found.lineno, around)
        if found.lineno is None:
            found.lineno = place["lineno"]
        found.linerange = found.linerange or around
        if found.col_offset == -1:
            found.col_offset = place["col_offset"]
        found.end_col_offset = place.get("end_col_offset", 0)
        self.issues.append(issue_of(found, hush))


_LOOKS: Mapping[type, Callable[[_Visit, Any], None]] = {
    ast.Assert: _Visit._other,
    ast.Call: _Visit._call,
    ast.Constant: _Visit._constant,
    ast.ExceptHandler: _Visit._other,
    ast.FunctionDef: _Visit._function,
    ast.Import: _Visit._import,
    ast.ImportFrom: _Visit._import_from,
}
"""The kinds of nodes that plugins listen to, or that name what others call."""
