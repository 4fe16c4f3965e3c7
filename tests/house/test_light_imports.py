import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {
    "asyncio",
    "bandit",
    "importlib.metadata",
    "mlflow",
    "multiprocessing",
    "numpy",
    "pandas",
    "pip_audit",
    "requests",
    "rich",
    "sklearn",
    "skops",
    "sqlalchemy",
    "sqlite3",
}
VERSIONS = {"importlib.metadata"}
"""What a gate may load beside: it tells the versions of its tools."""
CALL = """
import sys
sys.argv = ["tidegate", *sys.argv[1:]]
try:
    from tidegate.cli.main import main
    main()
finally:
    print("\\n".join(["modules:", *sys.modules]))
"""


def modules_after(code: str, *arguments: str, cwd: Path) -> set[str]:
    """The modules that a fresh interpreter holds after running `code`."""
    done = subprocess.run(
        [sys.executable, "-P", "-c", code, *arguments],
        cwd=cwd,
        env={"PATH": os.environ["PATH"], "HOME": str(cwd)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split("modules:\n", 1)[1].split())


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """What the interpreter and its site packages load before any of ours."""
    code = 'import sys; print("\\n".join(["modules:", *sys.modules]))'
    return modules_after(code, cwd=tmp_path_factory.mktemp("bare"))


def test_the_package_alone_loads_nothing_of_its_own(tmp_path: Path, bare: set[str]) -> None:
    code = 'import sys, tidegate; print("\\n".join(["modules:", *sys.modules]))'
    loaded = modules_after(code, cwd=tmp_path) - bare
    assert "tidegate" in loaded
    assert HEAVY & loaded == set()
    assert "typer" not in loaded


@pytest.mark.parametrize("argument", ["--help", "--version"])
def test_a_word_about_itself_loads_no_tool(tmp_path: Path, bare: set[str], argument: str) -> None:
    loaded = modules_after(CALL, argument, cwd=tmp_path) - bare
    assert "tidegate.cli.main" in loaded
    assert HEAVY & loaded == set()


def test_a_gate_with_nothing_to_scan_loads_no_tool(tmp_path: Path, bare: set[str]) -> None:
    for words in (["init", "-q", "."], ["commit", "-q", "--allow-empty", "-m", "start"]):
        who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
        subprocess.run(["git", *who, *words], cwd=tmp_path, check=True, timeout=60)
    empty = ["gate", "--repo", str(tmp_path), "--base", "HEAD", "--head", "HEAD"]
    loaded = modules_after(CALL, *empty, cwd=tmp_path) - bare
    assert "tidegate.gate.run" in loaded
    assert (HEAVY - VERSIONS) & loaded == set()
