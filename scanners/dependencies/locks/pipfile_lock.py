"""Pipfile.lock to pins and gaps."""

import re
from collections.abc import Iterator, Mapping

from ....records.finding import Skipped
from ..addresses import names_commit
from ..pins import Artifact, Dependencies, Origin, Source
from .documents import (
    NotUnderstood,
    Table,
    items,
    json_of,
    key_lines,
    table,
    text_at,
    unread,
)
from .entries import Locked, folder_or_file, gathered, odd

SPEC = 6
_EXACT = re.compile(r"={2,3}\s*([^\s,*]+)")
_EXTRAS = re.compile(r"\[[^\[\]]*\]\Z")
_SYSTEMS = ("git", "hg", "svn", "bzr")


def read_pipfile_lock(data: bytes, path: str) -> Dependencies:
    """Every package of every category; a category is what stands beside `_meta`."""
    try:
        text, lock = _parsed(data)
    except NotUnderstood as error:
        return unread(path, error)
    indexes = {
        text_at(table(each), "name"): text_at(table(each), "url")
        for each in items(table(lock.get("_meta")).get("sources"))
    }
    found = _entries(lock, path, key_lines(text), indexes)
    return gathered(path, found, tuple(indexes.values()))


def _parsed(data: bytes) -> tuple[str, Table]:
    """The text and what it says. Raises NotUnderstood."""
    text, lock = json_of(data)
    meta = table(lock.get("_meta"))
    if meta.get("pipfile-spec") != SPEC:
        raise NotUnderstood(
            f"pipfile-spec is {meta.get('pipfile-spec')!r}, not {SPEC}",
            "lock version unknown",
            "export it: pipenv requirements --hash > requirements.txt",
        )
    if not isinstance(lock.get("default"), dict):
        raise NotUnderstood("it has no default packages")
    return text, lock


def _entries(
    lock: Table, path: str, lines: Mapping[str, list[int]], indexes: Mapping[str, str]
) -> Iterator[Locked | Skipped]:
    # Names stand in the order of the text, so that a name in two categories keeps its lines.
    waiting = {name: iter(numbers) for name, numbers in lines.items()}
    for category, packages in lock.items():
        if category == "_meta":
            continue
        if not isinstance(packages, dict):
            yield odd(path, category, "no table of packages", repr(packages))
            continue
        for name, package in packages.items():
            line = next(waiting.get(name, iter(())), 1)
            if isinstance(package, dict):
                yield _locked(name, package, line, indexes)
            else:
                yield odd(path, name or f"line {line}", "no table", repr(package))


def _locked(name: str, package: Table, line: int, indexes: Mapping[str, str]) -> Locked:
    version = package.get("version")
    if isinstance(version, str):
        exact = _EXACT.fullmatch(version)
        version = exact[1] if exact else None
    return Locked(
        name=_EXTRAS.sub("", name),
        version=version,
        source=_source(package, indexes),
        raw=(name, package),
        line=line,
        artifacts=tuple(
            Artifact(digest=digest)
            for digest in items(package.get("hashes"))
            if isinstance(digest, str)
        ),
    )


def _source(package: Table, indexes: Mapping[str, str]) -> Source:
    for system in _SYSTEMS:
        if place := text_at(package, system):
            commit = text_at(package, "ref")
            return Source(Origin.VCS, f"{place}#{commit}", is_fixed=names_commit(f"#{commit}"))
    if place := text_at(package, "path"):
        return folder_or_file(place)
    if place := text_at(package, "file") or text_at(package, "uri"):
        return Source(Origin.ADDRESS if "://" in place else Origin.FILE, place)
    index = text_at(package, "index")
    default = next(iter(indexes.values()), "")
    return Source(Origin.INDEX, indexes.get(index, index) if index else default)
