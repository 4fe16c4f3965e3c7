"""Why the policy decided so on a finding: every line that was asked, and what would change it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from ...records.run import Decision, Judged, State
from .conditions import Answer, Subject, of_finding
from .layers import Layer, Opinion
from .lines import Line


@dataclass(frozen=True, slots=True)
class LineAnswer:
    """A line, and what became of it."""

    line: Line
    conditions: tuple[tuple[str, Answer], ...]
    """Each as its file holds it, and whether it holds; None where that is not known."""
    applies: bool
    decides: bool
    """Whether it is the first of its layer that applies."""


@dataclass(frozen=True, slots=True)
class LayerAnswer:
    """A layer, its lines in order, and what it says in the end."""

    name: str
    lines: tuple[LineAnswer, ...]
    opinion: Opinion | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """What each layer says of a finding, and how another decision could come about."""

    item: Judged
    layers: tuple[LayerAnswer, ...]
    changes: tuple[str, ...]


def explain(item: Judged, policy: Sequence[Layer], today: date | None = None) -> Explanation:
    """Ask each layer again that holds where the finding is, as on the day of the gate."""
    subject = of_finding(item.finding, item.state, item.former_paths, today)
    layers = [layer for layer in policy if layer.covers(subject)]
    answers = tuple(_layer(layer, subject) for layer in layers)
    return Explanation(item, answers, tuple(_changes(item, layers, subject)))


def _layer(layer: Layer, subject: Subject) -> LayerAnswer:
    first = next((line for line in layer.lines if line.applies(subject)), None)
    lines = tuple(
        LineAnswer(
            line,
            tuple((each.shown, each.holds(subject)) for each in line.conditions),
            line.applies(subject),
            line is first,
        )
        for line in layer.lines
    )
    return LayerAnswer(layer.name, lines, layer.opinion(subject))


def _changes(item: Judged, layers: Sequence[Layer], subject: Subject) -> Iterator[str]:
    if item.finding.tool == "tidegate":
        yield "no policy and no waiver: give the run --accept-judge-change"
        return
    if item.state in (State.EXISTING, State.FIXED):
        yield f"nothing blocks what is {item.state}"
    elif item.decision is Decision.BLOCK:
        yield "to let it merge: mend it, or have a waiver on the base branch"
    elif item.decision is Decision.WAIVED:
        yield "it blocks again once the waiver ends"
    for layer in layers:
        yield from _without(layer, subject)


def _without(layer: Layer, subject: Subject) -> Iterator[str]:
    """What a layer would say without the line that decides in it."""
    line = next((line for line in layer.lines if line.applies(subject)), None)
    if line is None:
        return
    rest = tuple(each for each in layer.lines if each is not line)
    then = replace(layer, lines=rest).opinion(subject)
    said = f"{then.decision} ({then.because})" if then else "nothing"
    yield f"without line {line.number} {layer.name} says {said}"
