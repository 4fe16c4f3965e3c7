"""The commands of the README and the documents: each is taken by the command line."""

import itertools
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from tidegate.cli.main import app

ROOT = Path(__file__).parents[2]
TEXT = "\n".join(path.read_text("utf-8") for path in (ROOT / "README.md", *ROOT.glob("docs/*.md")))
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


def commands() -> Iterator[list[str]]:
    """Every call of Tidegate in a block of commands, without what the shell makes of its code."""
    for line in itertools.chain.from_iterable(text.splitlines() for _, text in BLOCKS):
        found = re.match(r"(?:\$ |exec )(tidegate .*)", line)
        if found:
            yield list(itertools.takewhile(lambda word: word != "||", shlex.split(found[1])))


COMMANDS = list(commands())


def test_the_commands_are_found() -> None:
    assert ["tidegate", "gate", "--staged"] in COMMANDS
    assert len(COMMANDS) > 5


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_each_command_is_taken(words: list[str]) -> None:
    command: Any = typer.main.get_command(app)
    rest = words[1:]
    while getattr(command, "commands", None):
        command = command.commands[rest.pop(0)]
    command.make_context("tidegate", rest)
