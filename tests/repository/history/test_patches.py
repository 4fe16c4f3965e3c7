"""The parser of patches: what it tells does not depend on how the stream is cut."""

from functools import lru_cache
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.errors import IncompleteError
from tidegate.repository.history import patches
from tidegate.repository.history.patches import Patch, parse_patches

ID, OLD, NEW, NONE = "a" * 40, "b" * 40, "c" * 40, "0" * 40
STREAM = f"""{ID}
:100644 100644 {OLD} {NEW} M\tplain
:100644 120000 {OLD} {NEW} T\t"tab\\there"
:000000 100644 {NONE} {NEW} A\timage

diff --git a/plain b/plain
index bbb..ccc 100644
--- a/plain
+++ b/plain
@@ -1 +1,2 @@ def f():
-{ID}
+diff --git a/x b/x
++:100644
@@ -9,2 +10,0 @@
--- a
-@@ -1 +1 @@
diff --git "a/tab\\there" "b/tab\\there"
deleted file mode 100644
--- "a/tab\\there"
+++ /dev/null
@@ -1,2 +0,0 @@
-x
-y
diff --git "a/tab\\there" "b/tab\\there"
new file mode 120000
--- /dev/null
+++ "b/tab\\there"
@@ -0,0 +1 @@
+target
\\ No newline at end of file
diff --git a/image b/image
Binary files /dev/null and b/image differ
{NEW}
{OLD}
::100644 100644 100644 {OLD} {OLD} {NEW} MR\tm\told\tm

diff --combined m
index bbb,bbb..ccc
--- a/m
--- a/old
+++ b/m
@@@ -1,2 -1,1 +1,2 @@@ class C
- lost
 +ours
++own
""".encode()


@lru_cache
def whole() -> tuple[Patch, ...]:
    return tuple(parse_patches([STREAM]))


def test_every_section_goes_to_its_file() -> None:
    first, empty, merge = whole()

    assert [(f.path, f.status, f.added_lines, f.removed_lines, f.binary) for f in first.files] == [
        ("plain", "M", 2, 3, False),
        ("tab\there", "T", 1, 2, False),
        ("image", "A", 0, 0, True),
    ]
    assert first.files[0].hunks[0].added == [b"diff --git a/x b/x", b"+:100644"]
    assert first.files[0].hunks[1].removed == [b"-- a", b"@@ -1 +1 @@"]
    assert (empty.files, empty.merged) == ((), ())
    (merged,) = merge.merged
    assert [side.old_path for side in merged.sides] == ["m", "old"]
    assert [(side.removed_lines, side.added_lines) for side in merged.sides] == [(1, 1), (0, 2)]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_pieces_make_no_difference(cuts: list[int]) -> None:
    ends = [0, *sorted(cuts), len(STREAM)]
    pieces = [STREAM[start:end] for start, end in pairwise(ends)]

    assert tuple(parse_patches(pieces)) == whole()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(STREAM)))
def test_a_cut_stream_is_no_other_commit(end: int) -> None:
    found = tuple(parse_patches([STREAM[:end]]))

    assert found[:-1] == whole()[: max(0, len(found) - 1)]


def test_text_beyond_the_bound_is_counted_and_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patches, "MAX_TEXT", 70)

    first = next(parse_patches([STREAM]))

    assert first.files[0].added_lines == 2
    assert first.files[0].hunks[1].removed == []


@pytest.mark.parametrize("stream", [b":100644 100644 x y M\ta\n", f"{ID}\n:100644\n".encode()])
def test_another_format_is_an_error(stream: bytes) -> None:
    if b"x y" in stream:
        with pytest.raises(IncompleteError, match="cannot be read"):
            list(parse_patches([stream]))
    else:
        assert list(parse_patches([stream])) == [Patch(ID)]
