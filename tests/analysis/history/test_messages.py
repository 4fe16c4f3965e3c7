import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.analysis.history.messages import (
    KnownIds,
    Reverted,
    is_fix_like,
    issues_in,
    read_message,
)

A, B = "a1" * 20, "b2" * 20
IDS = st.text("0123456789abcdef", min_size=7, max_size=40)


def test_a_revert_as_git_writes_it() -> None:
    said = read_message(f'Revert "Add a cache"\n\nThis reverts commit {A}.\n')
    assert said.reverts == (Reverted(A),)
    assert said.is_fix


def test_a_revert_of_a_merge_names_the_range() -> None:
    said = read_message(f"Revert it\n\nThis reverts commit {A}, reversing\nchanges made to {B}.")
    assert said.reverts == (Reverted(A, after=B),)


@pytest.mark.parametrize(
    ("told", "reverts"),
    [
        (f"This reverts commits {A}..{B}.", [Reverted(B, after=A)]),
        (f"This reverts commits {A}^..{B}.", [Reverted(B, after=A, includes_after=True)]),
        (f"This reverts commits {A} and {B}.", [Reverted(A), Reverted(B)]),
        (f"This reverts commits {A[:9]},\n{B[:7]}.", [Reverted(A[:9]), Reverted(B[:7])]),
        (f"    This reverts commit {A}.", [Reverted(A, embedded=True)]),
        ("This reverts commit number one.", []),
        ("This reverts commit abc.", []),
    ],
)
def test_lists_and_ranges_of_reverts(told: str, reverts: list[Reverted]) -> None:
    assert list(read_message(f"Undo\n\n{told}").reverts) == reverts


def test_a_subject_may_name_what_it_reverts() -> None:
    assert read_message(f"fixes #86 by reverting {A}").reverts == (Reverted(A, embedded=True),)


@pytest.mark.parametrize(
    "told",
    [
        f"This bug was introduced in commit {A}",
        f"Regression from {A[:10]}.",
        f"Introduced by {A},",
        f"Broken since [{A}]",
        f'Fixes: {A[:12]} ("the subject")',
    ],
)
def test_a_cause_that_is_named(told: str) -> None:
    (start,) = read_message(f"Mend the thing\n\n{told}").introduced_in
    assert A.startswith(start)


@pytest.mark.parametrize("told", ["Fixes: https://x.example/show_bug.cgi?id=1549082", "Fixes #12"])
def test_an_issue_is_no_cause(told: str) -> None:
    assert read_message(f"Mend\n\n{told}").introduced_in == ()


def test_what_is_reverted_or_copied_is_not_named_as_a_cause_too() -> None:
    said = read_message(
        f"x\n\nThis reverts commit {A}.\nFixes: {A}\n(cherry picked from commit {B})"
    )
    assert (said.introduced_in, said.picked_from) == ((), (B,))


def test_issues_are_found_once_and_in_order() -> None:
    text = "Fix #12, GH-7 and ABC-3\n\nsee https://x.example/o/r/issues/99 and #12; UTF-8, &#39;"
    assert issues_in(text) == ("12", "7", "ABC-3", "99")


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("Fix crash when the header is empty", True),
        ("bugfix: off by one", True),
        ("Fixed #123 -- wrong order", True),
        ('Revert "Add a cache"', True),
        ("Fix typo in docstring", False),
        ("fix flake8 errors", False),
        ("docs: fix the example", False),
        ("fix E251", False),
        ("Fix type annotations of f", False),
        ("[mypy] Fixes an error", False),
        ("fix(ui)!: crash", True),
        ("Add prefix and suffix", False),
        ("Fix typo and the crash it hid", True),
    ],
)
def test_fixes_of_the_product(subject: str, expected: bool) -> None:
    assert is_fix_like(subject) is expected


def test_haste_is_told_by_the_subject() -> None:
    assert read_message("Hotfix: login").is_hasty
    assert not read_message("Fix login\n\nhotfix").is_hasty


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    said = read_message(text)
    assert len(set(issues_in(text))) == len(issues_in(text))
    assert all(7 <= len(each.sha) <= 64 for each in said.reverts)


@settings(max_examples=60, deadline=None)
@given(st.lists(IDS, min_size=1, max_size=4, unique=True))
def test_every_listed_revert_is_read(ids: list[str]) -> None:
    said = read_message("Undo\n\nThis reverts commits " + ", ".join(ids) + ".")
    assert [each.sha for each in said.reverts] == ids


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text("ab", min_size=10, max_size=10), max_size=12, unique=True), st.data())
def test_an_id_is_resolved_where_one_commit_alone_begins_so(
    ids: list[str], data: st.DataObject
) -> None:
    known = KnownIds()
    for sha in ids:
        known.add(sha)
    start = data.draw(st.text("ab", min_size=7, max_size=10))
    found = [sha for sha in ids if sha.startswith(start)]
    assert known.resolve(start) == (found[0] if len(found) == 1 else None)
