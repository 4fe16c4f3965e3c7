"""Which bandit is installed, told without importing it or what drives it."""

from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

VERIFIED = {"1.9.4": "66a66cf83cd40ea0c25aed64f41ab24c30b7b72fa7e9f3b3618155cb9a825fe2"}
"""Versions of bandit that the lean driver is held against, and the digest of their sources."""


@cache
def is_verified() -> bool:
    """Whether the lean driver may stand in for bandit's own. Does not import bandit."""
    from importlib.metadata import version

    wanted = VERIFIED.get(version("bandit"))
    return wanted is not None and sources_digest() == wanted


def sources_digest() -> str:
    """SHA-256 of bandit's installed sources that the lean driver relies on, in hexadecimal."""
    spec = find_spec("bandit")
    package = Path(spec.origin).parent if spec and spec.origin else Path()
    digest = sha256()
    for folder in ("blacklists", "core", "plugins"):
        for path in sorted((package / folder).glob("*.py")):
            digest.update(f"{folder}/{path.name}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()
