"""One result of a run as a finding, or as what it is in place of one."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ...records.addresses import without_user
from ...records.finding import Finding, Level
from .fields import Table, items, table, tables, text
from .levels import confidence_of, severity_of
from .messages import message_of, name_of, remedy_of
from .places import NOWHERE, Place, Places, Region, flow_of
from .rules import Rule, Rules
from .secrecy import about_secret

_FINDINGS = frozenset({"", "fail", "open", "review"})
_SUPPRESSIONS = frozenset({"inSource", "external"})
_OTHER_KINDS = frozenset({"pass", "notApplicable", "informational"})


class NoFinding(StrEnum):
    """What a result is that is none."""

    NOT_A_FAILURE = "no finding"
    """The tool says that a rule passed, does not apply or has something to tell."""
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True)
class Result:
    """A finding as a tool wrote it, before the code it is about is read."""

    finding: Finding
    region: Region | None = None
    inside: bool = True
    """The path of the finding is one of the tree; else it only says where the finding is."""
    also: tuple[Place, ...] | None = ()
    """Where else it is and what leads to it; None for more than is looked at."""
    secret: bool = False
    spellings: tuple[str, ...] = ()
    """Other paths that the tool may mean."""

    def __reduce__(self) -> tuple[object, ...]:
        """Flat, for a million of them come from a worker."""
        where = self.region
        region = where and (where.line, where.end_line, where.column, where.end_column)
        rest = (region, self.inside, self.also, self.secret, self.spellings)
        return _result_of, (*(getattr(self.finding, name) for name in _TOLD), *rest)


_TOLD = (
    *("tool", "rule", "message", "path", "line", "end_line", "severity", "confidence"),
    *("remedy", "cwe", "url", "scope", "suppressed"),
)


def _result_of(*values: Any) -> Result:  # noqa: ANN401 - as `__reduce__` gave them
    told, (region, *rest) = values[: len(_TOLD)], values[len(_TOLD) :]
    finding = Finding(**dict(zip(_TOLD, told, strict=True)))
    return Result(finding, Region(*region) if region else None, *rest)


@dataclass(frozen=True, slots=True)
class _Facts:
    """What a finding has from its rule and what its result adds to that."""

    severity: Level
    confidence: Level
    weakness: int | None
    secret: bool
    remedy: str
    url: str


@dataclass(frozen=True, slots=True)
class Run:
    """What the results of one run refer to."""

    rules: Rules
    places: Places
    known: dict[tuple[str, int, str], _Facts] = field(default_factory=dict)

    def read(self, node: object) -> Result | NoFinding:
        """A result of the run. Fields of a wrong type count as absent."""
        if not isinstance(node, dict) or not isinstance(node.get("locations", []), list):
            return NoFinding.MALFORMED
        kind = node.get("kind", "")
        if not isinstance(kind, str) or kind not in _FINDINGS | _OTHER_KINDS:
            return NoFinding.MALFORMED
        if kind in _OTHER_KINDS:
            return NoFinding.NOT_A_FAILURE
        place = self._place(node)
        return self._result(node, place) if place else NoFinding.MALFORMED

    def _place(self, node: Table) -> Place | None:
        """The first location; one that is none of the whole tree has to name a file."""
        locations = items(node, "locations")
        for location in locations:
            if place := self.places.of(location):
                return place
        is_logical = all(_is_logical(location) for location in locations)
        return Place(NOWHERE, inside=False) if is_logical else None

    def _result(self, node: Table, place: Place) -> Result:
        rule = self.rules.of(node)
        facts = self._facts(rule, node)
        rule = rule.without_case if facts.secret else rule
        region = place.region
        finding = Finding(
            tool=self.rules.tool,
            rule=rule.id,
            message=name_of(rule) if facts.secret else message_of(self.rules, rule, node),
            path=place.path,
            line=region.line if region else 1,
            end_line=region.end_line if region else 1,
            severity=facts.severity,
            confidence=facts.confidence,
            remedy=facts.remedy,
            cwe=facts.weakness,
            url=facts.url,
            scope="" if place.inside or facts.secret else _logical_name(node),
            suppressed=_suppression(self.rules.tool, node) if "suppressions" in node else "",
        )
        also = self._also(node)
        return Result(finding, region, place.inside, also, facts.secret, place.spellings)

    def _facts(self, rule: Rule, node: Table) -> _Facts:
        """Read once for all results that add no more than their level to the rule."""
        if self.rules.tool == "ruff" or not _PARTICULARS.isdisjoint(node):
            return self._read_facts(rule, node)
        key = (rule.id, id(rule.node), repr(node.get("level")))
        if key not in self.known:
            self.known[key] = self._read_facts(rule, node)
        return self.known[key]

    def _read_facts(self, rule: Rule, node: Table) -> _Facts:
        tool = self.rules.tool
        weakness = self.rules.weakness(rule, node)
        secret = about_secret(tool, rule, weakness)
        return _Facts(
            severity_of(tool, rule, node),
            confidence_of(tool, rule, node),
            weakness,
            secret,
            SECRET_REMEDY if secret else remedy_of(tool, rule, node),
            without_user(text(rule.node, "helpUri")),
        )

    def _also(self, node: Table) -> tuple[Place, ...] | None:
        if _LEADING.isdisjoint(node) and len(items(node, "locations")) < 2:
            return ()
        try:
            found = {place for step in flow_of(node) if (place := self.places.of(step))}
        except OverflowError:
            return None
        return tuple(sorted(found, key=lambda place: (place.path, str(place.region))))


_LEADING = frozenset({"codeFlows", "relatedLocations"})
_PARTICULARS = frozenset({"properties", "taxa", "fixes", "rank"})
SECRET_REMEDY = "revoke it, put a new one where the code does not hold it, and remove this one"  # noqa: S105 - advice


def _is_logical(location: object) -> bool:
    return bool(items(location, "logicalLocations")) and not table(location, "physicalLocation")


def _logical_name(node: Table) -> str:
    """What a result without a file of the tree says of its place."""
    for location in tables(node, "locations"):
        for logical in tables(location, "logicalLocations"):
            if name := text(logical, "fullyQualifiedName") or text(logical, "name"):
                return name[:400]
    return ""


def _suppression(tool: str, node: Table) -> str:
    """What asks to hush the result and was not rejected; it hushes nothing here."""
    for suppression in tables(node, "suppressions"):
        if text(suppression, "status") != "rejected":
            kind = text(suppression, "kind")
            return f"{tool} ({kind if kind in _SUPPRESSIONS else 'suppression'})"
    return ""
