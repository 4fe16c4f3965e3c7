"""Bandit's own configuration as data: what a project skipped before it had a policy."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

NAMES = (".bandit", "pyproject.toml", ".bandit.yml", ".bandit.yaml", "bandit.yml", "bandit.yaml")
"""Where bandit's configuration is kept, at the top of a tree."""
MAX_BYTES = 1024 * 1024
MAX_ENTRIES = 500
"""Of one list; a longer one is left out, and told."""

_RULE = re.compile(r"B[0-9]{3}")
_STARS = re.compile(r"\*+")
_UNUSED = frozenset({"targets", "recursive", "verbose", "format", "output"})
"""They say how bandit is called, and decide nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BanditConfiguration:
    """What one file asks bandit to leave out."""

    source: str
    """'.bandit', or '[tool.bandit] of pyproject.toml'."""
    skips: tuple[str, ...] = ()
    """Rules that nowhere count: B101."""
    excluded: tuple[str, ...] = ()
    """Globs of paths from the top, as records/path_glob.py reads them."""
    asserts: tuple[str, ...] = ()
    """Such globs for B101 alone."""
    left: tuple[str, ...] = ()
    """What cannot be said in lines of a policy, in words."""


def read_bandit_configuration(name: str, data: bytes) -> BanditConfiguration | None:
    """What one of NAMES holds; None where that is nothing about bandit.

    A file that cannot be read is told in `left`.
    """
    source = "[tool.bandit] of pyproject.toml" if name == "pyproject.toml" else name
    try:
        table = _table(name, data)
    except (ValueError, RecursionError):
        return BanditConfiguration(source=source, left=("all of it: it cannot be read",))
    return _configuration(source, table) if table else None


def _table(name: str, data: bytes) -> Mapping[str, object]:
    """The settings by key. Raises ValueError."""
    if name == "pyproject.toml":
        found: object = tomllib.loads(data.decode("utf-8"))
        for key in ("tool", "bandit"):
            found = found.get(key, {}) if isinstance(found, dict) else {}
    elif name == ".bandit":
        found = _of_ini(data.decode("utf-8"))
    else:
        found = _of_yaml(name, data)
    if found is not None and not isinstance(found, dict):
        raise ValueError("it is no table")
    return found or {}


def _of_ini(text: str) -> dict[str, object]:
    import configparser

    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(text)
    except configparser.Error as error:
        raise ValueError(str(error)) from error
    found: dict[str, object] = dict(parser["bandit"]) if "bandit" in parser else {}
    return {"exclude_dirs" if key == "exclude" else key: value for key, value in found.items()}


def _of_yaml(name: str, data: bytes) -> object:
    from .advisories.sources.limits import BrokenFile, Limits
    from .advisories.sources.yaml_documents import read_yaml

    try:
        return read_yaml(data, name, Limits()) if data.strip() else None
    except BrokenFile as error:
        raise ValueError(str(error)) from error


def _configuration(source: str, table: Mapping[str, object]) -> BanditConfiguration:
    lists = {key: _list(table.get(key)) for key in ("skips", "exclude_dirs")}
    asserts = table.get("assert_used")
    named = asserts.get("skips") if isinstance(asserts, dict) else None
    rules = [rule for rule in lists["skips"] or () if _RULE.fullmatch(rule)]
    excluded, strange_paths = _globs(lists["exclude_dirs"] or ())
    of_asserts, strange_asserts = _globs(_list(named) or ())
    left = [
        *(f"{key}: no list that can be read" for key, value in lists.items() if value is None),
        *(f"skips: {rule}" for rule in lists["skips"] or () if rule not in rules),
        *(f"exclude_dirs: {path}" for path in strange_paths),
        *(f"assert_used.skips: {path}" for path in strange_asserts),
        *(_more(key, value) for key, value in table.items() if _is_more(key, value)),
    ]
    return BanditConfiguration(
        source=source,
        skips=tuple(dict.fromkeys(rules)),
        excluded=tuple(excluded),
        asserts=tuple(of_asserts),
        left=tuple(left),
    )


def _list(value: object) -> list[str] | None:
    """Entries as bandit's formats give them: a list, or text with commas."""
    found = value.split(",") if isinstance(value, str) else value or []
    if not isinstance(found, list) or len(found) > MAX_ENTRIES:
        return None
    if not all(isinstance(entry, str) for entry in found):
        return None
    return [entry.strip() for entry in found if entry.strip()]


def _is_more(key: str, value: object) -> bool:
    known = {"skips", "exclude_dirs", *_UNUSED}
    if key == "assert_used":
        return not isinstance(value, dict) or set(value) != {"skips"}
    return key not in known and bool(value)


def _more(key: str, value: object) -> str:
    if key == "tests":
        return "tests: Tidegate runs every rule, those that it does not name too"
    kind = "settings of a rule" if isinstance(value, dict) else "no policy says this"
    return f"{key}: {kind}"


def _globs(entries: Iterable[str]) -> tuple[list[str], list[str]]:
    """The globs for paths that bandit leaves out, and those that have none."""
    globs: list[str] = []
    strange: list[str] = []
    for entry in entries:
        found = _glob(entry)
        if found is None:
            strange.append(entry)
        else:
            globs += found
    return list(dict.fromkeys(globs)), strange


def _glob(entry: str) -> list[str] | None:
    r"""Globs for one entry, never wider than it: bandit looks for it anywhere in a path.

    A `*` that stands alone or at the beginning spans folders there, too; several are one.
    """
    names = [name for name in _STARS.sub("*", entry).removeprefix("./").split("/") if name]
    if not names or ".." in names or any("\\" in name or "\0" in name for name in names):
        return None
    wanted = ["**"] if names[0].startswith("*") else []
    # Bandit's paths begin with `./`, which such a `*` may stand for.
    may_be_none = names[0] == "*" and len(names) > 1 and not entry.startswith("./")
    for name in names[1:] if may_be_none else names:
        wanted += ["**", "*"] if name == "*" else [name]
    glob = "/".join(wanted)
    # Only one without such a mark is looked for as a part of paths.
    if any(mark in entry for mark in "*?["):
        return [glob]
    return [glob] if names[-1].endswith(".py") else [f"{glob}/**"]
