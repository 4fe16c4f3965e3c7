"""A finding keeps its name under every layout of the same code."""

import subprocess
import sysconfig
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.records.fingerprint import fingerprints
from tidegate.tests.scanners.python.newer import found

RUFF = Path(sysconfig.get_path("scripts")) / "ruff"


def names(text: str) -> Counter[str]:
    return Counter(fingerprints(found(text)))


def formatted(text: str, width: int) -> str:
    command = [str(RUFF), "format", "--isolated", f"--line-length={width}", "-"]
    done = subprocess.run(command, input=text.encode(), capture_output=True, check=True)
    return done.stdout.decode()


@pytest.mark.parametrize("name", ["tarfile", "ftplib", "platform", "smtplib"])
@pytest.mark.parametrize("width", [40, 88, 200])
def test_a_formatter_renames_nothing(name: str, width: int) -> None:
    library = Path(sysconfig.get_path("stdlib"))
    text = (library / f"{name}.py").read_text(encoding="utf-8")
    assert found(text)
    assert names(formatted(text, width)) == names(text)


CODE = """
import subprocess
class A:
    def f(self, x):
        return eval(x, {'a': 1})
def g(y):
    subprocess.call('ls ' + y, shell=True)
    settings = {'password': 'hunter2', 'user': "me"}
    return [eval(z) for z in y if assert_(z)]
"""


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from(["", "# note", "   # a b"]))))
def test_blank_lines_and_comments_rename_nothing(added: list[tuple[int, str]]) -> None:
    lines = CODE.splitlines()
    for at, text in added:
        lines.insert(at, text)
    assert names("\n".join(lines)) == names(CODE)


def one(text: str) -> tuple[str, str]:
    (finding,) = found(text)
    return finding.scope, finding.snippet


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("eval('1+1')\n", "eval(request.args['x'])\n"),
        ("eval(a)\n", "eval(b)\n"),
        ("eval(lambda: a)\n", "eval(lambda: b)\n"),
        ("eval(a if b else c)\n", "eval(d if b else c)\n"),
        ("def f():\n    eval(a)\n", "def g():\n    eval(a)\n"),
        ("password = 'a'\n", "db_password = 'a'\n"),
        ("f(password='a')\n", "g(password='a')\n"),
        ("f({'password': 'a'})\n", "f({'secret': 'a'})\n"),
        ("d['password'] = 'a'\n", "d['secret'] = 'a'\n"),
    ],
)
def test_other_code_has_another_name(text: str, other: str) -> None:
    assert one(text) != one(other)


def test_the_rest_of_a_statement_does_not_name_a_finding_in_it() -> None:
    text = "URLS = [path('a', eval(x)), {}]\n"
    assert one(text.format("path('b', y)")) == one(text.format("path('c', z), path('d', w)"))
    assert one("f(a={'password': 'x', 'b': 1})\n") == one("f(a={'password': 'x', 'b': 2})\n")


@pytest.mark.parametrize(
    "text",
    [
        "password = 'hunter2'\n",
        "f(password='hunter2')\n",
        "x = {'password': 'hunter2'}\n",
        "d['password'] = 'hunter2'\n",
        "f(password == 'hunter2')\n",
    ],
)
def test_a_secret_is_not_part_of_the_name(text: str) -> None:
    assert one(text) == one(text.replace("hunter2", "swordfish"))
    assert "hunter2" not in one(text)[1]


def test_columns_that_agree_by_chance_do_not_confuse() -> None:
    call = "subprocess.check_output([cmd, '-c', 'abc'])\n"
    head, tail = call.split("(", 1)
    wrapped = f"{head}(\n    {tail}"
    assert wrapped.split("\n")[1].index(")") + 1 == len(head)
    imported = "import subprocess\n"
    assert names(imported + wrapped) == names(imported + call)


def test_a_function_is_named_by_its_head_and_not_by_its_body() -> None:
    head = "def f(password='x'):\n    "
    assert one(head + "pass\n") == one(head + "return 1\n")
    handler = "try:\n    {}\nexcept Exception:\n    pass\n"
    assert one(handler.format("a()")) == one(handler.format("b()"))


@pytest.mark.parametrize(
    "text", ["eval(" + "0x" + "f" * 5000 + ")\n", "eval(" + "a+" * 300 + "a)\n"]
)
def test_odd_code_has_a_short_name(text: str) -> None:
    assert len(one(text)[1]) <= 2000
