"""Which lines of a text may hold a secret: a report that shows code leaves them out."""

import re
from collections.abc import Iterator, Sequence

from .engine import secrets_of
from .pieces import pieces
from .rules import BY_ID, PRIVATE_KEY
from .text import kind_of_text

_KEY_HEAD = re.compile(BY_ID[PRIVATE_KEY].pattern.encode("ascii"))
_KEY_ENDS = (b"-----END", b"Private-MAC:")


def secret_lines(path: str, data: bytes) -> set[int]:
    """The numbers of the lines that any rule matches, and all lines of private keys.

    Lines are told apart by line feeds alone. Raises ScanFailed.
    """
    found = secrets_of(path, kind_of_text(path, data), pieces(path, data))
    return {secret.line for secret in found} | set(_of_keys(data.split(b"\n")))


def _of_keys(lines: Sequence[bytes]) -> Iterator[int]:
    """From the head of each key to its end, or to that of the file: it need not look like one."""
    inside = False
    for number, line in enumerate(lines, 1):
        inside = inside or _KEY_HEAD.search(line) is not None
        if inside:
            yield number
        inside = inside and not any(end in line for end in _KEY_ENDS)
