"""Ruff's copies of bandit's rules: which one it is, and how bandit rates it at the highest.

Ruff rates nothing. The figures are those of bandit 1.9.4, held against it by a test.
"""

from dataclasses import dataclass

from ....records.finding import Level
from ....records.fingerprint import bandit_rule

SELECTED = ("S", "PLE2502")
"""All that ruff took from bandit, and its own rule for what bandit calls B613."""


@dataclass(frozen=True, slots=True)
class Rating:
    """How grave a finding of a rule is at the most, and the weakness it is a case of."""

    severity: Level
    confidence: Level
    cwe: int | None


UNRATED = Rating(Level.UNKNOWN, Level.UNKNOWN, None)
_SEEMS_SAFE = "seems safe"
"""What ruff says, as bandit does, of a command that is one literal: then both rate it low."""

RATINGS: dict[str, Rating] = {
    "B101": Rating(Level.LOW, Level.HIGH, 703),
    "B102": Rating(Level.MEDIUM, Level.HIGH, 78),
    "B103": Rating(Level.HIGH, Level.HIGH, 732),
    "B104": Rating(Level.MEDIUM, Level.MEDIUM, 605),
    "B105": Rating(Level.LOW, Level.MEDIUM, 259),
    "B106": Rating(Level.LOW, Level.MEDIUM, 259),
    "B107": Rating(Level.LOW, Level.MEDIUM, 259),
    "B108": Rating(Level.MEDIUM, Level.MEDIUM, 377),
    "B110": Rating(Level.LOW, Level.HIGH, 703),
    "B112": Rating(Level.LOW, Level.HIGH, 703),
    "B113": Rating(Level.MEDIUM, Level.LOW, 400),
    "B201": Rating(Level.HIGH, Level.MEDIUM, 94),
    "B202": Rating(Level.HIGH, Level.HIGH, 22),
    "B301": Rating(Level.MEDIUM, Level.HIGH, 502),
    "B302": Rating(Level.MEDIUM, Level.HIGH, 502),
    "B303": Rating(Level.MEDIUM, Level.HIGH, 327),
    "B304": Rating(Level.HIGH, Level.HIGH, 327),
    "B305": Rating(Level.MEDIUM, Level.HIGH, 327),
    "B306": Rating(Level.MEDIUM, Level.HIGH, 377),
    "B307": Rating(Level.MEDIUM, Level.HIGH, 78),
    "B308": Rating(Level.MEDIUM, Level.HIGH, 79),
    "B310": Rating(Level.MEDIUM, Level.HIGH, 22),
    "B311": Rating(Level.LOW, Level.HIGH, 330),
    "B312": Rating(Level.HIGH, Level.HIGH, 319),
    "B313": Rating(Level.MEDIUM, Level.HIGH, 20),
    "B314": Rating(Level.MEDIUM, Level.HIGH, 20),
    "B315": Rating(Level.MEDIUM, Level.HIGH, 20),
    "B316": Rating(Level.MEDIUM, Level.HIGH, 20),
    "B317": Rating(Level.MEDIUM, Level.HIGH, 20),
    "B318": Rating(Level.MEDIUM, Level.HIGH, 20),
    "B319": Rating(Level.MEDIUM, Level.HIGH, 20),
    "B321": Rating(Level.HIGH, Level.HIGH, 319),
    "B323": Rating(Level.MEDIUM, Level.HIGH, 295),
    "B324": Rating(Level.HIGH, Level.HIGH, 327),
    "B401": Rating(Level.HIGH, Level.HIGH, 319),
    "B402": Rating(Level.HIGH, Level.HIGH, 319),
    "B403": Rating(Level.LOW, Level.HIGH, 502),
    "B404": Rating(Level.LOW, Level.HIGH, 78),
    "B405": Rating(Level.LOW, Level.HIGH, 20),
    "B406": Rating(Level.LOW, Level.HIGH, 20),
    "B407": Rating(Level.LOW, Level.HIGH, 20),
    "B408": Rating(Level.LOW, Level.HIGH, 20),
    "B409": Rating(Level.LOW, Level.HIGH, 20),
    "B411": Rating(Level.HIGH, Level.HIGH, 20),
    "B412": Rating(Level.HIGH, Level.HIGH, 284),
    "B413": Rating(Level.HIGH, Level.HIGH, 327),
    "B415": Rating(Level.HIGH, Level.HIGH, 319),
    "B501": Rating(Level.HIGH, Level.HIGH, 295),
    "B502": Rating(Level.HIGH, Level.HIGH, 327),
    "B503": Rating(Level.MEDIUM, Level.MEDIUM, 327),
    "B504": Rating(Level.LOW, Level.MEDIUM, 327),
    "B505": Rating(Level.HIGH, Level.HIGH, 326),
    "B506": Rating(Level.MEDIUM, Level.HIGH, 20),
    "B507": Rating(Level.HIGH, Level.MEDIUM, 295),
    "B508": Rating(Level.MEDIUM, Level.HIGH, 319),
    "B509": Rating(Level.MEDIUM, Level.HIGH, 319),
    "B601": Rating(Level.MEDIUM, Level.MEDIUM, 78),
    "B602": Rating(Level.HIGH, Level.HIGH, 78),
    "B603": Rating(Level.LOW, Level.HIGH, 78),
    "B604": Rating(Level.MEDIUM, Level.LOW, 78),
    "B605": Rating(Level.HIGH, Level.HIGH, 78),
    "B606": Rating(Level.LOW, Level.MEDIUM, 78),
    "B607": Rating(Level.LOW, Level.HIGH, 78),
    "B608": Rating(Level.MEDIUM, Level.MEDIUM, 89),
    "B609": Rating(Level.HIGH, Level.MEDIUM, 155),
    "B610": Rating(Level.MEDIUM, Level.MEDIUM, 89),
    "B611": Rating(Level.MEDIUM, Level.MEDIUM, 89),
    "B612": Rating(Level.MEDIUM, Level.HIGH, 94),
    "B613": Rating(Level.HIGH, Level.MEDIUM, 838),
    "B701": Rating(Level.HIGH, Level.HIGH, 94),
    "B702": Rating(Level.MEDIUM, Level.HIGH, 80),
    "B704": Rating(Level.MEDIUM, Level.HIGH, 79),
}
"""By bandit's name of the rule."""


def rating_of(code: str, message: str) -> Rating:
    """How a finding of ruff's rule `code` is rated; UNKNOWN, never low, for an unknown rule."""
    rating = RATINGS.get(bandit_rule(code), UNRATED)
    if _SEEMS_SAFE in message and code in ("S602", "S605"):
        return Rating(Level.LOW, rating.confidence, rating.cwe)
    return rating
