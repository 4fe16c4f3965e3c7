"""What project files declare, in the tables of every tool."""

import tomllib
from collections.abc import Mapping
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.scanners.dependencies.declared.project_files import declarations_of
from tidegate.scanners.dependencies.locks.documents import NotUnderstood


def names(path: str, text: str) -> list[str]:
    found = declarations_of(text.encode(), path)
    assert not found.skipped
    return [each.name for each in found.declared]


PYPROJECT = """
[build-system]
requires = ["builder"]

[project]
name = "App.One"
dependencies = ["heron>=1", "Tern_Two[x] ; os_name == 'nt'", "app-one[web]", "x @ file:./libs/x"]

[project.optional-dependencies]
web = ["stork"]

[dependency-groups]
dev = ["egret>=2", { include-group = "test" }]
test = ["ibis"]

[tool.uv]
dev-dependencies = ["crane", "member"]
index-url = "https://me:pa55@h/simple"
[[tool.uv.index]]
url = "https://i/simple"
[tool.uv.sources]
member = { workspace = true }

[tool.pdm.dev-dependencies]
lint = ["rail", "-e file:///${PROJECT_ROOT}/x"]
[[tool.pdm.source]]
url = "https://j/simple"
"""


def test_every_table_of_pyproject() -> None:
    found = declarations_of(PYPROJECT.encode(), "pyproject.toml")
    assert [each.name for each in found.declared] == [
        *("heron", "tern-two", "stork", "egret", "ibis", "rail", "crane")
    ]
    assert [each.argument for each in found.indexes] == [
        *("https://i/simple", "https://j/simple", "https://me:pa55@h/simple")
    ]
    assert "pa55" not in repr(found.indexes)
    assert {each.name: each.line for each in found.declared}["ibis"] == 14
    assert found.declared[0].specifier == ">=1"
    assert not found.skipped


def test_the_tables_of_poetry() -> None:
    text = """
[tool.poetry]
name = "app"
[tool.poetry.dependencies]
python = "^3.11"
heron = "^1"
local = { path = "libs/local" }
away = { path = "../away" }
[tool.poetry.dev-dependencies]
tern = "*"
[tool.poetry.group.docs.dependencies]
stork = { version = "1", source = "main" }
[[tool.poetry.source]]
name = "main"
url = "https://h/simple"
"""
    assert names("pyproject.toml", text) == ["heron", "away", "tern", "stork"]


def test_pipfile() -> None:
    text = '[[source]]\nurl = "https://h"\n[packages]\nheron = "*"\napp = {path = "."}\n'
    text += '[dev-packages]\ntern = {version = "*"}\n[docs]\nibis = "*"\n[requires]\nx = "1"\n'
    assert names("Pipfile", text) == ["heron", "tern", "ibis"]
    [index] = declarations_of(text.encode(), "Pipfile").indexes
    assert (index.argument, index.line) == ("https://h", 2)


def test_setup_cfg() -> None:
    text = """
[metadata]
name = app
[options]
install_requires =
    heron>=1
    # why
    file: requirements.txt
[options.extras_require]
web =
    tern; python_version < "3"
    app[web]
"""
    assert names("setup.cfg", text) == ["heron", "tern"]


@pytest.mark.parametrize(
    "text",
    [
        'setup(install_requires=["heron"], extras_require={"x": ["tern>=1"]})',
        'L = ["heron"]\nD = {"x": ("tern>=1",)}\nx.setup(install_requires=L, extras_require=D)',
        'setup(install_requires="heron\\n", extras_require={"x": "tern>=1\\n\\n"})',
    ],
)
def test_setup_py(text: str) -> None:
    assert names("sub/setup.py", text) == ["heron", "tern"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("setup.py", "setup(install_requires=read('x'))"),
        ("setup.py", "L = ['a']\nL = ['b']\nsetup(install_requires=L)"),
        ("setup.py", "setup(install_requires=7)"),
        ("pyproject.toml", "[project]\ndynamic = ['dependencies']"),
        ("pyproject.toml", "[project]\ndependencies = ['two words']"),
        ("pyproject.toml", "[project]\ndependencies = [7]"),
        ("pyproject.toml", "[project]\ndependencies = 'heron'"),
        ("pyproject.toml", "[dependency-groups]\ndev = {}"),
        ("pyproject.toml", "[tool.pdm.dev-dependencies]\ndev = ['-e git+https://h/x']"),
        ("setup.cfg", "[options]\ninstall_requires = two words"),
    ],
)
def test_what_cannot_be_told_is_a_gap(path: str, text: str) -> None:
    found = declarations_of(text.encode(), path)
    assert not found.declared
    [skipped] = found.skipped
    assert skipped.reason == "declared dependencies not read"
    assert skipped.tool == "provenance"
    again = declarations_of(f"# why\n{text}".encode(), path)
    assert [each.identity for each in again.skipped] == [skipped.identity]


