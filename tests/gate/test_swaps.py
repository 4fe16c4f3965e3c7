"""One finding swapped for a worse one that looks like it: each has to decide as new."""

import pytest

from tidegate.records.run import Verdict
from tidegate.tests.gate.gating import changed, gated
from tidegate.tests.real import GitRepo

SQL = "def f(cursor, request, TABLE, T):\n    return cursor.execute({})\n"
USED = "def f(cursor, x):\n    {}\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            SQL.format('"SELECT a FROM t WHERE id = {}".format(TABLE)'),
            SQL.format('"SELECT a FROM t WHERE id = {}".format(request.args["id"])'),
        ),
        (
            SQL.format('"SELECT a FROM " + str(T) + " LIMIT 1"'),
            SQL.format('"SELECT a FROM " + str(T) + request.args["id"]'),
        ),
        (
            USED.format("q = \"SELECT a FROM t WHERE b = '%s'\" % x"),
            USED.format("return cursor.execute(\"SELECT a FROM t WHERE b = '%s'\" % x)"),
        ),
        (
            'HOSTS = ["0.0.0.0", "127.0.0.1"]\n',
            'import socket\nsocket.socket().bind(("0.0.0.0", 80))\n',
        ),
        (
            "def dead(x):\n    return eval(x)\n",
            'def route(request):\n    x = request.args["x"]\n    return eval(x)\n',
        ),
        ("# harmless \u202b\nx = 1\n", "# \u202e evil \u2066 begin admins only\nx = 1\n"),
        ("def f(x):\n    return eval('1+1')\n", "def f(x):\n    return eval(x)\n"),
    ],
)
def test_a_worse_one_in_its_place_blocks(repo: GitRepo, before: str, after: str) -> None:
    moved = changed(repo, {"a.py": before}, {"a.py": f"\n{before}"})
    assert moved.verdict is Verdict.PASS, "moved lines alone are no news"
    repo.commit({"a.py": after})
    assert gated(repo).verdict is Verdict.BLOCK


def test_a_deletion_elsewhere_pays_for_nothing(repo: GitRepo) -> None:
    live = 'def route(request):\n    return eval(request.args["x"])\n'
    dead = 'def old(request):\n    return eval(request.args["x"])\n'
    rest = "".join(f"\n\ndef f{n}(x):\n    return x * {n}\n" for n in range(20))
    run = changed(
        repo,
        {"scripts/util.py": dead + rest, "web/util.py": "x = 1\n"},
        {"scripts/util.py": None, "web/util.py": "x = 1\n" + live},
    )
    assert run.verdict is Verdict.BLOCK


def test_a_class_of_paths_is_the_same_in_any_case(repo: GitRepo) -> None:
    bad = "def f(x):\n    return eval(x)\n"
    run = changed(repo, {"Tests/e.py": bad}, {"Tests/e.py": None, "src/e.py": bad})
    assert run.verdict is Verdict.BLOCK


def test_a_whole_function_may_move(repo: GitRepo) -> None:
    bad = "def f(x):\n    y = x\n    return eval(y)\n"
    kept = "".join(f"\n\ndef g{n}():\n    return {n}\n" for n in range(9))
    run = changed(
        repo, {"a.py": bad + kept}, {"a.py": kept.lstrip(), "b.py": f"import os\n\n\n{bad}"}
    )
    assert run.verdict is Verdict.PASS
