"""`tidegate scan` a second time: the same report, sooner."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tidegate.tests.cli.witnessing import cache_of, witnessed
from tidegate.tests.gate.gating import JINJA_ADVISORY, advisories, osv
from tidegate.tests.real import Tidegate

BAD = (
    "import subprocess\n\ndef f(x):\n    password = 'hunter2'\n    subprocess.call(x, shell=True)\n"
)
FILES = {
    "a.py": BAD,
    "sub/b.py": "import pickle\npickle.loads(b'')  # nosec\n",
    "clean.py": "x = 1\n",
    "broken.py": "def (:\n",
    "n.ipynb": json.dumps(
        {"cells": [{"cell_type": "code", "source": ["eval('1')\n"]}], "nbformat": 4}
    ),
    "requirements.txt": "-r more/pins.txt\njinja2==2.10\nunpinned\n",
    "more/pins.txt": "pyyaml==5.3\n",
    "conda-lock.yml": "version: 1\n",
    "README.md": "words\n",
}
UNNEEDED = {
    "bandit",
    "logging",
    "multiprocessing",
    "pip_audit",
    "tidegate.reports.text",
    "tidegate.scanners.sarif.whole_tree",
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "tree"
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    if sys.platform != "darwin":
        (root / os.fsdecode(b"n\xff.py")).write_text(BAD)
    return root


def report(text: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(text)
    document.pop("timings")
    return document


def test_the_second_report_is_the_first_and_loads_no_tool(tmp_path: Path, tree: Path) -> None:
    time.sleep(2.1)  # until the files are old enough to be known by their times
    home = tmp_path / "home"
    database = advisories(tmp_path, osv("PYSEC-2", "pyyaml", "5.4"))
    call = ("scan", "--format", "json", "--database", str(database))
    plain, _ = witnessed(*call, "--no-cache", cwd=tree, home=home)
    assert not cache_of(tmp_path).exists()
    first, at_first = witnessed(*call, cwd=tree, home=home)
    second, at_second = witnessed(*call, cwd=tree, home=home)
    assert report(plain) == report(first) == report(second)
    assert {f["rule"] for f in report(second)["findings"]} >= {
        "B602",
        "B301",
        JINJA_ADVISORY,
        "PYSEC-2",
    }
    assert {"cannot be parsed", "lock file format not read"} <= {
        g["reason"] for g in report(second)["skipped"]
    }
    assert "multiprocessing" in at_first
    assert "cache" in at_second
    assert UNNEEDED & at_second == set()
    _, at_third = witnessed(*call, cwd=tree, home=home)  # by then what is included is known, too
    opened = {f"opened:{Path(name).name}" for name in FILES}
    assert opened <= at_first
    assert opened & at_third == set()


def test_no_secret_is_in_the_cache(tmp_path: Path, tree: Path, tidegate: Tidegate) -> None:
    tidegate("scan", cwd=tree)
    assert b"B105" in cache_of(tmp_path).read_bytes()
    assert b"hunter2" not in cache_of(tmp_path).read_bytes()


def test_an_included_file_that_changed_is_looked_at(
    tmp_path: Path, tree: Path, tidegate: Tidegate
) -> None:
    database = advisories(tmp_path, osv("PYSEC-2", "pyyaml", "5.4"))
    call = ("scan", "--format", "json", "--database", str(database))
    rules = []
    for version in ("5.3", "5.4", "5.3"):
        (tree / "more" / "pins.txt").write_text(f"pyyaml=={version}\n")
        found = report(tidegate(*call, cwd=tree).out)["findings"]
        rules.append([f["rule"] for f in found if f["package"]])
    assert rules == [["PYSEC-2", JINJA_ADVISORY], [JINJA_ADVISORY], ["PYSEC-2", JINJA_ADVISORY]]


def test_another_database_is_another_answer(tmp_path: Path, tree: Path, tidegate: Tidegate) -> None:
    call = ("scan", "--format", "json", "--database", str(tmp_path / "advisories.db"))
    for known, expected in (("pyyaml", 1), ("other", 0), ("pyyaml", 1)):
        advisories(tmp_path, osv("PYSEC-2", known, "5.4"))
        found = report(tidegate(*call, cwd=tree).out)["findings"]
        assert sum(f["rule"] == "PYSEC-2" for f in found) == expected
    (tmp_path / "advisories.db").unlink()
    answer = tidegate(*call, cwd=tree)
    assert "no advisory database" in {gap["reason"] for gap in report(answer.out)["skipped"]}


def test_a_planted_cache_is_not_used(tree: Path, tidegate: Tidegate) -> None:
    """What the tree brings with it, and names in its own settings, says nothing about it."""
    (tree / "tidegate.toml").write_text('cache = "known.db"\n')
    outside = tidegate("scan", "--format", "json", "--no-cache", cwd=tree)
    planted = tidegate("scan", "--format", "json", cwd=tree)
    in_tree, named = report(planted.out)["notices"]
    assert "in the tree" in in_tree
    assert "the tree itself names it" in named
    assert report(planted.out)["findings"] == report(outside.out)["findings"]
    assert not (tree / "known.db").exists()


def test_the_default_place_in_the_checkout_is_not_used(tree: Path, tidegate: Tidegate) -> None:
    """A CI job may keep its caches there, where a commit can put one too."""
    (tree / ".git").mkdir()
    (tree / "src").mkdir()
    (tree / "src" / "b.py").write_text("eval(x)\n")
    home = {"XDG_CACHE_HOME": str(tree / ".cache")}
    answer = tidegate("scan", "src", "--format", "json", cwd=tree, env=home)
    assert any("in the tree" in notice for notice in report(answer.out)["notices"])
    assert not (tree / ".cache").exists()


def test_the_place_is_named_by_flag_or_variable(
    tmp_path: Path, tree: Path, tidegate: Tidegate
) -> None:
    tidegate("scan", "--cache", str(tmp_path / "flag.db"), cwd=tree)
    tidegate("scan", cwd=tree, env={"TIDEGATE_CACHE": str(tmp_path / "variable.db")})
    (tree / "tidegate.toml").write_text(f"cache = '{tmp_path / 'file.db'}'\n")
    tidegate("scan", cwd=tree)
    assert {path.name for path in tmp_path.glob("*.db")} == {"flag.db", "variable.db"}
    assert not cache_of(tmp_path).exists()


@pytest.mark.parametrize("damage", [b"no database at all" * 20, b"SQLite format 3\0", None])
def test_a_cache_that_cannot_be_read_costs_time_only(
    tmp_path: Path, tree: Path, tidegate: Tidegate, damage: bytes | None
) -> None:
    first = report(tidegate("scan", "--format", "json", cwd=tree).out)
    whole = cache_of(tmp_path).read_bytes()
    cache_of(tmp_path).write_bytes(whole[: len(whole) // 2] if damage is None else damage)
    second = report(tidegate("scan", "--format", "json", cwd=tree).out)
    (notice,) = second.pop("notices")
    assert "was made anew" in notice
    assert first.pop("notices") == []
    assert second == first
    third = report(tidegate("scan", "--format", "json", cwd=tree).out)
    assert third.pop("notices") == []
    assert third == first


def test_two_scans_at_once_say_the_same(tmp_path: Path, tree: Path, tidegate: Tidegate) -> None:
    argv = [sys.executable, "-P", "-m", "tidegate", "scan", "--format", "json"]
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path / "home")}
    both = [subprocess.Popen(argv, cwd=tree, env=env, stdout=subprocess.PIPE) for _ in range(2)]
    one, two = (report(child.communicate(timeout=120)[0].decode()) for child in both)
    assert one == two
    assert one["notices"] == []
    assert report(tidegate("scan", "--format", "json", cwd=tree).out) == one
