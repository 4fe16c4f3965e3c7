"""Coverage adds up, whatever the scanners do."""

from hypothesis import given
from hypothesis import strategies as st

from tidegate.records.finding import Skipped
from tidegate.scanners.interface import Kind, SourceFile
from tidegate.scanners.run import coverage

paths = st.sampled_from([f"{letter}.py" for letter in "abcdefgh"])
files = st.lists(
    st.builds(SourceFile, paths, st.sampled_from(Kind)), unique_by=lambda file: file.path
)
gaps = st.lists(
    st.builds(Skipped, what=st.just("x"), reason=st.sampled_from(["r", "s"]), path=st.one_of(paths))
)


@given(files, gaps, st.integers(0, 3))
def test_seen_is_the_sum_of_its_parts(
    seen: list[SourceFile], skipped: list[Skipped], unread: int
) -> None:
    found = coverage(seen, skipped, unread)
    assert found.seen == found.scanned + found.out_of_scope + sum(found.skipped.values())
    assert found.seen == len({f.path for f in seen} | {s.path for s in skipped}) + unread


def test_a_file_with_two_gaps_is_one_file_under_its_first_reason() -> None:
    both = [
        Skipped(what="a: x", reason="not pinned", path="a"),
        Skipped(what="a: y", reason="other", path="a"),
        Skipped(what="range", reason="no file"),
    ]
    found = coverage([SourceFile("a", Kind.REQUIREMENTS), SourceFile("b", Kind.PYTHON)], both)
    assert (found.seen, found.scanned, dict(found.skipped)) == (2, 1, {"not pinned": 1})
