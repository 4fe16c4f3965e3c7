"""CVSS vectors of version 2, 3 and 4 to a score and a severity; read when records are imported."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from ....records.finding import Level

MAX_VECTOR = 300
_LEVELS = {
    "None": Level.LOW,
    "Low": Level.LOW,
    "Medium": Level.MEDIUM,
    "High": Level.HIGH,
    "Critical": Level.CRITICAL,
}


@dataclass(frozen=True, slots=True, order=True)
class Score:
    """What a vector comes to."""

    score: float
    """The base score, from 0 to 10."""
    vector: str
    level: Level


def gravest(vectors: Iterable[object]) -> Score | None:
    """The highest score among the vectors that can be read; None where none can."""
    scores = (score_of(each) for each in vectors if isinstance(each, str))
    return max((score for score in scores if score), default=None)


@lru_cache(maxsize=16384)
def score_of(vector: str) -> Score | None:
    """What one vector comes to; None where it is malformed."""
    from cvss import CVSS2, CVSS3, CVSS4, CVSSError

    if len(vector) > MAX_VECTOR:
        return None
    version = vector.partition("/")[0]
    kind = {"CVSS:4.0": CVSS4, "CVSS:3.0": CVSS3, "CVSS:3.1": CVSS3}.get(version, CVSS2)
    try:
        read = kind(vector.strip("()") if kind is CVSS2 else vector)
        return Score(float(read.scores()[0]), vector, _LEVELS[read.severities()[0]])
    except (CVSSError, ArithmeticError, LookupError, ValueError):
        return None
