"""Bandit's configuration is data: what it leaves out is known, and nothing more is left out."""

import json
from fnmatch import fnmatch

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tidegate.records.path_glob import matches_glob
from tidegate.scanners.bandit_configuration import (
    NAMES,
    BanditConfiguration,
    read_bandit_configuration,
)

INI = "[bandit]\nskips = B101,B603\nexclude = ./tests, /docs/conf.py\ntests = B301\nlevel = 2\n"
TOML = """
[tool.bandit]
skips = ["B101", "assert_used"]
exclude_dirs = ["tests", "*/migrations/*", "../up"]
[tool.bandit.assert_used]
skips = ["*_test.py", "*/test_*.py"]
[tool.bandit.hardcoded_tmp_directory]
tmp_dirs = ["/tmp"]
"""
YAML = "skips: [B101, 'B602']\nexclude_dirs:\n  - build\nany_other_function_with_shell: {a: [b]}\n"


def read(name: str, text: str | bytes) -> BanditConfiguration:
    found = read_bandit_configuration(name, text if isinstance(text, bytes) else text.encode())
    assert found is not None
    return found


def test_the_ini_file() -> None:
    assert read(".bandit", INI) == BanditConfiguration(
        source=".bandit",
        skips=("B101", "B603"),
        excluded=("tests/**", "docs/conf.py"),
        left=(
            "tests: Tidegate runs every rule, those that it does not name too",
            "level: no policy says this",
        ),
    )


def test_the_table_in_the_project_file() -> None:
    assert read("pyproject.toml", TOML) == BanditConfiguration(
        source="[tool.bandit] of pyproject.toml",
        skips=("B101",),
        excluded=("tests/**", "**/migrations/**/*"),
        asserts=("**/*_test.py", "**/test_*.py"),
        left=(
            "skips: assert_used",
            "exclude_dirs: ../up",
            "hardcoded_tmp_directory: settings of a rule",
        ),
    )


def test_the_yaml_file() -> None:
    found = read("bandit.yaml", YAML)
    assert (found.skips, found.excluded) == (("B101", "B602"), ("build/**",))
    assert found.left == ("any_other_function_with_shell: settings of a rule",)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (".bandit", b"\xff"),
        (".bandit", b"no section"),
        ("pyproject.toml", b"= 1"),
        ("bandit.yml", b"a: &x [*x]"),
        ("bandit.yml", b"[" * 500),
        ("bandit.yml", b"- a"),
    ],
)
def test_what_cannot_be_read_is_told(name: str, text: bytes) -> None:
    assert read(name, text).left == ("all of it: it cannot be read",)


@pytest.mark.parametrize("value", ["{a = 1}", "[1]", "3", json.dumps(["B101"] * 501)])
def test_a_list_that_is_none_is_told(value: str) -> None:
    found = read("pyproject.toml", f"[tool.bandit]\nskips = {value}\n")
    assert (found.skips, found.left) == ((), ("skips: no list that can be read",))


@pytest.mark.parametrize("name", NAMES)
def test_a_file_without_a_word_on_bandit_is_nothing(name: str) -> None:
    assert read_bandit_configuration(name, b"") is None


names = st.text("ab_.", min_size=1, max_size=3)
paths = st.lists(names, min_size=1, max_size=4).map("/".join)
entries = st.lists(st.text("ab*_?", min_size=1, max_size=3), min_size=1, max_size=3).map("/".join)


@given(paths, entries)
@example("_", "_/**")
@example("a/b", "*/a")
@example("a", "./*/a")
@example("a", "**/a/**")
def test_no_path_is_left_out_that_bandit_looks_at(path: str, entry: str) -> None:
    found = read("pyproject.toml", f"[tool.bandit]\nexclude_dirs = [{json.dumps(entry)}]\n")
    if any(matches_glob(path, glob) for glob in found.excluded):
        seen = f"./{path}"
        assert entry in seen or fnmatch(seen, entry) or fnmatch(path, entry)
