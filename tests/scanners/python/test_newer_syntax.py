"""What is too new makes way; all the rest keeps its place."""

import ast

import pytest

from tidegate.scanners.python.newer.logical_lines import layout_of
from tidegate.scanners.python.newer.syntax import ReadableTree, readable_tree
from tidegate.tests.scanners.python.newer import UNTOLD

REST = "class A:\n    def f(self):\n        return g(1)\n"


def readable(text: str) -> ReadableTree:
    found = readable_tree(text, layout_of(text))
    assert found
    return found


def places(tree: ast.AST) -> set[tuple[str, int, int]]:
    return {
        (type(node).__name__, node.lineno, node.col_offset)
        for node in ast.walk(tree)
        if isinstance(node, ast.stmt | ast.expr)
    }


NEW = [
    "try:\n    pass\nexcept A, B:\n    x = 1\n",
    "try:\n    pass\nexcept* A, B:\n    x = 1\n",
    'y = t"{x}"\n',
    'if t"{x}":\n    y = 1\nelif t"{x}":\n    y = 2\nelse:\n    y = 3\n',
    'for t in t"{x}":\n    y = 1\n',
    'with f(t"{x}") as y:\n    z = 1\n',
    'async def k():\n    async with f(t"{x}") as y:\n        z = 1\n',
    'while t"{x}": y = 1\n',
    'match t"{x}":\n    case 1:\n        y = 1\n    case 2 if t"{x}":\n        y = 1\n',
    'match = t"{x}"\ncase = t"{x}"\n',
    'case(t"{x}")\n',
    'def h(\n    a=t"{x}",\n    b=2,\n): return 1\n',
    'class B(t"{x}"):\n    def k(self):\n        pass\n',
    '@decorate(t"{x}")\ndef h():\n    pass\n',
    'call(\n    t"{x}",\n)\n',
    'try: y = t"{x}"\nfinally: z = t"{x}"\n',
    "type X = int\n",
    "def h[T: (int, str)](a: T) -> T:\n    return a\n",
    "class B[T]:\n    def k(self):\n        pass\n",
    'z = f"{d["a"]}"\n',
]


@pytest.mark.parametrize("new", [*NEW, *(text.replace('t"{x}"', UNTOLD) for text in NEW)])
def test_the_rest_stays_where_it_is(new: str) -> None:
    rest = places(ast.parse(REST))
    assert rest <= places(readable(REST + new).tree)
    below = new.count("\n")
    moved = {(kind, line + below, column) for kind, line, column in rest}
    assert moved <= places(readable(new + REST).tree)
    body = "".join(f"    {line}\n" for line in new.splitlines())
    assert rest <= places(readable(REST + "def outer():\n" + body).tree)


def test_names_around_new_code_stay() -> None:
    text = f"class A:\n    async def f(self, a={UNTOLD}):\n        return g(1)\n"
    (outer,) = readable(text).tree.body
    assert isinstance(outer, ast.ClassDef)
    (inner,) = outer.body
    assert isinstance(inner, ast.AsyncFunctionDef)
    assert inner.name == "f"
    assert set(readable(text).newer) == {2}


def test_what_is_broken_in_its_blocks_has_no_tree() -> None:
    text = "def f():\nx = 1\n"
    assert readable_tree(text, layout_of(text)) is None
