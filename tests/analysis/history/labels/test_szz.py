from collections.abc import Sequence
from dataclasses import replace

import pytest

from tidegate.analysis.history.labels.restored import RemovedLines
from tidegate.analysis.history.labels.szz import ALL_FILTERS, PLAIN, Filters, culprits
from tidegate.records.history import CommitDiff, FileChange, TracedHunk
from tidegate.tests.analysis.history.labels.written import commit, edit, sha, shares, traced


def nobody(_path: str, lines: Sequence[bytes]) -> list[str]:
    return [""] * len(lines)


def without(name: str) -> Filters:
    return replace(ALL_FILTERS, **{name: False})


def found(
    filters: Filters, *hunks: TracedHunk, passed_over: tuple[str, ...] = ()
) -> dict[str, float]:
    skipped = {sha(each) for each in passed_over}
    return shares(culprits(hunks, (), nobody, skipped, filters))


def test_the_origins_of_removed_lines_share_the_blame() -> None:
    file = edit("a.py", ["x = f(1)", "y = g(2)", "z = h(3)", "w = 4"])
    assert found(ALL_FILTERS, traced(file, "a", "a", "a", "b")) == {"a": 0.75, "b": 0.25}


def test_an_unknown_origin_is_nobodys() -> None:
    assert found(ALL_FILTERS, traced(edit("a.py", ["x = 1", "y = 2"]), "", "a")) == {"a": 1.0}


@pytest.mark.parametrize(
    ("name", "hunk"),
    [
        ("lines", traced(edit("a.py", ["# why", "x = 1"]), "b", "a")),
        ("lines", traced(edit("a.py", ["", "x = 1"]), "b", "a")),
        ("share", traced(edit("a.py", [f"x{n} = 1" for n in range(12)]), *"a" * 11, "b")),
    ],
)
def test_a_filter_keeps_a_line_from_being_traced(name: str, hunk: TracedHunk) -> None:
    assert set(found(ALL_FILTERS, hunk)) == {"a"}
    assert set(found(without(name), hunk)) == {"a", "b"}
    assert set(found(PLAIN, hunk)) == {"a", "b"}


def test_a_hunk_that_changes_looks_alone_is_not_traced() -> None:
    looks = traced(edit("a.py", ["f(a,b)"], ["f(a, b)"]), "b")
    fault = traced(edit("a.py", ["g(1)"], ["g(2)"]), "a")
    assert found(ALL_FILTERS, looks, fault) == {"a": 1.0}
    assert set(found(without("formatting"), looks, fault)) == {"a", "b"}


def test_commits_that_are_passed_over_are_no_cause() -> None:
    hunk = traced(edit("a.py", ["x = 1", "y = 2"]), "a", "b")
    assert found(ALL_FILTERS, hunk, passed_over=("b",)) == {"a": 1.0}
    assert set(found(without("meta"), hunk, passed_over=("b",))) == {"a", "b"}
    assert found(ALL_FILTERS, hunk, passed_over=("a", "b")) == {}


def test_tests_are_traced_where_the_product_is_not_touched() -> None:
    test = traced(edit("tests/test_a.py", ["assert f() == 1"]), "b")
    product = traced(edit("a.py", ["return 1"]), "a")
    assert found(ALL_FILTERS, test, product) == {"a": 1.0}
    assert found(ALL_FILTERS, test) == {"b": 1.0}
    assert set(found(without("product_first"), test, product)) == {"a", "b"}


@pytest.mark.parametrize("path", ["vendor/a.py", "poetry.lock"])
def test_what_nobody_wrote_is_not_traced(path: str) -> None:
    assert found(ALL_FILTERS, traced(edit(path, ["x = 1"]), "a")) == {}


def removal(name: str, *files: FileChange) -> RemovedLines:
    removed = RemovedLines()
    removed.add(CommitDiff(commit(name), files))
    return removed


def test_lines_that_are_put_back_are_traced_to_who_removed_them() -> None:
    removed = removal("a", edit("a.py", ["check(x)", "other(y)"]))
    fix = edit("a.py", [], ["    check(x)", "new(z)"])
    added = [(fix, fix.hunks[0])]
    assert shares(culprits((), added, removed.removers)) == {"a": 1.0}
    assert culprits((), added, removed.removers, filters=without("restored")) == {}
    elsewhere = replace(fix, path="b.py", old_path="b.py")
    assert culprits((), [(elsewhere, fix.hunks[0])], removed.removers) == {}


def test_a_line_that_only_moved_was_not_removed() -> None:
    removed = removal("a", edit("a.py", ["check(x)"], ["done()", "check(x)"]))
    assert removed.removers("a.py", [b"check(x)"]) == [""]


def test_the_memory_of_removed_lines_has_a_bound() -> None:
    removed = RemovedLines(kept=2)
    for name in "abcd":
        removed.add(CommitDiff(commit(name), (edit("a.py", [f"one_{name}()", f"two_{name}()"]),)))
    lines = [f"one_{name}()".encode() for name in "abcd"]
    assert removed.removers("a.py", lines) == ["", "", "", sha("d")]


def test_a_last_remover_wins_and_short_lines_are_nobodys() -> None:
    removed = removal("a", edit("a.py", ["check(x)", "x=1"]))
    removed.add(CommitDiff(commit("b"), (edit("a.py", ["check(x)"]),)))
    assert removed.removers("a.py", [b"  check(x)", b"x=1"]) == [sha("b"), ""]
