"""Advisories that are names of one vulnerability: which they are, and what they say together."""

from collections.abc import Iterable, Mapping, Sequence

from ...records.finding import gravest_of
from .matching import Advisory, parts_of, shortened

PREFERENCE = ("MAL-", "PYSEC-", "GHSA-")
"""By which of its names a vulnerability goes, the best first; others come after these."""


def vulnerabilities(aliases: Mapping[str, Iterable[str]]) -> list[tuple[str, ...]]:
    """The ids of `aliases` by vulnerability, in each the one it goes by first.

    Two advisories are one vulnerability where they name each other, or a third name, or
    are joined by others that do.
    """
    parents: dict[str, str] = {}

    def root(name: str) -> str:
        while (parent := parents.setdefault(name, name)) != name:
            parents[name] = parents[parent]
            name = parents[name]
        return name

    for id_, names in aliases.items():
        for name in names:
            parents[root(name)] = root(id_)
    groups: dict[str, list[str]] = {}
    for id_ in sorted(aliases, key=_preference):
        groups.setdefault(root(id_), []).append(id_)
    return [tuple(group) for group in groups.values()]


def _preference(id_: str) -> tuple[int, str]:
    ranks = (rank for rank, prefix in enumerate(PREFERENCE) if id_.startswith(prefix))
    return next(ranks, len(PREFERENCE)), id_


def merged(advisories: Sequence[Advisory], name: str) -> Advisory:
    """What advisories on one vulnerability say of the package `name`, under the first one's id.

    The gravest severity and score stand; text and CWE come from the first that has them,
    and it is published since the first of them was.
    """
    first = advisories[0]
    names = {name for each in advisories for name in (each.id, *each.aliases)}
    scored = max(advisories, key=lambda each: (each.cvss is not None, each.cvss or 0.0))
    return Advisory(
        id=first.id,
        aliases=tuple(sorted(names - {first.id})),
        summary=next((each.summary for each in advisories if each.summary), ""),
        severity=gravest_of(each.severity for each in advisories),
        cvss=scored.cvss,
        cvss_vector=scored.cvss_vector,
        published=min((each.published for each in advisories if each.published), default=""),
        cwe=next((each.cwe for each in advisories if each.cwe is not None), None),
        affected=tuple(
            dict.fromkeys(shortened(part) for each in advisories for part in parts_of(each, name))
        ),
    )
