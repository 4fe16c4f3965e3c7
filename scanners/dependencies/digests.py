"""Digests of files, `algorithm:hexadecimal digits`: which of them count, how one is shown."""

import re
from string import hexdigits

HEX_DIGITS = {
    "sha256": 64,
    "sha384": 96,
    "sha512": 128,
    "sha3_256": 64,
    "sha3_384": 96,
    "sha3_512": 128,
    "blake2b": 128,
    "blake2s": 64,
}
"""Of those of which nobody can make other content: MD5 and SHA-1 are none."""
_SHOWN = 12
_DIGEST = re.compile(r"[a-z0-9_]{1,12}:[0-9a-fA-F]+")


def is_strong(digest: str) -> bool:
    """Whether it is whole, and of an algorithm that tells one content from every other."""
    algorithm, _, digits = digest.partition(":")
    return len(digits) == HEX_DIGITS.get(algorithm) and set(digits) <= set(hexdigits)


def shortened(digest: str) -> str:
    """The beginning of the first of several, for a reader; what is no digest is not shown."""
    first = digest.partition(",")[0]
    if not _DIGEST.fullmatch(first):
        return "what is no digest"
    algorithm, _, digits = first.partition(":")
    return f"{algorithm}:{digits[:_SHOWN]}" + ("…" if len(digits) > _SHOWN else "")
