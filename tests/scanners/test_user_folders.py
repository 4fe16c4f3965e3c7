"""The user's folders are the user's: never a place that depends on the current folder."""

from pathlib import Path

import pytest

from tidegate.scanners.advisories import database
from tidegate.scanners.cache import default_path
from tidegate.scanners.user_folders import NO_HOME, user_folder


def unknown() -> Path:
    message = "Could not determine home directory."
    raise RuntimeError(message)


@pytest.mark.parametrize(
    ("env", "expected"),
    [
        ({"X": "/x", "HOME": "/h"}, "/x"),
        ({"X": "x", "HOME": "/h"}, "/h/below"),
        ({"X": "", "HOME": "/h"}, "/h/below"),
        ({"HOME": "h"}, "/user/below"),
        ({}, "/user/below"),
    ],
)
def test_a_variable_counts_where_it_names_a_place(env: dict[str, str], expected: str) -> None:
    assert user_folder(env, "X", "below", lambda: Path("/user")) == Path(expected)


def test_a_user_without_a_home_has_a_place_where_nothing_is() -> None:
    assert user_folder({}, "X", "below", unknown) == NO_HOME / "below"
    assert user_folder({}, "X", "below", lambda: Path("~")) == NO_HOME / "below"


def test_the_cache_is_none_of_the_data() -> None:
    assert default_path({"HOME": "/h"}) == Path("/h/.cache/tidegate/scan.db")
    assert database.default_path({"HOME": "/h"}) == Path("/h/.local/share/tidegate/advisories.db")
    assert default_path({"XDG_CACHE_HOME": "/c"}) == Path("/c/tidegate/scan.db")
