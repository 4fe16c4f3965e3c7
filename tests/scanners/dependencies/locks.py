"""Small locks of every tool, as they write them, with invented names and hosts."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from tidegate.scanners.dependencies.locks.pdm_lock import read_pdm_lock
from tidegate.scanners.dependencies.locks.pipfile_lock import read_pipfile_lock
from tidegate.scanners.dependencies.locks.poetry_lock import read_poetry_lock
from tidegate.scanners.dependencies.locks.uv_lock import read_uv_lock
from tidegate.scanners.dependencies.pins import Dependencies

INDEX = "https://example.org/simple"
HOST = "https://files.example.org"
A, B = "sha256:" + "a" * 64, "sha256:" + "b" * 64


def uv_package(name: str, version: str = "1.0", digest: str = A, index: str = INDEX) -> str:
    return f"""
[[package]]
name = "{name}"
version = "{version}"
source = {{ registry = "{index}" }}
sdist = {{ url = "{HOST}/p/{name}-{version}.tar.gz", hash = "{digest}", size = 1 }}
wheels = [
    {{ url = "{HOST}/p/{name}-{version}-py3-none-any.whl", hash = "{digest}", size = 1 }},
]
"""


def uv_lock(*packages: str) -> str:
    head = 'version = 1\nrevision = 3\nrequires-python = ">=3.11"\n'
    return head + "".join(packages)


def poetry_package(name: str, version: str = "1.0", digest: str = A, more: str = "") -> str:
    return f"""
[[package]]
name = "{name}"
version = "{version}"
description = "[[package]] of birds"
optional = false
python-versions = ">=3.8"
groups = ["main"]
files = [
    {{file = "{name}-{version}.tar.gz", hash = "{digest}"}},
]
{more}
"""


def poetry_lock(*packages: str, version: str = "2.1") -> str:
    return f'{"".join(packages)}\n[metadata]\nlock-version = "{version}"\ncontent-hash = "0"\n'


def pdm_package(name: str, version: str = "1.0", digest: str = A, more: str = "") -> str:
    return f"""
[[package]]
name = "{name}"
version = "{version}"
summary = ""
groups = ["default"]
{more}
files = [
    {{file = "{name}-{version}.tar.gz", hash = "{digest}"}},
]
"""


def pdm_lock(*packages: str, version: str = "4.5.0") -> str:
    return f'[metadata]\ngroups = ["default"]\nlock_version = "{version}"\n{"".join(packages)}'


def pipfile_lock(default: Mapping[str, Any], develop: Mapping[str, Any] | None = None) -> str:
    meta = {"pipfile-spec": 6, "sources": [{"name": "main", "url": INDEX, "verify_ssl": True}]}
    lock = {"_meta": meta, "default": default, "develop": develop or {}}
    return json.dumps(lock, indent=4)


READERS: Mapping[str, Callable[[bytes, str], Dependencies]] = {
    "uv.lock": read_uv_lock,
    "poetry.lock": read_poetry_lock,
    "pdm.lock": read_pdm_lock,
    "Pipfile.lock": read_pipfile_lock,
}


def read_lock(name: str, text: str, folder: str = "") -> Dependencies:
    return READERS[name](text.encode(), folder + name)


def told(found: Dependencies) -> list[tuple[str, str, int]]:
    return [(pin.name, pin.version, pin.line) for pin in found.pins]


ONE = {"version": "==1.0", "hashes": [A, B]}
FOUND = {
    "uv.lock": uv_lock(uv_package("heron"), uv_package("Tern_Two", "2.0")),
    "poetry.lock": poetry_lock(poetry_package("heron"), poetry_package("Tern_Two", "2.0")),
    "pdm.lock": pdm_lock(pdm_package("heron"), pdm_package("Tern_Two", "2.0")),
    "Pipfile.lock": pipfile_lock({"heron": ONE, "Tern_Two": {"version": "==2.0", "hashes": [A]}}),
}
TOML = {
    "uv.lock": ("version = 1\n", ""),
    "poetry.lock": ("", '[metadata]\nlock-version = "2.1"\n'),
    "pdm.lock": ('[metadata]\nlock_version = "4.5.0"\n', ""),
}


def toml_lock(name: str, body: str) -> str:
    head, foot = TOML[name]
    return f"{head}[[package]]\n{body}\n{foot}"
