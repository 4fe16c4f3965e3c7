"""Why a change is scored as it is: contributions that add up, in words, and what would lower it.

The change is compared with the usual change of its repository, group of metrics by group. A
group's contribution is its Shapley value: what it adds to the logit, averaged over all orders
in which the groups could be changed from the usual ones to those of the change. That is exact
for any model, linear or not, and the contributions sum to the whole difference.
"""

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from .calibration import logit
from .features import METRICS, NAMES, Group

Score = Callable[[Sequence[float]], float]
WORDS = {
    "nf": "touches {value} files",
    "nd": "touches {value} folders",
    "ns": "touches {value} subsystems",
    "la": "adds {value} lines",
    "ld": "deletes {value} lines",
    "lt": "its files are {value} lines long",
    "ndev": "{value} authors changed these files before",
    "age": "these files last changed {value} days ago",
    "nuc": "these files were changed {value} times before",
    "exp": "its author changed {value} files before",
    "rexp": "its author changed files lately (weight {value})",
    "sexp": "its author changed {value} files here before",
    "entropy": "its lines are spread over the files ({value} bits)",
    "fix": "its message tells of a fix",
}
"""One sentence for each metric."""


@dataclass(frozen=True, slots=True)
class Reason:
    """What one group of metrics adds to the logit of the risk; negative lowers it."""

    group: Group
    contribution: float
    words: str
    """The metric of the group that is furthest from the usual."""

    @property
    def odds(self) -> float:
        """By how much it multiplies the odds."""
        return math.exp(self.contribution)


@dataclass(frozen=True, slots=True)
class Remedy:
    """A change of the change, and the probability it would have."""

    words: str
    probability: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """The probability of a change, of the usual change, and what lies between them."""

    probability: float
    usual: float
    reasons: tuple[Reason, ...]
    """The weightiest first."""
    remedies: tuple[Remedy, ...]
    """The one that lowers the risk most first; none that does not."""


def explained(score: Score, row: Sequence[float], usual: Sequence[float]) -> Explanation:
    """Why `score` gives `row` what it gives, against the usual row of the repository."""
    parts = _contributions(score, row, usual)
    reasons = [Reason(group, part, _words(group, row, usual)) for group, part in parts.items()]
    reasons.sort(key=lambda reason: -abs(reason.contribution))
    return Explanation(score(row), score(usual), tuple(reasons), _remedies(score, row, usual))


def _contributions(
    score: Score, row: Sequence[float], usual: Sequence[float]
) -> dict[Group, float]:
    groups = tuple(Group)
    scored = {
        frozenset(chosen): logit(score(_mixed(row, usual, chosen)))
        for size in range(len(groups) + 1)
        for chosen in combinations(groups, size)
    }
    return {group: _shapley(group, groups, scored) for group in groups}


def _shapley(group: Group, groups: Sequence[Group], scored: dict[frozenset[Group], float]) -> float:
    count, total = len(groups), 0.0
    for others, told in scored.items():
        if group not in others:
            orders = math.factorial(len(others)) * math.factorial(count - len(others) - 1)
            total += orders * (scored[others | {group}] - told)
    return total / math.factorial(count)


def _mixed(
    row: Sequence[float], usual: Sequence[float], of_row: Iterable[Group]
) -> tuple[float, ...]:
    """The row in the groups named, the usual one in the others."""
    chosen = set(of_row)
    return tuple(
        mine if metric.group in chosen else common
        for metric, mine, common in zip(METRICS, row, usual, strict=True)
    )


def _words(group: Group, row: Sequence[float], usual: Sequence[float]) -> str:
    told = [
        (abs(math.log((mine + 1) / (common + 1))), metric.name, mine, common)
        for metric, mine, common in zip(METRICS, row, usual, strict=True)
        if metric.group is group
    ]
    _, name, mine, common = max(told)
    return _sentence(name, mine, common)


def _sentence(name: str, mine: float, common: float) -> str:
    if name == "fix":
        return WORDS[name] if mine else "its message tells of no fix"
    told = WORDS[name].format(value=_shown(mine))
    if mine == 1:
        told = re.sub(r"\b1 (\w+)s\b", r"1 \1", told)
    if _shown(mine) == _shown(common):
        return f"{told}, as usual"
    if mine > common > 0:
        return f"{told}, {_times(mine / common)} the usual {_shown(common)}"
    return f"{told}, where {_shown(common)} is usual"


def _times(ratio: float) -> str:
    return "twice" if 1.95 <= ratio < 2.05 else f"{ratio:.1f} times"


def _shown(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 or value == int(value) else f"{value:.1f}"


def _remedies(score: Score, row: Sequence[float], usual: Sequence[float]) -> tuple[Remedy, ...]:
    """Only what an author can do: a smaller change, fewer files, someone at home there."""
    told = dict(zip(NAMES, row, strict=True))
    common = dict(zip(NAMES, usual, strict=True))
    half = {name: told[name] / 2 for name in ("la", "ld")}
    fewer = {
        metric.name: min(told[metric.name], common[metric.name])
        for metric in METRICS
        if metric.group is Group.SPREAD
    }
    known = {name: max(told[name], 2 * common[name]) for name in ("exp", "rexp", "sexp")}
    tried = (
        ("half of its lines", half),
        ("no more files, folders and subsystems than usual", fewer),
        ("an author with twice the usual experience here, or one who reads it", known),
    )
    risk = score(row)
    lower = [
        Remedy(words, probability)
        for words, changed in tried
        if (probability := score(tuple((told | changed).values()))) < risk
    ]
    return tuple(sorted(lower, key=lambda remedy: remedy.probability))
