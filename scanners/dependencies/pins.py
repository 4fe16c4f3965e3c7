"""What a dependency file says: the pins to audit, and what of it cannot be audited."""

from dataclasses import dataclass

from ...records.finding import Skipped, identity_of

TOOL = "pip-audit"
MAX_SHOWN = 200
"""Characters of a file's own text in one field."""


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
    """It stands under an environment marker."""


@dataclass(frozen=True, slots=True)
class Dependencies:
    """Everything one dependency file, with what it includes, asks for."""

    pins: tuple[Pin, ...]
    skipped: tuple[Skipped, ...]


def gap(
    path: str, reason: str, *, name: str = "", detail: str = "", remedy: str = "", raw: str = ""
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
        tool=TOOL,
        identity=identity_of(raw or f"{name}\0{detail}") if name else "",
    )
