"""The row of a whole tree: for its very parts, or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from tidegate.records.finding import Finding, Level
from tidegate.scanners.interface import Kind, SourceFile
from tidegate.scanners.run import Items, Part, Readings
from tidegate.scanners.whole_answer import decode, encode, parts_digest

FOUND = Finding(
    tool="t",
    rule="r",
    message="line\nbreak",
    path="a\nb.py",
    line=1,
    end_line=1,
    severity=Level.LOW,
    confidence=Level.LOW,
    remedy="",
)
ANSWERS: list[tuple[Items, Readings]] = [
    ((), {}),
    ((FOUND,), {}),
    ((), {"gone.txt": None, "there.txt": b"1" * 32}),
    ((), {}),
]
DIGEST = b"d" * 32


@dataclass(frozen=True)
class _Nothing:
    files: Sequence[SourceFile] = ()

    def read(self, path: str) -> bytes:
        raise FileNotFoundError(path)


def part(path: str = "a.py", scanner: str = "s", kind: Kind = Kind.PYTHON) -> Part:
    return Part(0, scanner, SourceFile(path, kind), _Nothing())


def test_what_was_encoded_comes_back() -> None:
    assert decode(encode(DIGEST, ANSWERS), DIGEST, 4) == ANSWERS
    assert decode(encode(DIGEST, [((), {})]), DIGEST, 1) == [((), {})]


def test_a_row_of_other_parts_is_none() -> None:
    assert decode(encode(DIGEST, ANSWERS), b"e" * 32, 4) is None


@pytest.mark.parametrize(
    "damage", [b"", b"\nx", b"\n9 [{},[]]", b"\n0", b"\n0 [1]", b"\n0 [{},[[]]]", b"\n\xff [{},[]]"]
)
def test_a_damaged_row_is_none(damage: bytes) -> None:
    value = encode(DIGEST, ANSWERS)
    assert decode((value + damage) if damage else value[:-3], DIGEST, 4) is None


def test_every_circumstance_counts() -> None:
    known = {"s": b"1" * 32}
    first = parts_digest([part(), part("b.py")], [b"1" * 32, b"2" * 32], known)
    others = [
        parts_digest([part("b.py"), part()], [b"1" * 32, b"2" * 32], known),
        parts_digest([part(), part("b.py")], [b"2" * 32, b"1" * 32], known),
        parts_digest([part(), part("b.py")], [b"1" * 32, b"2" * 32], {"s": b"2" * 32}),
        parts_digest([part(kind=Kind.OTHER), part("b.py")], [b"1" * 32, b"2" * 32], known),
        parts_digest([part(scanner="t"), part("b.py")], [b"1" * 32, b"2" * 32], known),
        parts_digest([part(), part("c.py")], [b"1" * 32, b"2" * 32], known),
    ]
    assert first not in others
    assert len({first, *others}) == 7


def test_a_file_without_a_digest_makes_it_none() -> None:
    for digest in (None, b""):
        assert parts_digest([part(), part("b.py")], [b"1" * 32, digest], {"s": b"1"}) is None
