"""The seam of the scanners: one method, one target, one context."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from ..records.finding import Finding, Remark, Skipped


class Kind(StrEnum):
    """What a file is, which decides who reads it."""

    PYTHON = "python"
    NOTEBOOK = "notebook"
    REQUIREMENTS = "requirements"
    PYLOCK = "pylock"
    UV_LOCK = "uv-lock"
    POETRY_LOCK = "poetry-lock"
    PDM_LOCK = "pdm-lock"
    PIPFILE_LOCK = "pipfile-lock"
    SBOM = "sbom"
    """A bill of materials, CycloneDX or SPDX."""
    CONDA = "conda"
    """An environment file of conda, which may hand requirements to pip."""
    INSTALLED = "installed"
    """The METADATA of an installed distribution; no file is one by its name."""
    DECLARING = "declaring"
    """It names dependencies, or where they come from, without fixing what is installed."""
    UNREAD_LOCK = "unread-lock"
    """A lock file whose format no scanner reads yet: a gap that is told."""
    OTHER = "other"


LOCK_KINDS = frozenset(
    {Kind.PYLOCK, Kind.UV_LOCK, Kind.POETRY_LOCK, Kind.PDM_LOCK, Kind.PIPFILE_LOCK}
)
"""A tool wrote them from what a project declares."""
PINNING_KINDS = LOCK_KINDS | {Kind.REQUIREMENTS, Kind.CONDA, Kind.SBOM, Kind.INSTALLED}
"""They say which versions are installed, and a scanner reads them."""
DEPENDENCY_KINDS = PINNING_KINDS | {Kind.UNREAD_LOCK}
"""What advisories are looked up for, or would be."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of a target; its bytes come from `Target.read`."""

    path: str
    kind: Kind


class Target(Protocol):
    """One side of a change, or a tree: the files to look at and what stands around them."""

    @property
    def files(self) -> Sequence[SourceFile]:
        """The files to look at."""

    def read(self, path: str) -> bytes:
        """The bytes of any file of this side, to be looked at or not.

        Raises FileNotFoundError where there is none inside the tree.
        """


@dataclass(frozen=True, slots=True)
class Context:
    """What a scanner may know beside its target."""

    database: Path
    """The advisory database, which may not exist."""
    file_timeout: float = 60.0
    """Seconds one file may take with one scanner."""
    max_file_bytes: int = 4 * 1024 * 1024
    workers: int = 2
    advisories_warn_days: int = 7
    """An older database is worth a word."""
    advisories_max_days: int = 30
    """An older database cannot answer for what is known today."""


Said = Finding | Skipped | Remark
"""What a scanner says of a file."""


class Scanner(Protocol):
    """A module that looks at some kinds of files.

    It runs in a worker process, one file of a target at a time: what it raises, and
    a worker that hangs or dies, costs that file only. It imports its tool inside `scan`.
    """

    @property
    def KINDS(self) -> frozenset[Kind]:  # noqa: N802 - a module constant fills it
        """The kinds of files it reads."""

    def scan(self, target: Target, context: Context) -> Iterator[Said]:
        """Every finding of the target's files, and what of them could not be looked at."""

    def versions(self, context: Context) -> Mapping[str, str]:
        """Name and version of what it looks with, without importing the tool."""

    def cache_key(self, context: Context) -> str | None:
        """All that its answers depend on beside the files it reads through the target.

        None where that cannot be told: then nothing it says is cached. Does not import
        the tool. Our own sources, Python and the context's limits need not be named.
        """

    def is_lasting(self, gap: Skipped) -> bool:
        """Whether it would skip the same again for as long as nothing it reads changes."""
