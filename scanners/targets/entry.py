"""One changed path as one side of the change has it."""

from dataclasses import dataclass

from ...repository.objects import Unreadable
from ..interface import Kind
from .kinds import kind_of

LINK = "120000"
SUBMODULE = "160000"


@dataclass(frozen=True, slots=True)
class Entry:
    """What git stores for a path: the content of a link is the path it names."""

    path: str
    mode: str
    content: bytes | Unreadable
    was_python: bool = False
    included: bool = False
    """A requirements file of its side leads to it."""

    def kind_by_name(self) -> Kind:
        """What the name, the history and those who include it make of it."""
        kind = kind_of(self.path, b"", was_python=self.was_python)
        return Kind.REQUIREMENTS if kind is Kind.OTHER and self.included else kind

    def kinds(self, content: bytes) -> tuple[Kind, ...]:
        """What it is; a program that a requirements file includes is looked at as both."""
        kind = kind_of(self.path, content, was_python=self.was_python)
        if not self.included or kind is Kind.REQUIREMENTS:
            return (kind,)
        return (Kind.REQUIREMENTS,) if kind is Kind.OTHER else (kind, Kind.REQUIREMENTS)
