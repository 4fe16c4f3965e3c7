"""What a dependency file says: the pins to audit, and what of it cannot be audited."""

from dataclasses import dataclass, field
from enum import StrEnum

from ...records.finding import Skipped, identity_of
from .digests import is_strong

TOOL = "pip-audit"
PROVENANCE = "provenance"
"""The scanner that says where dependencies come from, and what is declared only."""
MAX_SHOWN = 200
"""Characters of a file's own text in one field."""


class Origin(StrEnum):
    """What kind of place a dependency comes from."""

    INDEX = "index"
    ADDRESS = "address"
    """One archive by its URL."""
    VCS = "vcs"
    FILE = "file"
    """An archive on disk."""
    FOLDER = "folder"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a dependency comes from."""

    origin: Origin = Origin.INDEX
    place: str = field(default="", repr=False)
    """URL or path as written, credentials too; empty for an index that is not named."""
    is_fixed: bool = False
    """A commit or a digest says which content it is."""


@dataclass(frozen=True, slots=True)
class Artifact:
    """One file that may be installed for a pin."""

    name: str = ""
    """File name, empty where only the digest is told."""
    digest: str = ""
    """`algorithm:hexadecimal digits`, several with commas between, empty where none is told."""
    place: str = field(default="", repr=False)
    """Its URL or path as written, empty where it is not told."""

    @property
    def is_checked(self) -> bool:
        """Whether a digest says which content it is: a whole one, of a strong algorithm."""
        return any(map(is_strong, self.digest.split(",")))


@dataclass(frozen=True, slots=True)
class Pin:
    """One dependency at one exact version."""

    name: str
    """Canonical (PEP 503)."""
    version: str
    """As written: no PEP 440 version where the file says so."""
    path: str
    line: int
    conditional: bool = False
    """A requirements file asks for it under an environment marker only."""
    source: Source = Source()
    artifacts: tuple[Artifact, ...] = ()

    @property
    def digests(self) -> frozenset[str]:
        """Those of all its files that say which content they are."""
        return frozenset(each.digest for each in self.artifacts if each.is_checked)


@dataclass(frozen=True, slots=True)
class Stray:
    """A dependency, with a version or without, that no index is asked for."""

    name: str
    source: Source
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class IndexOption:
    """An option of a requirements file that says where pip looks."""

    option: str
    """`--extra-index-url`"""
    argument: str = field(repr=False)
    """As written, credentials too; empty for a flag."""
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Dependencies:
    """Everything one dependency file, with what it includes, asks for."""

    pins: tuple[Pin, ...]
    skipped: tuple[Skipped, ...]
    strays: tuple[Stray, ...] = ()
    options: tuple[IndexOption, ...] = ()
    indexes: tuple[str, ...] = ()
    """Indexes the file itself declares, the default first."""
    folders: tuple[str, ...] = ()
    """Projects of the tree that it locks too, as paths of the tree."""


def gap(
    path: str,
    reason: str,
    *,
    name: str = "",
    detail: str = "",
    remedy: str = "",
    raw: str = "",
    tool: str = TOOL,
) -> Skipped:
    """A file, or the dependency `name` in it, that cannot be audited.

    `raw` is what stands there unmasked: by it the gap is known again at another place of
    the file. Without it, name and detail say all.
    """
    return Skipped(
        what=f"{path}: {name[:MAX_SHOWN]}" if name else path,
        reason=reason,
        detail=detail[:MAX_SHOWN],
        remedy=remedy,
        path=path,
        tool=tool,
        identity=identity_of(raw or f"{name}\0{detail}") if name else "",
    )
