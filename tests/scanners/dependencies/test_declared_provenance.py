"""Where project files say that dependencies come from."""

import json

import pytest

from tidegate.records.finding import Finding, Level
from tidegate.scanners.dependencies.reading import read_dependencies
from tidegate.scanners.targets.kinds import kind_by_name
from tidegate.tests.scanners.dependencies.locks import (
    INDEX,
    pipfile_lock,
    poetry_lock,
    poetry_package,
    uv_lock,
    uv_package,
)
from tidegate.tests.scanners.dependencies.looking import HELD, PROJECT, gaps, looked, told
from tidegate.tests.scanners.dependencies.reading import Tree


@pytest.mark.parametrize(
    "text",
    [
        uv_lock(uv_package("heron")),
        uv_lock(uv_package("heron"), uv_package("tern-two")),
        "",
        "[[",
    ],
)
def test_a_lock_that_does_not_hold_it_is_named(text: str) -> None:
    found = looked("pyproject.toml", PROJECT, {"uv.lock": text})
    assert ("pyproject.toml: tern", "declared and not in the lock") in gaps(found)
    assert "`uv lock`" in found[-1].remedy


def test_a_locked_version_that_is_not_asked_for() -> None:
    found = looked("pyproject.toml", PROJECT.replace(">=1", ">=2"), {"uv.lock": HELD})
    assert gaps(found) == [("pyproject.toml: heron", "declared and not in the lock")]
    assert looked("pyproject.toml", PROJECT.replace(">=1", ">=1rc1"), {"uv.lock": HELD}) == []


def test_a_member_of_a_workspace_is_locked_above_it() -> None:
    member = '\n[[package]]\nname = "app"\nversion = "0"\nsource = { editable = "packages/app" }\n'
    path = "packages/app/pyproject.toml"
    assert looked(path, PROJECT, {"uv.lock": HELD + member}) == []
    assert gaps(looked(path, PROJECT, {"uv.lock": HELD})) != []


def test_what_only_a_program_tells_is_a_gap_without_a_lock() -> None:
    text = "setup(install_requires=read())"
    assert gaps(looked("setup.py", text)) == [
        ("setup.py: install_requires", "declared dependencies not read")
    ]
    assert looked("setup.py", text, {"uv.lock": HELD}) == []


@pytest.mark.parametrize("path", ["pyproject.toml", "setup.cfg", "setup.py", "Pipfile"])
def test_a_project_file_that_does_not_parse_is_a_gap(path: str) -> None:
    assert gaps(looked(path, "[[\n")) == [(path, "declared dependencies not read")]


def test_a_project_that_declares_nothing_is_none() -> None:
    assert looked("pyproject.toml", "[tool.black]\nline-length = 100\n") == []
    assert looked("pyproject.toml", '[build-system]\nrequires = ["x"]\n') == []


def test_the_index_is_known_by_more_than_its_spelling() -> None:
    spelled = INDEX.replace("https://", "https://me:pa55@").upper().replace("/SIMPLE", "/simple/")
    lock = uv_lock(uv_package("a"), uv_package("b"), uv_package("c", index=spelled.lower()))
    assert looked("uv.lock", lock) == []


def test_an_index_that_a_project_declares_is_told() -> None:
    text = '[[tool.uv.index]]\nurl = "https://me:pa55@h/simple"\n'
    found = looked("pyproject.toml", text)
    assert told(found) == [("TG201", Level.MEDIUM, 2)]
    assert "pa55" not in repr(found)
    plain = text.replace("https://me:pa55@", "http://")
    assert told(looked("pyproject.toml", plain)) == [("TG201", Level.HIGH, 2)]


def test_the_default_source_of_a_pipfile_is_none() -> None:
    source = '[[source]]\nurl = "https://h/simple"\n'
    assert looked("Pipfile", source) == []
    assert [each[0] for each in told(looked("Pipfile", source + source.replace("h/", "i/")))] == [
        "TG201"
    ]


WHEEL = "https://h.example/heron-9-py3-none-any.whl"
FOUND_IN_LOCK = {"uv.lock": uv_lock(uv_package("heron"))}


