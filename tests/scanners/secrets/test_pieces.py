import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.scanners.secrets.engine import secrets_of
from tidegate.scanners.secrets.pieces import MAX_LINE, Piece, _is_for, _reads, pieces
from tidegate.scanners.secrets.rules import BY_ID, PRIVATE_KEY, RULES
from tidegate.scanners.secrets.text import as_utf8, kind_of_text
from tidegate.tests.scanners.secrets.samples import SAMPLES, noise

ROOT = Path(__file__).parents[3]
PATHS = ["a.py", "a.yml", ".env", "a.go", "a.js", "README.md", "a.cpp", "a.lock", "a.php", ".netrc"]
Row = tuple[int, str, bytes]


def unfiltered(path: str, data: bytes) -> set[Row]:
    """What every rule finds in every line, whatever the anchors say."""
    kind = kind_of_text(path, data)
    rules = frozenset(
        rule.id
        for rule in RULES
        if rule.id != PRIVATE_KEY and _reads(rule, kind) and (not rule.files or _is_for(rule, path))
    )
    lines = [Piece(n, line.rstrip(b"\r"), rules) for n, line in enumerate(data.split(b"\n"), 1)]
    return {(s.line, s.rule, s.value) for s in secrets_of(path, kind, lines)}


def filtered(path: str, data: bytes) -> set[Row]:
    found = secrets_of(path, kind_of_text(path, data), pieces(path, data))
    return {(s.line, s.rule, s.value) for s in found if s.rule != PRIVATE_KEY}


LONG_S = "pa\u017f\u017fword"
WORDS = ["password", "PassWord", "db_pass", "dbkey", "client_key", "secret", "pwd", "contraseña"]
MORE = [
    "aws",
    "AKIA",
    "token",
    "_auth",
    "https://",
    "ada:",
    "@",
    "define(",
    "pa\u017f\u017fword",
    "apiKey",
]
SIGNS = ["=", ":", ":=", "=>", "==", "!=", "(", ")", '"', "'", "`", ";", ",", " ", "\t", "_", "[]"]
VALUES = [text for _, text, _ in SAMPLES.values() if "\n" not in text] + [noise(9), noise(24), "é"]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(PATHS), st.lists(st.sampled_from(WORDS + MORE + SIGNS + VALUES), max_size=9))
def test_the_anchors_lose_nothing_in_any_line(path: str, parts: list[str]) -> None:
    data = "".join(parts).encode()
    assert filtered(path, data) == unfiltered(path, data)


@pytest.mark.parametrize("folder", ["scanners", "gate", "requirements", "tests/gate", "docs"])
def test_the_anchors_lose_nothing_in_real_files(folder: str) -> None:
    for path in sorted((ROOT / folder).rglob("*.*"))[:40]:
        data = path.read_bytes() if path.is_file() else b""
        if b"\0" not in data:
            name = path.relative_to(ROOT).as_posix()
            assert filtered(name, data) == unfiltered(name, data)


@pytest.mark.parametrize("rule", [r for r in SAMPLES if r not in ("key-file", PRIVATE_KEY)])
@pytest.mark.parametrize("before", [0, 1000, 3000, 4096, 10_000])
def test_a_secret_anywhere_in_a_long_line_is_found(rule: str, before: int) -> None:
    if BY_ID[rule].files or rule in ("named-setting", "npm-token"):
        pytest.skip("it takes a line of its own")
    path, text, part = SAMPLES[rule]
    data = f"{'x ' * (before // 2)}{text}{' y' * 5000}".encode()
    found = secrets_of(path, kind_of_text(path, data), pieces(path, data))
    assert part.encode() in {s.value for s in found if s.rule == rule}.pop()


def test_pieces_are_short_however_long_the_line() -> None:
    data = b'password = "x" ' * 20_000
    assert max(len(piece.text) for piece in pieces("a.js", data)) <= MAX_LINE


def test_a_text_without_anchors_has_no_pieces() -> None:
    assert list(pieces("README.md", b"# Title\n\nNothing to see here.\n" * 1000)) == []


def test_megabytes_on_one_hostile_line_take_no_minutes() -> None:
    data = (b"//" * 50 + b"password='a" * 20) * 2000
    start = time.perf_counter()
    list(pieces("a.js", data))
    assert time.perf_counter() - start < 5


def test_every_anchor_matches_what_its_rule_finds() -> None:
    for rule, (path, text, _) in SAMPLES.items():
        assert rule in {name for piece in pieces(path, text.encode()) for name in piece.rules}


def test_a_mark_of_utf_16_is_believed_and_a_nul_without_one_is_not() -> None:
    text = f'password = "{noise(14)}"\n'
    assert as_utf8(text.encode("utf-16")) == text.encode()
    assert as_utf8(text.encode("utf-16-le")) == text.encode("utf-16-le")
