import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def lint_imports(folder: Path) -> tuple[int, str]:
    """Exit code and output of import-linter over the package in `folder`."""
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--config", "pyproject.toml", "--no-cache"],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(folder), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A folder with a copy of the package `tidegate` and of its configuration."""
    configuration = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    for package in configuration["tool"]["setuptools"]["packages"]:
        inner = Path(*package.split("."))
        (tmp_path / inner).mkdir()
        for module in (ROOT / inner.relative_to("tidegate")).glob("*.py"):
            shutil.copy(module, tmp_path / inner / module.name)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_contracts_hold(house: Path) -> None:
    code, output = lint_imports(house)
    assert code == 0, output
    assert "0 broken" in output


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("records/finding.py", "from ..scanners import interface", "floors"),
        ("repository/git.py", "from ..gate import policy", "floors"),
        ("gate/policy.py", "from ..reports import text", "floors"),
        ("reports/text.py", "from ..gate import policy", "floors"),
        ("stranger/__init__.py", "", "floors"),
        ("reports/text.py", "from ..scanners import interface", "reports"),
        ("reports/text.py", "import socket", "reports"),
        ("reports/slack.py", "import http.client", "reports"),
        ("repository/git.py", "import subprocess", "processes"),
        ("scanners/run.py", "def f() -> None:\n    import multiprocessing.pool", "processes"),
        ("gate/run.py", "import pandas", "weight"),
        ("models/bands.py", "import numpy", "weight"),
        ("models/served/form.py", "from .. import own", "scoring"),
    ],
)
def test_a_planted_import_breaks_its_contract(
    house: Path, module: str, line: str, contract: str
) -> None:
    planted = house / "tidegate" / module
    planted.parent.mkdir(exist_ok=True)
    before = planted.read_text("utf-8") if planted.exists() else ""
    planted.write_text(f"{before}\n{line}\n", "utf-8")
    code, output = lint_imports(house)
    assert code == 1, output
    broken = [name for name in output.splitlines() if " BROKEN" in name]
    assert any(name.startswith(f"{contract}:") for name in broken), output
