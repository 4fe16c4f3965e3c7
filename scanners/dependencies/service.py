"""The one adapter to pip-audit: its Auditor over our database, without its network."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType

from packaging.version import Version

from ..advisories.database import AdvisoryDatabase, Exploitation
from ..advisories.matching import Advisory, Affected, affects, fix_versions, upgrade
from .pins import Pin


@contextmanager
def _without_pip() -> Iterator[None]:
    """Keep the import of pip-audit from starting a process.

    On import pip_api runs `python -m pip --version` in the current folder, which may be
    the judged tree with a pip of its own. pip-audit reads one constant of it.
    """
    if "pip_api" in sys.modules:
        yield
        return
    stand_in = ModuleType("pip_api")
    stand_in.__dict__["PIP_VERSION"] = "0"
    sys.modules["pip_api"] = stand_in
    try:
        yield
    finally:
        del sys.modules["pip_api"]


with _without_pip():
    from pip_audit._audit import Auditor
    from pip_audit._dependency_source.interface import DependencySource
    from pip_audit._service.interface import (
        Dependency,
        ResolvedDependency,
        VulnerabilityResult,
        VulnerabilityService,
    )


@dataclass(frozen=True, slots=True)
class Match:
    """A pin and an advisory that affects it."""

    pin: Pin
    advisory: Advisory
    fixes: tuple[str, ...]
    """Versions above the pinned one that are not affected, lowest first."""
    upgrade: str
    """The lowest version above the pinned one that mends all its advisories; may be empty."""
    advisories: int
    """How many affect the pin, this one among them."""
    exploitation: Exploitation


@dataclass(frozen=True)
class PinnedDependency(Dependency):  # type: ignore[misc]  # pip-audit ships no types
    """A pin for pip-audit; unlike its ResolvedDependency also of no PEP 440 version."""

    pin: Pin


class PinSource(DependencySource):  # type: ignore[misc]  # pip-audit ships no types
    """Pins that are already known: nothing is resolved, nothing installed."""

    def __init__(self, pins: Iterable[Pin]) -> None:
        self._pins = tuple(pins)

    def collect(self) -> Iterator[PinnedDependency]:
        """Every pin, in order."""
        for pin in self._pins:
            yield PinnedDependency(pin.name, pin)

    def fix(self, fix_version: object) -> None:
        """Tidegate changes no file: raises NotImplementedError."""
        raise NotImplementedError


class DatabaseService(VulnerabilityService):  # type: ignore[misc]  # pip-audit ships no types
    """Answers pip-audit from the advisory database; raises AdvisoryDatabaseError."""

    def __init__(self, database: AdvisoryDatabase) -> None:
        self._database = database
        self._known: dict[str, tuple[Advisory, ...]] = {}
        self._affecting: dict[tuple[str, str], list[Advisory]] = {}

    def query(self, spec: Dependency) -> tuple[Dependency, list[VulnerabilityResult]]:
        """What is known of one dependency."""
        return next(self.query_all(iter([spec])))

    def query_all(
        self, specs: Iterator[Dependency]
    ) -> Iterator[tuple[Dependency, list[VulnerabilityResult]]]:
        """What is known of each dependency, in order, with one look at the database."""
        listed = list(specs)
        self._known |= self._database.lookup(spec.canonical_name for spec in listed)
        for spec in listed:
            version = _version(spec)
            affecting = [] if version is None else self.affecting(spec.canonical_name, version)
            yield spec, [_result(each, version or "") for each in affecting]

    def affecting(self, name: str, version: str) -> list[Advisory]:
        """The advisories among those looked up that affect this version."""
        key = (name, version)
        if key not in self._affecting:
            known = self._known.get(name, ())
            self._affecting[key] = [each for each in known if affects(each, name, version)]
        return self._affecting[key]

    def upgrade(self, name: str, version: str) -> str:
        """The lowest version above this one that mends all that affects it; may be empty."""
        known = _parts(self._known.get(name, ()))
        return upgrade(_parts(self.affecting(name, version)), known, version)


def _parts(advisories: Iterable[Advisory]) -> list[Affected]:
    """What they say of a package: the database gives no other part."""
    return [part for each in advisories for part in each.affected]


def _version(spec: Dependency) -> str | None:
    if isinstance(spec, PinnedDependency):
        return spec.pin.version
    return str(spec.version) if isinstance(spec, ResolvedDependency) else None


def _result(advisory: Advisory, version: str) -> VulnerabilityResult:
    return VulnerabilityResult(
        id=advisory.id,
        description=advisory.summary,
        fix_versions=[Version(fix) for fix in fix_versions(advisory.affected, version)],
        aliases=set(advisory.aliases),
    )


def audit(pins: Iterable[Pin], database: AdvisoryDatabase) -> Iterator[Match]:
    """Every advisory that affects a pin, by pip-audit's Auditor.

    Raises AdvisoryDatabaseError.
    """
    service = DatabaseService(database)
    for dependency, results in Auditor(service).audit(PinSource(pins)):
        pin = dependency.pin
        affecting = {each.id: each for each in service.affecting(pin.name, pin.version)}
        mends_all = service.upgrade(pin.name, pin.version) if results else ""
        for result in results:
            advisory = affecting[result.id]
            yield Match(
                pin=pin,
                advisory=advisory,
                fixes=tuple(map(str, result.fix_versions)),
                upgrade=mends_all,
                advisories=len(results),
                exploitation=database.exploitation((advisory.id, *advisory.aliases)),
            )
