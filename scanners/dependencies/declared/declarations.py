"""What a project declares: the names that a lock has to hold, and what only a program tells."""

from collections.abc import Iterable
from dataclasses import dataclass

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from ....records.finding import Skipped
from ..addresses import is_inside
from ..locks.documents import table, text_at
from ..pins import PROVENANCE, IndexOption, gap

NOT_READ = "declared dependencies not read"
DECLARED_INDEX = "declared index"
_LOCAL_KEYS = ("path", "editable", "workspace")


@dataclass(frozen=True, slots=True)
class Declared:
    """One dependency that a project asks for."""

    name: str
    """Canonical (PEP 503)."""
    asked: str
    """All that is said of it, as written; it may hold credentials."""
    line: int
    specifier: str = ""
    """PEP 440 specifiers; empty where any version will do, or none can be told."""


@dataclass(frozen=True, slots=True)
class Declarations:
    """Everything one project file asks for."""

    declared: tuple[Declared, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    indexes: tuple[IndexOption, ...] = ()
    """Where the project says that its dependencies come from."""


class Collected:
    """Declarations of one text, as they are met."""

    def __init__(self, path: str, text: str) -> None:
        self.path, self.text = path, text
        self.declared: list[Declared] = []
        self.skipped: list[Skipped] = []
        self.indexes: list[IndexOption] = []

    def requirement(self, value: object) -> None:
        """Take a PEP 508 text; anything else that stands there is a gap."""
        text = str(value)
        try:
            parsed = Requirement(text.partition(" #")[0])
        except InvalidRequirement:
            self.unread(f"line {self.line(text)}", "no PEP 508 requirement", text)
            return
        if parsed.url and is_inside(parsed.url, self.path):
            return
        specifier = "" if parsed.url else str(parsed.specifier)
        name = canonicalize_name(parsed.name)
        self.declared.append(Declared(name, text, self.line(text), specifier))

    def table(self, values: object) -> None:
        """Take names with what is asked of each, as Poetry and Pipenv write them."""
        for name, value in table(values).items():
            local = any(key in table(value) for key in _LOCAL_KEYS)
            place = text_at(table(value), "path")
            if local and (not place or is_inside(place, self.path)):
                continue
            asked = f"{name} {value!r}"
            self.declared.append(Declared(canonicalize_name(name), asked, self.line(name)))

    def index(self, address: str) -> None:
        """Take the address of an index, if there is one."""
        if address:
            option = IndexOption(DECLARED_INDEX, address, self.path, self.line(address))
            self.indexes.append(option)

    def unread(self, name: str, detail: str, raw: str) -> None:
        """Something is asked for and it cannot be told what."""
        remedy = "write the dependencies out, or lock them beside it"
        told = gap(
            self.path,
            NOT_READ,
            name=name,
            detail=detail,
            remedy=remedy,
            raw=raw,
            tool=PROVENANCE,
        )
        self.skipped.append(told)

    def line(self, text: str) -> int:
        """The first line on which a text stands, else 1."""
        offset = self.text.find(text)
        return self.text.count("\n", 0, offset) + 1 if offset >= 0 else 1

    def without(self, names: Iterable[str]) -> Declarations:
        """All but the project itself and what lies in its tree."""
        left = {canonicalize_name(name) for name in names}
        return Declarations(
            tuple(dict.fromkeys(each for each in self.declared if each.name not in left)),
            tuple(dict.fromkeys(self.skipped)),
            tuple(dict.fromkeys(self.indexes)),
        )
