"""A file to the runs of a SARIF log: bounded, unpacked, and refused where it is in doubt."""

import errno
import gzip
import io
import json
import zlib
from pathlib import Path

from ...repository.regular_files import read_regular
from .fields import Table, items, text

MAX_BYTES = 100 * 1024 * 1024
"""Of a log, unpacked."""
VERSION = "2.1.0"

_GZIP = b"\x1f\x8b"
_AGAIN = "have the tool write it again"


class NotRead(Exception):
    """Why a file is not read as a log, with what to do about it. It quotes nothing of it."""

    def __init__(self, reason: str, remedy: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy
        self.detail = detail


def read_runs(file: Path, max_bytes: int = MAX_BYTES) -> list[Table]:
    """The runs of a SARIF 2.1.0 log of at most `max_bytes`; gzip is unpacked.

    Raises NotRead. A key that stands twice, NaN and an integer of over 4,300 digits are
    no JSON here: of two readers, each could see something else.
    """
    document = _parsed(_unpacked(_content(file, max_bytes), max_bytes))
    if not isinstance(document, dict) or not text(document, "version"):
        raise NotRead("no SARIF file", "name the file that the tool wrote as SARIF 2.1.0")
    if document["version"] != VERSION:
        raise NotRead(
            "SARIF of another version",
            f"convert it to {VERSION} with `sarif transform`, or have a newer tool write it",
        )
    runs = items(document, "runs")
    if not runs or not all(isinstance(run, dict) for run in runs):
        raise NotRead("SARIF file without a run", _AGAIN)
    return [run for run in runs if isinstance(run, dict)]


def _content(file: Path, max_bytes: int) -> bytes:
    try:
        return read_regular(file, max_bytes)
    except OSError as error:
        if error.errno == errno.EFBIG:
            raise _too_large(max_bytes) from error
        link = error.errno == errno.ELOOP
        reason = "a symbolic link" if link else error.strerror or "unknown"
        raise NotRead("SARIF file cannot be read", "name a regular file", reason) from error
    except ValueError as error:  # a zero byte in the name
        raise NotRead("SARIF file cannot be read", "name a regular file") from error


def _unpacked(data: bytes, max_bytes: int) -> bytes:
    if not data.startswith(_GZIP):
        return data
    try:
        with gzip.open(io.BytesIO(data)) as stream:
            unpacked = stream.read(max_bytes + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise NotRead("SARIF file is cut or broken", _AGAIN, "gzip") from error
    if len(unpacked) > max_bytes:
        raise _too_large(max_bytes)
    return unpacked


def _too_large(max_bytes: int) -> NotRead:
    limit = f"over {max_bytes // 1024**2} MiB"
    return NotRead("SARIF file too large", "import a file a tool, or a part of the tree", limit)


def _parsed(data: bytes) -> object:
    try:
        return json.loads(
            data.decode("utf-8-sig"), object_pairs_hook=_unique, parse_constant=_refused
        )
    except UnicodeDecodeError as error:
        raise NotRead("SARIF file is not UTF-8", _AGAIN) from error
    except RecursionError as error:
        raise NotRead("SARIF file is nested too deeply", _AGAIN) from error
    except ValueError as error:
        detail = error.msg if isinstance(error, json.JSONDecodeError) else str(error)[:100]
        raise NotRead("SARIF file is cut or no JSON", _AGAIN, detail) from error


def _unique(pairs: list[tuple[str, object]]) -> Table:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _refused(_name: str) -> object:
    raise ValueError("NaN and Infinity are no JSON")
