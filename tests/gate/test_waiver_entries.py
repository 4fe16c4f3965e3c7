"""The waivers file: what is read of it, what is refused, and what is written to it."""

from datetime import date
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tidegate.errors import ConfigError
from tidegate.gate.waiver_entries import entry_text, read_waivers, with_entries
from tidegate.gate.waivers import Pattern, Waiver
from tidegate.records.finding import Level
from tidegate.records.path_class import PathClass

PRINT = "0f" * 16


GOOD = """
[[waiver]]
fingerprint = "0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f"
owner = "ada@example.com"
reason = '''the command is
built from constants only'''
until = 2026-12-31
ticket = "OPS-12"

[[waiver]]
match = { rule = "B602", path = ["app/*.py", "bin/**"], path-class = "product" }
severity-at-most = "MEDIUM"
owner = "ada"
reason = "reviewed by hand"
until = 2026-12-31
"""


def test_a_file_is_read() -> None:
    first, second = read_waivers(GOOD.encode())
    assert first.fingerprint == PRINT
    assert first.decided_by == (
        "waiver of ada@example.com until 2026-12-31: "
        "the command is built from constants only, OPS-12"
    )
    assert second.number == 2
    assert second.pattern.paths == ("app/*.py", "bin/**")
    assert second.severity_at_most is Level.MEDIUM
    assert second.pattern.path_class is PathClass.PRODUCT
    assert read_waivers(b"") == ()


PRINTED = f'fingerprint = "{PRINT}"\n'
REST = 'owner = "ada"\nreason = "constants only"\nuntil = 2026-12-31\n'


def matching(text: str) -> str:
    return f"match = {{ {text} }}\n{REST}"


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (PRINTED + REST.replace("constants only", "too short"), "less than 10"),
        (PRINTED + REST.replace("constants only", "a" + " " * 30 + "b"), "less than 10"),
        (PRINTED + REST.replace("constants only", "x" * 1001), "reason does not fit"),
        (PRINTED + REST.replace("constants only", "wipe \\u001b[2J the screen"), "control"),
        (PRINTED + REST.replace("2026-12-31", '"2026-12-31"'), "until is no date"),
        (PRINTED + REST.replace("2026-12-31", "2026-12-31T00:00:00"), "until is no date"),
        (PRINTED + REST.replace("2026-12-31", "true"), "until is no date"),
        (PRINTED + 'reason = "constants only"\nuntil = 2026-12-31\n', "owner is missing"),
        (PRINTED + REST.replace("ada", "  "), "owner is empty"),
        (PRINTED + REST.replace("owner", "ownr"), "did you mean 'owner'"),
        (REST, "has to name one thing"),
        (PRINTED + matching('rule = "B602", path = "a.py"'), "has to name one thing"),
        ('fingerprint = "0f0f"\n' + REST, "fingerprint does not fit"),
        (f'fingerprint = "{PRINT.upper()}"\n' + REST, "fingerprint does not fit"),
        ("fingerprint = 12\n" + REST, "fingerprint does not fit"),
        (PRINTED + 'blob = "abc"\n' + REST, "blob does not fit"),
        (PRINTED + 'severity-at-most = "UNKNOWN"\n' + REST, "is unknown"),
        (matching(""), "too wide"),
        (matching('rule = "B602"'), "too wide"),
        (matching('path = "a.py"'), "too wide"),
        (matching('tool = "bandit", path = "a.py"'), "too wide"),
        (matching('rule = "B602", path = []'), "takes a glob"),
        (matching('rule = "B602", path = "**"'), "fits all paths"),
        (matching('rule = "B602", path = "**/*"'), "fits all paths"),
        (matching('rule = "B602", path = "/a.py"'), "fits no path"),
        (matching('rule = "B602", path = "../a.py"'), "fits no path"),
        (matching('rule = "B602", path = ["a.py", 3]'), "path does not fit"),
        (matching('rule = "B602", path = "a.py", what = "x"'), "'what' is for gaps"),
        (matching('rule = "TG101", path = "tidegate.toml"'), "cannot be waived"),
        (matching('skipped = "too large"'), "every such gap"),
        (matching('skipped = "too large", path = "a", rule = "B1"'), "gaps and findings"),
        (matching('rul = "B602", path = "a.py"'), "did you mean 'rule'"),
        (matching('rule = "B602", path = "a.py", path-class = "prod"'), "is unknown"),
        ("match = 3\n" + REST, "is no table"),
    ],
)
def test_what_does_not_fit_is_an_error_that_names_its_entry(entry: str, why: str) -> None:
    data = f"[[waiver]]\n{PRINTED}{REST}\n[[waiver]]\n{entry}".encode()
    with pytest.raises(ConfigError, match="waiver 2") as raised:
        read_waivers(data, " at 0123456789ab")
    assert why in str(raised.value)
    assert "tidegate.waivers.toml at 0123456789ab" in str(raised.value)
    assert raised.value.remedy


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"[[waiver]\n", "not valid TOML"),
        (b"\xff", "not valid TOML"),
        (b"a = " + b"[" * 9000, "not valid TOML"),
        (b"a = " + b"9" * 9000, "not valid TOML"),
        (b"[waiver]\n", "is no list"),
        (b"waiver = [3]\n", "waiver 1 is no table"),
        (b"[[waivers]]\n", "did you mean 'waiver'"),
    ],
)
def test_a_broken_file_is_an_error(data: bytes, why: str) -> None:
    with pytest.raises(ConfigError, match=why):
        read_waivers(data)


