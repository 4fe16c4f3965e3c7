"""Judge files in TOML: a table of one, and how two versions of it differ."""

import tomllib
from collections.abc import Callable

from .differences import of_foreign, of_settings


def read_table(data: bytes, *keys: str) -> dict[str, object]:
    """A table of a TOML file, empty where it is none. Raises ValueError."""
    table: object = tomllib.loads(data.decode("utf-8"))
    for key in keys:
        table = table.get(key, {}) if isinstance(table, dict) else {}
    return table if isinstance(table, dict) else {"": table}


def words_of(*keys: str) -> Callable[[bytes, bytes], list[str]]:
    """What is told of two versions of a TOML file, of what they say under `keys`."""

    def words(old: bytes, new: bytes) -> list[str]:
        told = of_foreign if "bandit" in keys else of_settings
        return told(_or_empty(old, keys), _or_empty(new, keys))

    return words


def _or_empty(data: bytes, keys: tuple[str, ...]) -> dict[str, object]:
    try:
        return read_table(data, *keys)
    except (ValueError, RecursionError):
        return {}
