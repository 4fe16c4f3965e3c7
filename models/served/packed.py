"""Arrays of numbers in JSON: base64 of their little-endian bytes.

A forest of a hundred trees is a hundred thousand nodes: as JSON numbers they would take the
whole time that the gate may spend on reading a model.
"""

import base64
import binascii
import sys
from array import array
from collections.abc import Iterable
from typing import Any, Literal

from ...errors import UsageError

Code = Literal["B", "I", "d"]
WIDTHS: dict[Code, int] = {"B": 1, "I": 4, "d": 8}
"""Bytes of a number by the type code that `array` has for it."""


def pack(code: Code, numbers: Iterable[float]) -> str:
    """The numbers as text; raises OverflowError where one does not fit the code."""
    packed: array[Any] = array(code, numbers)
    if sys.byteorder == "big":
        packed.byteswap()
    return base64.b64encode(packed.tobytes()).decode("ascii")


def unpack(code: Code, text: object) -> "array[Any]":
    """The numbers of a packed text; raises UsageError where it is none."""
    found: array[Any] = array(code)
    if found.itemsize != WIDTHS[code]:
        raise UsageError(f"this Python's array({code!r}) is no {WIDTHS[code]} bytes wide")
    if not isinstance(text, str):
        raise UsageError("a packed array is no text")
    try:
        found.frombytes(binascii.a2b_base64(text, strict_mode=True))
    except (binascii.Error, ValueError):
        raise UsageError("a packed array is no base64 of whole numbers") from None
    if sys.byteorder == "big":
        found.byteswap()
    return found
