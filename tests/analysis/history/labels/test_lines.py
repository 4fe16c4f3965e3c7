import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.analysis.history.labels.formatting import is_format_only
from tidegate.analysis.history.labels.lines import suspects


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("a.py", b""),
        ("a.py", b"    )],"),
        ("a.py", b"  # why"),
        ("a.py", b"from a.b import c"),
        ("a.py", b"import os, sys"),
        ("a.js", b"// why"),
        ("a.js", b"const x = require('x')"),
        ("a.c", b"#include <a.h>"),
        ("a.sql", b"-- why"),
        ("Makefile", b"# why"),
        ("a.html", b"<!-- why -->"),
    ],
)
def test_lines_that_carry_no_fault(path: str, line: bytes) -> None:
    assert suspects(path, [line]) == [False]


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("a.py", b"x = 1  # why"),
        ("a.py", b"important = 2"),
        ("a.py", "größe".encode()),
        ("a.c", b"#define A 1"),
        ("a.css", b"#id { }"),
        ("a.js", b"import('x')"),
        ("a.md", b"# Title"),
        ("a.c", b"*p = 1;"),
    ],
)
def test_lines_that_may(path: str, line: bytes) -> None:
    assert suspects(path, [line]) == [True]


def test_an_import_ends_with_its_bracket() -> None:
    lines = [b"from a import (", b"    b,", b"    c,", b")", b"d = b(c)"]
    assert suspects("a.py", lines) == [False, False, False, False, True]


@pytest.mark.parametrize(
    ("removed", "added"),
    [
        ([b"f(a,b)"], [b"f(a, b)"]),
        ([b"f(a, b)"], [b"f(", b"    a,", b"    b,", b")"]),
        ([b"x = 'a'"], [b'x = "a"']),
        ([b"x = 1"], [b"x = 1  # as said"]),
        ([b"a = b + \\", b"  c"], [b"a = b + c"]),
    ],
)
def test_python_that_says_the_same(removed: list[bytes], added: list[bytes]) -> None:
    assert is_format_only("a.py", removed, added)


@pytest.mark.parametrize(
    ("removed", "added"),
    [
        ([b"a = b - c"], [b"a = b + c"]),
        ([b"a = 'it''s'"], [b"a = 'its'"]),
        ([b"    return x"], [b"return x"]),
        ([b"x = 'a b'"], [b"x = 'ab'"]),
        ([b"x = ''"], [b"x = '#'"]),
        ([b"a = (1)"], [b"a = (1,)"]),
        ([b"return (1)"], [b"return (1,)"]),
        ([b"x = 1"], []),
        ([], [b"x = 1"]),
    ],
)
def test_python_that_does_not(removed: list[bytes], added: list[bytes]) -> None:
    assert not is_format_only("a.py", removed, added)


def test_elsewhere_white_space_says_nothing() -> None:
    assert is_format_only("a.js", [b"if(a){b()}"], [b"if (a) {", b"  b()", b"}"])
    assert not is_format_only("a.js", [b"a - b"], [b"a + b"])


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from([b"a", b"b1", b"'s'", b"+", b"(", b")", b"#c"]), max_size=8))
def test_more_blanks_never_change_what_is_said(words: list[bytes]) -> None:
    once = b" ".join(words)
    assert is_format_only("a.py", [once], [b"  ".join(words)])
