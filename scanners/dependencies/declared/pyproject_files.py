"""pyproject.toml and Pipfile: what the project declares, in the tables of every tool."""

from collections.abc import Iterator

from ..locks.documents import Table, items, table, text_at, toml_of
from .declarations import Collected, Declarations

_PYTHON = ("python", "python_version", "python_full_version")
_OVERRIDES = ("override-dependencies", "constraint-dependencies", "build-constraint-dependencies")
_MIRRORS = ("python-install-mirror", "pypy-install-mirror", "python-downloads-json-url")
"""Where uv gets a Python from, which is run."""
_FIRST = "first-index"
_PIPFILE_TABLES = frozenset({"source", "requires", "scripts", "pipenv"})


def declared_in_pyproject(data: bytes, path: str) -> Declarations:
    """Dependencies, extras, groups (PEP 735) and Poetry's, PDM's and uv's own tables.

    Of what builds the project (`build-system`) and of overrides only addresses are taken:
    no lock holds them by name. Raises NotUnderstood.
    """
    text, document = toml_of(data)
    found = Collected(path, text)
    project, tool = table(document.get("project")), table(document.get("tool"))
    poetry, pdm, uv = (table(tool.get(name)) for name in ("poetry", "pdm", "uv"))
    asked = table(poetry.get("dependencies"))
    found.requires_python = text_at(project, "requires-python") or text_at(asked, "python")
    _project(found, project, table(tool.get("setuptools")))
    _groups(found, document.get("dependency-groups"))
    _groups(found, pdm.get("dev-dependencies"))
    _groups(found, {"dev": uv.get("dev-dependencies", [])})
    for dependencies in _poetry_tables(poetry):
        found.table({k: v for k, v in table(dependencies).items() if k not in _PYTHON})
    for address in _indexes(poetry, pdm, uv):
        found.index(address)
    _unverified(found, pdm.get("source"))
    found.addresses(table(document.get("build-system")).get("requires"))
    _uv(found, uv)
    itself = text_at(project, "name") or text_at(poetry, "name")
    return found.without([itself, *_local(uv)])


def declared_in_uv_toml(data: bytes, path: str) -> Declarations:
    """The settings of uv, which go before those of pyproject. Raises NotUnderstood."""
    text, uv = toml_of(data)
    found = Collected(path, text)
    for address in _indexes({}, {}, uv):
        found.index(address)
    _uv(found, uv)
    return found.without([])


def _project(found: Collected, project: Table, setuptools: Table) -> None:
    for value in _texts(found, "dependencies", project.get("dependencies")):
        found.requirement(value)
    _groups(found, project.get("optional-dependencies"))
    dynamic = items(project.get("dynamic"))
    for key in ("dependencies", "optional-dependencies"):
        told = table(setuptools.get("dynamic")).get(key)
        # Of setuptools' own files each is looked at as what it is called; setup.py too.
        if key in dynamic and told is None and not setuptools:
            found.unread(key, "they are dynamic: a program tells them", f"dynamic {key}")


def _groups(found: Collected, groups: object) -> None:
    for name, values in table(groups).items():
        for value in _texts(found, name, values):
            found.requirement(value)


def _texts(found: Collected, name: str, values: object) -> Iterator[str]:
    """The requirements of a list; a group that includes another holds a table."""
    if values is not None and not isinstance(values, list):
        found.unread(name, "no list", repr(values))
    for value in items(values):
        if isinstance(value, str):
            if not value.startswith("-e "):
                yield value
            elif not value.startswith("-e file:"):
                found.unread(name, "an editable address", value)
        elif "include-group" not in table(value):
            found.unread(name, "no text", repr(value))


def _poetry_tables(poetry: Table) -> Iterator[object]:
    yield poetry.get("dependencies")
    yield poetry.get("dev-dependencies")
    for group in table(poetry.get("group")).values():
        yield table(group).get("dependencies")


def _indexes(poetry: Table, pdm: Table, uv: Table) -> Iterator[str]:
    for each in (*items(uv.get("index")), *items(poetry.get("source")), *items(pdm.get("source"))):
        yield text_at(table(each), "url")
    yield text_at(uv, "index-url")
    yield text_at(table(uv.get("pip")), "index-url")
    for told in (uv, table(uv.get("pip"))):
        yield from (each for each in items(told.get("extra-index-url")) if isinstance(each, str))


def _unverified(found: Collected, sources: object) -> None:
    """Indexes of PDM and Pipenv whose certificates do not matter."""
    for each in map(table, items(sources)):
        if not each.get("verify_ssl", True):
            found.option("--trusted-host", text_at(each, "url"))


def _uv(found: Collected, uv: Table) -> None:
    """What of uv's own settings leads past the indexes, or past their order."""
    for name, source in table(uv.get("sources")).items():
        found.source(name, source)
    for key in _OVERRIDES:
        found.addresses(uv.get(key))
    for asked in table(uv.get("extra-build-dependencies")).values():
        found.addresses([text_at(table(each), "requirement") or each for each in items(asked)])
    for key in _MIRRORS:
        if place := text_at(uv, key):
            found.option(f"--{key}", place)
    for told in (uv, table(uv.get("pip"))):
        _uv_options(found, told)


def _uv_options(found: Collected, told: Table) -> None:
    """What uv and its `pip` are told alike."""
    for each in items(told.get("find-links")):
        found.option("--find-links", str(each))
    for host in items(told.get("allow-insecure-host")):
        found.option("--trusted-host", str(host))
    if told.get("no-index") is True:
        found.option("--no-index", "")
    strategy = told.get("index-strategy", _FIRST)
    if strategy != _FIRST:
        found.option("--index-strategy", str(strategy))


def _local(uv: Table) -> Iterator[str]:
    """What uv takes from the workspace."""
    for name, source in table(uv.get("sources")).items():
        if table(source).get("workspace") is True:
            yield name


def declared_in_pipfile(data: bytes, path: str) -> Declarations:
    """The packages of every category. Raises NotUnderstood."""
    text, document = toml_of(data)
    found = Collected(path, text)
    for category, packages in document.items():
        if category not in _PIPFILE_TABLES:
            found.table(packages)
    for each in items(document.get("source")):
        found.index(text_at(table(each), "url"))
    _unverified(found, document.get("source"))
    return found.without([])
