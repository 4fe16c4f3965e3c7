"""`tidegate baseline` and `tidegate scan --baseline`, as processes on real trees."""

import json
from pathlib import Path

import pytest

from tidegate.gate.baseline_file import MERGING, NAME
from tidegate.tests.real import Tidegate
from tidegate.tests.sarif_logs import result, run, write

BAD = "import pickle\n\n\ndef load(data):\n    return pickle.loads(data)\n"
WORSE = "\n\ndef more(x):\n    return eval(x)\n"
TOKEN = "ghp_" + "a1B2" * 9


@pytest.fixture
def tree(tmp_path: Path, tidegate: Tidegate) -> Path:
    """A folder with three findings, a secret among them, and the baseline of it."""
    folder = tmp_path / "tree"
    (folder / "pkg").mkdir(parents=True)
    (folder / "pkg" / "bad.py").write_text(BAD)
    (folder / "settings.yml").write_text(f"token: {TOKEN}\n")
    assert tidegate("baseline", "create", cwd=folder).code == 0
    return folder


def lines(tree: Path) -> list[str]:
    return (tree / NAME).read_text("ascii").splitlines()


def test_create_writes_each_finding_once_and_for_all(tree: Path, tidegate: Tidegate) -> None:
    before = lines(tree)
    assert len(before) == 4
    again = tidegate("baseline", "create", cwd=tree)
    assert again.code == 2
    assert "tidegate baseline update" in again.err
    (tree / NAME).unlink()
    answer = tidegate("baseline", "create", "--repo", str(tree))
    assert "3 findings in 2 files" in answer.out
    assert MERGING in answer.out
    assert lines(tree) == before
    (tree / NAME).unlink()
    (tree / ".gitattributes").write_text(f"{MERGING}\n")
    assert MERGING not in tidegate("baseline", "create", "--repo", str(tree)).out


def test_no_secret_and_nothing_that_looks_like_one_is_in_it(tree: Path, tidegate: Tidegate) -> None:
    assert TOKEN[:12] not in (tree / NAME).read_text()
    answer = tidegate("baseline", "diff", cwd=tree)
    assert (answer.code, answer.out) == (0, "0 new, 3 known, 0 stale\n")


def test_scan_uses_it_and_says_so(tree: Path, tidegate: Tidegate) -> None:
    answer = tidegate("scan", "--fail-on", "LOW", cwd=tree)
    assert answer.code == 0
    assert "bad.py" not in answer.out
    assert "tidegate.baseline: 3 findings are known to it" in answer.out
    (tree / "pkg" / "bad.py").write_text(BAD + WORSE)
    answer = tidegate("scan", "--fail-on", "LOW", cwd=tree)
    assert answer.code == 1
    assert "pkg/bad.py:9: B307" in answer.out
    assert "B301" not in answer.out


@pytest.mark.parametrize("arguments", [["--baseline", "off"], ["pkg", "--baseline=off"]])
def test_scan_without_it(tree: Path, tidegate: Tidegate, arguments: list[str]) -> None:
    answer = tidegate("scan", "--fail-on=LOW", *arguments, cwd=tree)
    assert answer.code == 1
    assert "known" not in answer.out


def test_scan_with_another_file_or_none(tree: Path, tidegate: Tidegate) -> None:
    (tree / NAME).rename(tree.parent / "old")
    assert tidegate("scan", "--fail-on=LOW", cwd=tree).code == 1
    assert tidegate("scan", "--fail-on=LOW", "--baseline=../old", cwd=tree).code == 0
    missing = tidegate("scan", "--baseline", "nowhere", cwd=tree)
    assert (missing.code, "tidegate baseline create" in missing.err) == (2, True)
    assert tidegate("baseline", "diff", cwd=tree).code == 2


def test_a_broken_one_is_an_error_with_its_line(tree: Path, tidegate: Tidegate) -> None:
    (tree / NAME).write_text("\n".join([*lines(tree)[:2], "<<<<<<< HEAD"]))
    for verb in (["scan"], ["baseline", "diff"], ["baseline", "update"], ["baseline", "prune"]):
        answer = tidegate(*verb, cwd=tree)
        assert (answer.code, "line 3" in answer.err) == (2, True)
        assert len(lines(tree)) == 3


def test_a_scan_of_a_part_says_nothing_of_the_rest(tree: Path, tidegate: Tidegate) -> None:
    answer = tidegate("scan", "pkg", cwd=tree)
    assert "2 findings are known" in answer.out
    assert "stale" not in answer.out


def test_update_adds_and_drops_and_prune_only_drops(tree: Path, tidegate: Tidegate) -> None:
    (tree / "settings.yml").unlink()
    (tree / "pkg" / "bad.py").write_text(BAD + WORSE)
    told = tidegate("baseline", "diff", cwd=tree)
    assert told.code == 1
    assert "+ pkg/bad.py:9 B307 more" in told.out
    assert "- settings.yml" in told.out
    assert "1 new, 2 known, 1 stale" in told.out
    document = json.loads(tidegate("baseline", "diff", "--json", cwd=tree).out)
    assert document["schema"] == "tidegate/baseline-diff/1"
    assert [item["rule"] for item in document["new"]] == ["B307"]
    assert [item["path"] for item in document["stale"]] == ["settings.yml"]
    assert "0 added, 1 dropped" in tidegate("baseline", "prune", cwd=tree).out
    assert tidegate("scan", "--fail-on=LOW", cwd=tree).code == 1
    assert "1 added, 0 dropped" in tidegate("baseline", "update", cwd=tree).out
    assert tidegate("scan", "--fail-on=LOW", cwd=tree).code == 0


def test_layout_order_and_folders_change_nothing(tree: Path, tidegate_anew: Tidegate) -> None:
    body = "import pickle  # fast\n\n\ndef first():\n    pass\n\n\ndef load(data):\n"
    (tree / "pkg" / "bad.py").write_text(
        f"{body}\n    # all of it\n  \n    return pickle.loads(\n        data\n    )\n"
    )
    (tree / "pkg").rename(tree / "package")
    answer = tidegate_anew("baseline", "diff", cwd=tree)
    assert (answer.code, answer.out) == (0, "0 new, 3 known, 0 stale\n")


def test_what_cannot_be_looked_at_is_neither_new_nor_gone(tree: Path, tidegate: Tidegate) -> None:
    before = lines(tree)
    (tree / "pkg" / "bad.py").write_text("def f(:\n")
    told = tidegate("baseline", "diff", cwd=tree)
    assert told.code == 3
    assert "0 new, 1 known, 0 stale; 2 entries not looked for; 1 not looked at" in told.out
    for verb in ("prune", "update"):
        answer = tidegate("baseline", verb, cwd=tree)
        assert "2 entries kept" in answer.out
        assert lines(tree) == before


def test_findings_of_other_tools_are_known_and_kept(tree: Path, tidegate: Tidegate) -> None:
    told = write(tree.parent / "t.sarif", run("T", [result("R", "pkg/bad.py", 5)]))
    assert tidegate("baseline", "diff", "--import-sarif", str(told), cwd=tree).code == 1
    tidegate("baseline", "update", "--import-sarif", str(told), cwd=tree)
    assert tidegate("baseline", "diff", "--import-sarif", str(told), cwd=tree).code == 0
    without = tidegate("baseline", "prune", cwd=tree)
    assert "1 entry kept" in without.out
    assert len(lines(tree)) == 5


def test_it_stands_not_beside_an_environment(tree: Path, tidegate: Tidegate) -> None:
    answer = tidegate("scan", "--environment", ".", "--baseline", NAME, cwd=tree)
    assert answer.code == 2
