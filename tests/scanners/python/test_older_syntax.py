"""Newer statements in older words: what was code is code, on the line where it was."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.scanners.python.newer.masking import code_only, fields_only
from tidegate.scanners.python.newer.older_words import hollow, in_older_syntax, simple_statements


@pytest.mark.parametrize(
    ("newer", "older"),
    [
        ("def f[T](x): pass", "def f(T,x): pass"),
        ("def f[T: (a, b) = c, *U, **P = g](): pass", "def f(T: (a, b) | c, U, P: g,): pass"),
        ("class A[T: 'a]=', *U,](B, C): pass", "class A(T| 'a]=', U , B, C): pass"),
        ("class A[T]: pass", "class A(T): pass"),
        ("type X = int", "X : int"),
        ("type X[T: a, *U] = int; type Y = X", "X[T: a, U] : int; Y : X"),
        ("if x: type X = int", "if x: X : int"),
        ("except A, B.c: pass", "except A| B.c: pass"),
        ("except* A, B: pass", "except* A| B: pass"),
        ("lazy import os as o", "import os as o"),
        ("lazy from os import path", "from os import path"),
    ],
)  # fmt: skip
def test_statements_in_older_words(newer: str, older: str) -> None:
    said = in_older_syntax(newer)
    assert said.replace(" ", "") == older.replace(" ", "")
    ast.parse(f"try: pass\n{said}" if said.startswith("except") else said)


@pytest.mark.parametrize(
    "statement",
    [
        "x = a[b: c, 'type X = int']",
        "type = 1",
        "type(x)",
        "lazy = 1",
        "def f(x: int = 1, *a): pass",
        "class A(B): pass",
        "except (A, B): pass",
        "except A: pass",
    ],
)
def test_older_statements_stay(statement: str) -> None:
    assert in_older_syntax(statement) == statement
    assert fields_only(statement) == statement


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ('z = f"{d["a"]}"', "z = (d['a'],)"),
        ('z = f"a"', "z = ()"),
        ("z = t'{x!r:>{w}}' + rf'{q = }{f'{n}'}'", "z = (x, w) + (q, (n,))"),
        ('z = "a" f"{x}" "b" f"{y}"', "z = 'a' + (x,) + (y,)"),
        ("z = f\"{x}\" 'b' # c\n", "z = (x,)"),
        ("z = f'{x:{{1}}}{y!=2}'", "z = (x, {1}, y != 2)"),
        ("z = f'{x:{y:{z}}}{(lambda: {1})()}'", "z = (x, y, z, (lambda: {1})())"),
        ("z = f'''{\nx # '''\n}{ {1:2}[1] }''' % y", "z = (x, {1: 2}[1]) % y"),
        ("z = f'{{}}\\N{DASH}{x}\\''", "z = (x,)"),
    ],
)
def test_strings_with_fields_are_tuples_of_them(text: str, fields: str) -> None:
    said = fields_only(text)
    assert ast.unparse(ast.parse(said)) == fields
    assert (len(said), said.count("\n")) == (len(text), text.count("\n"))


def test_only_semicolons_of_code_part_statements() -> None:
    text = "a = ';'; b = f'{';'}' # ;"
    assert simple_statements(text) == ["a = ';'", " b = f'{';'}' # ;"]


def test_nothing_is_as_long() -> None:
    assert hollow("ab\ncd") == "( \n )"
    ast.parse(hollow("z = [*a\n for a in b]"))


CODE = st.text(alphabet="ft'\"{}[]()\\\n:;=!#,* abT", max_size=40)


@given(CODE)
def test_no_text_breaks_what_reads_it(text: str) -> None:
    for said in (fields_only(text), code_only(text)):
        assert len(said) == len(text)
        assert [len(line) for line in said.split("\n")] == [len(line) for line in text.split("\n")]
    for head in ("", "def f[", "class A[", "type X[", "except A,"):
        assert in_older_syntax(head + text).count("\n") == text.count("\n")
    assert ";".join(simple_statements(text)) == text
