"""What stands at the path of one judge file on each side of a change."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

FOLDER = "040000"
_NO_FILE = {"120000": "a symbolic link", "160000": "a submodule", FOLDER: "a folder"}


@dataclass(frozen=True, slots=True)
class Version:
    """One side of a file; where no mode is, nothing stands there."""

    mode: str = ""
    blob: str | None = ""
    """None for content that has no name: it is on disk, and cannot be read there."""
    data: bytes | None = None
    """The content of a regular file that could be read."""
    problem: str = ""
    """Why there is no content where something stands."""

    @property
    def raw(self) -> tuple[str, ...]:
        """The same for the same content, without a look at what it means."""
        return (self.mode, self.blob or "", sha256(self.data or b"").hexdigest(), self.problem)

    @property
    def is_no_file(self) -> bool:
        """Whether a link, a submodule or a folder stands there."""
        return self.mode in _NO_FILE

    @property
    def unusable(self) -> str:
        """Why what stands there cannot be read as a file, empty where it can or nothing does."""
        return _NO_FILE.get(self.mode, self.problem)


ABSENT = Version()


@dataclass(frozen=True, slots=True, kw_only=True)
class FileVersions:
    """One file at the base tip, at head and at each merge base."""

    path: str
    tip: Version
    head: Version
    bases: tuple[Version, ...]
    at_head: str = ""
    """What it is called at head, where the base branch renamed it since."""
    called_by: str = ""
    """The pipeline that runs Tidegate by way of it."""

    @property
    def may_change(self) -> bool:
        """Whether landing the change can leave something else there than stands there now.

        What head has in common with the base tip stays, and so does what the change left
        alone: a branch that is merely behind brings nothing old back. Of several merge bases
        any counts, as what is merged of them is not known.
        """
        return self.head.raw != self.tip.raw and any(
            base.raw != self.head.raw for base in self.bases
        )

    @property
    def sides(self) -> tuple[Version, ...]:
        """All of them."""
        return (self.tip, self.head, *self.bases)


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeVersions:
    """The judge files that a change may touch, and what judges at the base tip.

    What the base tip holds is looked for only where a file of that group is touched.
    """

    files: tuple[FileVersions, ...] = ()
    landed: Mapping[str, Version] = field(default_factory=dict)
    """The files that may configure Tidegate, as they are once the change has landed."""
    has_policy: bool = False
    """Whether the base tip holds settings, waivers or a baseline."""
    runs_in_ci: bool = False
    """Whether a CI file of the base tip names Tidegate."""
