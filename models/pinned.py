"""`tidegate.models.lock`: which versions of which models a repository lets decide.

    [[model]]
    name = "risk"
    version = 3
    sha256 = "…"

The gate reads the lock from the tip of the base branch, and the model from wherever its bytes
have that digest. No library beyond Python's own is needed.
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from ..errors import ConfigError, IncompleteError

LOCK_NAME = "tidegate.models.lock"
MAX_LOCK_BYTES = 1024 * 1024
MAX_MODEL_BYTES = 64 * 1024 * 1024
_KEYS = frozenset({"name", "version", "sha256"})
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_HEADER = "# Written by `tidegate models export`: which models may decide here.\n"


@dataclass(frozen=True, slots=True, order=True)
class Pin:
    """One version of one model, by the digest of its served form."""

    name: str
    version: int
    sha256: str


def read_lock(data: bytes) -> tuple[Pin, ...]:
    """The pins of a lock file.

    Raises ConfigError where it is no TOML of `[[model]]` tables, each with its three keys,
    or names a model twice.
    """
    if len(data) > MAX_LOCK_BYTES:
        raise _broken(f"it is larger than {MAX_LOCK_BYTES} bytes")
    try:
        table = tomllib.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise _broken(str(error)) from error
    entries = table.get("model", [])
    if table.keys() - {"model"} or not isinstance(entries, list):
        raise _broken("it holds more than [[model]] tables")
    pins = tuple(map(_pin, entries))
    if len({pin.name for pin in pins}) != len(pins):
        raise _broken("a model is named twice")
    return pins


def write_lock(pins: Iterable[Pin]) -> str:
    """The text of a lock file, sorted by name."""
    return _HEADER + "".join(
        f'\n[[model]]\nname = "{pin.name}"\nversion = {pin.version}\nsha256 = "{pin.sha256}"\n'
        for pin in sorted(pins)
    )


def with_pin(pins: Iterable[Pin], pin: Pin) -> tuple[Pin, ...]:
    """The pins with this one in the place of the one of its name."""
    return (*(other for other in pins if other.name != pin.name), pin)


def stored_model(pin: Pin, folders: Iterable[Path]) -> bytes:
    """The served form that a pin names, from the first folder that holds it.

    Raises IncompleteError where none does, or the file there has another digest.
    """
    for folder in folders:
        path = folder / file_name(pin)
        try:
            with path.open("rb") as file:
                data = file.read(MAX_MODEL_BYTES + 1)
        except OSError:
            continue
        if sha256(data).hexdigest() != pin.sha256:
            raise IncompleteError(
                f"{path.name} is not the model that {LOCK_NAME} names: its digest differs",
                f"fetch it anew with `tidegate models export {pin.name}`",
            )
        return data
    raise IncompleteError(
        f"no file of the model {pin.name} {pin.version}",
        f"put {file_name(pin)}, which `tidegate models export {pin.name}` writes, where "
        "--models names its folder",
    )


def is_name(text: str) -> bool:
    """Whether a model may be called so."""
    return _NAME.fullmatch(text) is not None


def file_name(pin: Pin) -> str:
    """How the served form of a pin is called in a folder of models."""
    return f"{pin.name}-{pin.version}-{pin.sha256[:16]}.json"


def _pin(entry: object) -> Pin:
    if not isinstance(entry, dict) or entry.keys() != _KEYS:
        raise _broken(f"a model has other keys than {', '.join(sorted(_KEYS))}")
    name, version, digest = entry["name"], entry["version"], entry["sha256"]
    if not (isinstance(name, str) and is_name(name)):
        raise _broken("the name of a model is not of lower-case letters, digits, '.', '_', '-'")
    if type(version) is not int or version < 1:
        raise _broken(f"the version of {name} is not a whole number above 0")
    if not (isinstance(digest, str) and _DIGEST.fullmatch(digest)):
        raise _broken(f"the sha256 of {name} is not of 64 hexadecimal digits")
    return Pin(name, version, digest)


def _broken(why: str) -> ConfigError:
    return ConfigError(f"{LOCK_NAME}: {why}", "write it anew with `tidegate models export`")
