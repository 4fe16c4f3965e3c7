"""What a version of a model says of itself, and the files it is made of."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256

from ..errors import TidegateError

SERVED = "served.json"
"""The form that the gate and `risk score` read."""
ESTIMATOR = "model.skops"
"""The form that training and comparison read; a model that only serves has none."""
CARD = "card.json"
SLICE = "newest_slice.json"
"""The newest mature changes that it was not trained on, for judging it beside another."""
SELF_TEST = "self_test.json"
"""Rows, and what the model said of them when it was made."""


class ModelRefused(TidegateError):
    """A model, or a file of one, that is not what its version says, or could do harm."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with the bounds that a bootstrap puts around it."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Who made a version from what, and how well it does."""

    design: str
    """Which design, in words."""
    trained_from: str
    """Day of the oldest change that it learnt from, ISO 8601."""
    trained_until: str
    changes: int
    bug_inducing: int
    features: tuple[str, ...]
    data_digest: str
    """SHA-256 of the table that it learnt from."""
    metrics: Mapping[str, Interval]
    code_version: str
    limits: tuple[str, ...] = ()
    """What it cannot tell, in words."""

    def as_json(self) -> str:
        """Sorted, so that equal cards are equal files."""
        return json.dumps(asdict(self), indent=1, sort_keys=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A trained model on its way into the registry."""

    card: Card
    files: Mapping[str, bytes]
    """By name: SERVED is always there."""
    estimator: object | None = None
    """The scikit-learn estimator behind it, written as ESTIMATOR."""
    plots: Mapping[str, bytes] = field(default_factory=dict)
    """PNG by file name, for whoever looks at the run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version in the registry."""

    name: str
    number: int
    sha256: str
    """Of SERVED, as `tidegate.models.lock` pins it."""
    manifest: Mapping[str, str]
    """SHA-256 of each file, told when it was added."""
    created: str
    """ISO 8601, UTC."""
    is_champion: bool = False
    run: str = ""
    """The MLflow run that holds metrics and plots."""


def card_from(text: bytes) -> Card:
    """Read a card. Raises ModelRefused where it is none."""
    try:
        told = json.loads(text)
        told["metrics"] = {name: Interval(**each) for name, each in told["metrics"].items()}
        told["features"], told["limits"] = tuple(told["features"]), tuple(told["limits"])
        return Card(**told)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ModelRefused(f"{CARD} is not a card of a model: {error}", "train it anew") from error


def digest(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return sha256(data).hexdigest()


def as_markdown(version: Version, card: Card) -> str:
    """The card as a page: what it is, what it learnt from, how well it does, its limits."""
    span = f"{card.trained_from} to {card.trained_until}"
    learnt = f"{card.changes} changes from {span}, {card.bug_inducing} of them bug-inducing"
    rows = [
        f"| {name} | {figure.value:.4f} | {figure.low:.4f} to {figure.high:.4f} |"
        for name, figure in sorted(card.metrics.items())
    ]
    return "\n".join(
        [
            f"# {version.name} {version.number}",
            "",
            f"{card.design}. Learnt from {learnt}.",
            "",
            f"Served form: sha256 {version.sha256}.",
            f"Table: sha256 {card.data_digest}. Written by Tidegate {card.code_version}.",
            "",
            "| figure | on changes it had not seen | 95 % interval |",
            "|---|---|---|",
            *rows,
            "",
            f"Features: {', '.join(card.features)}.",
            "",
            *(f"- {limit}" for limit in card.limits),
            "",
        ]
    )
