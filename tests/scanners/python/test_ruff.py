"""Ruff behind the seam: for the quick profile, and beside bandit for newer syntax."""

import json
import sys
import time
from pathlib import Path

import pytest

from tidegate.processes import run
from tidegate.records.finding import Finding, Level, Skipped
from tidegate.scanners.interface import Kind
from tidegate.scanners.python.code import Code
from tidegate.scanners.python.ruff import run as ruff_run
from tidegate.scanners.python.ruff.run import RuffFailed, ask_ruff, ruff_binary, script_folders
from tidegate.scanners.python.ruff.scanner import STOOD_IN, read_code
from tidegate.scanners.registry import QUICK, SCANNERS
from tidegate.tests.scanners.python.newer import (
    CONTEXT,
    NEWER,
    T_STRING,
    UNTOLD,
    found,
    gaps,
    remarks,
    scanned,
)

SHELL = "import os\n\n\ndef f(x):\n    os.system(x)\n"
RULES = ["S605"]


@pytest.mark.parametrize(
    "new",
    [
        NEWER,
        T_STRING,
        "type X = int\n" + NEWER,
        "def g[T: int = int](a: T) -> T:\n    return a\n" + NEWER,
        "z = f\"{d['a']!r:{'>'}}{d[\"b\"]}\"\n" + NEWER,
        f"z = {UNTOLD}\n",
    ],
)
@pytest.mark.parametrize("place", ["above", "below"])
def test_bandit_reads_what_is_not_too_new_and_the_file_is_marked(new: str, place: str) -> None:
    items = scanned(new + SHELL if place == "above" else SHELL + new)
    (finding,) = [item for item in items if isinstance(item, Finding)]
    assert (finding.tool, finding.rule, finding.scope) == ("bandit", "B605", "f")
    assert finding.line == 5 + (new.count("\n") if place == "above" else 0)
    assert [remark.text for remark in remarks(items)] == [STOOD_IN]
    assert not gaps(items)


def test_a_clean_file_with_newer_syntax_is_marked_too() -> None:
    (remark,) = scanned(NEWER)
    assert remark in remarks([remark])
    assert remark.path == "a.py"


def test_what_neither_can_read_is_a_gap_with_both_reasons() -> None:
    items = scanned("x = 1\ndef f(:\n")
    (gap,) = gaps(items)
    assert (gap.reason, gap.tool, gap.path) == ("cannot be parsed", "bandit", "a.py")
    assert gap.detail.startswith("line 2: ")
    assert "; ruff: line 2: " in gap.detail
    assert not remarks(items)


def test_nesting_that_no_parser_here_stands_is_read() -> None:
    items = scanned("import os\nx = " + "[" * 3000 + "os.system(a)" + "]" * 3000 + "\n")
    assert [item.rule for item in items if isinstance(item, Finding)] == RULES
    assert remarks(items)


@pytest.mark.parametrize("tool", ["bandit", "ruff"])
def test_a_declared_encoding_is_obeyed(tool: str) -> None:
    source = f"# coding: latin-1\ns = 'é'; assert s\n{NEWER}".encode("latin-1")
    (finding,) = found(source, tool)
    assert (finding.line, finding.snippet) == (2, "Assert(test=Name(id=s))")
    undeclared = source.replace(b"coding", b"note")
    assert [gap.reason for gap in gaps(scanned(undeclared, tool))] == ["cannot be parsed"]


def test_an_encoding_that_makes_no_text_is_a_gap() -> None:
    source = b"# coding: raw_unicode_escape\nx = '\\ud800'\n" + NEWER.encode()
    assert [gap.reason for gap in gaps(scanned(source))] == ["cannot be parsed"]


@pytest.mark.parametrize("ending", ["\r\n", "\r"])
def test_other_line_breaks_count_the_same(ending: str) -> None:
    (finding,) = found((SHELL + NEWER).replace("\n", ending), "ruff")
    assert (finding.line, finding.scope) == (5, "f")


@pytest.mark.parametrize(
    "path", ["tests/test_a.py", "a.pyi", "__init__.py", "-", "venv/lib/site-packages/a.py", "a"]
)
def test_the_name_of_a_file_changes_nothing(path: str) -> None:
    (finding,) = found("import os\nos.system(x)\n", "ruff", path=path)
    assert (finding.rule, finding.path) == ("S605", path)


@pytest.mark.parametrize("where", ["os.system(x)  # noqa", "os.system(x)  # noqa: S605"])
@pytest.mark.parametrize(
    "head", ["# ruff: noqa", "# flake8: noqa", "# ruff: disable[S605]", "# ruff: file-ignore[S605]"]
)
def test_no_comment_for_ruff_hides_anything(head: str, where: str) -> None:
    (finding,) = found(f"{head}\nimport os\n{where}  # ruff: ignore[S605]\n", "ruff")
    assert (finding.rule, finding.suppressed) == ("S605", "")


