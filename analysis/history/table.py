"""The change table: one row for each change that landed, each column with its type and unit."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from enum import StrEnum

from ...records.history import Label
from .exclusions import Exclusion
from .features import Features
from .labels.maturity import LEAST_CONFIDENCE, outcome
from .labels.mentions import INTRODUCED_IN, REVERT
from .words import FEATURE_WORDS

Value = str | int | float | bool | None
Row = tuple[Value, ...]
"""The values of one change, in the order of COLUMNS."""
SOURCES = (REVERT, INTRODUCED_IN, "szz", "hotfix")
"""How harm is known, the surest first."""


class Kind(StrEnum):
    """The type of a column; with `optional` a value may be missing."""

    TEXT = "text"
    COUNT = "count"
    NUMBER = "number"
    TRUTH = "truth"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Column:
    """What one column holds."""

    name: str
    kind: Kind
    unit: str
    words: str
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Measured:
    """A change as it is kept: what was known when it landed."""

    number: int
    sha: str
    author: str
    """The author's digest."""
    time: int
    excluded: str
    """One of Exclusion, or empty."""
    features: Features


@dataclass(frozen=True, slots=True)
class Hindsight:
    """From when, and how, labels are looked at."""

    now: int
    """Seconds since the epoch; a later label is not known."""
    window: float
    """Days after which a change without a label counts as clean."""


_EPOCH = "seconds since 1970-01-01 UTC"
IDENTITY = (
    Column("number", Kind.COUNT, "changes", "its place on the first-parent line; 0 is the oldest"),
    Column("sha", Kind.TEXT, "commit id", "the commit that stands on the first-parent line"),
    Column("author", Kind.TEXT, "digest", "of the author's address: never a name; no feature"),
    Column("time", Kind.TIME, _EPOCH, "when it landed; a date in the future is held to be now"),
    Column(
        "excluded",
        Kind.TEXT,
        "reason",
        f"why it trains no model: {', '.join(Exclusion)}; missing where it does",
        optional=True,
    ),
)
FEATURES = tuple(
    Column(
        name,
        Kind.NUMBER if Features.__annotations__[name] in (float, "float") else Kind.COUNT,
        *FEATURE_WORDS[name],
    )
    for name in Features.__annotations__
)


def _label_columns() -> Iterator[Column]:
    for source in SOURCES:
        name = source.replace("-", "_")
        yield Column(
            f"{name}_time", Kind.TIME, _EPOCH, f"when its first label by {source} came", True
        )
        yield Column(
            f"{name}_confidence", Kind.NUMBER, "0 to 1", f"of the surest by {source} by then", True
        )
    yield Column(
        "harmful",
        Kind.TRUTH,
        "true, false",
        f"a label of {LEAST_CONFIDENCE} or surer came; false without any label once the window"
        " of maturity is over; else missing",
        optional=True,
    )
    yield Column(
        "confidence",
        Kind.NUMBER,
        "0 to 1",
        "of `harmful`: of the surest label; 1 where it is false",
        optional=True,
    )
    yield Column(
        "evidence", Kind.TEXT, "commit id", "the commit that gave the surest label", optional=True
    )


LABELS = tuple(_label_columns())
COLUMNS = (*IDENTITY, *FEATURES, *LABELS)


def row(change: Measured, labels: Sequence[Label], hindsight: Hindsight) -> Row:
    """The row of a change; `labels` are those of its commits."""
    identity = (change.number, change.sha, change.author, change.time, change.excluded or None)
    known = [label for label in labels if label.time <= hindsight.now]
    return (*identity, *astuple(change.features), *_told(change, known, hindsight))


def _told(change: Measured, labels: Sequence[Label], hindsight: Hindsight) -> Iterator[Value]:
    for source in SOURCES:
        yield from _first(label for label in labels if label.source == source)
    harmful = outcome(change.time, labels, hindsight.now, hindsight.window)
    surest = max(labels, key=lambda label: label.confidence, default=None)
    yield harmful
    yield (surest.confidence if surest else 1.0) if harmful is not None else None
    yield surest.evidence if surest else None


def _first(labels: Iterable[Label]) -> tuple[int | None, float | None]:
    """When the first label came, and the highest confidence of those that came then."""
    first = min(labels, key=lambda label: (label.time, -label.confidence), default=None)
    return (first.time, first.confidence) if first else (None, None)
