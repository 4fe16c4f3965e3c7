import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.scanners.python_text import MAX_LENGTH, decoded_lines, normalised, scopes


def code(text: str, *, mask: bool = False) -> str:
    lines = text.split("\n")
    return normalised(lines, 1, len(lines), mask_strings=mask)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("eval(x)", "    eval( x )  # why"),
        ("call('a', 'b')", 'call(\n    "a",\n    "b",\n)'),
        ("call(a,\n     b)", "call(\n    a, b\n)"),
        ("x = 'it\\'s'", 'x = "it\'s"'),
        ("U'a' + B'b'", 'u"a" + b"b"'),
        ("Rb'\\d'", "bR'\\d'"),
        ("a = \\\n    b", "a = b"),
        ("not  x", "not x"),
        ("f'{a}'", 'f"{a}"'),
    ],
)
def test_layout_comments_and_quotes_do_not_matter(one: str, other: str) -> None:
    assert code(one) == code(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("eval('1+1')", "eval(request.args['x'])"),
        ("not x", "notx"),
        ("f('a b')", "f('a  b')"),
        ("f('# a')", "f('# b')"),
        ("b'a'", "'a'"),
        ("f(a, b)", "f(b, a)"),
        ("'a' 'b'", "'ab'"),
    ],
)
def test_other_code_is_other_code(one: str, other: str) -> None:
    assert code(one) != code(other)


def test_masked_strings_leave_nothing_behind() -> None:
    masked = code("login(password='hunter2', f'{token}hunter2', '''hunter2''')", mask=True)
    assert "hunter2" not in masked
    assert masked == 'login(password="","","")'


def test_only_the_lines_asked_for_count() -> None:
    assert normalised(["a", "b", "c"], 2, 2, mask_strings=False) == "b"


def test_a_long_text_is_cut_and_still_told_apart() -> None:
    one, other = code("x" * 9000 + "a"), code("x" * 9000 + "b")
    assert one != other
    assert len(one) < MAX_LENGTH + 40


def test_the_innermost_scope_names_a_line() -> None:
    source = "a = 1\nclass A:\n    def f(self):\n        def g():\n            pass\n    x = 2\n"
    scope_at = scopes(ast.parse(source))
    assert [scope_at(line) for line in range(1, 7)] == ["", "A", "A.f", "A.f.g", "A.f.g", "A"]


def test_lines_are_counted_as_the_parser_counts_them() -> None:
    source = b"# coding: latin-1\r\nx = '\xe9\x0c\x1c'\ry = 1\n"
    assert decoded_lines(source)[1:3] == ["x = 'é\x0c\x1c'", "y = 1"]
    assert decoded_lines(b"# coding: nonsense\nx") == ["# coding: nonsense", "x"]


snippets = st.sampled_from(
    ["eval(x)", "call(a, b=[1, 2], c={'k': f'{v}'})", "x = 'a' if b else \"c\"", "return -1"]
)


@given(snippets, st.integers(0, 12), st.sampled_from(["", "  # note", "\t"]), st.booleans())
def test_indentation_and_comments_change_nothing(
    text: str, indent: int, tail: str, broken: bool
) -> None:
    laid_out = text.replace(", ", ",\n  # between\n ") if broken else text
    assert code(" " * indent + laid_out + tail) == code(text)


@given(st.text())
def test_any_text_has_a_name_and_no_string_survives_the_mask(text: str) -> None:
    assert isinstance(code(text), str)
    assert code(code(text)) == code(code(code(text)))
