from pathlib import Path

import pytest

from tidegate.gate.imports.changed_files import ChangedFiles
from tidegate.gate.imports.changed_lines import EVERYTHING
from tidegate.gate.imports.states import lines_of_files
from tidegate.repository.raw_diff import Change
from tidegate.scanners.interface import Context
from tidegate.scanners.sarif.places import Place
from tidegate.scanners.targets.sides import Side


def where(*changes: Change, submodules: frozenset[str] = frozenset()) -> ChangedFiles:
    by_path = {change.path: change for change in changes if change.path}
    return ChangedFiles([by_path], frozenset(), frozenset(), submodules)


def change(mode: str = "100644", old_mode: str = "100644") -> Change:
    return Change("a", "a", mode, old_mode, "1", "2")


@pytest.mark.parametrize(
    ("modes", "old"),
    [
        (("100644", "100755"), "a"),
        (("100644", "120000"), None),
        (("120000", "100644"), None),
        (("100644", "160000"), None),
    ],
)
def test_only_what_was_a_regular_file_has_lines(modes: tuple[str, str], old: str | None) -> None:
    assert where(change(*modes)).old_path(0, "a") == old


def test_what_is_in_a_submodule_that_stays_is_left_alone() -> None:
    known = where(submodules=frozenset({"sub"}))
    assert known.is_left_alone(Place("sub/deep/a.c"))
    assert not known.is_left_alone(Place("sub2/a.c"))


def test_a_file_that_cannot_be_compared_is_all_new(tmp_path: Path) -> None:
    side = Side((), (), 0, {}, lambda _path: None)
    context = Context(database=tmp_path / "none.db", file_timeout=20, workers=1)
    found = lines_of_files(side, [side], where(change()), ["a"], context)
    assert found.of["a"] == [EVERYTHING]
