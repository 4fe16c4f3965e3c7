import pytest

from tidegate.records.finding import Finding, Level
from tidegate.scanners.sarif.naming import Named, named
from tidegate.scanners.sarif.places import Region
from tidegate.scanners.sarif.results import Result


def at(
    line: int, *, tool: str = "T", rule: str = "R", secret: bool = False, column: int = 0
) -> Result:
    finding = Finding(
        tool=tool,
        rule=rule,
        message="",
        path="x",
        line=line,
        end_line=line,
        severity=Level.LOW,
        confidence=Level.LOW,
        remedy="",
    )
    return Result(finding, Region(line, line, column, column + 1 if column else 0), secret=secret)


def name(path: str, text: str, result: Result) -> Named:
    return named(path, text.encode(), [result])[0]


def test_python_is_named_by_scope_and_code() -> None:
    found = name("a.py", "class C:\n    def f(self):\n        g( 1 )  # x\n", at(3)).finding
    assert (found.scope, bool(found.body)) == ("C.f", True)
    moved = name("a.py", "\n\nclass C:\n    def f(self):\n        g(1)\n", at(5)).finding
    assert (moved.scope, moved.snippet) == (found.scope, found.snippet)


def test_other_text_is_named_by_its_line_and_the_blocks_around_it() -> None:
    text = "jobs:\n  build:\n    steps:\n      - run:  x\n  test:\n    steps:\n      - run: x\n"
    build, test = (name("w.yml", text, at(line)).finding.snippet for line in (4, 7))
    assert build == "jobs:\nbuild:\nsteps:\n-run:x"
    assert build != test
    again = name("w.yml", "# moved\n" + text, at(5)).finding.snippet
    assert again == build


def test_what_surrounds_a_line_is_told() -> None:
    text = "def f(x):\n    a = 1\n    g(\n        a,\n    )\n\n\ny = h(\n    1,\n)\n"
    assert name("a.py", text, at(2)).around == range(1, 6)
    assert name("a.py", text, at(8)).around == range(8, 11)


@pytest.mark.parametrize("path", ["a.py", "a.env"])
def test_a_secret_is_told_apart_and_not_named(path: str) -> None:
    old, new = (name(path, f'KEY = "{value}"\n', at(1, secret=True, column=8)) for value in "ab")
    assert old.finding.snippet == new.finding.snippet
    assert old.identity != new.identity
    assert "KEY" in old.finding.snippet


def test_a_line_that_speaks_of_a_secret_is_not_kept() -> None:
    found = name("a.yml", "db:\n  password: hunter2\n  run: x\n", at(2)).finding
    assert found.snippet == "db:\npassword"


def test_what_begins_a_block_surrounds_a_line_of_it() -> None:
    text = "f() {\n  if (ok) {\n    a()\n    g()\n  }\n}\n"
    assert name("a.js", text, at(4)).around == range(2, 5)
    assert name("a.js", text, at(1, column=1)).around is None


def test_what_is_masked_is_told_apart() -> None:
    lines = [f"run: login --token {value}\n" for value in ("a", "${{ x }}")]
    old, new = (name("w.yml", line, at(1, column=3)) for line in lines)
    assert old.finding.snippet == new.finding.snippet == "run"
    assert old.identity != new.identity


def test_a_line_that_is_not_there_is_not_read() -> None:
    assert not name("a.py", "x = 1\n", at(9)).read
    assert not name("a.txt", "x\n", at(9)).read


def test_ruff_is_named_as_bandit_names_it() -> None:
    text = "import subprocess\nsubprocess.call(\n    x,\n    shell=True,\n)\n"
    found = name("a.py", text, at(4, tool="ruff", rule="S602", column=5)).finding
    assert found.snippet.startswith("Call(func=Attribute(value=Name(id=subprocess)")
    assert (found.line, found.end_line) == (4, 5)


def test_python_that_does_not_parse_is_named_as_text() -> None:
    assert name("a.py", "def (\n    x\n", at(2)).finding.snippet == "def(\nx"
