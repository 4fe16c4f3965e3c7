"""The commands of the README: each is taken by the command line, those for CI do what they say."""

import itertools
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from tidegate.cli.main import app
from tidegate.tests.real import GitRepo, Tidegate

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
GITHUB, GITLAB = (yaml.safe_load(text) for language, text in BLOCKS if language == "yaml")
BAD = "import pickle\n\n\ndef load(data):\n    return pickle.loads(data)\n"


def commands() -> Iterator[list[str]]:
    """Every call of Tidegate in a block of commands, without what the shell makes of its code."""
    for line in itertools.chain.from_iterable(text.splitlines() for _, text in BLOCKS):
        found = re.match(r"(?:\$ |exec | *- (?:run: )?)(tidegate .*)", line)
        if found:
            yield list(itertools.takewhile(lambda word: word != "||", shlex.split(found[1])))


COMMANDS = list(commands())


def test_the_commands_are_found() -> None:
    assert ["tidegate", "gate", "--staged"] in COMMANDS
    assert len(COMMANDS) > 6


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_each_command_is_taken(words: list[str]) -> None:
    command: Any = typer.main.get_command(app)
    rest = words[1:]
    while getattr(command, "commands", None):
        command = command.commands[rest.pop(0)]
    command.make_context("tidegate", rest)


def job_steps(job: dict[str, Any]) -> list[str]:
    return job.get("script") or [step["run"] for step in job["steps"] if "run" in step]


@pytest.fixture
def checkout(repo: GitRepo, tmp_path: Path) -> GitRepo:
    """A clone of all branches, as both jobs ask for, on a change that brings a defect."""
    repo.commit({"a.py": "x = 1\n"})
    repo.git("checkout", "-q", "-b", "change")
    repo.commit({"b.py": BAD})
    repo.git("clone", "-q", str(repo.path), str(tmp_path / "copy"))
    return GitRepo(tmp_path / "copy")


@pytest.mark.parametrize(
    ("job", "variables", "origin"),
    [
        (
            GITHUB["jobs"]["tidegate"],
            {
                "GITHUB_ACTIONS": "true",
                "GITHUB_EVENT_NAME": "pull_request",
                "GITHUB_BASE_REF": "main",
            },
            "github",
        ),
        (
            GITLAB["tidegate"],
            {"GITLAB_CI": "true", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main"},
            "gitlab",
        ),
    ],
    ids=["github", "gitlab"],
)
def test_the_job_gates_the_change_against_its_base(
    checkout: GitRepo,
    tidegate: Tidegate,
    job: dict[str, Any],
    variables: dict[str, str],
    origin: str,
) -> None:
    install, update, gate = job_steps(job)
    assert "tidegate@" in install
    assert update.startswith("tidegate advisories update")
    words = shlex.split(gate)[1:]
    answer = tidegate(*words, "--output", "json=out.json", cwd=checkout.path, env=variables)
    document = json.loads((checkout.path / "out.json").read_text("utf-8"))
    assert (answer.code, document["verdict"]) == (1, "BLOCK")
    assert document["range"]["base_origin"] == origin
    assert document["range"]["base_tip"] == checkout.git("rev-parse", "origin/main")


def test_the_jobs_fetch_the_whole_history() -> None:
    checkout, *_ = GITHUB["jobs"]["tidegate"]["steps"]
    assert checkout["with"]["fetch-depth"] == 0
    assert GITLAB["tidegate"]["variables"]["GIT_DEPTH"] == "0"
