import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOT_SHIPPED = {"benchmarks", "tests"}
MADE = {"__pycache__", "build", "dist"}
CONFIGURATION = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PACKAGES: list[str] = CONFIGURATION["tool"]["setuptools"]["packages"]


def folders_with_code(root: Path) -> set[str]:
    """The folders that hold Python files, as the packages they are."""
    folders = {path.parent.relative_to(root) for path in root.rglob("*.py")}
    return {
        ".".join(("tidegate", *folder.parts))
        for folder in folders
        if not folder.parts
        or (folder.parts[0] not in NOT_SHIPPED | MADE and folder.parts[0][0] != ".")
    }


def test_the_package_list_names_every_folder_with_code() -> None:
    assert set(PACKAGES) == folders_with_code(ROOT)
    assert sorted(PACKAGES) == PACKAGES


def test_a_folder_that_is_not_listed_is_seen(tmp_path: Path) -> None:
    for name in ("__init__.py", "new/sub/module.py", "tests/x/test_y.py", ".venv/z.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert folders_with_code(tmp_path) == {"tidegate", "tidegate.new.sub"}


@pytest.mark.parametrize("package", PACKAGES)
def test_each_package_says_what_it_is_for(package: str) -> None:
    text = (ROOT.joinpath(*package.split(".")[1:]) / "__init__.py").read_text("utf-8")
    assert ast.get_docstring(ast.parse(text))


def test_the_tests_are_no_package() -> None:
    assert not list((ROOT / "tests").rglob("__init__.py"))


def locked_distributions() -> set[str]:
    """Canonical names of everything that any lock pins."""
    return {
        name
        for lock in (ROOT / "requirements").glob("*.txt")
        for name in re.findall(r"^([a-z0-9.-]+)==", lock.read_text("utf-8"), re.MULTILINE)
    }


def test_no_folder_bears_the_import_name_of_something_that_is_used() -> None:
    """The root is first on sys.path under `python -m`, so such a folder would stand in its way."""
    locked = locked_distributions()
    foreign = {
        name
        for name, distributions in packages_distributions().items()
        if any(re.sub(r"[-_.]+", "-", d).lower() in locked for d in distributions)
    }
    assert {"bandit", "pytest"} <= foreign
    taken = foreign | locked | set(sys.stdlib_module_names)
    names = {path.stem for path in ROOT.iterdir() if path.is_dir() or path.suffix == ".py"}
    assert (names - MADE) & taken == set()
