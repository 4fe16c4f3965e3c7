"""One changed path as one side of the change has it."""

from dataclasses import dataclass

from ...repository.objects import Unreadable
from ..interface import Kind
from .kinds import content_decides, declares_too, kind_by_name, kind_of

LINK = "120000"
SUBMODULE = "160000"


@dataclass(frozen=True, slots=True)
class Entry:
    """What git stores for a path: the content of a link is the path it names."""

    path: str
    mode: str
    content: bytes | Unreadable | None = None
    """None where it is not read yet."""
    blob: str | None = None
    """None where it is on disk only."""
    place: str = ""
    """The path of the file that a link at `path` leads to, empty where it is no link."""
    cut: bool = False
    """Of the content only the beginning was read."""
    was_python: bool = False
    included: bool = False
    """A requirements file of its side leads to it."""

    def kind_by_name(self) -> Kind:
        """What the name, the history and those who include it make of it."""
        kind = kind_by_name(self.path)
        if kind is Kind.OTHER and self.was_python:
            return Kind.PYTHON
        return Kind.REQUIREMENTS if kind is Kind.OTHER and self.included else kind

    def may_be_code(self) -> bool:
        """Whether the name does not rule out that the whole content matters."""
        return self.kind_by_name() is not Kind.OTHER or content_decides(self.path)

    def kinds(self, content: bytes) -> tuple[Kind, ...]:
        """What it is; a program that a requirements file includes is looked at as both."""
        kind = kind_of(self.path, content, was_python=self.was_python, cut=self.cut)
        if declares_too(self.path):
            return (kind, Kind.DECLARING, *([Kind.REQUIREMENTS] if self.included else []))
        if not self.included or kind is Kind.REQUIREMENTS:
            return (kind,)
        return (Kind.REQUIREMENTS,) if kind is Kind.OTHER else (kind, Kind.REQUIREMENTS)
