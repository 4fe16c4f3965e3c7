"""Addresses as they may be shown: without whoever signs in there."""

import re

_USER = re.compile(r"://[^/\s@]*@")


def without_user(text: str) -> str:
    """`text` with nothing before the '@' of its addresses."""
    return _USER.sub("://@", text)
