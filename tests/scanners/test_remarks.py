from pathlib import Path

import pytest

from tidegate.records.finding import Remark
from tidegate.scanners.interface import Context
from tidegate.scanners.registry import SCANNERS
from tidegate.scanners.remarks import NAMED, remark_lines
from tidegate.scanners.tree import scan_tree
from tidegate.tests.scanners.python.newer import NEWER

CONTEXT = Context(database=Path("/nonexistent"), file_timeout=20)


def remarks(text: str, *paths: str) -> list[Remark]:
    return [Remark(text=text, path=path) for path in paths]


def test_files_are_told_together_by_cause() -> None:
    lines = remark_lines([*remarks("read so", "b.py", "a.py"), *remarks("and so", "c.py")])
    assert list(lines) == ["and so: c.py", "read so: a.py, b.py"]


def test_many_files_are_counted() -> None:
    names = [f"{number:02}.py" for number in range(NAMED + 3)]
    (line,) = remark_lines(remarks("read so", *names, names[0]))
    assert line.endswith("04.py and 3 more")


@pytest.mark.parametrize("source", [NEWER, f"{NEWER}assert A\n"])
def test_a_scan_tells_which_files_ruff_read(tmp_path: Path, source: str) -> None:
    (tmp_path / "new.py").write_text(source)
    (tmp_path / "old.py").write_text("assert x\n")
    found = scan_tree([tmp_path], tmp_path, CONTEXT, SCANNERS)
    (line,) = [notice for notice in found.notices if "ruff" in notice]
    assert line.endswith(": new.py")
    assert (found.skipped, found.coverage.scanned) == ((), 2)
    assert "ruff" in found.versions
