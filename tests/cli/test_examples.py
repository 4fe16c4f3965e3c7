"""Each verb's help ends with lines that work as they stand."""

import shlex
from typing import Any

import pytest
import typer

from tidegate.cli.examples import EXAMPLES
from tidegate.cli.main import app
from tidegate.tests.house.test_docs import VERBS
from tidegate.tests.real import Tidegate

LINES = [(verb, line) for verb, lines in EXAMPLES.items() for line in lines]


def parsed(line: str) -> dict[str, Any]:
    """What a verb would be called with; raises what wrong usage raises."""
    command: Any = typer.main.get_command(app)
    _, *words = shlex.split(line)
    while hasattr(command, "commands"):
        command = command.commands[words.pop(0)]
    parameters: dict[str, Any] = command.make_context(line, words).params
    return parameters


def test_every_verb_has_two_or_three() -> None:
    assert sorted(f"tidegate {verb}" for verb in EXAMPLES) == VERBS
    assert {len(lines) for lines in EXAMPLES.values()} <= {2, 3}


@pytest.mark.parametrize(("verb", "line"), LINES)
def test_an_example_is_of_its_verb_and_parses(verb: str, line: str) -> None:
    assert line.startswith(f"tidegate {verb}")
    assert parsed(line)


def test_what_does_not_parse_would_be_noticed() -> None:
    with pytest.raises(Exception, match="No such option"):
        parsed("tidegate gate --bsae main")


@pytest.mark.parametrize("verb", EXAMPLES)
def test_help_shows_them_unbroken(verb: str, tidegate: Tidegate) -> None:
    shown = tidegate(*verb.split(), "--help").out
    assert "\n  Examples:\n" in shown
    assert [line for line in EXAMPLES[verb] if f"\n    {line}\n" not in shown] == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("gaet", "Did you mean 'gate'?"),
        ("advisories updat", "Did you mean 'update'?"),
        ("gate --bsae main", "--base"),
        ("scan --formt json", "--format"),
        ("scan --format jsn", "'json'"),
    ],
)
def test_what_is_mistyped_is_answered_with_what_was_meant(
    typed: str, meant: str, tidegate: Tidegate
) -> None:
    answer = tidegate(*typed.split())
    assert (answer.code, answer.out, meant in answer.err) == (2, "", True), answer.err
