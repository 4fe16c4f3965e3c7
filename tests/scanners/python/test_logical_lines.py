import io
import sysconfig
import tokenize
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.scanners.python.newer.logical_lines import layout_of
from tidegate.scanners.python.newer.masking import code_only, plain_text

LIBRARY = Path(sysconfig.get_path("stdlib"))
NO_LINE = frozenset(
    {tokenize.NL, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
)


def lines_by_tokenize(text: str) -> list[int]:
    lines, begins = [], True
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.NEWLINE:
            begins = True
        elif begins and token.type not in NO_LINE:
            lines.append(token.start[0])
            begins = False
    return lines


def comments_by_tokenize(text: str) -> dict[int, str]:
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return {token.start[0]: token.string for token in tokens if token.type == tokenize.COMMENT}


@pytest.mark.parametrize(
    "name", ["tarfile", "ast", "typing", "string", "traceback", "decimal", "turtle", "re/_parser"]
)
def test_lines_and_comments_are_those_of_tokenize(name: str) -> None:
    text = (LIBRARY / f"{name}.py").read_text(encoding="utf-8")
    layout = layout_of(text)
    assert [line.line for line in layout.lines] == lines_by_tokenize(text)
    assert layout.comments == comments_by_tokenize(text)


@pytest.mark.parametrize(
    "statement",
    [
        'f"{d["a"]}"',
        'f"{d["#"]:{w["#"]}} # no comment"',
        "f'''{\n  a  # '''\n}''' ",
        'f"{x!r:>{"10"}}"',
        'rf"\\{x["a"]}" + b"\\"#"',
        'f"{{ # {x}}}"',
        'f"\\N{NUMBER SIGN} {x["#"]}"',
        't"{a["#"]}"',
        'f"{lambda_(x := {1: "#"})}"',
        "x = '''\n# no comment\n'''",
        "f(a,  # why\n  b)",
        "a = \\\n  b",
    ],
)
def test_a_statement_of_any_python_is_one_line(statement: str) -> None:
    layout = layout_of(f"{statement}\nx = 1  # note\n")
    assert [line.text.rstrip() for line in layout.lines] == [statement.rstrip(), "x = 1  # note"]
    assert "# note" in layout.comments.values()
    assert "# no comment" not in " ".join(layout.comments.values())


PIECES = [
    "'",
    '"',
    "'''",
    '"""',
    "f'",
    'f"',
    "{",
    "}",
    "(",
    ")",
    "#",
    "\\",
    "\n",
    ":",
    "a",
    " ",
    "!",
]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_broken_text_is_read_to_its_end(text: str) -> None:
    layout = layout_of(text)
    numbers = [line.line for line in layout.lines]
    assert numbers == sorted(set(numbers))
    assert all(line.text in text for line in layout.lines)
    plain_text(text, mask_strings=True)


@pytest.mark.parametrize(
    "statement",
    [
        'login(t"{x}", "hunter2")',
        'login(f"{d["hunter2"]}")',
        "login('''\nhunter2''')",
        "login(f'hunter2",
        "login('hunter2",
        "login(f'''{x!r:hunter2}''')  # hunter2",
    ],
)
def test_masked_text_holds_no_string_and_no_comment(statement: str) -> None:
    assert "hunter2" in " ".join([plain_text(statement, mask_strings=False), statement])
    text = plain_text(statement, mask_strings=True)
    assert text.startswith("login(")
    assert "hunter2" not in text


def test_layout_is_no_part_of_the_text() -> None:
    assert plain_text("f(\n    a,  # why\n    'x')", mask_strings=False) == "f( a, 'x')"


def test_a_comment_in_a_field_goes_with_its_string() -> None:
    statement = 'f"{a  # why\n}" + b  # c'
    assert code_only(statement).split("\n") == [" " * 11, "   + b     "]
    assert plain_text(statement, mask_strings=True) == "'' + b"
    assert plain_text(statement, mask_strings=False) == 'f"{a }" + b'
