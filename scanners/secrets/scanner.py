"""Secrets through the seam: every text file of a tree."""

import errno
import re
from collections.abc import Iterator, Mapping

from ...records.finding import Finding, Skipped
from ..interface import Context, Kind, Target
from .engine import secrets_of
from .findings import TOOL, finding_of
from .pieces import pieces
from .text import as_utf8, kind_of_text

KINDS = frozenset(Kind)
BINARY_SUFFIX = re.compile(
    r".*\.(?:7z|avi|bin|bmp|bz2|class|db|deb|dll|dmg|docx?|dylib|eot|exe|gif|gz|ico|jar|jpe?g|mkv|mo|mov"
    r"|mp[34]|od[st]|ogg|otf|parquet|pdf|pkl|png|psd|pyc|rar|rpm|so|sqlite3?|tar|tgz|tiff?|ttf|wasm|wav"
    r"|web[mp]|whl|woff2?|xlsx?|xz|zip|zst)",
    re.IGNORECASE | re.DOTALL,
)
"""Of files too large to be opened those that are no text by their name."""


def versions(context: Context) -> Mapping[str, str]:  # noqa: ARG001 - the seam's signature
    """The version of detect-secrets."""
    from importlib.metadata import version

    return {"detect-secrets": version("detect-secrets")}


def cache_key(context: Context) -> str | None:
    """The version of detect-secrets; nothing else decides."""
    return versions(context)["detect-secrets"]


def is_lasting(gap: Skipped) -> bool:
    """A file that is too large stays so."""
    return gap.reason == "too large"


def scan(target: Target, context: Context) -> Iterator[Finding | Skipped]:
    """Every secret of the target's files, whatever their kind."""
    for file in target.files:
        try:
            data = target.read(file.path)
        except OSError as error:
            if error.errno != errno.EFBIG:
                raise
            if not BINARY_SUFFIX.fullmatch(file.path):
                yield too_large(file.path, context.max_file_bytes)
            continue
        kind = kind_of_text(file.path, as_utf8(data))
        for secret in secrets_of(file.path, kind, pieces(file.path, data)):
            yield finding_of(file.path, secret)


def too_large(path: str, limit: int) -> Skipped:
    """The gap of a text that is not read."""
    return Skipped(
        what=path,
        reason="too large",
        detail=f"the limit is {limit} bytes; not searched for secrets",
        remedy="raise max-file-bytes, or split the file",
        path=path,
        tool=TOOL,
    )
