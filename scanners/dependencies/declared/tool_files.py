"""Settings of tools in files of their own: where they look for what a project declares."""

from collections.abc import Iterator
from configparser import Error, RawConfigParser

from ..locks.documents import NotUnderstood, Table, table, text_at, toml_of
from .declarations import Collected, Declarations

_LISTS = ("extra-index-url", "find-links", "trusted-host")


def declared_in_pdm_toml(data: bytes, path: str) -> Declarations:
    """The indexes of `pypi`, and of which of them the certificates are not looked at.

    Raises NotUnderstood.
    """
    text, document = toml_of(data)
    found = Collected(path, text)
    first = table(document.get("pypi"))
    for index in (first, *map(table, first.values())):
        place = text_at(index, "url")
        if index.get("type") == "find_links":
            found.option("--find-links", place)
        else:
            found.index(place)
        if index.get("verify_ssl") is False:
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
        if table(certificate).get("cert") is False:
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
        if key == "index-url":
            found.index(value.strip())
        elif key in _LISTS:
            for each in value.split():
                found.option(f"--{key}", each)
        elif key == "no-index" and value.strip().lower() in ("1", "true", "yes", "on"):
            found.option(f"--{key}", "")
    return found.without([])


def _settings(parser: RawConfigParser) -> Iterator[tuple[str, str]]:
    """Every setting, its key as pip knows it."""
    sections: dict[str, Table] = {name: dict(parser.items(name)) for name in parser.sections()}
    sections[parser.default_section] = dict(parser.defaults())
    for section in sections.values():
        for key, value in section.items():
            yield key.replace("_", "-").removeprefix("--"), str(value)
