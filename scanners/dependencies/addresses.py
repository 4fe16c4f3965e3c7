"""Addresses and paths of dependencies: what of them may be shown, and where they lead."""

import posixpath
import re
from urllib.parse import urlsplit

PROJECT_ITSELF = (".", "./")

_TOKEN_LIKE = re.compile(r"(?=.*[0-9])[\w-]{20,}")
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


def shown(address: str) -> str:
    """An address without what may be a secret: user, query, fragment, token-like folders."""
    if "://" not in address:
        return "an address" if "@" in address or "?" in address else address
    try:
        parts = urlsplit(address)
    except ValueError:
        return "an address"
    folders = ["***" if _TOKEN_LIKE.fullmatch(part) else part for part in parts.path.split("/")]
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{'/'.join(folders)}"


def host(address: str) -> str:
    """The host and port of a URL in lower case; empty where there is none."""
    try:
        return urlsplit(address).netloc.rpartition("@")[2].lower()
    except ValueError:
        return ""


def is_encrypted(address: str) -> bool:
    """Whether nobody on the way can change what comes from there."""
    scheme = address.partition("://")[0].lower().rpartition("+")[2]
    return "://" not in address or scheme in ("https", "ssh", "file")


def without_revision(address: str) -> str:
    """The address of a repository without the revision that pip and uv write behind it."""
    bare = address.partition("#")[0].partition("?")[0]
    head, slash, last = bare.rpartition("/")
    return f"{head}{slash}{last.partition('@')[0].removesuffix('.git')}"


def names_commit(address: str) -> bool:
    """Whether it ends in a whole commit id."""
    bare, _, fragment = address.partition("#")
    return any(
        _COMMIT.fullmatch(end) for end in (fragment, bare.partition("?")[0].rpartition("@")[2])
    )


def is_inside(place: str, path: str) -> bool:
    """Whether `place`, as the file at `path` names it, lies in the tree that `path` is of."""
    place = place.removeprefix("file:").replace("\\", "/")
    if "://" in place or place.startswith("/") or re.match(r"[A-Za-z]:", place):
        return False
    # A file outside of the tree is its own tree.
    folder = "" if path.startswith(("/", "../")) else posixpath.dirname(path)
    return posixpath.normpath(posixpath.join(folder, place)).partition("/")[0] != ".."
