"""What a served model is made of. Each part turns the features of one change into a probability.

A part is plain numbers: no code, no name of code, nothing that loading could run.
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from ..bands import Bands
from ..calibration import Sigmoid, logit, sigmoid
from ..features import engineered
from ..ranks import Ranks


@dataclass(frozen=True, slots=True)
class Inputs:
    """The features of one change, as they are and rounded to float32."""

    exact: Sequence[float]
    single: Sequence[float]


@dataclass(frozen=True, slots=True)
class Linear:
    """The sigmoid of a weighted sum."""

    KIND: ClassVar[str] = "linear"
    coefficients: tuple[float, ...]
    intercept: float

    def probability(self, x: Inputs) -> float:
        """Probability for one row."""
        terms = zip(self.coefficients, x.exact, strict=True)
        return sigmoid(sum(weight * value for weight, value in terms) + self.intercept)


@dataclass(frozen=True, slots=True)
class Trees:
    """Decision trees in four arrays, each tree laid out in preorder.

    A left child stands right behind its parent and a right child `jump` places behind it;
    a leaf jumps nowhere. So a walk only ever goes forward, and ends.
    """

    sizes: tuple[int, ...]
    """Nodes of each tree."""
    features: "array[int]"
    """Which feature a node asks for; 0 in leaves."""
    jumps: "array[int]"
    values: "array[float]"
    """The threshold of a node (left where the feature is at most that), the answer of a leaf."""

    def answers(self, x: Sequence[float]) -> list[float]:
        """What the leaf that `x` falls into says, for each tree."""
        features, jumps, values = self.features, self.jumps, self.values
        found, start = [], 0
        for size in self.sizes:
            node = start
            while jump := jumps[node]:
                node += 1 if x[features[node]] <= values[node] else jump
            found.append(values[node])
            start += size
        return found


@dataclass(frozen=True, slots=True)
class Forest:
    """The mean of the probabilities in the leaves, features compared as float32."""

    KIND: ClassVar[str] = "forest"
    trees: Trees

    def probability(self, x: Inputs) -> float:
        """Probability for one row."""
        return sum(self.trees.answers(x.single)) / len(self.trees.sizes)


@dataclass(frozen=True, slots=True)
class Boosting:
    """The sigmoid of a start and of what each tree adds to it."""

    KIND: ClassVar[str] = "boosting"
    start: float
    rate: float
    """What the answer of a tree is multiplied by."""
    single: bool
    """Whether features are compared as float32."""
    trees: Trees

    def probability(self, x: Inputs) -> float:
        """Probability for one row."""
        answers = self.trees.answers(x.single if self.single else x.exact)
        return sigmoid(self.start + self.rate * sum(answers))


@dataclass(frozen=True, slots=True)
class Blend:
    """The sigmoid of the weighted mean of the members' logits."""

    KIND: ClassVar[str] = "blend"
    weights: tuple[float, ...]
    members: "tuple[Member, ...]"

    def probability(self, x: Inputs) -> float:
        """Probability for one row."""
        pairs = zip(self.weights, self.members, strict=True)
        total = sum(weight * logit(member.probability(x)) for weight, member in pairs)
        return sigmoid(total / sum(self.weights))


Member = Linear | Forest | Boosting
Part = Member | Blend


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedModel:
    """Everything that scoring a change needs."""

    part: Part
    calibration: Sigmoid
    ranks: Ranks | None = None
    """Where the part sees ranks within a history in place of the features themselves."""
    bands: Bands
    usual: tuple[float, ...]
    """The median of each metric in the history: what a change is compared with."""

    def probability(self, row: Sequence[float]) -> float:
        """The calibrated probability that a change of these metrics brings a bug.

        Raises UsageError where the metrics are not those of a change.
        """
        x = engineered(row)
        if self.ranks is not None:
            x = self.ranks.of(x)
        return self.calibration.of(self.part.probability(Inputs(x, array("f", x))))
