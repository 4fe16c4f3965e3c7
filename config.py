"""Typed settings: a flag beats `TIDEGATE_*`, which beats the file, which beats the default."""

import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum

from .errors import ConfigError
from .records.finding import Level
from .records.run import Mode

FILE_NAMES = ("tidegate.toml", "pyproject.toml")
"""Where the settings may stand: at the top level of the first, in [tool.tidegate] of the second."""
OUTSIDE_ONLY = frozenset({"cache"})
"""Keys that flags and variables alone set: what a file says of them is not used."""
POLICY = "policy"
"""The key of the lines of the policy: a list of tables, in files alone."""
MAX_BYTES = 16 * 1024 * 1024
"""Of a configuration file; `max-file-bytes` is for what is looked at, and stands in one."""
PREFIX = "TIDEGATE_"
"""Of variables that hold settings; one that holds none is an error, as it may be a slip."""
_NEAR = 0.65
"""Likeness from which a key is named as what was meant: letters left out, one too many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every setting with its default; keys in files bear hyphens for underscores."""

    mode: Mode = Mode.ENFORCE
    block_severity: Level = Level.MEDIUM
    block_confidence: Level = Level.MEDIUM
    block_advisories: bool = True
    file_timeout: float = 60.0
    max_file_bytes: int = 4 * 1024 * 1024
    workers: int = 2
    database: str = ""
    advisories_warn_days: int = 7
    advisories_max_days: int = 30
    waiver_max_days: int = 180
    organisation_policy: str = ""
    cache: str = ""


class Tighter(Enum):
    """Which values of a setting let less pass: a gate's flags and variables go that way only."""

    NEITHER = 0
    LOWER = -1
    HIGHER = 1


@dataclass(frozen=True, slots=True)
class Option:
    """How one key is read, from a file's typed value or from text, and what it means."""

    read: Callable[[object], object]
    takes: str
    """What fits, as an error says it."""
    meaning: str
    textual: bool = False
    """Whether a file holds text for it; flags and variables always do."""
    tighter: Tighter = Tighter.NEITHER


@dataclass(frozen=True, slots=True)
class Configuration:
    """The settings in force and, for each key, where its value came from."""

    settings: Settings
    origins: Mapping[str, str]


DEFAULTS = Configuration(Settings(), {})
"""Where nothing is said, or nothing could be read."""


def _one_of(kind: type[Mode] | type[Level], *names: str) -> Callable[[object], object]:
    by_name = {name.casefold(): kind(name) for name in names}

    def read(value: object) -> object:
        return by_name[str(value).casefold()] if isinstance(value, str) else None

    return read


def _number(low: float, high: float, kind: type[int] | type[float]) -> Callable[[object], object]:
    def read(value: object) -> object:
        if isinstance(value, bool) or (kind is int and isinstance(value, float)):
            return None
        if not isinstance(value, int | float | str):
            return None
        number = kind(value)
        return number if low <= number <= high else None

    return read


def _truth(value: object) -> object:
    if isinstance(value, bool):
        return value
    if not isinstance(value, str):
        return None
    return {"true": True, "1": True, "false": False, "0": False}[value.casefold()]


def _text(value: object) -> object:
    return value if isinstance(value, str) and "\0" not in value else None


_LEVELS = ("LOW", "MEDIUM", "HIGH", "CRITICAL")

