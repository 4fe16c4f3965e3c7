"""What a project declares: the names that a lock has to hold, and what only a program tells."""

from collections.abc import Iterable
from dataclasses import dataclass

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import InvalidName, canonicalize_name

from ....records.finding import Skipped
from ..addresses import is_inside, names_commit
from ..locks.documents import table, text_at
from ..locks.entries import folder_or_file, source_of
from ..pins import PROVENANCE, IndexOption, Origin, Source, Stray, gap

NOT_READ = "declared dependencies not read"
DECLARED_INDEX = "declared index"
_FOLDER_KEYS = ("path", "editable")
_ADDRESS_KEYS = ("git", "hg", "svn", "bzr", "url", "file", "uri")
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
    marker: str = ""
    """PEP 508: where it is asked for; empty for everywhere."""


@dataclass(frozen=True, slots=True)
class Declarations:
    """Everything one project file asks for."""

    declared: tuple[Declared, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    indexes: tuple[IndexOption, ...] = ()
    """Where the project says that its dependencies come from."""
    options: tuple[IndexOption, ...] = ()
    """What it tells a tool of looking there."""
    strays: tuple[Stray, ...] = ()


class Collected:
    """Declarations of one text, as they are met."""

    def __init__(self, path: str, text: str) -> None:
        self.path, self.text = path, text
        self.requires_python = ""
        """As the project writes it, empty where it does not say."""
        self.declared: list[Declared] = []
        self.skipped: list[Skipped] = []
        self.indexes: list[IndexOption] = []
        self.options: list[IndexOption] = []
        self.strays: list[Stray] = []

    def requirement(self, value: object) -> None:
        """Take a PEP 508 text; anything else that stands there is a gap."""
        text = str(value)
        try:
            parsed = Requirement(text.partition(" #")[0])
        except InvalidRequirement:
            self.unread(f"line {self.line(text)}", "no PEP 508 requirement", text)
            return
        if parsed.url and self._leads_into_the_tree(parsed.name, parsed.url, text):
            return
        specifier = "" if parsed.url else str(parsed.specifier)
        name = canonicalize_name(parsed.name)
        marker = str(parsed.marker or "")
        self.declared.append(Declared(name, text, self.line(text), specifier, marker))

    def table(self, values: object) -> None:
        """Take names with what is asked of each, as Poetry and Pipenv write them."""
        for name, value in table(values).items():
            local = any(key in table(value) for key in _LOCAL_KEYS)
            place = text_at(table(value), "path")
            if local and not place:
                continue
            if self.source(name, value) and is_inside(place, self.path):
                continue
            asked = f"{name} {value!r}"
            try:
                canonical = canonicalize_name(name.partition("[")[0], validate=True)
            except InvalidName:
                self.unread(name, "no name of a package", asked)
                continue
            marker = text_at(table(value), "markers")
            declared = Declared(canonical, asked, self.line(name), marker=marker)
            self.declared.append(declared)

    def _leads_into_the_tree(self, name: str, address: str, text: str) -> bool:
        source = source_of(address)
        self._stray(name, source, self.line(text))
        return source.origin is Origin.FOLDER and is_inside(source.place, self.path)

    def source(self, name: str, value: object) -> bool:
        """Take where a package comes from, as tools' tables tell; whether it is a folder."""
        for each in value if isinstance(value, list) else [value]:
            told = table(each)
            for key in (*_ADDRESS_KEYS, *_FOLDER_KEYS):
                if place := text_at(told, key):
                    source = _source(key, place, text_at(told, "rev") or text_at(told, "ref"))
                    self._stray(name, source, self.line(place))
                    return source.origin is Origin.FOLDER
        return False

    def addresses(self, values: object) -> None:
        """Take of PEP 508 texts, which no lock holds by name, the addresses."""
        for value in values if isinstance(values, list) else []:
            try:
                parsed = Requirement(str(value))
            except InvalidRequirement:
                self.unread(f"line {self.line(str(value))}", "no PEP 508 requirement", str(value))
                continue
            if parsed.url:
                self._stray(parsed.name, source_of(parsed.url), self.line(str(value)))

    def _may_be_installed(self, declared: Declared) -> bool:
        """Tools leave out of their locks what no Python of the project asks for."""
        if not declared.marker:
            return True
        from .markers import is_never_met

        return not is_never_met(declared.marker, self.requires_python)

    def _stray(self, name: str, source: Source, line: int) -> None:
        self.strays.append(Stray(canonicalize_name(name), source, self.path, line))

    def option(self, option: str, argument: str) -> None:
        """Take an option that says where, or in which order, a tool looks."""
        line = self.line(argument or option)
        self.options.append(IndexOption(option, argument, self.path, line))

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
        """All but the project itself, what lies in its tree, and what is never installed."""
        left = {canonicalize_name(name) for name in names}
        declared = [each for each in self.declared if each.name not in left]
        return Declarations(
            tuple(dict.fromkeys(each for each in declared if self._may_be_installed(each))),
            tuple(dict.fromkeys(self.skipped)),
            tuple(dict.fromkeys(self.indexes)),
            tuple(dict.fromkeys(self.options)),
            tuple(dict.fromkeys(self.strays)),
        )


def _source(key: str, place: str, revision: str) -> Source:
    if key in _FOLDER_KEYS:
        return folder_or_file(place)
    if key in ("url", "file", "uri"):
        return source_of(place)
    return Source(Origin.VCS, place, is_fixed=names_commit(f"#{revision}"))
