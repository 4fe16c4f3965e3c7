"""Where a user's own files live, by the XDG base directory specification."""

from collections.abc import Callable, Mapping
from pathlib import Path

NO_HOME = Path("/nonexistent")
"""Debian's home of users that have none: nothing is found there."""


def user_folder(
    env: Mapping[str, str],
    variable: str,
    below_home: str,
    home_by_user: Callable[[], Path] = Path.home,
) -> Path:
    """`$variable`, or a folder of the home where that is unset, empty or relative."""
    named = Path(env.get(variable, ""))
    return named if named.is_absolute() else _home(env, home_by_user) / below_home


def _home(env: Mapping[str, str], home_by_user: Callable[[], Path]) -> Path:
    home = Path(env.get("HOME", ""))
    if not home.is_absolute():
        try:
            home = home_by_user()
        except RuntimeError:  # a user that the system does not know, as containers have them
            return NO_HOME
    # A relative one would lead into the tree that is looked at.
    return home if home.is_absolute() else NO_HOME
