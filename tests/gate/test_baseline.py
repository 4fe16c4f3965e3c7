"""What a baseline knows, as algebra: entries against findings, one to one."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.gate.baseline import (
    Entry,
    as_set,
    compare,
    entries_of,
    looked_for,
    pruned,
    updated,
)
from tidegate.records.finding import Finding, Level, Skipped
from tidegate.tests.gate.findings import finding

few = st.lists(
    st.builds(
        finding,
        rule=st.sampled_from(["B1", "B2"]),
        path=st.sampled_from(["a.py", "b.py", "tests/a.py", "lib/a.py"]),
        scope=st.sampled_from(["", "f"]),
        snippet=st.sampled_from(["", "x", "y"]),
        line=st.integers(1, 9),
    ),
    max_size=12,
)
BASE = entries_of([finding()])


def known(base: list[Finding], head: list[Finding], *there: str) -> list[bool]:
    paths = there or tuple({item.path for item in (*base, *head)})
    return list(compare(entries_of(base), head, is_there=lambda path: path in paths).known)


@given(few, st.randoms(use_true_random=False))
def test_all_of_a_tree_is_known_to_its_own_baseline(base: list[Finding], random: object) -> None:
    head = [replace(item, line=item.line + 7, body="other") for item in base]
    random.shuffle(head)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    found = compare(entries_of(base), head)
    assert all(found.known)
    assert found.stale == found.unseen == ()


@given(few, few)
def test_n_findings_of_which_k_are_known_give_n_minus_k(
    base: list[Finding], head: list[Finding]
) -> None:
    def name(item: Finding) -> tuple[str, ...]:
        return item.path, item.rule, item.scope, item.snippet

    both = Counter(map(name, base)) & Counter(map(name, head))
    found = compare(entries_of(base), head)
    assert sum(found.known) == both.total()
    assert len(found.stale) == len(base) - both.total()


@given(few, few)
def test_updated_knows_all_and_pruned_knows_what_was_known(
    base: list[Finding], head: list[Finding]
) -> None:
    entries = entries_of(base)
    found = compare(entries, head)
    assert all(compare(updated(head, found), head).known)
    again = compare(pruned(entries, found), head)
    assert again.known == found.known
    assert again.stale == ()


@given(few, few)
def test_two_baselines_together_know_what_either_knows(
    ours: list[Finding], theirs: list[Finding]
) -> None:
    both = as_set([*entries_of(ours), *entries_of(theirs)])
    assert all(compare(both, ours).known)
    assert all(compare(both, theirs).known)
    assert as_set([*both, *both]) == both


@given(few, few)
def test_nothing_is_known_across_path_classes(base: list[Finding], head: list[Finding]) -> None:
    tests = [item for item in base if item.path.startswith("tests/")]
    product = [item for item in head if not item.path.startswith("tests/")]
    assert not any(compare(entries_of(tests), product, is_there=lambda _path: False).known)


@pytest.mark.parametrize(
    "change",
    [
        {"snippet": "eval(request)"},
        {"scope": "g"},
        {"rule": "B102"},
        {"tool": "other"},
        {"path": "app/b.py"},
        {"severity": Level.HIGH},
        {"severity": Level.UNKNOWN},
    ],
)
def test_another_finding_is_new_and_the_known_one_stale(change: dict[str, object]) -> None:
    head = finding(**change)
    assert known([finding()], [head]) == [False]
    graver = "severity" in change
    assert compare(BASE, [head]).stale == (() if graver else BASE)


def test_a_lower_rating_and_another_tool_of_the_same_rules_are_no_news() -> None:
    assert known([finding()], [finding(severity=Level.LOW)]) == [True]
    by_ruff = finding(tool="ruff", rule="S307", severity=Level.HIGH)
    assert known([finding()], [by_ruff]) == [True]
    assert known([by_ruff], [finding()]) == [True]


def test_findings_move_with_their_file_only_where_that_is_gone() -> None:
    moved = finding(path="src/app/a.py")
    assert known([finding()], [moved], "src/app/a.py") == [True]
    assert known([finding()], [moved], "src/app/a.py", "app/a.py") == [False]
    assert known([finding()], [replace(moved, scope="g")], "src/app/a.py") == [False]
    assert known([finding()], [finding(path="src/app/b.py")], "src/app/b.py") == [False]
    assert known([finding()], [finding(path="tests/a.py")], "tests/a.py") == [False]
    assert known([finding()], [moved, moved], "src/app/a.py") == [True, False]


def test_git_knows_of_renames_more() -> None:
    renamed = finding(path="app/b.py")
    assert compare(BASE, [renamed], {"app/a.py": "app/b.py"}).known == (True,)


def test_of_two_ratings_that_a_merge_brings_the_lower_counts() -> None:
    low, high = finding(severity=Level.LOW), finding(severity=Level.HIGH)
    merged = as_set([*entries_of([high]), *entries_of([low])])
    assert len(merged) == 1
    assert compare(merged, [high]).known == (False,)
    assert compare(merged, [low]).known == (True,)


def gap(path: str = "", tool: str = "", what: str = "") -> Skipped:
    return Skipped(what=what or path or tool, reason="r", path=path, tool=tool)


@pytest.mark.parametrize(
    ("gaps", "tools", "expected"),
    [
        ([], ["bandit"], True),
        ([], ["ruff"], True),
        ([], ["semgrep"], False),
        ([gap("app/a.py")], ["bandit"], False),
        ([gap("app/b.py")], ["bandit"], True),
        ([gap(what="app")], ["bandit"], False),
        ([gap(tool="bandit")], ["bandit"], False),
        ([gap(what="advisories")], ["bandit"], True),
    ],
)
def test_what_was_not_looked_for_is_not_stale(
    gaps: list[Skipped], tools: list[str], expected: bool
) -> None:
    found = compare(BASE, [], looked_at=looked_for(gaps, tools, lambda _path: True))
    assert (found.stale, found.unseen) == ((BASE, ()) if expected else ((), BASE))
    assert list(pruned(BASE, found)) == list(updated([], found)) == list(() if expected else BASE)


def test_a_gap_of_no_file_and_no_tool_leaves_advisories_and_other_tools_open() -> None:
    pins = entries_of([finding(tool="pip-audit", path="uv.lock"), finding(tool="semgrep")])
    tools = ["pip-audit", "semgrep", "bandit"]
    open_ = looked_for([gap(what="advisories")], tools, lambda _path: True)
    assert [open_(entry) for entry in (*pins, *BASE)] == [False, False, True]


def test_what_lies_outside_of_the_paths_is_not_stale() -> None:
    found = compare(BASE, [], looked_at=looked_for([], ["bandit"], lambda path: path == "b.py"))
    assert found.stale == ()


def test_an_entry_names_no_line_and_no_code() -> None:
    (entry,) = entries_of([finding(line=4711, snippet="connect('hunter2')")])
    assert isinstance(entry, Entry)
    assert "4711" not in repr(entry)
    assert "hunter2" not in repr(entry)
