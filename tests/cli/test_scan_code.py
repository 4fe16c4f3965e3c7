"""The code around what a scan found, in the one report that shows it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tidegate.cli.main import app
from tidegate.records.finding import Finding, Level, Skipped
from tidegate.records.run import Excerpt, Located, ScanRun
from tidegate.scanners.interface import Context, Kind, SourceFile
from tidegate.scanners.targets.sides import Side
from tidegate.scanners.tree import with_excerpts

KEY = "AKIA" + "QWERTYUIOPASDFGH"
CODE = f"""import pickle
KEY = "{KEY}"


def load(data):
    return pickle.loads(data)  # <b>here</b>
"""


@pytest.fixture
def report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """The HTML report of a scan of the current folder."""
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree/app.py").write_text(CODE, "utf-8")
    monkeypatch.chdir(tmp_path / "tree")

    def scanned(*arguments: str) -> str:
        options = ["--database", str(tmp_path / "none.db"), "--no-cache", "--workers", "1"]
        page = tmp_path / "page.html"
        CliRunner().invoke(app, ["scan", *options, *arguments, "--output", f"html={page}"])
        return page.read_text("utf-8")

    return scanned


def test_the_page_shows_code_and_withholds_secrets(report: Callable[..., str]) -> None:
    page = report()
    assert "def load(data):" in page
    assert "return pickle.loads(data)  # &#60;b&#62;here" in page
    assert KEY not in page
    assert "1 line withheld: a secret may be there" in page


def test_what_a_baseline_knows_comes_without_code(report: Callable[..., str]) -> None:
    made = CliRunner().invoke(app, ["baseline", "create", "--database", "none.db"])
    assert Path("tidegate.baseline").is_file(), made.output
    page = report()
    assert "Known to the baseline" in page
    assert "def load(data):" not in page


def found(path: str, line: int, severity: Level = Level.MEDIUM, **changes: Any) -> Located:
    finding = Finding(
        tool="bandit",
        rule="B307",
        message="eval",
        path=path,
        line=line,
        end_line=line,
        severity=severity,
        confidence=Level.HIGH,
        remedy="",
    )
    return Located(finding=finding, fingerprint="", **changes)


def tree(*paths: str) -> Side:
    files = tuple(SourceFile(path, Kind.PYTHON) for path in paths)
    return Side(files, (), 0, dict.fromkeys(paths, b"a\nb\nc\n"), lambda _path: None)


def excerpted(*items: Located, **changes: Any) -> list[Excerpt | None]:
    run = ScanRun(exit_code=0, findings=items, **changes)
    context = Context(Path("none.db"), workers=1)
    told = with_excerpts(run, tree("a.py", "tests/b.py"), context)
    assert "excerpts" in told.timings
    return [item.excerpt for item in told.findings]


def test_only_what_counts_and_was_wholly_looked_at_has_code() -> None:
    shown = Excerpt(first=1, lines=("a", "b", "c", ""))
    gap = Skipped(what="tests/b.py", reason="syntax error", remedy="", path="tests/b.py")
    items = found("a.py", 1, known=True), found("a.py", 2), found("tests/b.py", 1)
    assert excerpted(*items) == [None, shown, shown]
    assert excerpted(*items, skipped=(gap,)) == [None, shown, None]


def test_the_gravest_have_code_where_there_are_too_many() -> None:
    items = [found("tests/b.py", 1), *(found("a.py", 2) for _ in range(199))]
    items += [found("a.py", 3, Level.HIGH)]
    assert [item is None for item in excerpted(*items)] == [True, *[False] * 200]
