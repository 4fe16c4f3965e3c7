"""What to do about an advisory that affects a pin."""

from typing import TYPE_CHECKING

from packaging.version import Version

if TYPE_CHECKING:
    from .service import Match


def remedy(match: "Match") -> str:
    """The upgrade that mends all of the pin's advisories, where there is one."""
    name, upgrade = match.pin.name, match.upgrade
    if match.advisory.is_malicious:
        return (
            f"remove {name} {match.pin.version}: it is malicious; "
            "rotate every secret that it could read"
        )
    if upgrade and match.advisories == 1:
        return f"upgrade {name} to {upgrade}"
    if upgrade:
        return f"upgrade {name} to {upgrade}, which mends {_all(match)}{_nearer(match)}"
    if match.fixes:
        return (
            f"upgrade {name} to {match.fixes[0]}, which mends this advisory; "
            f"no version is known that mends {_all(match)}"
        )
    return f"no fixed version is known; replace {name}"


def _all(match: "Match") -> str:
    count = match.advisories
    return "both its advisories" if count == 2 else f"all {count} of its advisories"


def _nearer(match: "Match") -> str:
    """The fix of this advisory alone, where it spares the step to another major version."""
    fixes = [Version(fix) for fix in match.fixes]
    current, upgrade = Version(match.pin.version), Version(match.upgrade)
    if fixes and fixes[0] < upgrade and _major(fixes[0]) == _major(current) != _major(upgrade):
        return f" ({fixes[0]} mends this one alone)"
    return ""


def _major(version: Version) -> tuple[int, int]:
    return version.epoch, version.major
