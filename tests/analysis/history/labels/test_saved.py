import zlib

import pytest

from tidegate.analysis.history.labels.labeller import Labeller
from tidegate.analysis.history.labels.saved import NotSaved, restored, saved
from tidegate.records.history import Change, Label
from tidegate.tests.analysis.history.labels.written import commit, edit, landed, sha

CHANGES = [
    landed(0, commit("a", "Add"), edit("a.py", [], ["check(x)"])),
    landed(1, commit("b", "Drop the check", day=30, parents="a"), edit("a.py", ["check(x)"])),
    landed(2, commit("i", parents="b"), edit(".git-blame-ignore-revs", [], [sha("z")])),
    landed(3, commit("c", "Fix crash", day=60, parents="b"), edit("a.py", [], ["check(x)"])),
    landed(4, commit("d", f"Undo\n\nThis reverts commit {sha('c')[:8]}.", day=61, parents="c")),
    landed(5, commit("e", f"Undo\n\nThis reverts commits {sha('a')}..{sha('c')}.", day=62)),
    landed(6, commit("f", "Fix crash", day=63), edit("a.py", ["a"], ["b"])),
]


def told(labeller: Labeller, changes: list[Change]) -> list[list[Label]]:
    return [labeller.see(change, {}) for change in changes]


def test_a_labeller_goes_on_where_it_ended_at_every_change() -> None:
    whole = told(Labeller(), CHANGES)
    assert {label.source for labels in whole for label in labels} == {"szz", "revert", "hotfix"}
    for end in range(len(CHANGES) + 1):
        labeller = Labeller()
        first = told(labeller, CHANGES[:end])
        assert first + told(restored(saved(labeller)), CHANGES[end:]) == whole


def test_what_is_saved_twice_is_the_same() -> None:
    labeller = Labeller()
    told(labeller, CHANGES)
    assert saved(restored(saved(labeller))) == saved(labeller)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"text",
        zlib.compress(b""),
        zlib.compress(b"[]\n"),
        zlib.compress(b'{"format": 99}\n'),
        saved(Labeller())[:-4],
    ],
)
def test_what_is_none_of_ours_is_refused(data: bytes) -> None:
    with pytest.raises(NotSaved):
        restored(data)


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        (b'"touched": {"a.py": 6', b'"touched": {"a.py": 9'),
        (b'"sizes": [1, 0]', b'"sizes": [2, 0]'),
        (b'"parents": [[], [0]', b'"parents": [[], [90]'),
    ],
)
def test_numbers_out_of_bounds_are_refused(was: bytes, becomes: bytes) -> None:
    labeller = Labeller()
    told(labeller, CHANGES)
    unpacked = zlib.decompress(saved(labeller))
    assert was in unpacked
    with pytest.raises(NotSaved):
        restored(zlib.compress(unpacked.replace(was, becomes)))
