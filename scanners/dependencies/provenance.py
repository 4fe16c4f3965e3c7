"""Where dependencies come from, behind the scanner seam, and what is declared and not locked."""

from collections.abc import Iterator, Mapping

from ...records.finding import Finding, Skipped
from ..interface import PINNING_KINDS, Context, Kind, Target

KINDS = (PINNING_KINDS | {Kind.DECLARING}) - {Kind.SBOM, Kind.INSTALLED}


def scan(target: Target, context: Context) -> Iterator[Finding | Skipped]:
    """What of each file nobody would expect; what no advisory can be looked up for."""
    for file in target.files:
        if file.kind is Kind.DECLARING:
            from .declared.project_files import declaring

            yield from declaring(target, file.path, context.max_file_bytes)
        elif file.kind in KINDS:
            from .declared.project_files import indexes_beside
            from .reading import read_dependencies
            from .sources import suspicious

            # What of it cannot be read is told by the audit.
            found = read_dependencies(target, file.path, file.kind, context.max_file_bytes)
            yield from suspicious(found, indexes_beside(target, file.path))


def versions(_context: Context) -> Mapping[str, str]:
    """It looks with nothing but ourselves."""
    return {}


def cache_key(_context: Context) -> str | None:
    """The versions of what reads requirements."""
    from importlib.metadata import version

    from .reading import LIBRARIES

    return " ".join(map(version, LIBRARIES))


def is_lasting(_gap: Skipped) -> bool:
    """Every gap comes of what the files say."""
    return True
