"""The rules of a run: of the driver and of its extensions, by index and by id."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from .fields import Table, at, items, table, tables, text, whole
from .ruff_names import CODES

_CWE = re.compile(r"\bcwe[-_:/ ]*0*(\d{1,5})\b", re.IGNORECASE)
_OWN_NAMES = ("bandit", "ruff", "gitleaks", "detect-secrets")
"""Tools that other code here knows by these names, however they write themselves."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as a result names it; what the run says of it, which may be nothing."""

    id: str
    node: Table
    component: Table

    @property
    def own_id(self) -> str:
        """The id that the run gives it, as other code here knows it; empty without one."""
        own = text(self.node, "id")
        return self.id if own in CODES and CODES[own] == self.id else own

    @property
    def without_case(self) -> "Rule":
        """Under the id that the run gives it; what a result adds to that may be anything."""
        return replace(self, id=self.own_id or self.id.partition("/")[0])

    @property
    def tags(self) -> tuple[str, ...]:
        """Its tags."""
        found = items(table(self.node, "properties"), "tags")
        return tuple(tag for tag in found if isinstance(tag, str))


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything that the results of one run may refer to."""

    tool: str
    version: str
    driver: Table
    extensions: list[object]
    taxonomies: list[object]
    by_id: Mapping[str, tuple[Table, Table]] = field(default_factory=dict)
    """Rule and component."""
    found: dict[tuple[str, int | None], Rule] = field(default_factory=dict)

    def of(self, result: Table) -> Rule:
        """The rule of a result, by index where that agrees with the id, else by the id."""
        if "rule" in result:
            return self._coded(self._found(result))
        key = (text(result, "ruleId"), whole(result, "ruleIndex"))
        if key not in self.found:
            self.found[key] = self._coded(self._found(result))
        return self.found[key]

    def _coded(self, rule: Rule) -> Rule:
        """Ruff writes names for codes with --preview; the code is what is known elsewhere."""
        return replace(rule, id=CODES.get(rule.id, rule.id)) if self.tool == "ruff" else rule

    def _found(self, result: Table) -> Rule:
        reference = table(result, "rule")
        name = text(result, "ruleId") or text(reference, "id")
        component = self._component(table(reference, "toolComponent"))
        index = whole(reference, "index")
        index = whole(result, "ruleIndex") if index is None else index
        node = at(items(component, "rules"), index)
        own = text(node, "id")
        if node and (not name or name == own or name.startswith(f"{own}/")):
            return Rule(name or own, node, component)
        return self._by_name(name)

    def _by_name(self, name: str) -> Rule:
        """A name may say more than the rule's: 'CA1000/1' is a case of 'CA1000'."""
        known = name
        while known:
            if known in self.by_id:
                return Rule(name, *self.by_id[known])
            known = known.rpartition("/")[0]
        return Rule(name or "unnamed", {}, self.driver)

    def _component(self, reference: Table) -> Table:
        index = whole(reference, "index")
        if index is not None:
            return at(self.extensions, index)
        for key in ("guid", "name"):
            wanted = text(reference, key)
            for component in (self.driver, *self.extensions) if wanted else ():
                if isinstance(component, dict) and text(component, key) == wanted:
                    return component
        return self.driver

    def weakness(self, rule: Rule, result: Table) -> int | None:
        """The number of the first CWE that the result or its rule names."""
        for name in (*self._taxa(result, "taxa"), *_named(result), *rule.tags, *_named(rule.node)):
            if match := _CWE.search(name):
                return int(match[1])
        for relation in tables(rule.node, "relationships"):
            if match := _CWE.search(self._taxon(table(relation, "target"))):
                return int(match[1])
        return None

    def _taxa(self, node: Table, key: str) -> Iterator[str]:
        return (self._taxon(reference) for reference in tables(node, key))

    def _taxon(self, reference: Table) -> str:
        """'CWE-79' of a reference to a taxonomy: the id alone may be a bare number."""
        component = table(reference, "toolComponent")
        name = text(component, "name")
        taxonomy = at(self.taxonomies, whole(component, "index"))
        name = name or text(taxonomy, "name")
        id_ = text(reference, "id") or text(
            at(items(taxonomy, "taxa"), whole(reference, "index")), "id"
        )
        return f"cwe-{id_}" if name.casefold() == "cwe" and id_.isdecimal() else id_


def _named(node: Table) -> Iterator[str]:
    """What properties call a weakness, in a text or a list of texts."""
    properties = table(node, "properties")
    for key in ("cwe", "cwes", "CWE"):
        value = properties.get(key)
        for entry in value if isinstance(value, list) else [value]:
            if isinstance(entry, str):
                yield f"cwe-{entry}" if entry.isdecimal() else entry


def rules_of(run: Table) -> Rules:
    """The rules of a run."""
    tool = table(run, "tool")
    driver = table(tool, "driver")
    extensions = items(tool, "extensions")
    by_id: dict[str, tuple[Table, Table]] = {}
    for component in (driver, *(item for item in extensions if isinstance(item, dict))):
        for rule in tables(component, "rules"):
            by_id.setdefault(text(rule, "id"), (rule, component))
    by_id.pop("", None)
    return Rules(
        tool=_tool_name(text(driver, "name")),
        version=text(driver, "semanticVersion") or text(driver, "version"),
        driver=driver,
        extensions=extensions,
        taxonomies=items(run, "taxonomies"),
        by_id=by_id,
    )


def _tool_name(name: str) -> str:
    folded = name.strip().casefold()
    return folded if folded in _OWN_NAMES else name.strip() or "unnamed tool"
