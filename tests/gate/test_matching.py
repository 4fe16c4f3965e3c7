from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.gate.matching import Matched, against_all, match
from tidegate.records.finding import Finding, Level
from tidegate.records.run import State
from tidegate.tests.gate.findings import finding

NEW, EDITED, EXISTING = State.NEW, State.EDITED, State.EXISTING


def states(base: list[Finding], head: list[Finding], **renames: str) -> list[State]:
    return list(match(base, head, renames).states)


def test_a_moved_line_is_no_news() -> None:
    assert states([finding()], [finding(line=90, end_line=91)]) == [EXISTING]


def test_n_findings_of_which_k_are_known_give_n_minus_k_new() -> None:
    head = [finding(line=line) for line in range(5)]
    assert states(head[:2], head).count(NEW) == 3
    alike = [finding(line=line, scope=f"g{line}", snippet=f"eval(y{line})") for line in range(5)]
    assert states(alike[:2], alike).count(NEW) == 3


def test_one_known_finding_hides_one_and_no_more() -> None:
    head = [finding(line=1), finding(line=2, scope="g", snippet="eval(z)")]
    assert states([finding()], head) == [EXISTING, NEW]
    twice = [finding(line=1), finding(line=2)]
    found = match([finding(scope="")], [replace(item, scope="") for item in twice], {})
    assert list(found.states) == [EXISTING, NEW]


def test_a_renamed_function_is_no_news_if_all_of_it_is_as_it_was() -> None:
    base, head = finding(body="same"), finding(body="same", scope="Other.g")
    assert states([base], [head]) == [EXISTING]


def test_the_same_expression_in_another_function_is_edited() -> None:
    """Dead code that a request reaches now must decide."""
    assert states([finding(body="a")], [finding(scope="g", body="b")]) == [EDITED]
    assert states([finding(scope="")], [finding(scope="g", body="b")]) == [EDITED]
    assert states([finding(scope="f")], [finding(scope="g")]) == [EDITED]


def test_a_moved_function_and_a_renamed_file_are_no_news() -> None:
    moved = finding(path="lib/b.py", body="same")
    assert states([finding(body="same")], [moved]) == [EXISTING]
    renamed = match([finding()], [finding(path="lib/b.py")], {"app/a.py": "lib/b.py"})
    assert renamed == Matched((EXISTING,), ())


def test_another_file_is_news_even_where_the_old_one_went_away() -> None:
    assert states([finding()], [finding(path="lib/a.py")]) == [NEW]
    assert states([finding(body="a")], [finding(path="lib/a.py", body="b")]) == [NEW]
    dead, live = finding(body="a", scope="dead"), finding(body="a", path="lib/a.py")
    assert states([dead], [live]) == [NEW]


def test_the_same_advisory_in_another_file_is_news() -> None:
    pin = {"tool": "pip-audit", "rule": "PYSEC-1", "scope": "", "snippet": "django"}
    here, there = finding(path="dev.txt", **pin), finding(path="prod.txt", **pin)
    assert states([here], [there]) == [NEW]


@pytest.mark.parametrize("field", ["severity", "confidence"])
def test_what_the_tool_rates_higher_now_is_edited(field: str) -> None:
    """Bandit is surer of an SQL string once it is executed."""
    low, high = finding(**{field: Level.LOW}), finding(**{field: Level.MEDIUM})
    assert states([low], [high]) == [EDITED]
    assert states([high], [low]) == [EXISTING]


def test_the_same_defect_is_matched_whichever_tool_found_it() -> None:
    by_ruff = finding(tool="ruff", rule="S307")
    assert states([finding()], [by_ruff]) == [EXISTING]
    assert states([by_ruff], [finding()]) == [EXISTING]
    assert states([finding()], [replace(by_ruff, snippet="eval(y)")]) == [EDITED]
    assert states([finding()], [replace(by_ruff, rule="S102")]) == [NEW]
    assert states([finding()], [replace(by_ruff, tool="other")]) == [NEW]


def test_a_rating_says_nothing_across_tools() -> None:
    """Ruff gives none, so its findings bear the highest of their rule."""
    graver = {"severity": Level.HIGH, "confidence": Level.HIGH}
    assert states([finding()], [finding(tool="ruff", rule="S307", **graver)]) == [EXISTING]


def test_nothing_is_matched_across_path_classes() -> None:
    in_tests = finding(path="tests/a.py")
    assert states([in_tests], [finding()]) == [NEW]
    renamed = match([in_tests], [finding()], {"tests/a.py": "app/a.py"})
    assert renamed.states == (NEW,)


def test_changed_code_under_the_same_rule_and_scope_is_edited() -> None:
    assert states([finding(snippet="eval('1')")], [finding(snippet="eval(arg)")]) == [EDITED]
    assert states([finding(rule="B102")], [finding()]) == [NEW]


def test_the_surest_likeness_wins() -> None:
    base = [finding(snippet="eval(a)"), finding(snippet="eval(b)")]
    head = [finding(snippet="eval(c)"), finding(snippet="eval(b)")]
    assert states(base, head) == [EDITED, EXISTING]


def test_what_went_away_is_told_once() -> None:
    base = [finding(), finding(scope="gone", snippet="eval(gone)", rule="B102")]
    assert match(base, [finding()], {}) == Matched((EXISTING,), (1,))


def test_each_of_several_bases_must_have_it() -> None:
    head = [finding()]
    here, absent = match(head, head, {}), match([], head, {})
    edited = match([finding(snippet="eval('1')")], head, {})
    assert against_all([here, here], head) == (EXISTING,)
    assert against_all([here, absent], head) == (NEW,)
    assert against_all([here, edited], head) == (EDITED,)
    assert against_all([], head) == (NEW,)


few = st.lists(
    st.builds(
        finding,
        rule=st.sampled_from(["B1", "B2"]),
        path=st.sampled_from(["a.py", "b.py", "tests/a.py", "lib/a.py"]),
        scope=st.sampled_from(["", "f"]),
        snippet=st.sampled_from(["x", "y", "z"]),
        line=st.integers(1, 9),
        body=st.sampled_from(["", "p", "q"]),
    ),
    max_size=12,
)


@given(few, few)
def test_each_finding_is_matched_at_most_once(base: list[Finding], head: list[Finding]) -> None:
    found = match(base, head, {})
    matched = sum(state is not NEW for state in found.states)
    assert len(found.states) == len(head)
    assert matched + len(found.fixed) == len(base)


@given(few, st.randoms(use_true_random=False))
def test_the_same_findings_in_any_order_are_all_known(base: list[Finding], random: object) -> None:
    head = list(base)
    random.shuffle(head)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    moved = [replace(item, line=item.line + 7) for item in head]
    assert set(states(base, moved)) <= {EXISTING}


@given(few, few)
def test_a_new_finding_more_never_makes_another_known(
    base: list[Finding], head: list[Finding]
) -> None:
    novel = finding(rule="B9")
    assert states(base, [*head, novel])[-1] is NEW
    assert states(base, [*head, novel])[:-1] == states(base, head)
