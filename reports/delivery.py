"""Sending a message: signed, tried again within bounds, to the address it was meant for alone.

Addresses and keys are secrets. They are in no record that is printed, and no error tells more
of an address than its host.
"""

import hashlib
import hmac
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from http.client import HTTPException
from urllib import request
from urllib.error import HTTPError
from urllib.parse import urlsplit

from .. import __version__
from ..errors import IncompleteError, UsageError
from ..records.addresses import is_local
from .inert import visible

MIN_KEY_BYTES = 16
_PASSING = (408, 425, 429)
"""Codes below 500 that may be another by the next time."""


class Target(StrEnum):
    """Who takes a message."""

    SLACK = "slack"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent: JSON in UTF-8."""

    to: Target
    body: bytes

    @property
    def id(self) -> str:
        """The same whenever the same is sent again, so that a receiver can take it once."""
        return hashlib.sha256(self.to.encode() + b"\n" + self.body).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Receiver:
    """Where it goes, and what signs it; Slack knows its own by the address."""

    url: str = field(repr=False)
    key: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Patience:
    """How often and how long one message is tried. Times are in seconds."""

    attempts: int = 4
    timeout: float = 10.0
    """Without a byte."""
    first_wait: float = 1.0
    """Doubled with each attempt; a random part of it, at least half, is waited."""
    longest_wait: float = 60.0
    """A receiver that wants more, by Retry-After, is left for later."""


@dataclass(frozen=True, slots=True)
class _Failure:
    reason: str
    passing: bool
    """Whether the next attempt may fare better."""
    retry_after: str = ""


class NotDelivered(IncompleteError):
    """The receiver did not take a message."""

    def __init__(self, url: str, reason: str, *, refused: bool) -> None:
        host = urlsplit(url).hostname
        super().__init__(
            f"not delivered to {host}: {reason}",
            "send it again; with --spool it is kept, and `tidegate deliver --spool DIR --send` "
            "sends what is kept",
        )
        self.refused = refused
        """Whether it was this message alone that the receiver did not want."""


def receiver(url: str, key: str, to: Target, *, variables: tuple[str, str]) -> Receiver:
    """The receiver that two variables name.

    Raises UsageError, which tells no value, for an address that is neither https nor http on
    this machine, and for a key that is too short to sign with.
    """
    try:
        parts = urlsplit(url)
        fine = bool(parts.hostname) and (parts.scheme == "https" or is_local(parts))
        bare = "@" not in parts.netloc and url.isascii() and url.isprintable() and " " not in url
        _ = parts.port
    except ValueError:
        fine = bare = False
    if not (fine and bare):
        raise UsageError(
            f"{variables[0]} holds no address of the form https://HOST/PATH",
            "set it, without user and password, as a secret of the job",
        )
    if to is Target.WEBHOOK and len(key.encode()) < MIN_KEY_BYTES:
        raise UsageError(
            f"{variables[1]} holds no key of {MIN_KEY_BYTES} bytes or more",
            "set it as a secret of the job: `openssl rand -hex 32` makes one",
        )
    return Receiver(url, key.encode())


def signature(key: bytes, timestamp: int, body: bytes) -> str:
    """What a receiver has to compute too: HMAC-SHA256 over timestamp, full stop and body."""
    digest = hmac.new(key, b"%d." % timestamp + body, hashlib.sha256)
    return f"sha256={digest.hexdigest()}"


def send(
    message: Message,
    to: Receiver,
    patience: Patience | None = None,
    *,
    sleep: Callable[[float], object] = time.sleep,
    draw: Callable[[], float] = random.random,
    now: Callable[[], float] = time.time,
) -> None:
    """Send one message, again where that may help. Raises NotDelivered."""
    patience = patience or Patience()
    for attempt in range(1, patience.attempts + 1):
        failure = _try(message, to, patience.timeout, int(now()))
        if failure is None:
            return
        wait = _wait(failure, attempt, patience, draw(), now())
        if wait is None or attempt == patience.attempts:
            tried = f", after {attempt} attempts" if attempt > 1 else ""
            raise NotDelivered(to.url, failure.reason + tried, refused=not failure.passing)
        sleep(wait)


def _wait(
    failure: _Failure, attempt: int, patience: Patience, drawn: float, now: float
) -> float | None:
    """Seconds until the next attempt; None where there should be none."""
    if not failure.passing:
        return None
    step = min(patience.first_wait * 2 ** (attempt - 1), patience.longest_wait)
    wanted = _asked_for(failure.retry_after, now)
    return None if wanted > patience.longest_wait else max(wanted, step * (1 + drawn) / 2)


def _asked_for(retry_after: str, now: float) -> float:
    """The seconds of a Retry-After, which may be a date; nothing where it is neither."""
    from email.utils import parsedate_to_datetime

    if retry_after.isascii() and retry_after.isdecimal():
        return float(retry_after[:12])
    try:
        return max(0.0, parsedate_to_datetime(retry_after).timestamp() - now)
    except (ValueError, TypeError, OverflowError):
        return 0.0


def _try(message: Message, to: Receiver, timeout: float, timestamp: int) -> _Failure | None:
    """One attempt; None where the receiver took it."""
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": f"tidegate/{__version__}",
        "Tidegate-Delivery": message.id,
    }
    if to.key:
        headers["Tidegate-Timestamp"] = str(timestamp)
        headers["Tidegate-Signature"] = signature(to.key, timestamp, message.body)
    asked = request.Request(to.url, data=message.body, headers=headers, method="POST")  # noqa: S310 - its scheme was checked
    try:
        # What it says beside the code is not read: it took the message.
        _opener(to.url).open(asked, timeout=timeout).close()
    except HTTPError as error:
        error.close()
        return _refused(error)
    except (OSError, HTTPException, ValueError) as error:
        # Their own words may hold the address.
        cause = getattr(error, "reason", error)
        return _Failure(f"no answer ({type(cause).__name__})", passing=True)
    return None


def _refused(error: HTTPError) -> _Failure:
    if 300 <= error.code < 400:
        return _Failure(f"HTTP {error.code}: redirects are not followed", passing=False)
    passing = error.code >= 500 or error.code in _PASSING
    retry_after = error.headers.get("Retry-After", "") if error.headers else ""
    return _Failure(f"HTTP {error.code} {visible(str(error.reason), 100)}", passing, retry_after)


def _opener(url: str) -> request.OpenerDirector:
    """Speaks http and https and follows no redirect: its handler is left out."""
    local = is_local(urlsplit(url))
    opener = request.OpenerDirector()
    for handler in (
        # This machine's own addresses are not asked of a proxy.
        request.ProxyHandler({}) if local else request.ProxyHandler(),
        request.HTTPHandler(),
        request.HTTPSHandler(),
        request.HTTPDefaultErrorHandler(),
        request.HTTPErrorProcessor(),
    ):
        opener.add_handler(handler)
    return opener
