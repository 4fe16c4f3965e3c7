"""Globs on paths: what fits, and that no path makes them slow."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.records.path_glob import matches_glob


@pytest.mark.parametrize(
    ("path", "glob", "fits"),
    [
        ("a.py", "a.py", True),
        ("src/a.py", "a.py", False),
        ("src/a.py", "*.py", False),
        ("src/a.py", "src/*.py", True),
        ("src/b/a.py", "src/*.py", False),
        ("src/b/a.py", "src/**/*.py", True),
        ("src/a.py", "src/**/*.py", True),
        ("src/b/c/a.py", "**/a.py", True),
        ("a.py", "**/a.py", True),
        ("src/b/a.py", "src/**", True),
        ("srcs/a.py", "src/**", False),
        ("src/x/b/y/b/a.py", "**/b/*.py", True),
        ("src/x/b/y/c/a.py", "**/b/*.py", False),
        ("A.py", "a.py", False),
        ("a1.py", "a[0-9].py", True),
        ("a/b", "a?b", False),
        ("a\nb", "a*", True),
        ("\udcff.py", "*.py", True),
    ],
)
def test_what_fits(path: str, glob: str, fits: bool) -> None:
    assert matches_glob(path, glob) is fits


NAMES = st.lists(st.text("ab", min_size=1, max_size=2), min_size=1, max_size=5)
WANTED = st.lists(
    st.one_of(st.just("**"), st.text("ab*", min_size=1, max_size=2)), min_size=1, max_size=5
)


def fits_slowly(names: list[str], wanted: list[str]) -> bool:
    """The meaning told plainly."""
    if not wanted:
        return not names
    if wanted[0] == "**":
        return any(fits_slowly(names[at:], wanted[1:]) for at in range(len(names) + 1))
    return bool(names) and matches_glob(names[0], wanted[0]) and fits_slowly(names[1:], wanted[1:])


@settings(max_examples=300, deadline=None)
@given(NAMES, WANTED)
def test_it_means_what_its_words_say(names: list[str], wanted: list[str]) -> None:
    assert matches_glob("/".join(names), "/".join(wanted)) == fits_slowly(names, wanted)


def test_a_hostile_path_costs_no_time() -> None:
    began = time.process_time()
    assert not matches_glob("a/" * 2000 + "a", "**/a/**/a/**/a/**/b")
    assert not matches_glob("a" * 4000, "*a*a*a*a*a*a*b")
    assert time.process_time() - began < 2
