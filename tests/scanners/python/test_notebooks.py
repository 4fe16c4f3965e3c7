import ast
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.scanners.python.magics import UNKNOWN_MAGIC, UNPARSED
from tidegate.scanners.python.notebooks import (
    MAX_BYTES,
    BrokenNotebook,
    Gap,
    NotebookCode,
    python_of_notebook,
)

PYTHON = {"kernelspec": {"language": "python", "name": "python3"}}


def code(*lines: str) -> dict[str, Any]:
    source = [line + "\n" for line in lines[:-1]] + list(lines[-1:])
    return {"cell_type": "code", "source": source, "outputs": [], "metadata": {}}


def notebook(*cells: Any, metadata: Any = PYTHON) -> bytes:
    document = {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(document, indent=1, ensure_ascii=False).encode()


def body(read: NotebookCode) -> list[str]:
    """The source without its declaration and the blank lines."""
    return [line for line in read.source.decode().split("\n")[1:] if line]


def plain(*lines: str) -> list[str]:
    read = python_of_notebook(notebook(code(*lines)))
    assert read.gaps == ()
    ast.parse(read.source)
    source = read.source.decode().split("\n")[1:]
    assert len(source) == len(lines) + 2, "no line may move"
    return source[: len(lines)]


def test_cells_become_one_source_that_knows_its_lines() -> None:
    data = notebook(
        {"cell_type": "markdown", "source": ["import os\n", "eval(x)"]},
        code("import os", "", "x = 'ä\"'"),
        {"cell_type": "raw", "source": "eval(y)"},
        code("import os", "eval(x)"),
    )
    read = python_of_notebook(data)
    assert body(read) == ["import os", "x = 'ä\"'", "import os", "eval(x)"]
    assert read.gaps == ()
    file_lines = data.decode().split("\n")
    source = read.source.decode().split("\n")
    assert len(read.lines) == len(source) - 1
    for line, place in zip(source, read.lines, strict=False):
        if line and line != source[0]:
            assert json.dumps(line, ensure_ascii=False)[1:-1] in file_lines[place - 1]


def test_a_source_in_one_string_stands_on_one_line() -> None:
    data = notebook({"cell_type": "code", "source": "a = 1\nb = 2"}, code("c = 3"))
    read = python_of_notebook(data)
    line = next(n for n, text in enumerate(data.split(b"\n"), 1) if b"a = 1" in text)
    assert read.lines[1:4] == (line, line, line)
    assert body(read) == ["a = 1", "b = 2", "c = 3"]


def test_a_notebook_on_one_line_is_read() -> None:
    data = json.dumps(json.loads(notebook(code("a = 1", "b = 2")))).encode()
    assert set(python_of_notebook(data).lines) == {1}


def test_escaped_keys_and_byte_order_mark() -> None:
    data = notebook(code("a = 1")).replace(b'"source"', b'"\\u0073ource"')
    read = python_of_notebook(b"\xef\xbb\xbf" + data)
    assert read.lines[1] == python_of_notebook(notebook(code("a = 1"))).lines[1] > 1


@pytest.mark.parametrize("breaks", ["\r\n", "\r", "\n"])
def test_every_line_break_of_python_counts(breaks: str) -> None:
    cell = {"cell_type": "code", "source": ["a = 1" + breaks, "b = 2"]}
    read = python_of_notebook(notebook(cell))
    assert body(read) == ["a = 1", "b = 2"]
    assert read.lines[1] + 1 == read.lines[2]


@pytest.mark.parametrize("source", ["x = 1\ny = 2", ["x = 1\n", "y = 2"], ["x = 1", "y = 2"]])
def test_nbformat_3(source: Any) -> None:
    cell = {"cell_type": "code", "language": "python", "input": source}
    data = json.dumps({"worksheets": [{"cells": [cell]}], "metadata": {}, "nbformat": 3}, indent=1)
    read = python_of_notebook(data.encode())
    assert body(read) == ["x = 1", "y = 2"]
    assert read.lines[1] > 1


def test_a_file_of_both_formats_hides_neither_half() -> None:
    document = json.loads(notebook(code("a = 1")))
    document["worksheets"] = [{"cells": [{"cell_type": "code", "input": "b = 2"}]}]
    assert body(python_of_notebook(json.dumps(document).encode())) == ["a = 1", "b = 2"]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["%matplotlib inline", "import os"], ["pass", "import os"]),
        (["%time x = eval(y)"], ["x = eval(y)"]),
        (["%timeit -n 10 -r3 -o f(x)"], ["f(x)"]),
        (["%prun -s cumulative -l 5 f(x)"], ["f(x)"]),
        (["x = %timeit -o eval(y)"], ["x = eval(y)"]),
        (["%config A.b = eval(y)"], ["A.b = eval(y)"]),
        (["!ls -la", "x = 1"], ["pass", "x = 1"]),
        (["!pip install a \\", "   b", "x = 1"], ["pass", "", "x = 1"]),
        (["x = !ls", "y = %pwd"], ["x = None", "y = None"]),
        (["!echo {eval(x)} {y}"], ["(eval(x),)"]),
        (["!echo \\", "{eval(x)}"], ["(eval(x),)", ""]),
        (["!echo {eval(x)!r}"], ["(eval(x),)"]),
        (["!awk '{print($1)}' f"], ["pass"]),
        (["?help", "help?", "x.y??"], ["pass", "pass", "pass"]),
        (["if x:", "    !ls", "    %time eval(y)"], ["if x:", "    pass", "    eval(y)"]),
        (["  x = 1", "  y = 2", "  !ls"], ["x = 1", "y = 2", "pass"]),
        (["x = '''", "!ls", "%time", "'''", "!ls"], ["x = '''", "!ls", "%time", "'''", "pass"]),
        (["x = (5", "%time)", "y = 1"], ["x = (5", "%time)", "y = 1"]),
        (["x = (5  # it's (", "%y)", "!ls"], ["x = (5  # it's (", "%y)", "pass"]),
        (["pip install x"], ["pass"]),
        (["time eval(x)"], ["eval(x)"]),
        (["%%time", "eval(x)"], ["", "eval(x)"]),
        (["%%timeit -n 3 x = eval(y)", "x"], ["x = eval(y)", "x"]),
        (["", "%%capture out", "%%time", "!ls", "eval(x)"], ["", "", "", "pass", "eval(x)"]),
        (["%%bash", "ls 'x"], ["", ""]),
        (["%%bash {eval(x)}", "ls"], ["(eval(x),)", ""]),
        (["%%sx", "ls {eval(x)}"], ["(eval(x),)", ""]),
        (["%%html", "<b>"], ["", ""]),
        (["%%script bash", "ls 'x"], ["", ""]),
        (["%%script python3", "eval(x)"], ["", "eval(x)"]),
        (["%%writefile a.py", "eval(x)"], ["", "eval(x)"]),
        (["%%writefile run", "eval(x)"], ["", "eval(x)"]),
        (["%%writefile a.yml", "a: b: c"], ["", ""]),
        (["%%mystery", "eval(x)"], ["", "eval(x)"]),
        (["await f()", "!ls"], ["await f()", "pass"]),
    ],
)
def test_magics_are_neutralised_in_place(lines: list[str], expected: list[str]) -> None:
    assert plain(*lines) == expected


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (["def f(:"], UNPARSED),
        (["print 'Python 2'"], UNPARSED),
        (["x = 'a\0b'"], UNPARSED),
        (["x = '\ud800'"], UNPARSED),
        (["x = 1 \\"], UNPARSED),
        (["f(" + "-" * 100_000 + "1)"], UNPARSED),
        (["!" + "x" * 20_000], UNPARSED),
        ([",eval x"], UNPARSED),
        (["%time two def"], UNPARSED),
        (["%%writefile a.py", "def f(:"], UNPARSED),
        (["%%mystery", "two words"], UNKNOWN_MAGIC),
    ],
)
def test_what_is_not_python_is_told_and_moves_nothing(lines: list[str], reason: str) -> None:
    text = json.dumps(json.loads(json.dumps({"cells": [code(*lines), code("eval(x)")]})), indent=1)
    read = python_of_notebook(text.encode())
    assert read.gaps == (Gap(1, reason),)
    assert body(read) == ["eval(x)"]
    place = read.lines[read.source.decode().split("\n").index("eval(x)")]
    assert "eval(x)" in text.split("\n")[place - 1]