_A_LEVEL = (_one_of(Level, *_LEVELS), '"LOW", "MEDIUM", "HIGH" or "CRITICAL"')
OPTIONS: dict[str, Option] = {
    "mode": Option(
        _one_of(Mode, "enforce", "warn", "observe"),
        '"enforce", "warn" or "observe"',
        "whether the verdict decides the exit code; warn and observe keep the verdict and exit 0",
        textual=True,
        tighter=Tighter.HIGHER,
    ),
    "block-severity": Option(
        *_A_LEVEL,
        "new findings block from this severity on",
        textual=True,
        tighter=Tighter.LOWER,
    ),
    "block-confidence": Option(
        *_A_LEVEL,
        "and from this confidence on",
        textual=True,
        tighter=Tighter.LOWER,
    ),
    "block-advisories": Option(
        _truth,
        "true or false",
        "a newly pinned version with a known advisory blocks, whatever its severity",
        tighter=Tighter.HIGHER,
    ),
    "file-timeout": Option(
        _number(0.1, 3600, float),
        "seconds from 0.1 to 3600",
        "seconds that one file may take with one scanner before it is skipped",
        tighter=Tighter.HIGHER,
    ),
    "max-file-bytes": Option(
        _number(1024, 2**30, int),
        "a whole number from 1024 to 1073741824",
        "a larger file is skipped",
        tighter=Tighter.HIGHER,
    ),
    "workers": Option(
        _number(1, 256, int),
        "a whole number from 1 to 256",
        "worker processes",
    ),
    "database": Option(
        _text,
        "a path",
        "the advisory database; empty for the one in the user's data folder",
        textual=True,
    ),
    "advisories-warn-days": Option(
        _number(0, 3650, int),
        "a whole number of days from 0 to 3650",
        "a notice where the newest advisory is older than this, in days",
    ),
    "advisories-max-days": Option(
        _number(0, 3650, int),
        "a whole number of days from 0 to 3650",
        "INCOMPLETE where pins were audited and the newest advisory is older than this, in days",
        tighter=Tighter.LOWER,
    ),
    "organisation-policy": Option(
        _text,
        "a path, or package: and the name of an installed distribution",
        "a second policy, which decides beside this one: a file outside of the checkout, or "
        "`package:NAME` for the policy.toml that an installed distribution brings",
        textual=True,
    ),
    "waiver-max-days": Option(
        _number(1, 3650, int),
        "a whole number of days from 1 to 3650",
        "a waiver that would last longer than this from today does not count",
        tighter=Tighter.LOWER,
    ),
    "cache": Option(
        _text,
        "a path",
        "where `scan` keeps what it knows of unchanged files, outside of the checkout, by flag or "
        "environment only; empty for a file in the user's cache folder",
        textual=True,
    ),
}


def read_file(name: str, data: bytes, at: str = "") -> dict[str, object]:
    """The settings of one configuration file, checked: key to value.

    `name` tells which of FILE_NAMES it is; `at` says where it stands, for errors. Under
    POLICY are tables as they came: `gate/policies/lines.py` reads them.
    Raises ConfigError for broken TOML, an unknown key or a value that does not fit.
    """
    where = name + at
    try:
        table: object = tomllib.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{where} is not valid TOML: {error}", "mend it") from error
    if name == "pyproject.toml" and has_misplaced_policy(table):
        remedy = "begin each line with [[tool.tidegate.policy]]"
        raise ConfigError(f"{where}: [[policy]] at the top level is not read", remedy)
    for key in ("tool", "tidegate") if name == "pyproject.toml" else ():
        table = table.get(key, {}) if isinstance(table, dict) else table
    if not isinstance(table, dict):
        raise ConfigError(f"{where}: [tool.tidegate] is not a table", "write it as a table")
    return {
        key: _tables(value, where) if key == POLICY else _checked(key, value, where, typed=True)
        for key, value in table.items()
    }


def has_misplaced_policy(table: object) -> bool:
    """Whether a pyproject.toml holds lines of a policy where nobody reads them."""
    found = table.get(POLICY) if isinstance(table, dict) else None
    tables = found if isinstance(found, list) else []
    return any(isinstance(each, dict) and {"match", "action"} <= each.keys() for each in tables)


def _tables(value: object, where: str) -> list[dict[str, object]]:
    if isinstance(value, list) and all(isinstance(item, dict) for item in value):
        return value
    raise ConfigError(f"{where}: {POLICY} is no list of tables", "begin each line with [[policy]]")


def choose_file(found: Mapping[str, bytes], at: str = "") -> tuple[str, dict[str, object]]:
    """Name and settings of the one file that configures Tidegate, of those found by name.

    A pyproject.toml without [tool.tidegate] is none. Raises ConfigError where two do.
    """
    tables = {name: read_file(name, found[name], at) for name in FILE_NAMES if name in found}
    if "pyproject.toml" in tables and not tables["pyproject.toml"]:
        del tables["pyproject.toml"]
    if len(tables) > 1:
        raise ConfigError(
            "both tidegate.toml and [tool.tidegate] of pyproject.toml configure Tidegate",
            "keep one of the two",
        )
    return next(iter(tables.items()), ("", {}))


