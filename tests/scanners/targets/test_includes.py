"""Includes are seen wherever pip sees them; more of them do no harm."""

import posixpath
from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.errors import IncompleteError
from tidegate.repository.objects import Unreadable
from tidegate.scanners.dependencies.requirements_lines import Include, entries
from tidegate.scanners.targets import includes
from tidegate.scanners.targets.entry import LINK, Entry
from tidegate.scanners.targets.includes import included

Tree = dict[str, str]


def found(tree: Tree, *wanted: str, mode: str = "100644") -> set[str]:
    def read(paths: Sequence[str]) -> Iterable[Entry]:
        return [Entry(path, mode, tree[path].encode()) for path in paths]

    return set(included(set(tree), set(wanted), read).paths)


def test_a_file_is_read_once_however_often_it_is_included() -> None:
    reads: list[str] = []
    tree = {"requirements.txt": "-r a\n-r b", "a": "-r b\n-r c", "b": "-r a\n-r b", "c": ""}

    def read(paths: Sequence[str]) -> Iterable[Entry]:
        reads.extend(paths)
        return [Entry(path, "100644", tree[path].encode()) for path in paths]

    nothing = included(set(tree), {"elsewhere"}, read)
    assert (nothing.paths, nothing.unread) == (frozenset(), ())
    assert sorted(reads) == sorted(tree)


def test_many_files_are_all_read(monkeypatch: pytest.MonkeyPatch) -> None:
    tree = {f"{n}/requirements.txt": "-r deps" for n in range(200)} | {"150/deps": ""}
    assert found(tree, "150/deps", "deps") == {"150/deps"}
    monkeypatch.setattr(includes, "MAX_FILES", 100)
    with pytest.raises(IncompleteError, match="more than 100 requirements files"):
        found(tree, "150/deps")


def test_a_link_leads_to_what_it_names() -> None:
    assert found({"a/requirements.txt": "../b", "b": ""}, "b", mode=LINK) == {"b"}


def test_what_cannot_be_read_is_handed_back() -> None:
    gone = Entry("requirements.txt", "100644", Unreadable("missing"))
    answer = included({"requirements.txt", "deps"}, {"deps"}, lambda _paths: [gone])
    assert (answer.paths, answer.unread) == (frozenset(), (gone,))


PART = st.sampled_from(
    [
        *("-r", "-c", "--requirement", "--constraint", "--req", "--constr", "=", " ", " ", "x.lst"),
        *("sub/y", "'a b'", '"', "\\\n", "\n", "#", " # ", "--pre", "-i", "a==1", "\t", "\x0c"),
        *("\\", "-e", ".", "\u2028", "--hash=sha256:ab", "é"),
    ]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(PART, max_size=14).map("".join))
def test_no_include_that_pip_sees_is_missed(text: str) -> None:
    seen_by_pip = {
        posixpath.normpath(entry.file)
        for _, entry in entries(text, "requirements.txt")
        if isinstance(entry, Include)
    }
    tree = {"requirements.txt": text} | dict.fromkeys(seen_by_pip, "")
    assert found(tree, *seen_by_pip) >= seen_by_pip - {"requirements.txt", "."}
