"""Bring the advisory database up to date over the network, unless what comes looks wrong."""

import sqlite3
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path

from ...errors import IncompleteError, UsageError
from .database import AdvisoryDatabaseError, opened
from .download import Bounds, check_address, download, shown
from .importing import ImportSummary, import_files
from .sources.files import UnreadableSource
from .sources.limits import Limits
from .status import Catalogue, DatabaseStatus

MAX_FALL = 0.02
"""Share of the records, or of the entries of a catalogue, that may be gone."""
MAX_WITHDRAWN = 0.01
"""Share of the records that may be withdrawn at once."""
SHA256_DIGITS = 64


class SuspiciousUpdate(IncompleteError):
    """What was fetched is whole, but less than what is there."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__(
            f"the update was not taken: {'; '.join(reasons)}",
            "the old database is kept; look at the source, and add --force if it is right",
        )


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
    on_record: Callable[[int], None] = lambda _read: None,
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
                accept=lambda new, status: None if force else _guard(database, new, status),
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


def _guard(database: Path, new: sqlite3.Connection, status: DatabaseStatus) -> None:
    """Raise SuspiciousUpdate where the new database is less than the one that is there."""
    try:
        with opened(database) as old:
            before, was_active = old.status(), old.records()
    except AdvisoryDatabaseError:
        return  # what cannot be read is no measure
    gone = [
        id_
        for (id_,) in new.execute("SELECT id FROM record WHERE withdrawn")
        if was_active.get(id_)
    ]
    reasons = list(_reasons(before, status, len(gone)))
    if reasons:
        raise SuspiciousUpdate(reasons)


def _reasons(old: DatabaseStatus, new: DatabaseStatus, withdrawn: int) -> Iterator[str]:
    if new.records < old.records * (1 - MAX_FALL):
        yield f"{new.records} records, {old.records} before"
    if new.modified < old.modified:
        yield f"the newest is of {new.modified}, of {old.modified} before"
    if withdrawn > old.records * MAX_WITHDRAWN:
        yield f"{withdrawn} of {old.records} records are withdrawn at once"
    catalogues: Mapping[str, tuple[Catalogue | None, Catalogue | None]] = {
        "KEV": (old.kev, new.kev),
        "EPSS": (old.epss, new.epss),
    }
    for name, (before, after) in catalogues.items():
        if before and after and after.dated < before.dated:
            yield f"{name} is of {after.dated}, of {before.dated} before"
        if before and after and after.entries < before.entries * (1 - MAX_FALL):
            yield f"{name} has {after.entries} entries, {before.entries} before"
