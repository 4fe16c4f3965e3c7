"""The organisation's policy: a file, or what an installed distribution brings as data."""

import sys
from pathlib import Path

from ... import config
from ...errors import ConfigError
from ...repository.regular_files import read_regular
from .layers import check_keys, organisation_keys
from .lines import ConfigFile, read_file

PACKAGE = "package:"
FILE_NAME = "policy.toml"


def organisation_file(name: str, checkout: Path) -> ConfigFile:
    """The policy that `name` means: an absolute path, or `package:` and a distribution.

    Raises ConfigError where it cannot be read, is broken, or lies in the checkout: what is
    judged could have written it.
    """
    path = _in_package(name.removeprefix(PACKAGE)) if name.startswith(PACKAGE) else _path(name)
    where = f"organisation policy {name}"
    whole = path.resolve()
    if whole.is_relative_to(checkout.resolve()) and not _in_environment(whole):
        raise ConfigError(
            f"{where} lies in the checkout: a change could write it", "keep it outside"
        )
    try:
        data = read_regular(whole, config.MAX_BYTES)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ConfigError(
            f"{where} cannot be read: {reason}", "put it there, or name another"
        ) from error
    file = read_file(where, data)
    check_keys(file, organisation_keys(), "it holds lines and what has a tighter side")
    return file


def _path(name: str) -> Path:
    path = Path(name).expanduser()
    if path.is_absolute():
        return path
    raise ConfigError(
        f"organisation policy {name} is no absolute path", f"give one, or {PACKAGE}NAME"
    )


def _in_package(name: str) -> Path:
    """Where a distribution keeps its policy; its code is not imported."""
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        found = distribution(name)
    except (PackageNotFoundError, ValueError) as error:
        raise ConfigError(
            f"organisation policy {PACKAGE}{name}: no such distribution is installed",
            "install it beside Tidegate",
        ) from error
    files = [file for file in found.files or () if file.name == FILE_NAME]
    if len(files) != 1:
        raise ConfigError(
            f"organisation policy {PACKAGE}{name} brings {len(files)} files named {FILE_NAME}",
            "it has to bring one",
        )
    return Path(str(files[0].locate()))


def _in_environment(path: Path) -> bool:
    """Whether it is part of the environment that Tidegate itself runs from."""
    return path.is_relative_to(Path(sys.prefix).resolve())
