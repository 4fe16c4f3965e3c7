from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.errors import ConfigError, IncompleteError
from tidegate.models.pinned import Pin, file_name, read_lock, stored_model, with_pin, write_lock
from tidegate.models.versions import digest

PIN = Pin("risk", 3, digest(b"model"))
pins = st.lists(
    st.builds(
        Pin,
        st.from_regex(r"[a-z0-9][a-z0-9._-]{0,20}", fullmatch=True),
        st.integers(1, 10**6),
        st.binary(max_size=3).map(digest),
    ),
    unique_by=lambda pin: pin.name,
    max_size=5,
)


@given(pins)
def test_what_is_written_is_read_again(pinned: list[Pin]) -> None:
    assert sorted(read_lock(write_lock(pinned).encode())) == sorted(pinned)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with suppress(ConfigError):
        assert all(pin.version > 0 for pin in read_lock(data))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("model = 3", "more than"),
        ("other = 1", "more than"),
        ("[[model]]\nname='risk'", "other keys"),
        (f"[[model]]\nname='../x'\nversion=1\nsha256='{'0' * 64}'", "the name of a model"),
        (f"[[model]]\nname='x'\nversion=true\nsha256='{'0' * 64}'", "whole number"),
        (f"[[model]]\nname='x'\nversion=0\nsha256='{'0' * 64}'", "whole number"),
        ("[[model]]\nname='x'\nversion=1\nsha256='0'", "64 hexadecimal"),
        (write_lock([PIN]) + write_lock([PIN]), "named twice"),
    ],
)
def test_a_broken_lock_says_what_is_wrong(text: str, why: str) -> None:
    with pytest.raises(ConfigError, match=why):
        read_lock(text.encode())


def test_a_new_version_takes_the_place_of_the_old_one() -> None:
    newer = Pin("risk", 4, PIN.sha256)
    assert with_pin([PIN, Pin("other", 1, PIN.sha256)], newer)[1:] == (newer,)


def test_only_the_bytes_that_are_pinned_are_the_model(tmp_path: Path) -> None:
    with pytest.raises(IncompleteError, match="no file of the model risk 3"):
        stored_model(PIN, [tmp_path])
    (tmp_path / file_name(PIN)).write_bytes(b"model")
    assert stored_model(PIN, [tmp_path / "none", tmp_path]) == b"model"
    (tmp_path / file_name(PIN)).write_bytes(b"another")
    with pytest.raises(IncompleteError, match="its digest differs"):
        stored_model(PIN, [tmp_path])
