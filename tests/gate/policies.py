"""Policies of a test, from their text."""

from collections.abc import Sequence
from dataclasses import replace

from tidegate.config import resolve
from tidegate.gate.policies.conditions import of_finding
from tidegate.gate.policies.layers import Layer, repository_layer
from tidegate.gate.policies.lines import ConfigFile, read_file
from tidegate.gate.policy import decide
from tidegate.records.finding import Finding, Level, Package
from tidegate.records.run import Decision, State

PLAIN = Finding(
    tool="bandit",
    rule="B307",
    message="m",
    path="a.py",
    line=1,
    end_line=1,
    severity=Level.MEDIUM,
    confidence=Level.MEDIUM,
    remedy="r",
    cwe=95,
)
ADVISORY = replace(
    PLAIN, severity=Level.LOW, package=Package(name="jinja2", version="2.10", advisory="PYSEC-1")
)
WHY = 'reason = "we looked at it twice"\n'


def file_of(text: str, folder: str = "") -> ConfigFile:
    name = f"{folder}/tidegate.toml" if folder else "tidegate.toml"
    return read_file(name, text.encode(), " at 1a2b3c", folder)


def layer(text: str = "") -> Layer:
    """The root file of the repository."""
    file = file_of(text)
    found = resolve(flags={}, env={}, file=file.settings, file_name=file.name)
    return repository_layer(found, file)


def line(match: str, action: str) -> str:
    return f'[[policy]]\nmatch = {{ {match} }}\naction = "{action}"\n{WHY}'


def decided(
    finding: Finding,
    state: State = State.NEW,
    policy: Sequence[Layer] | None = None,
    former: Sequence[str] = (),
) -> tuple[Decision, str]:
    opinion = decide(of_finding(finding, state, former), [layer()] if policy is None else policy)
    return opinion.decision, opinion.because