LINE = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=10, max_size=40)
GLOBS = st.lists(
    st.builds("{}/x{}".format, st.sampled_from(["a", "**"]), LINE.map(lambda t: t.replace("/", "")))
)
PATTERNS = st.one_of(
    st.builds(
        Pattern,
        rule=LINE,
        paths=GLOBS.filter(bool).map(tuple),
        tool=st.one_of(st.just(""), LINE),
        path_class=st.one_of(st.none(), st.sampled_from(PathClass)),
    ),
    st.builds(
        Pattern,
        skipped=LINE,
        what=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40),
    ),
    st.builds(Pattern, advisory=LINE),
)
ENTRIES = st.builds(
    Waiver,
    number=st.just(1),
    owner=LINE,
    reason=LINE,
    until=st.dates(),
    ticket=st.one_of(st.just(""), LINE),
    pattern=PATTERNS,
    blob=st.sampled_from(["", "a" * 40, "0" * 64]),
    severity_at_most=st.sampled_from([None, Level.LOW, Level.CRITICAL]),
)


ODD = Waiver(
    number=1,
    owner="ada",
    reason="constants only",
    until=date(2026, 12, 31),
    pattern=Pattern(skipped="x", what='\x7f"\\\x00\n\U0001f40d'),
)


@settings(max_examples=150, deadline=None)
@given(ENTRIES)
@example(ODD)
def test_an_entry_that_is_written_is_read_as_it_was(entry: Waiver) -> None:
    assert read_waivers(entry_text(entry).encode()) == (entry,)


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.binary(max_size=60), st.text(max_size=60).map(str.encode)))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        entries = read_waivers(data)
    except ConfigError:
        return
    assert entries == ()


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([b"", GOOD.encode(), GOOD.strip().encode(), b"# none yet\r\n"]), ENTRIES)
def test_what_stands_in_a_file_stays(data: bytes, entry: Waiver) -> None:
    text = with_entries(data, [entry])
    assert text.startswith(data)
    *old, new = read_waivers(text)
    assert tuple(old) == read_waivers(data)
    assert entry_text(new) == entry_text(entry)


@pytest.mark.parametrize("data", [b"waiver = []\n", b"[[waiver]\n", b"\xff"])
def test_a_file_that_cannot_take_an_entry_is_an_error(data: bytes) -> None:
    with pytest.raises(ConfigError):
        with_entries(data, [ODD])


@pytest.mark.parametrize("reason", ["short", "two  spaces between", "a line\nand one more"])
def test_an_entry_that_would_read_otherwise_is_an_error(reason: str) -> None:
    odd: dict[str, Any] = {"owner": "ada", "until": date(2026, 12, 31), "reason": reason}
    with pytest.raises(ConfigError):
        with_entries(b"", [Waiver(number=1, fingerprint=PRINT, **odd)])
