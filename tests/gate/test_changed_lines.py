from hypothesis import given
from hypothesis import strategies as st

from tidegate.gate.imports.changed_lines import EVERYTHING, changed_lines

LINES = st.lists(st.sampled_from([b"a", b"b", b"c", b""]), max_size=12)


def test_an_added_and_an_edited_line_are_touched() -> None:
    assert changed_lines(b"a\nb\nc\n", b"a\nx\nb\ny\n").lines == {2, 4}


def test_both_lines_beside_what_went_away_are_touched() -> None:
    assert changed_lines(b"a\ncheck\nb\nc\n", b"a\nb\nc\n").lines == {1, 2}


def test_one_line_in_place_of_two_touches_its_neighbours() -> None:
    assert changed_lines(b"a\nb\nc\nd\n", b"a\nx\nd\n").lines == {1, 2, 3}


def test_the_same_text_touches_nothing() -> None:
    same = changed_lines(b"a\nb\n", b"a\nb\n")
    assert not same.meets(range(1, 3))
    assert not same.meets(None)


def test_the_whole_file_is_touched_where_any_line_is() -> None:
    assert changed_lines(b"a\n", b"a\nb\n").meets(None)
    assert EVERYTHING.meets(range(1, 2))
    assert EVERYTHING.meets(None)


@given(LINES, LINES)
def test_what_is_not_touched_stood_at_the_base(was: list[bytes], now: list[bytes]) -> None:
    found = changed_lines(b"\n".join(was), b"\n".join(now)).lines
    left = [line for number, line in enumerate(now, 1) if number not in found]
    waiting = iter(was or [b""])
    assert all(line in waiting for line in left)  # in the same order


@given(LINES, LINES)
def test_a_difference_always_touches_something(was: list[bytes], now: list[bytes]) -> None:
    old, new = b"\n".join(was), b"\n".join(now)
    assert (old == new) == (not changed_lines(old, new).lines)