def test_a_cell_cannot_declare_an_encoding() -> None:
    read = python_of_notebook(notebook(code("# coding: utf-7", "print+ACg-eval(x))")))
    assert read.gaps == (Gap(1, UNPARSED),)
    assert ast.parse(read.source).body == []


@pytest.mark.parametrize(
    ("metadata", "is_python"),
    [
        ({"kernelspec": {"language": "R", "name": "ir"}}, False),
        ({"language_info": {"name": "julia"}}, False),
        ({"kernelspec": {"language": "R", "name": "python3"}}, True),
        ({"kernelspec": {"language": "python"}, "language_info": {"name": "R"}}, True),
        ({"kernelspec": {"name": "ir"}}, True),
        ({"kernelspec": 3, "language_info": ["R"]}, True),
        ({}, True),
        (None, True),
    ],
)
def test_in_another_language_only_what_is_no_python_is_no_gap(
    metadata: Any, is_python: bool
) -> None:
    read = python_of_notebook(notebook(code("eval(x)"), code("a b"), metadata=metadata))
    assert body(read) == ["eval(x)"], "what a notebook says of itself hides nothing"
    assert len(read.gaps) == is_python


def test_a_real_notebook_in_r_leaves_nothing_to_look_at() -> None:
    cells = [
        code("library(dplyr); x <- function(a) { a + 1 }", "x %>% filter(!is.na(y))"),
        code("df$col <- NULL", "if (is.na(x)) print(x)"),
    ]
    metadata = {"kernelspec": {"language": "R", "name": "ir"}}
    read = python_of_notebook(notebook(*cells, metadata=metadata))
    assert (body(read), read.gaps) == ([], ())


