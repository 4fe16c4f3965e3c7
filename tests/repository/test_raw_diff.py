"""The records of `--raw -z`: whatever git may write comes back as it was meant."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.errors import IncompleteError
from tidegate.repository.raw_diff import Change, parse_raw_diff

# Any byte but the two that cannot stand in a name; the rest of the odd is made by chance.
names = (
    st.binary(min_size=1, max_size=12)
    .map(lambda b: b.replace(b"\0", b"\n"))
    .map(lambda name: name.decode("utf-8", "surrogateescape"))
)
modes = st.sampled_from(["100644", "100755", "120000", "160000", "100664"])


def ids(size: int) -> st.SearchStrategy[str]:
    return st.text("0123456789abcdef", min_size=size, max_size=size).filter(lambda s: s.strip("0"))


@st.composite
def changes(draw: st.DrawFn) -> Change:
    blob = ids(draw(st.sampled_from([40, 64])))
    kind = draw(st.sampled_from("ADMTR"))
    path, old_path = draw(names), draw(names)
    if kind == "A":
        return Change(path, None, draw(modes), "", draw(st.none() | blob), None)
    if kind == "D":
        return Change(None, path, "", draw(modes), None, draw(blob))
    if kind == "R":
        per_cent = draw(st.integers(0, 100))
        mode = draw(modes)
        return Change(path, old_path, mode, draw(modes), draw(blob), draw(blob), per_cent)
    return Change(path, path, draw(modes), draw(modes), draw(st.none() | blob), draw(blob))


def written(change: Change) -> bytes:
    """A record as git's documentation of the raw format has it."""
    width = len(change.blob or change.old_blob or "0" * 40)
    ends = [change.old_mode or "000000", change.mode or "000000"]
    ends += [change.old_blob or "0" * width, change.blob or "0" * width]
    if change.similarity is not None:
        status, paths = f"R{change.similarity:03}", [change.old_path, change.path]
    else:
        letter = "A" if change.old_path is None else "D" if change.path is None else "M"
        status, paths = letter, [change.path or change.old_path]
    head = f":{' '.join(ends)} {status}".encode()
    body = [(path or "").encode("utf-8", "surrogateescape") for path in paths]
    return b"\0".join([head, *body, b""])


@given(st.lists(changes(), max_size=5))
def test_what_git_writes_is_what_is_read(wanted: list[Change]) -> None:
    assert list(parse_raw_diff(b"".join(map(written, wanted)))) == wanted


@given(st.binary(max_size=80))
def test_what_git_does_not_write_is_incomplete_and_never_a_crash(output: bytes) -> None:
    with suppress(IncompleteError):
        list(parse_raw_diff(output))


@pytest.mark.parametrize(
    "output",
    [
        b":100644 100644 a b M\0",
        b":100644 100644 a b R100\0old\0",
        b":100644 100644 a b\0name\0",
        b":100644 100644 a b \0name\0",
    ],
)
def test_a_cut_list_is_incomplete(output: bytes) -> None:
    with pytest.raises(IncompleteError):
        list(parse_raw_diff(output))