NOTHING = {
    "pyproject.toml": "[project]\nname = 'app'\n[tool.black]\nline-length = 9\n",
    "setup.cfg": "[flake8]\nmax-line-length = 9\n",
    "setup.py": "from setuptools import setup\nsetup(name='app')\n",
    "Pipfile": "[scripts]\nx = 'y'\n",
}


@pytest.mark.parametrize("path", NOTHING)
def test_files_that_declare_nothing(path: str) -> None:
    assert names(path, NOTHING[path]) == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("pyproject.toml", "[["),
        ("pyproject.toml", "a = " + "[" * 10_000),
        ("Pipfile", "\0"),
        ("setup.cfg", "no section"),
        ("setup.cfg", "[options\n"),
        ("setup.py", "def f(:"),
        ("setup.py", "(" * 10_000),
        ("setup.py", "x = \0"),
    ],
)
def test_what_does_not_parse_is_not_understood(path: str, text: str) -> None:
    with pytest.raises(NotUnderstood):
        declarations_of(text.encode(), path)


PLANTED = '__import__("os")._exit(7)\nsetup(install_requires=[__import__("os").getcwd()])'


def test_nothing_of_setup_py_is_run() -> None:
    assert declarations_of(PLANTED.encode(), "setup.py").skipped


VALUE = st.sampled_from(
    ['"heron"', '["heron"]', '["two words"]', "[7]", "{}", '{a = ["b"]}', "3", '{path="."}', "[[]]"]
)
KEYS = [
    *("project.dependencies", "project.optional-dependencies", "project.dynamic", "project.name"),
    *("dependency-groups.a", "tool.poetry.dependencies", "tool.poetry.group", "tool.poetry.source"),
    *("tool.uv.index", "tool.uv.sources", "tool.uv.dev-dependencies", "tool.pdm.dev-dependencies"),
    *("tool.pdm.source", "packages", "source", "tool.uv.pip", "tool.setuptools"),
]


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["pyproject.toml", "Pipfile"]),
    st.dictionaries(st.sampled_from(KEYS), VALUE, max_size=5),
)
def test_no_table_takes_the_reader_down(path: str, values: Mapping[str, str]) -> None:
    text = "".join(f"{key} = {value}\n" for key, value in values.items())
    found = declarations_of(text.encode(), path)
    assert all(each.name and each.line for each in found.declared)
    told = found.declared or found.skipped
    wanted = tomllib.loads(text).get("project", {}).get("dependencies")
    assert told or path == "Pipfile" or not wanted


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(["setup.py", "setup.cfg", "Pipfile", "pyproject.toml"]), st.binary())
def test_no_bytes_take_the_reader_down(path: str, data: bytes) -> None:
    with suppress(NotUnderstood):
        assert declarations_of(data, path) is not None


@pytest.mark.parametrize(
    "program",
    [
        "R = ['heron']\nR += ['evil']\nsetup(install_requires=R)\n",
        "setup(**{'install_requires': ['evil']})\n",
        "s = setup\ns(install_requires=['evil'])\n",
    ],
)
def test_a_setup_py_that_tells_in_roundabout_ways_is_a_gap(program: str) -> None:
    text = f"from setuptools import setup\n{program}"
    assert declarations_of(text.encode(), "setup.py").skipped


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[options]\ninstall-requires =\n  evil\n", ["evil"]),
        ("[options]\nInstall-Requires = evil\ninstall_requires = heron\n", ["evil", "heron"]),
        ("[options.extras_require]\na-b = evil\n", ["evil"]),
        ("[optionsextras_require.]\nx = evil\n", ["evil"]),
        ("[options.]\ninstall_requires = evil\n", ["evil"]),
        ("[options.extras-require]\nx = refused\n", []),
        ("[options.entry_points]\ninstall_requires = none\n", []),
    ],
)
def test_setup_cfg_is_read_as_setuptools_reads_it(text: str, expected: list[str]) -> None:
    assert names("setup.cfg", text) == expected
