"""Environment markers that no Python meets which a project supports."""

from collections.abc import Iterator
from functools import lru_cache

from packaging.markers import InvalidMarker, Marker, UndefinedComparison, UndefinedEnvironmentName
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

_VARIABLES = ("python_version", "python_full_version")
_MINORS = ("2.7", *(f"3.{minor}" for minor in range(41)))
_MICROS = range(31)


def is_never_met(marker: str, requires_python: str) -> bool:
    """Whether one of the conditions that have to hold together does so on no such Python.

    False wherever that cannot be told: without `requires_python`, and of markers with `or`.
    """
    if not marker or not requires_python:
        return False
    try:
        # Between words any white space may stand, or none: here one space does.
        written = str(Marker(marker))
        if " or " in written or "(" in written:
            return False
        # Texts in it may look like conditions: then the others are none, and nothing is told.
        conditions = [Marker(each) for each in written.split(" and ")]
        pythons = _pythons(requires_python)
    except (InvalidMarker, InvalidSpecifier):
        return False
    return bool(pythons) and any(
        _is_about_python(each) and not any(_meets(each, python) for python in pythons)
        for each in conditions
    )


def _is_about_python(condition: Marker) -> bool:
    words = str(condition).split()
    return words[0] in _VARIABLES or words[-1] in _VARIABLES


def _meets(condition: Marker, python: str) -> bool:
    minor = ".".join(python.split(".")[:2])
    try:
        return condition.evaluate({"python_version": minor, "python_full_version": python})
    except (UndefinedComparison, UndefinedEnvironmentName):
        return True


@lru_cache(maxsize=8)
def _pythons(requires: str) -> tuple[str, ...]:
    """Every Python, those to come too, that a project supports. Raises InvalidSpecifier."""
    return tuple(_those(SpecifierSet(_caret(requires))))


def _those(asked: SpecifierSet) -> Iterator[str]:
    for minor in _MINORS:
        for micro in _MICROS:
            if asked.contains(Version(f"{minor}.{micro}")):
                yield f"{minor}.{micro}"


def _caret(requires: str) -> str:
    """Poetry's `^3.11`, below the next major version, as PEP 440 says it."""
    if not requires.startswith("^"):
        return requires
    lowest = requires[1:].strip()
    major = lowest.partition(".")[0]
    return f">={lowest},<{int(major) + 1}" if major.isdecimal() else requires
