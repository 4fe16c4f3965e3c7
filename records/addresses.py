"""Addresses: as they may be shown, without whoever signs in there, and which are this machine."""

import re
from urllib.parse import SplitResult

_USER = re.compile(r"://[^/\s@]*@")


def without_user(text: str) -> str:
    """`text` with nothing before the '@' of its addresses."""
    return _USER.sub("://@", text)


def is_local(parts: SplitResult) -> bool:
    """Whether it is http on this very machine, where nobody stands between."""
    import ipaddress

    host = parts.hostname or ""
    try:
        local = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = False
    return parts.scheme == "http" and local