@pytest.mark.parametrize(
    ("told_of", "rule"),
    [
        (f'[project]\ndependencies = ["heron @ {WHEEL}"]\n', "TG202"),
        ('[project]\ndependencies = ["heron @ git+https://h.example/heron"]\n', "TG202"),
        ('[project]\ndependencies = ["heron @ file:vendor/heron-9.tar.gz"]\n', "TG202"),
        ('[tool.uv.sources]\nheron = { git = "https://h.example/heron" }\n', "TG202"),
        (f'[tool.uv.sources]\nheron = [{{ url = "{WHEEL}", marker = "x" }}]\n', "TG202"),
        ('[tool.uv.sources]\nheron = { path = "vendor/heron-9.tar.gz" }\n', "TG202"),
        (f'[tool.uv]\noverride-dependencies = ["heron @ {WHEEL}"]\n', "TG202"),
        ('[tool.poetry.dependencies]\nheron = { git = "https://h.example/heron" }\n', "TG202"),
        (f'[build-system]\nrequires = ["heron @ {WHEEL}"]\n', "TG202"),
        (f'[tool.uv.extra-build-dependencies]\ntern = ["heron @ {WHEEL}"]\n', "TG202"),
        (
            f'[tool.uv.extra-build-dependencies]\na = [{{ requirement = "b @ {WHEEL}" }}]\n',
            "TG202",
        ),
        ('[tool.uv]\nfind-links = ["https://h.example/"]\n', "TG201"),
        ('[tool.uv]\nindex-strategy = "unsafe-best-match"\n', "TG201"),
        ('[tool.uv.pip]\nextra-index-url = ["https://h.example/s"]\n', "TG201"),
        ('[tool.uv.pip]\nfind-links = ["vendor"]\n', "TG201"),
    ],
)
def test_what_a_project_file_takes_past_the_index(told_of: str, rule: str) -> None:
    found = looked("pyproject.toml", told_of, FOUND_IN_LOCK)
    rules = [each.rule for each in found if isinstance(each, Finding)]
    assert rules == [rule]


@pytest.mark.parametrize(
    "told_of",
    [
        '[project]\ndependencies = ["heron @ file:lib/heron"]\n',
        '[tool.uv.sources]\nheron = { workspace = true }\ntern = { path = "lib/tern" }\n',
        '[tool.uv.sources]\nheron = { index = "x" }\n',
        '[tool.uv]\noverride-dependencies = ["heron>=1"]\nindex-strategy = "first-index"\n',
        '[build-system]\nrequires = ["hatchling>=1"]\n',
        '[tool.poetry.dependencies]\nheron = { path = "lib/heron", develop = true }\n',
    ],
)
def test_what_a_project_file_takes_of_its_tree_or_index(told_of: str) -> None:
    assert looked("pyproject.toml", told_of, FOUND_IN_LOCK) == []


ARCHIVED = 'source = { path = "vendor/heron-1.0.tar.gz" }'
OWN_FILE = """lock-version = "1.0"
[[packages]]
name = "heron"
version = "1.0"
index = "https://example.org/simple"
sdist = { name = "heron-1.0.tar.gz", path = "vendor/heron-1.0.tar.gz", hashes = { sha256 = "a" } }
"""


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "uv.lock",
            uv_lock(uv_package("heron")).replace(f'source = {{ registry = "{INDEX}" }}', ARCHIVED),
        ),
        (
            "poetry.lock",
            poetry_lock(
                poetry_package(
                    "heron", more='[package.source]\ntype = "file"\nurl = "vendor/heron-1.0.zip"\n'
                )
            ),
        ),
        ("pylock.toml", OWN_FILE),
        ("requirements.txt", "./vendor/heron-1.0.tar.gz\n"),
    ],
)
def test_an_archive_in_the_tree_is_no_release(name: str, text: str) -> None:
    assert [rule for rule, _level, _line in told(looked(name, text))] == ["TG202"]
    dependencies = read_dependencies(Tree({name: text.encode()}), name, kind_by_name(name), 10**6)
    assert [each.reason for each in dependencies.skipped] == [
        "dependency from an address or a path"
    ]


def test_a_second_index_that_only_the_pipfiles_lock_names_is_not_declared() -> None:
    lock = json.loads(pipfile_lock({"heron": {"version": "==1.0", "index": "e"}}))
    lock["_meta"]["sources"].append({"name": "e", "url": "https://evil.example/simple"})
    lock["default"]["tern"] = lock["default"]["ibis"] = {"version": "==1.0"}
    pipfile = '[[source]]\nurl = "https://evil.example/simple"\nname = "e"\n'
    text = json.dumps(lock)
    assert [rule for rule, _level, _line in told(looked("Pipfile.lock", text))] == ["TG203"]
    assert looked("Pipfile.lock", text, {"Pipfile": pipfile}) == []
