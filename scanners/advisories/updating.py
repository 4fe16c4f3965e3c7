"""Bring the advisory database up to date over the network, unless what comes looks wrong."""

import tempfile
import time
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from ...errors import IncompleteError, UsageError
from .download import Bounds, check_address, download, shown
from .guard import guard
from .importing import ImportSummary, OnRecord, import_files
from .sources.files import UnreadableSource
from .sources.limits import Limits

SHA256_DIGITS = 64


def update(
    urls: Sequence[str],
    database: Path,
    *,
    digests: Sequence[str] = (),
    hosts: Collection[str] = (),
    force: bool = False,
    bounds: Bounds | None = None,
    limits: Limits | None = None,
    on_bytes: Callable[[int, int | None], None] = lambda _received, _of: None,
    on_record: OnRecord = lambda _read, _share: None,
    now: Callable[[], float] = time.time,
) -> ImportSummary:
    """Fetch `urls` and import them together, as `import_files` does.

    `digests` are the sha256 of what `urls` have to give, one each, if any are named.
    Raises UsageError for the call, and IncompleteError where a download fails, is not what
    was expected, or is less than what is there and not `force`; the old database then stays.
    """
    _check_call(urls, digests)
    with tempfile.TemporaryDirectory(prefix="tidegate-") as folder:
        names = {Path(folder, str(number)): shown(url) for number, url in enumerate(urls)}
        for file, url, expected in zip(names, urls, digests or [""] * len(urls), strict=True):
            digest = download(url, file, bounds=bounds, hosts=hosts, on_bytes=on_bytes)
            _compare(url, digest, expected)
        try:
            return import_files(
                list(names),
                database,
                limits=limits,
                on_record=on_record,
                names=names,
                accept=lambda new, status: None if force else guard(database, new, status),
                now=now,
            )
        except UnreadableSource as error:
            raise IncompleteError(
                f"what was fetched is of no use: {error.message}",
                "the old database, if any, is kept; check the address",
            ) from error


def _check_call(urls: Sequence[str], digests: Sequence[str]) -> None:
    """Raise UsageError before anything is fetched."""
    for url in urls:
        check_address(url)
    if digests and len(digests) != len(urls):
        raise UsageError(
            f"{len(digests)} digests for {len(urls)} addresses", "name one for each, in order"
        )
    if not all(len(digest.strip().removeprefix("sha256:")) == SHA256_DIGITS for digest in digests):
        raise UsageError("a digest is no sha256", f"give its {SHA256_DIGITS} hexadecimal digits")


def _compare(url: str, digest: str, expected: str) -> None:
    if expected and digest != expected.strip().lower().removeprefix("sha256:"):
        raise IncompleteError(
            f"{shown(url)} has the digest sha256:{digest}, which is not the expected one",
            "the old database, if any, is kept; find out which of the two is right",
        )
