"""A change that only takes entries out of the baseline lets less pass: it is told and passes."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.gate.baseline import Entry, compare, entries_of
from tidegate.gate.baseline_file import NAME, is_only_less, written
from tidegate.records.finding import Finding, Level
from tidegate.records.run import Decision, GateRun, Verdict
from tidegate.tests.gate.gating import gated
from tidegate.tests.gate.policies import PLAIN
from tidegate.tests.real import GitRepo

FINDINGS = [replace(PLAIN, path=f"{name}.py", snippet="eval(x)") for name in "abc"]
ENTRIES = entries_of(FINDINGS)
GRAVER = replace(ENTRIES[0], severity=Level.HIGH, occurrence=1)


def text(entries: Sequence[Entry]) -> str:
    return written(entries)


def change(repo: GitRepo, before: str, after: str | None) -> GateRun:
    repo.commit({NAME: before})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({NAME: after})
    return gated(repo, scanners={})


def test_entries_that_go_are_told_and_pass(repo: GitRepo) -> None:
    run = change(repo, text(ENTRIES), text(ENTRIES[1:]))
    [item] = run.findings
    assert (item.finding.rule, item.decision) == ("TG101", Decision.REPORT)
    assert "1 line removed" in item.finding.message
    assert run.verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (text(ENTRIES[1:]), text(ENTRIES)),
        (text(ENTRIES[:2]), text(ENTRIES[1:])),
        (text(ENTRIES), None),
        (text([*ENTRIES, GRAVER]), text([*ENTRIES[1:], GRAVER])),
        ("broken\n", text([])),
    ],
    ids=["one more", "another", "no file", "a graver one of its code", "broken before"],
)
def test_whatever_else_becomes_of_it_does_not_pass(before: str, after: str | None) -> None:
    assert not is_only_less(before.encode(), (after or "").encode())


def test_without_the_file_the_next_policy_would_be_the_first(repo: GitRepo) -> None:
    assert change(repo, text(ENTRIES), None).verdict is Verdict.BLOCK


def test_what_is_taken_out_on_both_sides_stays_out(repo: GitRepo) -> None:
    repo.commit({NAME: text(ENTRIES)})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({NAME: text(ENTRIES[1:])})
    repo.git("checkout", "-q", "main")
    repo.commit({NAME: text(ENTRIES[:1])})
    run = gated(repo, head="feature", scanners={})
    assert run.verdict is Verdict.BLOCK, "head has what the base branch dropped"


levels = st.sampled_from([Level.LOW, Level.HIGH])
found = st.lists(
    st.builds(
        lambda path, scope, code, severity: replace(
            PLAIN, path=path, scope=scope, snippet=code, severity=severity
        ),
        st.sampled_from(["a/x.py", "b/x.py", "c.py"]),
        st.sampled_from(["f", "g"]),
        st.sampled_from(["eval(x)", "eval(y)"]),
        levels,
    ),
    max_size=6,
)


@settings(max_examples=60)
@given(found, found, st.sets(st.integers(0, 5)))
def test_with_less_of_it_no_more_is_known(
    old: list[Finding], new: list[Finding], without: set[int]
) -> None:
    entries = entries_of(old)
    left = [entry for number, entry in enumerate(entries) if number not in without]
    if is_only_less(text(entries).encode(), text(left).encode()):
        there = {finding.path for finding in new}
        both = [compare(each, new, is_there=there.__contains__).known for each in (entries, left)]
        assert sum(both[1]) <= sum(both[0])
