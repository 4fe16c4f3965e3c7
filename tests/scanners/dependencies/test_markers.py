"""Dependencies that no Python of a project asks for."""

import pytest

from tidegate.scanners.dependencies.declared.markers import is_never_met
from tidegate.scanners.dependencies.declared.project_files import declarations_of
from tidegate.tests.scanners.dependencies.locks import uv_lock, uv_package
from tidegate.tests.scanners.dependencies.looking import looked


@pytest.mark.parametrize(
    ("marker", "requires", "expected"),
    [
        ('python_version < "3.8"', ">=3.11", True),
        ('"3.8" > python_version', ">=3.11", True),
        ('python_version < "3"', "^3.11", True),
        ('python_version in "2.7 3.8"', ">=3.11", True),
        ('python_version < "3.8" and sys_platform == "win32"', ">=3.11", True),
        ('sys_platform == "win32" and python_full_version < "3.11.4"', ">=3.11.4", True),
        ('python_version >= "3.14"', "<3.14", True),
        ('python_full_version < "3.11.4"', ">=3.11", False),
        ('python_version >= "3.14"', ">=3.11", False),
        ('python_version < "3.8" or sys_platform == "win32"', ">=3.11", False),
        ('(python_version < "3.8") and sys_platform == "win32"', ">=3.11", True),
        ('python_version < "3.8" and (os_name == "a" and os_name == "b")', ">=3.11", False),
        ('python_version < "3.8"\tand sys_platform == "win32"', ">=3.11", True),
        ('python_version < "3.8"\tor sys_platform == "win32"', ">=3.11", False),
        ('python_version < "3.8"or"a" != sys_platform', ">=3.11", False),
        ('python_version > "3"\tand sys_platform == "never"', ">=3.11", False),
        ('sys_platform == "never"', ">=3.11", False),
        ('python_version < "3.8"', "", False),
        ('python_version < "3.8"', ">=9", False),
        ('python_version < "3.8"', "three", False),
        ('python_version < "3.8"', "^three", False),
        ('python_version < "3.8"', "^3x.1", False),
        ("", ">=3.11", False),
        ("sys_platform != \"a and python_version < '2' and b\"", ">=3.11", False),
        ("platform_version != 'python_version' and python_version > '3'", ">=3.11", False),
    ],
)
def test_what_no_python_of_the_project_meets(marker: str, requires: str, expected: bool) -> None:
    assert is_never_met(marker, requires) is expected


POETRY = """[tool.poetry.dependencies]
python = '^3.11'
heron = '1'
tern = {version = '1', markers = "python_version < '3.8'"}
"""
OLD = 'tern; python_version < "3.8"'


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (
            "pyproject.toml",
            f"[project]\nrequires-python = '>=3.11'\ndependencies = ['heron', '{OLD}']\n",
        ),
        (
            "pyproject.toml",
            POETRY,
        ),
        (
            "setup.cfg",
            f"[options]\npython_requires = >=3.11\ninstall_requires =\n  heron\n  {OLD}\n",
        ),
        ("setup.py", f"setup(install_requires=['heron', '{OLD}'], python_requires='>=3.11')"),
    ],
)
def test_what_is_never_installed_has_to_be_in_no_lock(path: str, text: str) -> None:
    assert [each.name for each in declarations_of(text.encode(), path).declared] == ["heron"]
    assert looked(path, text, {"uv.lock": uv_lock(uv_package("heron"))}) == []
    every = text.replace(">=3.11", ">=3.6").replace("^3.11", "^3.6")
    assert len(declarations_of(every.encode(), path).declared) == 2