@pytest.mark.parametrize(
    ("comment", "suppressed"),
    [
        ("# nosec", "nosec"),
        ("# nosec B605", "nosec"),
        ("# note # nosec: B602, B605 # why", "nosec"),
        ("# nosec B602", ""),
        ('"# nosec"', ""),
        ("# no", ""),
    ],
)
@pytest.mark.parametrize("new", ["", NEWER])
def test_nosec_is_told_and_not_obeyed(comment: str, suppressed: str, new: str) -> None:
    source = f"import os\nos.system(\n    x\n); {comment}\n{new}"
    source = source.replace("; #", "  #")
    (finding,) = found(source, "ruff")
    assert finding.suppressed == suppressed


@pytest.mark.parametrize(
    "source",
    [
        "password = 'hunter2'\n",
        "login(password='hunter2')\n",
        "def f(password='hunter2'):\n    pass\n",
        "password = t'hunter2{x}' + 'hunter2'\nif password == 'hunter2':\n    pass\n",
        "import os\nos.system(t'{x}', password='hunter2')\n",
        "import os\ntoken = 'hunter2'; os.system(t'{x}')\n",
        "import os\nos.system(t'{x} https://me:hunter2@a.example')\n",
        "f = open('/tmp/hunter2' + t'', token)\n",
        f"def f[T](password='hunter2', x={UNTOLD}):\n    pass\n",
        f"import os\ntoken = 'hunter2', os.system({UNTOLD})\n",
        "assert password == 'hunter2'\n",
        "assert self.password == 'hunter2'\n",
        "assert 'hunter2' == settings['password']\n",
        "assert settings[password_key] != 'hunter2'\n",
        "assert self.get_token(x) in ('hunter2', 'hunter2')\n",
        f"assert password == 'hunter2', {UNTOLD}\n",
    ],
)
@pytest.mark.parametrize("new", ["", NEWER, f"z = {UNTOLD}\n"])
@pytest.mark.parametrize("tool", ["bandit", "ruff"])
def test_a_password_stands_in_no_field(source: str, new: str, tool: str) -> None:
    findings = found(source + new, tool)
    assert findings
    assert "hunter2" not in repr(findings)


SCOPED = "import os\nclass A:\n    def f(self):\n        os.system(  # why\n            NEW)\n"


@pytest.mark.parametrize("new", ["t'{x}'", UNTOLD])
def test_a_finding_in_a_statement_too_new_has_its_scope_and_plain_text(new: str) -> None:
    for tool in ("bandit", "ruff"):
        (finding,) = found(SCOPED.replace("NEW", new), tool)
        assert (finding.scope, finding.snippet) == ("A.f", f"os.system( {new})")
        (other,) = found(SCOPED.replace("NEW", f"y, {new}"), tool)
        assert other.snippet != finding.snippet


def test_what_is_not_known_in_older_syntax_is_ruff_s_and_the_rest_bandit_s() -> None:
    source = f"import os\nos.system(x)\nos.system({UNTOLD})\nos.system(\n    y,\n    {UNTOLD})\n"
    findings = {(item.tool, item.rule, item.line) for item in found(source)}
    assert findings == {("bandit", "B605", 2), ("ruff", "S605", 3), ("ruff", "S605", 4)}


def test_ruff_adds_nothing_to_what_bandit_read() -> None:
    source = "password: str = 'hunter2'\n"
    assert [item.rule for item in found(source, "ruff")] == ["S105"]
    assert not found(source)
    for new in (NEWER, T_STRING, f"z = {UNTOLD}\n", f"import os\nos.system({UNTOLD})\n"):
        assert {item.rule for item in found(source + new)} <= {"S605"}


def test_cells_of_newer_python_are_read_and_foreign_ones_are_gaps() -> None:
    cells = [
        {"cell_type": "code", "source": ["import os\n", "eval(x)\n"]},
        {"cell_type": "code", "source": ["%time os.system(y)\n", *NEWER.splitlines(True)]},
        {"cell_type": "code", "source": ["def f(:\n"]},
    ]
    document = json.dumps({"cells": cells, "nbformat": 4, "metadata": {}}, indent=1)
    lines = document.splitlines()
    for tool in ("bandit", "ruff"):
        items = scanned(document, tool, Kind.NOTEBOOK)
        places = {item.rule: lines[item.line - 1] for item in items if isinstance(item, Finding)}
        letter = tool[0].replace("r", "S").upper()
        assert "eval(x)" in places[f"{letter}307"]
        assert "os.system(y)" in places[f"{letter}605"]
        assert [gap.detail for gap in gaps(items)] == ["cell 3: cell does not parse as Python"]


