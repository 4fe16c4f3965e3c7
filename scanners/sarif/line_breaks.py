"""Whether all tools count the lines of a file alike."""

import re

from ..interface import Kind
from ..targets.kinds import kind_of

_OTHER_BREAKS = re.compile(rb"\r(?!\n)|[\v\x1c-\x1e\0]|\xc2\x85|\xe2\x80[\xa8\xa9]")
"""What ends a line, or the text, for some tools."""


def counted_alike(path: str, content: bytes) -> bool:
    """Whether the number of a line of the file at `path` means one line to every tool."""
    if _OTHER_BREAKS.search(content):
        return False
    if b"\f" in content and kind_of(path, content) is not Kind.PYTHON:
        return False
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
