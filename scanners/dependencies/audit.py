"""Dependency files behind the scanner seam: their pins against the advisory database."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ...records.finding import Finding, Level, Package, Skipped
from ..advisories.database import (
    NO_DATABASE,
    AdvisoryDatabase,
    AdvisoryDatabaseError,
    opened,
    read_status,
)
from ..interface import DEPENDENCY_KINDS, Context, Kind, Target
from .pins import TOOL, Pin, gap
from .reading import LIBRARIES, read_dependencies
from .remedies import remedy

if TYPE_CHECKING:
    from .service import Match

KINDS = DEPENDENCY_KINDS


def scan(target: Target, context: Context) -> Iterator[Finding | Skipped]:
    """Known advisories for the pins of each dependency file, and what could not be audited."""
    for file in target.files:
        if file.kind is Kind.UNREAD_LOCK:
            yield _unread_lock(file.path)
        elif file.kind in KINDS:
            dependencies = read_dependencies(target, file.path, file.kind, context.max_file_bytes)
            yield from dependencies.skipped
            # Most of conda's files hand nothing to pip: of those no database is asked.
            if dependencies.pins or file.kind is not Kind.CONDA:
                yield from _audited(dependencies.pins, file.path, context)


def versions(context: Context) -> dict[str, str]:
    """pip-audit's version, and the database's digest and the date of its newest advisory."""
    from importlib.metadata import version

    found = {TOOL: version("pip-audit")}
    try:
        status = read_status(context.database)
    except AdvisoryDatabaseError as error:
        return found | {"advisories": error.reason}
    return found | {
        "advisories": f"sha256:{status.digest}",
        "advisories-newest": status.modified.partition("T")[0],
    }


def cache_key(context: Context) -> str | None:
    """Versions of what reads and matches, and the database's digest; None if it is broken."""
    from importlib.metadata import version

    try:
        database = read_status(context.database).digest
    except AdvisoryDatabaseError as error:
        if error.reason != NO_DATABASE:
            return None
        database = f"{NO_DATABASE} {error.detail}"
    tools = " ".join(map(version, (TOOL, *LIBRARIES)))
    return f"{tools} {database}"


def is_lasting(gap: Skipped) -> bool:
    """Whether the gap comes of what the file says, or of a database that is not there."""
    return not gap.reason.startswith("advisory database")


def _unread_lock(path: str) -> Skipped:
    remedy = "export it to pylock.toml or to a requirements file and commit that"
    return gap(path, "lock file format not read", remedy=remedy)


def _audited(pins: tuple[Pin, ...], path: str, context: Context) -> Iterator[Finding | Skipped]:
    """The findings for `pins`; one Skipped for the whole file where the database fails."""
    try:
        with opened(context.database) as database:
            found = list(_look_up(pins, database))
    except AdvisoryDatabaseError as error:
        found = [gap(path, error.reason, detail=error.detail, remedy=error.remedy)]
    yield from found


def _look_up(pins: Iterable[Pin], database: AdvisoryDatabase) -> Iterator[Finding | Skipped]:
    pins = tuple(pins)
    known = database.lookup(pin.name for pin in pins)
    suspects = tuple(pin for pin in pins if pin.name in known)
    if not suspects:
        return
    from ..advisories.matching import version_of
    from .service import audit

    for match in audit(suspects, database):
        yield _finding(match)
    for pin in suspects:
        if version_of(pin.version) is None:
            yield gap(
                pin.path,
                "version cannot be ordered",
                name=pin.name,
                detail=f"{pin.version} is looked up as it is written, but lies in no range",
                remedy="pin a PEP 440 version",
            )


def _finding(match: "Match") -> Finding:
    pin, advisory = match.pin, match.advisory
    return Finding(
        tool=TOOL,
        rule=advisory.id,
        message=advisory.summary or f"{pin.name} {pin.version} has a known vulnerability",
        path=pin.path,
        line=pin.line,
        end_line=pin.line,
        severity=advisory.severity,
        confidence=Level.HIGH,
        cwe=advisory.cwe,
        remedy=remedy(match),
        url=f"https://osv.dev/vulnerability/{advisory.id}",
        # The name alone, so that the finding stays itself when the pin or its line moves.
        snippet=pin.name,
        package=Package(
            name=pin.name,
            version=pin.version,
            advisory=advisory.id,
            aliases=advisory.aliases,
            fix_versions=match.fixes,
            upgrade=match.upgrade,
            cvss=advisory.cvss,
            cvss_vector=advisory.cvss_vector,
            epss=match.exploitation.epss,
            kev=match.exploitation.kev,
            published=advisory.published,
        ),
    )
