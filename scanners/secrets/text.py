"""What kind of text a file is, which decides how its lines are read."""

from enum import StrEnum

BINARY_BYTES = 8000
"""Git takes a file for binary by a NUL among as many."""

_MARKS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


class Text(StrEnum):
    """How the values of a file are written."""

    CODE = "code"
    """In quotes, as a program has them."""
    SETTINGS = "settings"
    """After a name, often without quotes."""
    PROSE = "prose"
    """For readers: what it names is an example more often than not."""
    GENERATED = "generated"
    """Full of hashes: lock files, style sheets, pictures as text, maps."""
    BINARY = "binary"


_BY_SUFFIX = {
    Text.CODE: (
        "c cc cpp cs dart erl ex exs go h hpp hs ipynb java jl js jsx kt lua m mm php phtml pl pm"
        " py pyi pyw r rb rs scala sql swift ts tsx vb vue"
    ),
    Text.PROSE: "adoc asciidoc csv htm html markdown md po pot rst tex tsv txt xhtml",
    Text.GENERATED: "css iml ipr iws lock map prefs sum svg",
}
_KINDS = {suffix: kind for kind, names in _BY_SUFFIX.items() for suffix in names.split()}
_LOCK_NAMES = frozenset(
    {"brewfile.lock.json", "cartfile.resolved", "package.resolved", "package-lock.json"}
    | {"packages.lock.json", "pylock.toml", "npm-shrinkwrap.json", "pnpm-lock.yaml"}
)
_BILLS_OF_MATERIALS = ("bom.json", ".cdx.json", ".spdx.json", ".spdx")


def kind_of_text(path: str, data: bytes) -> Text:
    """How the file's values are written; by its name, where it is text at all."""
    if b"\0" in data[:BINARY_BYTES]:
        return Text.BINARY
    name = path.rpartition("/")[2].lower()
    if name in _LOCK_NAMES or name.endswith(_BILLS_OF_MATERIALS):
        return Text.GENERATED
    stem, dot, suffix = name.rpartition(".")
    return _KINDS.get(suffix, Text.SETTINGS) if stem and dot else Text.SETTINGS


def as_utf8(data: bytes) -> bytes:
    """The same text in UTF-8 where a mark says that it is in UTF-16; line numbers stay."""
    encoding = _MARKS.get(data[:2])
    return data[2:].decode(encoding, "replace").encode("utf-8", "replace") if encoding else data
