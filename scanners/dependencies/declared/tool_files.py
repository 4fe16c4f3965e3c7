"""Settings of tools in files of their own: where they look for what a project declares."""

from collections.abc import Iterator
from configparser import Error, RawConfigParser

from ..locks.documents import NotUnderstood, Table, table, text_at, toml_of
from .declarations import Collected, Declarations

_INDEXES = ("index-url", "pypi-url")
_LISTS = ("extra-index-url", "find-links", "trusted-host")
_TRUE = ("y", "yes", "t", "true", "on", "1")
_UNCHECKED = (False, "", "0", "no", "false")
"""What PDM takes for false."""
_PYPI = "pypi."


def declared_in_pdm_toml(data: bytes, path: str) -> Declarations:
    """The indexes of `pypi`, and of which of them the certificates are not looked at.

    Raises NotUnderstood.
    """
    text, document = toml_of(data)
    found = Collected(path, text)
    first = table(document.get("pypi"))
    # A key with a dot in quotes is the same to PDM.
    quoted = {key.removeprefix(_PYPI): document[key] for key in document if key.startswith(_PYPI)}
    for index in (first, quoted, *map(table, first.values())):
        place = text_at(index, "url")
        if index.get("type") == "find_links":
            found.option("--find-links", place)
        else:
            found.index(place)
        verified = index.get("verify_ssl", True)
        if (verified.lower() if isinstance(verified, str) else verified) in _UNCHECKED:
            found.option("--trusted-host", place)
    return found.without([])


def declared_in_poetry_toml(data: bytes, path: str) -> Declarations:
    """A mirror that takes the place of the index, and hosts whose certificates do not matter.

    Its `repositories` are where Poetry publishes to: nothing is installed from there. Raises
    NotUnderstood.
    """
    text, document = toml_of(data)
    found = Collected(path, text)
    for plugin in table(document.get("plugins")).values():
        found.index(text_at(table(plugin), "url"))
    for name, certificate in table(document.get("certificates")).items():
        if False in (table(certificate).get(key) for key in ("verify", "cert")):
            found.option("--trusted-host", name)
    return found.without([])


def declared_in_pip_conf(data: bytes, path: str) -> Declarations:
    """The options of every section, as a requirements file has them. Raises NotUnderstood."""
    parser = RawConfigParser(strict=False)
    try:
        text = data.decode("utf-8-sig")
        parser.read_string(text)
    except (UnicodeDecodeError, Error) as error:
        raise NotUnderstood(f"no configuration: {type(error).__name__}") from error
    found = Collected(path, text)
    for key, value in _settings(parser):
        if key in _INDEXES:
            found.index(value.strip())
        elif key in _LISTS:
            for each in value.split():
                found.option(f"--{key}", each)
        elif key == "no-index" and value.strip().lower() in _TRUE:
            found.option(f"--{key}", "")
    return found.without([])


def _settings(parser: RawConfigParser) -> Iterator[tuple[str, str]]:
    """Every setting, its key as pip knows it."""
    sections: dict[str, Table] = {name: dict(parser.items(name)) for name in parser.sections()}
    sections[parser.default_section] = dict(parser.defaults())
    for section in sections.values():
        for key, value in section.items():
            yield key.replace("_", "-").removeprefix("--"), str(value)
