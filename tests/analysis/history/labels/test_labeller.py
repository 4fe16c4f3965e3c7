import pytest

from tidegate.analysis.history.labels.labeller import Labeller, wants_origins
from tidegate.records.history import Change, Label
from tidegate.tests.analysis.history.labels.written import commit, edit, landed, sha, traced

FIRST = landed(0, commit("a", "Add a thing"), edit("a.py", [], ["x = f(1)"]))


def of(labels: list[Label]) -> list[tuple[str, str, float]]:
    return [(each.sha, each.source, each.confidence) for each in labels]


def told(*changes: Change) -> list[Label]:
    labeller = Labeller()
    return [label for change in changes for label in labeller.see(change, {})]


def test_an_exact_revert_labels_what_it_reverts_from_its_own_time_on() -> None:
    revert = landed(
        1,
        commit("b", f'Revert "Add a thing"\n\nThis reverts commit {sha("a")[:12]}.', day=3),
        edit("a.py", ["x = f(1)"]),
    )
    assert told(FIRST, revert) == [Label(sha("a"), "revert", 3 * 86_400, 1.0, sha("b"))]


def test_a_revert_of_a_revert_says_less() -> None:
    back = landed(1, commit("b", f"Undo\n\nThis reverts commit {sha('a')}."))
    again = landed(2, commit("c", f"Redo\n\nThis reverts commit {sha('b')}."))
    assert of(told(FIRST, back, again)[1:]) == [(sha("b"), "revert", 0.5)]


def test_a_revert_of_a_merge_labels_what_it_brought() -> None:
    work = [commit("w", parents="a"), commit("v", parents="w")]
    merge = landed(1, commit("m", "Merge it", parents="av"), edit("a.py"), before=work)
    text = f"Undo\n\nThis reverts commit {sha('m')}, reversing\nchanges made to {sha('a')}."
    found = told(FIRST, merge, landed(2, commit("r", text, parents="m"), edit("a.py")))
    assert {(each.sha, round(each.confidence, 2)) for each in found} == {
        (sha("m"), 1.0),
        (sha("w"), 0.33),
        (sha("v"), 0.33),
    }


def test_a_range_of_reverts() -> None:
    more = [landed(n, commit(name, parents=p)) for n, name, p in ((1, "b", "a"), (2, "c", "b"))]
    text = f"Undo\n\nThis reverts commits {sha('a')}..{sha('c')}."
    found = told(FIRST, *more, landed(3, commit("r", text, parents="c")))
    assert {each.sha for each in found} == {sha("b"), sha("c")}


def test_a_named_cause_is_a_label() -> None:
    fix = landed(1, commit("b", f"Mend it\n\nIntroduced in {sha('a')}."))
    assert of(told(FIRST, fix)) == [(sha("a"), "introduced-in", 0.9)]


def test_a_commit_that_lands_later_is_not_known() -> None:
    early = landed(0, commit("b", f"Undo\n\nThis reverts commit {sha('a')}."))
    assert told(early, landed(1, commit("a"))) == []


def test_what_is_mended_before_it_lands_did_no_harm() -> None:
    fix = commit("f", f"Undo\n\nThis reverts commit {sha('w')}.", parents="w")
    merge = landed(1, commit("m", parents="af"), before=[commit("w", parents="a"), fix])
    assert told(FIRST, merge) == []


def fixed(day: float = 100, subject: str = "Fix crash", path: str = "a.py") -> Change:
    return landed(1, commit("b", subject, day=day), edit(path, ["x = f(1)"], ["x = f(2)"]))


def test_a_fix_is_traced_by_its_lines() -> None:
    labeller, fix = Labeller(), fixed()
    labeller.see(FIRST, {})
    assert wants_origins(fix.commit)
    found = labeller.see(fix, {sha("b"): [traced(fix.files[0], "a")]})
    assert of(found) == [(sha("a"), "szz", 0.5)]


def test_what_is_no_fix_is_not_traced() -> None:
    labeller, change = Labeller(), fixed(subject="Add more")
    labeller.see(FIRST, {})
    assert not wants_origins(change.commit)
    assert labeller.see(change, {sha("b"): [traced(change.files[0], "a")]}) == []


@pytest.mark.parametrize("path", ["tests/test_a.py", "docs/a.rst", "uv.lock"])
def test_a_fix_of_no_product_tells_of_no_harm(path: str) -> None:
    labeller, fix = Labeller(), fixed(path=path)
    labeller.see(landed(0, commit("a"), edit(path, [], ["x = f(1)"])), {})
    assert labeller.see(fix, {sha("b"): [traced(fix.files[0], "a")]}) == []


def test_a_revision_to_ignore_is_no_cause_from_then_on() -> None:
    labeller, fix = Labeller(), fixed()
    labeller.see(FIRST, {})
    ignore = edit(".git-blame-ignore-revs", [], ["# black", f"{sha('a')}  # all of it"])
    labeller.see(landed(1, commit("i"), ignore), {})
    assert labeller.see(fix, {sha("b"): [traced(fix.files[0], "a")]}) == []


def test_a_commit_that_changes_looks_alone_is_no_cause() -> None:
    labeller = Labeller()
    labeller.see(FIRST, {})
    labeller.see(landed(1, commit("k"), edit("a.py", ["x = f( 1 )"], ["x = f(1)"])), {})
    assert labeller.passed_over == {sha("k")}


def test_a_mend_at_once_of_the_same_files_is_a_hotfix() -> None:
    assert of(told(FIRST, fixed(day=2))) == [(sha("a"), "hotfix", 0.3)]
    assert of(told(FIRST, fixed(day=2, subject="Hotfix: crash"))) == [(sha("a"), "hotfix", 0.5)]
    assert told(FIRST, fixed(day=8)) == []
    assert told(FIRST, fixed(day=2, path="tests/test_a.py")) == []
    assert told(FIRST, fixed(day=2, path="b.py")) == []
    assert told(FIRST, fixed(day=-2)) == []


def test_the_labels_of_a_history_do_not_change_when_it_goes_on() -> None:
    changes = [
        FIRST,
        fixed(day=2),
        landed(2, commit("c", f"Undo\n\nThis reverts commit {sha('a')}.", day=4)),
        landed(3, commit("d", f"Mend\n\nFixes: {sha('b')[:9]}", day=5)),
    ]
    whole = told(*changes)
    assert len(whole) == 3
    for end in range(len(changes)):
        assert told(*changes[:end]) == [
            each
            for each in whole
            if each.evidence in {change.commit.sha for change in changes[:end]}
        ]