@pytest.mark.parametrize(
    "cell",
    [
        3,
        None,
        {},
        {"cell_type": []},
        {"cell_type": "code"},
        {"cell_type": "code", "source": [1]},
        {"cell_type": "code", "source": {"a": "b"}},
        {"cell_type": "Code", "source": "eval(x)"},
    ],
)
def test_a_cell_of_an_unknown_form_is_a_gap(cell: Any) -> None:
    read = python_of_notebook(notebook(cell, code("eval(x)")))
    assert [gap.cell for gap in read.gaps] == [1]
    assert body(read) == ["eval(x)"]


def test_an_empty_cell_is_no_gap() -> None:
    read = python_of_notebook(notebook(code(), {"cell_type": "code", "source": ""}, code("x")))
    assert read.gaps == ()
    assert body(read) == ["x"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"3",
        b"{}",
        b"\xff\xfe",
        b'{"cells": {}}',
        b'{"cells": null}',
        b'{"worksheets": [{"cells": 3}]}',
        b'{"cells": [' + b"1" * 5000 + b"]}",
        b"[" * 10_000 + b"]" * 10_000,
        b'{"cells": ' * 200_000,
        b" " * (MAX_BYTES + 1),
    ],
    ids=lambda data: repr(data[:20]),
)
def test_what_is_no_notebook_is_refused(data: bytes) -> None:
    with pytest.raises(BrokenNotebook):
        python_of_notebook(data)


def test_of_two_equal_keys_the_last_counts_as_it_does_for_jupyter() -> None:
    data = b'{"cells": [{"cell_type": "code", "source": "a"}],\n"cells": [{"cell_type": "code",\n'
    read = python_of_notebook(data + b'"source": ["b"]}]}')
    assert body(read) == ["b"]
    assert read.lines[1] == 3


LINES = st.sampled_from(
    [
        "x = 1", "eval(x)", "!ls", "%time f()", "%%bash", "%%time", "'''", "(", ")", "  y = 2", "?",
        "a b", "if x:", "", "\\", "x = !ls {f(1)} \\", "%%mystery", "\r", "\x0c", "# coding: hex",
    ]
)  # fmt: skip
CELLS = st.lists(LINES, max_size=6).map(lambda lines: code(*lines))
JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["cells", "cell_type", "source", "input", "metadata", "worksheets"]),
            inner | st.just("code"),
            max_size=3,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(JSON)
def test_any_json_is_read_or_refused(document: Any) -> None:
    try:
        read = python_of_notebook(json.dumps(document).encode())
    except BrokenNotebook:
        return
    ast.parse(read.source)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=100))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with pytest.raises(BrokenNotebook):
        python_of_notebook(data)


@settings(max_examples=200, deadline=None)
@given(st.lists(CELLS, max_size=5))
def test_every_cell_is_in_the_source_or_a_gap(cells: list[dict[str, Any]]) -> None:
    data = notebook(*cells)
    read = python_of_notebook(data)
    ast.parse(read.source)
    assert len(read.lines) == read.source.count(b"\n")
    assert list(read.lines) == sorted(read.lines)
    assert read.lines[-1] <= data.count(b"\n") + 1
    gaps = {gap.cell for gap in read.gaps}
    source = read.source.decode().split("\n")
    for number, cell in enumerate(cells, 1):
        if any(line.lstrip().startswith("%%bash") for line in cell["source"]):
            continue
        if any(line.rstrip().endswith("\\") for line in cell["source"]):
            continue  # IPython takes the next line into the command
        for line in cell["source"]:
            if line.strip() == "eval(x)" and number not in gaps:
                assert "eval(x)" in [text.strip() for text in source]
