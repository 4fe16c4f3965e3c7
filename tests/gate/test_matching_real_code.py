"""Real code under the changes that are none: nothing of it is new; and what is new is counted.

The code is the standard library's, the findings are bandit's, the formatter is ruff's.
"""

import ast
import random
import subprocess
import sysconfig
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.gate.baseline import compare, entries_of
from tidegate.gate.matching import match
from tidegate.records.finding import Finding
from tidegate.records.run import State
from tidegate.scanners.interface import Context, Kind, SourceFile
from tidegate.scanners.registry import SCANNERS

LIBRARY = Path(sysconfig.get_path("stdlib"))
RUFF = Path(sysconfig.get_path("scripts")) / "ruff"
MODULES = ["tarfile", "platform", "ftplib", "smtplib", "pty", "webbrowser"]
PATH = "lib/module.py"


@cache
def source(name: str) -> str:
    return (LIBRARY / f"{name}.py").read_text("utf-8")


sources = st.sampled_from(MODULES).map(source)
dice = st.integers(0, 2**32).map(random.Random)


class Source:
    """A target of one Python file."""

    files = (SourceFile(PATH, Kind.PYTHON),)

    def __init__(self, text: str) -> None:
        self.text = text

    def read(self, path: str) -> bytes:
        assert path == PATH
        return self.text.encode()


@cache
def found(text: str) -> tuple[Finding, ...]:
    items = SCANNERS["bandit"].scan(Source(text), Context(database=Path("none")))
    return tuple(item for item in items if isinstance(item, Finding))


def states(base: str, head: str) -> set[State]:
    return set(match(found(base), found(head), {}).states)


def is_known(base: str, head: str) -> bool:
    """Whether the baseline of one text knows all of the other, and nothing in it is stale."""
    compared = compare(entries_of(found(base)), found(head))
    return all(compared.known) and not compared.stale


def blank_lines(text: str, chance: random.Random) -> str:
    """Blank lines and comments between the statements of a module and of its functions."""
    starts = {
        min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.stmt)
    }
    lines = []
    for number, line in enumerate(text.splitlines(), 1):
        starts_here = number in starts and not line.lstrip().startswith("elif")
        if starts_here and chance.random() < 0.1:
            lines.append(chance.choice(["", "  ", "# a note", "    # eval(x)"]))
        lines.append(line)
    return "\n".join([*lines, ""])


def formatted(text: str, chance: random.Random) -> str:
    """Another width, another indent, other quotes."""
    quotes = chance.choice(["single", "double", "preserve"])
    options = {
        "line-length": str(chance.choice([60, 88, 120, 300])),
        "indent-width": str(chance.choice([2, 3, 8])),
        "format.quote-style": f"'{quotes}'",
        "format.indent-style": f"'{chance.choice(['space', 'tab'])}'",
    }
    told = [word for key, value in options.items() for word in ("--config", f"{key}={value}")]
    command = [str(RUFF), "format", "--isolated", *told, "-"]
    done = subprocess.run(command, input=text.encode(), capture_output=True, check=True)
    return done.stdout.decode()


def moved_functions(text: str, chance: random.Random) -> str:
    """The functions and classes of a module in another order, at its end."""
    lines = text.splitlines(keepends=True)
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    parts = [node for node in ast.parse(text).body if isinstance(node, kinds)]
    spans = [
        (min([node.lineno, *(d.lineno for d in node.decorator_list)]) - 1, node.end_lineno or 0)
        for node in parts
    ]
    inside = {number for first, last in spans for number in range(first, last)}
    rest = [line for number, line in enumerate(lines) if number not in inside]
    chance.shuffle(spans)
    return "".join([*rest, "\n", *(line for first, last in spans for line in lines[first:last])])


CHANGES: list[Callable[[str, random.Random], str]] = [blank_lines, formatted, moved_functions]


@pytest.mark.parametrize("change", CHANGES)
@settings(max_examples=12, deadline=None)
@given(text=sources, chance=dice)
def test_what_is_no_change_is_no_news(
    change: Callable[[str, random.Random], str], text: str, chance: random.Random
) -> None:
    after = change(text, chance)
    assert after != text
    assert found(text)
    assert states(text, after) == {State.EXISTING}
    assert is_known(text, after)


@settings(max_examples=8, deadline=None)
@given(text=sources, chance=dice)
def test_all_of_them_together_are_no_news(text: str, chance: random.Random) -> None:
    after = moved_functions(formatted(blank_lines(text, chance), chance), chance)
    assert states(text, after) == {State.EXISTING}
    assert is_known(text, after)


def at(path: str, findings: tuple[Finding, ...]) -> list[Finding]:
    return [replace(finding, path=path) for finding in findings]


@pytest.mark.parametrize("name", MODULES)
def test_a_renamed_file_is_no_news(name: str) -> None:
    known = found(source(name))
    moved = at("src/lib/renamed.py", known)
    assert set(match(known, moved, {PATH: "src/lib/renamed.py"}).states) == {State.EXISTING}
    moved = at("src/lib/module.py", known)
    assert all(compare(entries_of(known), moved, is_there=lambda path: path != PATH).known)


@pytest.mark.parametrize("name", MODULES)
def test_in_tests_all_of_it_is_news_to_the_product_and_the_other_way(name: str) -> None:
    known = found(source(name))
    there = at("tests/module.py", known)
    for base, head in ((known, there), (there, known)):
        renames = {base[0].path: head[0].path}
        assert set(match(base, head, renames).states) == {State.NEW}
        assert not any(compare(entries_of(base), head, is_there=lambda _path: False).known)


@settings(max_examples=25, deadline=None)
@given(text=sources, chance=dice)
def test_n_findings_of_which_k_are_known_give_n_minus_k_new(
    text: str, chance: random.Random
) -> None:
    """Bandit's own baseline gives none: one that is known hides all that read alike."""
    head = [finding for finding in found(text) for _ in range(3)]
    known = chance.sample(head, chance.randrange(len(head)))
    told = match(known, head, {}).states
    assert told.count(State.EXISTING) == len(known)
    # Beside them stand findings of the same rule and scope, or the same code elsewhere.
    assert told.count(State.NEW) + told.count(State.EDITED) == len(head) - len(known)
    assert compare(entries_of(known), head).known.count(False) == len(head) - len(known)


@settings(max_examples=25, deadline=None)
@given(text=sources, number=st.integers(1, 6))
def test_each_copy_of_a_function_that_is_added_is_news(text: str, number: int) -> None:
    copies = "".join(f"\n\ndef added_{n}(x):\n    return eval(x)\n" for n in range(number))
    new = match(found(text), found(text + copies), {}).states
    assert new.count(State.NEW) == number
    assert new.count(State.EXISTING) == len(new) - number
