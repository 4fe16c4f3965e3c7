"""Fetch one file over HTTPS, within bounds: a server may stall, send on, lie and never end."""

import hashlib
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from http.client import HTTPException, HTTPMessage
from pathlib import Path
from typing import IO, Any
from urllib import request
from urllib.error import HTTPError
from urllib.parse import SplitResult, urlsplit

from ... import __version__
from ...errors import IncompleteError, UsageError
from ...records.addresses import is_local

OSV_PYPI = "https://osv-vulnerabilities.storage.googleapis.com/PyPI/all.zip"
"""Where OSV publishes every advisory for PyPI, those of PyPA, GitHub and OpenSSF among them."""
_CHUNK = 256 * 1024


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one download may take at most."""

    size: int = 1024 * 1024 * 1024
    """Bytes."""
    seconds: float = 900.0
    stall_seconds: float = 30.0
    """Without a byte."""
    redirects: int = 5


class DownloadFailed(IncompleteError):
    """What was asked for did not come, or not all of it."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(
            f"cannot fetch {shown(url)}: {reason}",
            "the old database, if any, is kept; try again, or fetch the file by other means "
            "and run `tidegate advisories import FILE`",
        )


def shown(url: str) -> str:
    """The address without what may be secret: user, password, query and fragment."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def check_address(url: str) -> None:
    """Raise UsageError unless it is one of https, or of this machine's own."""
    try:
        parts = urlsplit(url)
        fine = bool(parts.hostname) and (parts.scheme == "https" or is_local(parts))
        bare = "@" not in parts.netloc and url.isascii() and url.isprintable() and " " not in url
    except ValueError:
        fine = bare = False
    if not (fine and bare):
        raise UsageError(
            "an address to update from is none of https://HOST/PATH, without user and password",
            "name another, or fetch the file and run `tidegate advisories import FILE`",
        )


def download(
    url: str,
    target: Path,
    *,
    bounds: Bounds | None = None,
    hosts: Collection[str] = (),
    on_bytes: Callable[[int, int | None], None] = lambda _received, _of: None,
) -> str:
    """Write what `url` gives to `target`; its sha256 as hexadecimal digits.

    A redirect is followed within https, to the same host or one of `hosts`. `on_bytes`
    hears how many bytes came, of how many if that is known. Raises UsageError for the
    address and DownloadFailed for what became of it.
    """
    check_address(url)
    bounds = bounds or Bounds()
    headers = {"User-Agent": f"tidegate/{__version__}", "Accept-Encoding": "identity"}
    asked = request.Request(url, headers=headers)  # noqa: S310 - its scheme was checked
    started = time.monotonic()
    try:
        with (
            _opener(url, bounds, hosts).open(asked, timeout=bounds.stall_seconds) as answer,
            target.open("wb") as file,
        ):
            return _copy(answer, file, url, started + bounds.seconds, bounds, on_bytes)
    except HTTPError as error:
        error.close()
        raise DownloadFailed(url, f"HTTP {error.code} {str(error.reason)[:200]}") from error
    except (OSError, HTTPException, ValueError) as error:
        raise DownloadFailed(url, f"{type(error).__name__} {str(error)[:200]}") from error


def _copy(
    answer: Any,  # noqa: ANN401 - urllib promises no more than a file with headers
    file: IO[bytes],
    url: str,
    deadline: float,
    bounds: Bounds,
    on_bytes: Callable[[int, int | None], None],
) -> str:
    length = answer.headers.get("Content-Length", "")
    expected = int(length) if length.isdecimal() else None
    if expected is not None and expected > bounds.size:
        raise DownloadFailed(url, f"it says to be over {bounds.size} bytes")
    digest, received = hashlib.sha256(), 0
    # read1 returns what has come, so that a server that drips meets the deadline too.
    while chunk := answer.read1(_CHUNK):
        received += len(chunk)
        if received > bounds.size:
            raise DownloadFailed(url, f"it is over {bounds.size} bytes")
        if time.monotonic() > deadline:
            raise DownloadFailed(url, f"it took over {bounds.seconds:g} seconds")
        digest.update(chunk)
        file.write(chunk)
        on_bytes(received, expected)
    if expected is not None and received != expected:
        raise DownloadFailed(url, f"{received} of {expected} bytes came")
    return digest.hexdigest()


def _opener(url: str, bounds: Bounds, hosts: Collection[str]) -> request.OpenerDirector:
    """Speaks http and https and nothing else: no files, no FTP."""
    parts = urlsplit(url)
    # This machine's own addresses are not asked of a proxy.
    proxies = request.ProxyHandler({}) if is_local(parts) else request.ProxyHandler()
    opener = request.OpenerDirector()
    for handler in (
        proxies,
        request.HTTPHandler(),
        request.HTTPSHandler(),
        request.HTTPDefaultErrorHandler(),
        request.HTTPErrorProcessor(),
        _Redirects(parts, {str(parts.hostname), *hosts}, bounds.redirects),
    ):
        opener.add_handler(handler)
    return opener


class _Redirects(request.HTTPRedirectHandler):
    """Follows only where it is safe to."""

    def __init__(self, start: SplitResult, hosts: Collection[str], most: int) -> None:
        self._start = start
        self._hosts = hosts
        self._left = most

    def redirect_request(
        self,
        req: request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> request.Request | None:
        """The next request. Raises DownloadFailed where it would lead astray."""
        parts = urlsplit(newurl)
        self._left -= 1
        if self._left < 0:
            fp.close()
            raise DownloadFailed(self._start.geturl(), "it sends on too often")
        as_safe = parts.scheme == "https" or (is_local(self._start) and is_local(parts))
        if not as_safe or parts.hostname not in self._hosts:
            fp.close()
            raise DownloadFailed(
                self._start.geturl(),
                f"it sends on to {shown(newurl)[:200]!r}: name the host with --allow-host if "
                "that is right; only https is followed",
            )
        return super().redirect_request(req, fp, code, msg, headers, newurl)
