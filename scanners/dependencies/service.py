"""The one adapter to pip-audit: its Auditor over our database, without its network."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType

from packaging.version import Version

from ..advisories.database import AdvisoryDatabase
from ..advisories.matching import Advisory, affects, fix_versions, merged, parts_of
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
    """A pin and an advisory that affects it, merged with those it is an alias of."""

    pin: Pin
    advisory: Advisory
    fixes: tuple[str, ...]
    """Versions above the pinned one that are not affected, lowest first."""


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
            yield spec, [_result(each, spec.canonical_name, version or "") for each in affecting]

    def affecting(self, name: str, version: str) -> list[Advisory]:
        """The advisories among those looked up that affect this version."""
        key = (name, version)
        if key not in self._affecting:
            known = self._known.get(name, ())
            self._affecting[key] = [each for each in known if affects(each, name, version)]
        return self._affecting[key]


def _version(spec: Dependency) -> str | None:
    if isinstance(spec, PinnedDependency):
        return spec.pin.version
    return str(spec.version) if isinstance(spec, ResolvedDependency) else None


def _result(advisory: Advisory, name: str, version: str) -> VulnerabilityResult:
    fixes = fix_versions(parts_of(advisory, name), version)
    return VulnerabilityResult(
        id=advisory.id,
        description=advisory.summary,
        fix_versions=[Version(fix) for fix in fixes],
        aliases=set(advisory.aliases),
    )


def audit(pins: Iterable[Pin], database: AdvisoryDatabase) -> Iterator[Match]:
    """Every advisory that affects a pin, by pip-audit's Auditor; aliases count once.

    Raises AdvisoryDatabaseError.
    """
    service = DatabaseService(database)
    for dependency, results in Auditor(service).audit(PinSource(pins)):
        pin = dependency.pin
        affecting = service.affecting(pin.name, pin.version)
        for result in results:
            advisory = merged(result.id, affecting, {result.id, *result.aliases})
            yield Match(pin, advisory, fix_versions(parts_of(advisory, pin.name), pin.version))
