"""Which lines of the policies come into play on what a tree holds."""

from collections.abc import Sequence
from dataclasses import dataclass

from .conditions import Subject
from .layers import Layer
from .lines import Line


@dataclass(frozen=True, slots=True)
class Reach:
    """A line, and on how much of a tree it comes into play."""

    layer: str
    line: Line
    matched: int = 0
    """Findings or gaps that it applies to."""
    decided: int = 0
    """Those of them to which no earlier line of its layer applies."""
    before: tuple[int, ...] = ()
    """The earlier lines that decide on the others."""


def reach(policy: Sequence[Layer], subjects: Sequence[Subject]) -> list[Reach]:
    """Every line of every layer, in order."""
    return [
        found
        for layer in policy
        for found in _of_layer(layer, [each for each in subjects if layer.covers(each)])
    ]


def _of_layer(layer: Layer, subjects: Sequence[Subject]) -> list[Reach]:
    applying = [[line for line in layer.lines if line.applies(each)] for each in subjects]
    return [_of_line(layer.name, line, applying) for line in layer.lines]


def _of_line(layer: str, line: Line, applying: Sequence[Sequence[Line]]) -> Reach:
    firsts = [lines[0] for lines in applying if line in lines]
    earlier = {first.number for first in firsts if first is not line}
    decided = sum(1 for first in firsts if first is line)
    return Reach(layer, line, len(firsts), decided, tuple(sorted(earlier)))
