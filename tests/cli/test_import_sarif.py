import json
from pathlib import Path

import pytest

from tidegate.tests.real import GitRepo, Tidegate
from tidegate.tests.sarif_logs import result, run, write

SHELL = "import subprocess\n\n\ndef f(x):\n    subprocess.call(x, shell=True)\n"


def test_gate_takes_files_of_both_sides(tidegate: Tidegate, repo: GitRepo, tmp_path: Path) -> None:
    repo.commit({"a.js": "f()\n"})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({"a.js": "f()\ng()\n"})
    told = [result("R", "a.js", 1, level="error"), result("R", "a.js", 2, level="error")]
    head = write(tmp_path / "head.sarif", run("T", told))
    base = write(tmp_path / "base.sarif", run("T", told[:1]))
    args = ("gate", "--repo", str(repo.path), "--base", "main", "--format", "json")
    answer = tidegate(*args, "--import-sarif", str(head), "--import-sarif-base", str(base))
    assert answer.code == 1
    found = {item["line"]: item["state"] for item in json.loads(answer.out)["findings"]}
    assert found == {1: "existing", 2: "new"}


def test_scan_takes_files_and_says_who_else_found_it(tidegate: Tidegate, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "s.py").write_text(SHELL, "utf-8")
    told = [result("S602", "s.py", 5), result("E501", "s.py", 5), result("X", "../s.py", 1)]
    file = write(tmp_path / "x.sarif", run("ruff", told))
    answer = tidegate("scan", "--no-cache", "--import-sarif", str(file), cwd=tree)
    assert answer.code == 0
    assert "also ruff S602" in answer.out
    assert "1 found by several tools" in answer.out
    assert "3 results: 3 findings here" in answer.out
    assert "../s.py:1: X" in answer.out


@pytest.mark.parametrize("content", ["", "{}"])
def test_a_scan_with_a_broken_file_is_incomplete(
    tidegate: Tidegate, tmp_path: Path, content: str
) -> None:
    (tmp_path / "x.sarif").write_text(content, "utf-8")
    (tmp_path / "tree").mkdir()
    answer = tidegate("scan", "--no-cache", "--import-sarif", "../x.sarif", cwd=tmp_path / "tree")
    assert answer.code == 3
    assert "SARIF" in answer.out
