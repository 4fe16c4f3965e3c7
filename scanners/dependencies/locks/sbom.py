"""Bills of materials, CycloneDX and SPDX as JSON, to pins and gaps."""

from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl, unquote

from ....records.finding import Skipped
from ..pins import Artifact, Dependencies, Origin, Source, gap
from .documents import NotUnderstood, Table, items, json_of, table, text_at, unread, value_lines
from .entries import Locked, gathered, odd

NO_SBOM = "bill of materials not understood"
REMEDY = "write it as CycloneDX JSON or as SPDX 2 JSON"
_HELD = frozenset({"library", "framework", ""})
"""Types of CycloneDX components that a package index may hold."""


def read_sbom(data: bytes, path: str) -> Dependencies:
    """Every component with a package URL of PyPI; those without any package URL are gaps.

    Components of other ecosystems are left out: no advisory of this database is theirs.
    """
    try:
        text, document = json_of(data)
        entries = list(_entries(document, path, text))
    except NotUnderstood as error:
        return unread(path, NotUnderstood(error.detail, NO_SBOM, REMEDY))
    return gathered(path, entries)


def _entries(document: Table, path: str, text: str) -> Iterator[Locked | Skipped]:
    """Raises NotUnderstood."""
    if document.get("bomFormat") == "CycloneDX":
        yield from _cyclonedx(document, path, value_lines(text, "purl"))
    elif str(document.get("spdxVersion")).startswith("SPDX-2."):
        yield from _spdx(document, path, value_lines(text, "referenceLocator"))
    else:
        raise NotUnderstood("it is no CycloneDX and no SPDX 2")


def _cyclonedx(document: Table, path: str, lines: Mapping[str, int]) -> Iterator[Locked | Skipped]:
    if not isinstance(document.get("components", []), list):
        raise NotUnderstood("its components are no list")
    waiting = items(document.get("components"))[::-1]
    while waiting:
        raw = waiting.pop()
        component = table(raw)
        waiting += items(component.get("components"))[::-1]
        purl = text_at(component, "purl")
        digests = [
            _digest(table(each), "alg", "content") for each in items(component.get("hashes"))
        ]
        if purl:
            yield from _of_purl(purl, raw, path, lines, digests)
        elif not component or text_at(component, "type") in _HELD:
            yield _nameless(component, raw, path)


def _spdx(document: Table, path: str, lines: Mapping[str, int]) -> Iterator[Locked | Skipped]:
    if not isinstance(document.get("packages", []), list):
        raise NotUnderstood("its packages are no list")
    described = set(map(str, items(document.get("documentDescribes"))))
    described |= {
        text_at(table(each), "relatedSpdxElement")
        for each in items(document.get("relationships"))
        if table(each).get("relationshipType") == "DESCRIBES"
    }
    for raw in items(document.get("packages")):
        package = table(raw)
        references = [table(each) for each in items(package.get("externalRefs"))]
        purls = [
            text_at(each, "referenceLocator")
            for each in references
            if each.get("referenceType") == "purl"
        ]
        digests = [
            _digest(table(each), "algorithm", "checksumValue")
            for each in items(package.get("checksums"))
        ]
        for purl in purls:
            yield from _of_purl(purl, raw, path, lines, digests)
        # What the document is about is the product itself.
        if not purls and package.get("SPDXID") not in described:
            yield _nameless(package, raw, path)


def _nameless(entry: Table, raw: object, path: str) -> Skipped:
    return gap(
        path,
        "component without a package URL",
        name=text_at(entry, "name") or "a component",
        detail=text_at(entry, "version") or text_at(entry, "versionInfo"),
        remedy="make the bill of materials with a tool that writes purls",
        raw=repr(raw),
    )


def _of_purl(
    purl: str, raw: object, path: str, lines: Mapping[str, int], digests: list[str]
) -> Iterator[Locked | Skipped]:
    """pkg:pypi/name@version?qualifiers#subpath; nothing for other types."""
    scheme, _, rest = purl.partition(":")
    kind, _, rest = rest.lstrip("/").partition("/")
    if scheme.lower() != "pkg" or not rest:
        yield odd(path, "purl", "no package URL", repr(raw))
        return
    if kind.lower() != "pypi":
        return
    bare, _, qualifiers = rest.partition("#")[0].partition("?")
    name, _, version = bare.partition("@")
    yield Locked(
        name=unquote(name),
        version=unquote(version),
        source=_source(dict(parse_qsl(qualifiers))),
        raw=raw,
        line=lines.get(purl, 1),
        artifacts=tuple(Artifact(digest=each) for each in digests if each),
    )


def _source(qualifiers: Mapping[str, str]) -> Source:
    if place := qualifiers.get("vcs_url"):
        return Source(Origin.VCS, place)
    if place := qualifiers.get("download_url"):
        return Source(Origin.ADDRESS, place)
    return Source(Origin.INDEX, qualifiers.get("repository_url", ""))


def _digest(entry: Table, algorithm: str, value: str) -> str:
    name = text_at(entry, algorithm).lower().replace("-", "")
    return f"{name}:{text_at(entry, value)}" if text_at(entry, value) else ""