@pytest.mark.parametrize(
    "source", ["{", '{"cells": 1}', '{"cells": [{"cell_type": "code", "source": "def f(:"}]}']
)
def test_the_quick_scanner_hides_no_gap_of_a_notebook(source: str) -> None:
    (gap,) = gaps(scanned(source, "ruff", Kind.NOTEBOOK))
    assert gap.tool == "ruff"


def program(folder: Path, body: str) -> Path:
    """A program that stands for ruff: it says what it reads, and then runs `body`."""
    path = folder / "ruff"
    text = f"#!{sys.executable}\nimport os, sys, time\n"
    text += "if 'config' in sys.argv:\n    print('\"py314\"')\n    sys.exit()\n"
    path.write_text(text + body)
    path.chmod(0o755)
    return path


@pytest.mark.parametrize(
    "body",
    [
        "sys.exit(2)",
        "os.abort()",
        "print('[')",
        "print('{}')",
        "print('[{}]')",
        "print('[1]')",
        "print()",
        'print(\'[{"code": "S101", "message": 1}]\')',
    ],
)
def test_a_ruff_that_gives_no_answer_is_a_gap(tmp_path: Path, body: str) -> None:
    code = Code("a.py", SHELL.encode())
    fake = program(tmp_path, body)
    (gap,) = read_code(code, CONTEXT, "bandit", "line 1: too new", program=fake)
    assert isinstance(gap, Skipped)
    assert (gap.reason, gap.tool) == ("ruff failed", "bandit")
    assert gap.detail.startswith("line 1: too new; ruff: ")
    assert "reinstall" in gap.remedy
    assert not SCANNERS["bandit"].is_lasting(gap), "another run may do better"


def test_a_ruff_that_fails_on_a_cell_is_a_passing_gap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = [{"cell_type": "code", "source": NEWER}, {"cell_type": "code", "source": "eval(x)"}]
    document = json.dumps({"cells": cells, "nbformat": 4, "metadata": {}})
    program(tmp_path, "sys.exit(2)")
    monkeypatch.setattr(ruff_run, "script_folders", lambda: [str(tmp_path)])
    items = scanned(document, "bandit", Kind.NOTEBOOK)
    (gap,) = gaps(items)
    assert (gap.reason, gap.detail[:7]) == ("ruff failed", "cell 1:")
    assert not SCANNERS["bandit"].is_lasting(gap)
    assert [item.rule for item in items if isinstance(item, Finding)] == ["B307"]


def test_a_ruff_that_hangs_is_a_gap(tmp_path: Path) -> None:
    before = time.monotonic()
    with pytest.raises(RuffFailed, match="did not end"):
        ask_ruff(SHELL, 0.5, program(tmp_path, "time.sleep(60)"))
    assert time.monotonic() - before < 30


def test_a_missing_ruff_is_told_with_the_folder(tmp_path: Path) -> None:
    with pytest.raises(RuffFailed, match=str(tmp_path)):
        ruff_binary([str(tmp_path)])


@pytest.mark.parametrize("code", ["null", '"invalid-syntax"', '"E999"', '"SyntaxError"'])
def test_every_shape_of_a_syntax_error_is_one(tmp_path: Path, code: str) -> None:
    place = '{"row": 3, "column": 1}'
    item = f'[{{"code": {code}, "message": "m", "location": {place}, "end_location": {place}}}]'
    answer = ask_ruff("x", 20, program(tmp_path, f"print('''{item}''')"))
    assert (answer.found, answer.unreadable) == ((), "line 3: m")


def test_the_ruff_of_this_environment_runs_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path, "print('[]')")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("RUFF_OUTPUT_FORMAT", "concise")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ruff.toml").write_text('lint.ignore = ["ALL"]\nexclude = ["*"]\n')
    assert run(["ruff", "check"], timeout=10).stdout == b"[]\n", "PATH leads to the planted one"
    assert [item.rule for item in found(SHELL, "ruff")] == RULES
    assert ruff_binary().parent == Path(script_folders()[0])


def test_the_quick_profile_looks_at_all_that_the_full_one_does() -> None:
    kinds = [frozenset().union(*(s.KINDS for s in table.values())) for table in (QUICK, SCANNERS)]
    assert kinds[0] == kinds[1]
    assert set(QUICK) == {"ruff", "pip-audit", "provenance", "secrets"}


def test_versions_and_cache_keys_name_what_looks() -> None:
    version = QUICK["ruff"].versions(CONTEXT)["ruff"]
    assert SCANNERS["bandit"].versions(CONTEXT)["ruff"] == version
    for scanner in (QUICK["ruff"], SCANNERS["bandit"]):
        assert f"ruff {version}" in str(scanner.cache_key(CONTEXT))


def test_levels_are_bandit_s() -> None:
    (finding,) = found(SHELL, "ruff")
    assert (finding.severity, finding.confidence, finding.cwe) == (Level.HIGH, Level.HIGH, 78)
