"""What a reader sees who asks for help before anything else."""

import pytest

from tidegate.tests.house.test_docs import VERBS
from tidegate.tests.real import Tidegate

GROUPS = ["tidegate", "tidegate config", "tidegate advisories", "tidegate policy"]


@pytest.mark.parametrize("verb", [*GROUPS, *VERBS])
def test_short_and_long_help_are_one(verb: str, tidegate: Tidegate) -> None:
    words = verb.split()[1:]
    short, long = tidegate(*words, "-h"), tidegate(*words, "--help")
    assert (short.code, short.out) == (0, long.out)
    assert f"{verb} [OPTIONS]" in short.out.splitlines()[0]


@pytest.mark.parametrize(
    ("verb", "option"),
    [("gate", "--block-severity"), ("gate", "--block-confidence"), ("scan", "--fail-on")],
)
def test_levels_that_an_option_takes_are_shown(verb: str, option: str, tidegate: Tidegate) -> None:
    assert f"{option} LOW|MEDIUM|HIGH|CRITICAL" in tidegate(verb, "--help").out
