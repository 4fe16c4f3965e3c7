"""Which lines are proposed, from which numbers."""

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tidegate.gate.adoption import Proposal, proposals
from tidegate.gate.policies.lines import Action
from tidegate.records.finding import Finding, Level, Skipped
from tidegate.records.path_class import PathClass, path_class

ASSERT = Finding(
    tool="bandit",
    rule="B101",
    message="assert",
    path="tests/test_a.py",
    line=1,
    end_line=1,
    severity=Level.LOW,
    confidence=Level.HIGH,
    remedy="",
)
IN_PRODUCT = replace(ASSERT, path="pkg/a.py")


def counting(found: Sequence[Proposal]) -> list[dict[str, str]]:
    return [dict(each.match) for each in found if each.counts]


def test_a_habit_of_tests_is_a_line_with_its_numbers() -> None:
    [line] = proposals([*[ASSERT] * 413, *[IN_PRODUCT] * 9])
    assert dict(line.match) == {"rule": "B101", "path-class": "tests"}
    assert (line.action, line.here, line.total) == (Action.IGNORE, 413, 422)


def test_ruffs_copies_are_counted_under_bandits_name() -> None:
    [line] = proposals([ASSERT, replace(ASSERT, tool="ruff", rule="S101")])
    assert (dict(line.match)["rule"], line.here) == ("B101", 2)


def test_what_would_block_needs_more_than_one_of_its_kind_to_be_a_habit() -> None:
    temporary = replace(ASSERT, rule="B108", severity=Level.MEDIUM)
    assert proposals([temporary] * 4) == []
    [line] = proposals([temporary] * 5)
    assert line.action is Action.WARN


def test_what_bandit_skipped_everywhere_is_not_said_twice() -> None:
    assert proposals([ASSERT, *[IN_PRODUCT] * 20], settled=["B101"]) == []


def test_code_that_ships_gets_suggestions_only() -> None:
    grave = replace(IN_PRODUCT, rule="B608", severity=Level.MEDIUM)
    found = proposals([*[IN_PRODUCT] * 10, *[grave] * 11, *[replace(grave, rule="B102")] * 9])
    assert [(dict(each.match)["rule"], each.action, each.counts) for each in found] == [
        ("B608", Action.WARN, False),
        ("B101", Action.IGNORE, False),
    ]


def test_no_secret_and_no_advisory_is_ever_proposed() -> None:
    secret = replace(ASSERT, tool="secrets", rule="github-token", severity=Level.HIGH)
    assert proposals([*[secret] * 50, *[replace(secret, path="pkg/a.py")] * 50]) == []


def test_folders_that_may_not_ship_and_frequent_gaps_are_suggested() -> None:
    gap = Skipped(what="a", reason="compiled code", tool="bandit")
    found = proposals([replace(ASSERT, rule="B102", path="docs/conf.py")], [gap] * 10)
    assert [dict(each.match) for each in found] == [
        {"path": "docs/**"},
        {"skipped": "compiled code"},
    ]
    assert counting(found) == []


rules = st.sampled_from(["B101", "B102", "B105", "B108", "B404", "B603", "B608"])
paths = st.sampled_from(["a.py", "tests/a.py", "migrations/a.py", "vendor/a.py", "docs/a.py"])


@given(st.lists(st.builds(lambda rule, path: replace(ASSERT, rule=rule, path=path), rules, paths)))
def test_a_line_that_counts_reaches_tests_alone(findings: list[Finding]) -> None:
    for line in proposals(findings * 10):
        match = dict(line.match)
        if line.counts:
            assert match["path-class"] == PathClass.TESTS
            there = [
                x for x in findings if (x.rule, path_class(x.path)) == (match["rule"], "tests")
            ]
            assert line.here == 10 * len(there) > 0