def resolve(
    *,
    flags: Mapping[str, object],
    env: Mapping[str, str],
    file: Mapping[str, object],
    file_name: str = "",
) -> Configuration:
    """The settings in force. Keys bear hyphens; a flag that is None was not given.

    Raises ConfigError for a value that does not fit or an unknown `TIDEGATE_*` variable.
    """
    chosen: dict[str, object] = {}
    origins: dict[str, str] = {}
    for key, value in file.items():
        if key != POLICY:
            unused = ", not used: by flag or environment only" if key in OUTSIDE_ONLY else ""
            chosen[key], origins[key] = value, f"file {file_name}{unused}"
    for variable, text in env.items():
        if variable.startswith(PREFIX):
            key = key_of(variable)
            if key not in OPTIONS:
                raise _unknown_variable(variable, key)
            chosen[key] = _checked(key, text, variable)
            origins[key] = f"environment {variable}"
    for key, flag in flags.items():
        if flag is not None:
            chosen[key], origins[key] = _checked(key, flag, f"--{key}"), f"flag --{key}"
    settings = Settings(**{key.replace("-", "_"): value for key, value in chosen.items()})  # type: ignore[arg-type]  # each was checked by its option
    return Configuration(settings, {key: origins.get(key, "default") for key in OPTIONS})


def key_of(variable: str) -> str:
    """The key that a variable `TIDEGATE_…` sets, in whatever case; empty for other variables."""
    name = variable.removeprefix(PREFIX) if variable.startswith(PREFIX) else ""
    return name.lower().replace("_", "-")


def unknown_key(key: str, known: Collection[str], where: str) -> ConfigError:
    """A key that nothing reads, with the nearest that something does."""
    near = _nearest(key, known)
    hint = f"did you mean '{near}'?" if near else f"known keys: {', '.join(known)}"
    return ConfigError(f"{where}: unknown key '{key}'", hint)


def _checked(key: str, value: object, where: str, *, typed: bool = False) -> object:
    option = OPTIONS.get(key)
    if option is None:
        raise unknown_key(key, (*OPTIONS, POLICY), where)
    try:
        wrong_type = typed and isinstance(value, str) and not option.textual
        checked = None if wrong_type else option.read(value)
    except (ValueError, TypeError, KeyError, OverflowError):
        checked = None
    if checked is None:
        raise ConfigError(
            f"{where}: {key} = {shown(value)} does not fit", f"it takes {option.takes}"
        )
    return checked


def _unknown_variable(variable: str, key: str) -> ConfigError:
    near = _nearest(key, OPTIONS)
    meant = PREFIX + near.upper().replace("-", "_")
    hint = f"did you mean {meant}?" if near else f"known keys: {', '.join(OPTIONS)}"
    return ConfigError(
        f"{variable} holds no setting, and names that begin with {PREFIX} are kept for settings",
        f"rename or unset it; {hint}",
    )


def _nearest(key: str, known: Collection[str]) -> str:
    """The known key that this one may be a slip for, empty where none is near."""
    near = get_close_matches(key, known, n=1, cutoff=_NEAR)
    return near[0] if near else ""


def shown(value: object) -> str:
    """A value as an error or a list shows it, cut where it is long."""
    try:
        text = repr(value)
    except ValueError:  # an integer of more digits than Python prints
        return "a huge number"
    return text if len(text) <= 60 else text[:57] + "..."


def unreadable(where: str, reason: str) -> ConfigError:
    """A configuration file that is there and gives no settings."""
    return ConfigError(f"{where} cannot be read: {reason}", "put a regular file in its place")


def as_table(settings: Settings) -> dict[str, object]:
    """Key to value as a file would hold them."""
    return {key: plain(getattr(settings, key.replace("-", "_"))) for key in OPTIONS}


def plain(value: object) -> object:
    """A value as a file holds it."""
    return str(value) if isinstance(value, Mode | Level) else value
