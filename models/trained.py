"""One version of a model: what is served, what it was trained on, and how good it was.

The registry stores this and nothing else; the gate reads its `served` alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainedModel:
    """A trained model with all that a person needs to judge it."""

    served: str
    """The text that `served.reading.read` takes."""
    kind: str
    """'own' or 'cold-start'."""
    features: tuple[str, ...]
    first: float
    """Unix time of the oldest change it was trained on."""
    last: float
    """Unix time of the newest one."""
    rows: int
    """Labelled changes it was trained on."""
    data_digest: str
    """SHA-256 of times, labels and metrics, in their order."""
    metrics: Mapping[str, float] = field(default_factory=dict)
    """Of the newest mature slice, by members that did not see it."""
    intervals: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        """Of the served text: what the model lock pins."""
        from hashlib import sha256

        return sha256(self.served.encode()).hexdigest()
