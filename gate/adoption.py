"""A policy to start with, from what is found today: what it is made of is one table.

Only what stands in tests is proposed as a line that counts; anything about code that ships
is a suggestion, which whoever answers for that code has to write the reason of.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from ..records.finding import Finding, Level, Skipped
from ..records.fingerprint import defect
from ..records.path_class import PathClass, path_class
from .policies.lines import Action

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class _Habit:
    """What tests do and are not to be stopped for."""

    rule: str
    action: Action
    reason: str
    least: int = 1
    """So many findings in tests make it a habit."""


_PASSWORDS = "a test's password opens nothing; keys and tokens are found by their shape"
_PROGRAMS = "tests start programs of their own choice"
_HABITS = (
    _Habit("B101", Action.IGNORE, "asserts are what tests are made of"),
    _Habit("B105", Action.IGNORE, _PASSWORDS),
    _Habit("B106", Action.IGNORE, _PASSWORDS),
    _Habit("B107", Action.IGNORE, _PASSWORDS),
    _Habit("B108", Action.WARN, "nobody else waits in a test's temporary folder", 5),
    _Habit("B311", Action.IGNORE, "a test's random numbers guard nothing"),
    _Habit("B404", Action.IGNORE, _PROGRAMS),
    _Habit("B603", Action.IGNORE, _PROGRAMS),
    _Habit("B607", Action.IGNORE, _PROGRAMS),
)
_FOLDERS = frozenset(
    {"benchmarks", "demo", "demos", "doc", "docs", "example", "examples", "samples"}
    | {"fixtures", "testdata", "unittests"}
)
"""At the top of a tree: they may not ship, which only its owner knows."""
_MANY = 10
"""So many findings of a rule in code that ships, or gaps of a reason, are worth a suggestion."""
_MOST = 5
"""Suggestions of one sort."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One line of a policy, and the numbers that led to it."""

    match: tuple[tuple[str, str], ...]
    action: Action
    reason: str = ""
    """Empty where it is a suggestion that somebody has to answer for."""
    here: int
    """The findings, or gaps, that it matches."""
    total: int
    """Those of the same rule, folder or reason wherever they stand."""

    @property
    def counts(self) -> bool:
        """Whether it is to decide without anybody having written a reason."""
        return bool(self.reason)


def proposals(
    findings: Sequence[Finding], gaps: Iterable[Skipped] = (), settled: Collection[str] = ()
) -> list[Proposal]:
    """Lines to start with, those that count first.

    `settled` are rules that another line ignores everywhere already.
    """
    rules = Counter(_rule(finding) for finding in findings)
    kinds = Counter((_rule(finding), path_class(finding.path)) for finding in findings)
    return [
        *_of_tests(rules, kinds, settled),
        *_of_what_ships(findings, rules, settled),
        *_of_folders(findings),
        *_of_gaps(gaps),
    ]


def _rule(finding: Finding) -> str:
    """Bandit's name of it where ruff stood in."""
    return defect(finding)[1]


def _of_tests(
    rules: Counter[str], kinds: Counter[tuple[str, PathClass]], settled: Collection[str]
) -> Iterator[Proposal]:
    for habit in _HABITS:
        here = kinds[habit.rule, PathClass.TESTS]
        if here >= habit.least and habit.rule not in settled:
            yield Proposal(
                match=(("rule", habit.rule), ("path-class", PathClass.TESTS)),
                action=habit.action,
                reason=habit.reason,
                here=here,
                total=rules[habit.rule],
            )


def _of_what_ships(
    findings: Iterable[Finding], rules: Counter[str], settled: Collection[str]
) -> Iterator[Proposal]:
    """The commonest rules of each class but tests, and of no secret."""
    found: Counter[tuple[str, PathClass]] = Counter()
    grave = set()
    for finding in findings:
        kind, rule = path_class(finding.path), _rule(finding)
        if kind is PathClass.TESTS or finding.package or finding.tool not in ("bandit", "ruff"):
            continue
        found[rule, kind] += 1
        if finding.severity.reaches(Level.MEDIUM):
            grave.add(rule)
    for (rule, kind), here in _commonest(found):
        if rule not in settled:
            yield Proposal(
                match=(("rule", rule), ("path-class", kind)),
                action=Action.WARN if rule in grave else Action.IGNORE,
                here=here,
                total=rules[rule],
            )


def _of_folders(findings: Iterable[Finding]) -> Iterator[Proposal]:
    """Folders whose name says that they hold no product."""
    tops = (finding.path.partition("/") for finding in findings)
    found = Counter(top for top, slash, _ in tops if slash and top in _FOLDERS)
    for top, here in found.most_common(_MOST):
        yield Proposal(match=(("path", f"{top}/**"),), action=Action.WARN, here=here, total=here)


def _of_gaps(gaps: Iterable[Skipped]) -> Iterator[Proposal]:
    for reason, here in _commonest(Counter(gap.reason for gap in gaps)):
        yield Proposal(match=(("skipped", reason),), action=Action.WARN, here=here, total=here)


def _commonest(found: Counter[_T]) -> Iterator[tuple[_T, int]]:
    return ((what, here) for what, here in found.most_common(_MOST) if here >= _MANY)
