import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.reports import inert

ANYTHING = st.text(st.characters(exclude_categories=()), max_size=60)
UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31m", r"\x1b[31m"),
        ("a\r\n\tb", r"a\r\n\tb"),
        ("\x9b", r"\x9b"),
        ("\u202e", r"\u202e"),
        ("\U000e0041", r"\U000e0041"),
        ("caf\udce9", r"caf\xe9"),
        ("\ud800", r"\ud800"),
        ("café 漢字 {}[]", "café 漢字 {}[]"),
        ("  ::error::x", r"  \x3a:error::x"),
        ("see a::b", "see a::b"),
        ("x ##[stop-commands]y", r"x #\x23[stop-commands]y"),
        ("###VSO[x", r"##\x23VSO[x"),
        ("## heading", "## heading"),
    ],
)
def test_what_cannot_be_seen_is_shown_as_an_escape(text: str, shown: str) -> None:
    assert inert.visible(text) == shown


@given(ANYTHING)
def test_a_visible_text_is_one_line_of_seen_characters(text: str) -> None:
    shown = inert.visible(text)
    assert not {unicodedata.category(character) for character in shown} & UNSEEN
    assert not shown.lstrip().startswith("::")
    assert "##[" not in shown


def test_a_long_text_is_cut_and_says_how_long_it_was() -> None:
    assert inert.visible("m" * 1_000_000, 5) == "mmmmm... (1000000 characters, cut)"
    assert inert.encodable("m" * 1_000_000, 5) == "mmmmm... (1000000 characters, cut)"
    assert len(inert.visible("\x00" * 1_000_000, 100)) < 150


@given(ANYTHING)
def test_json_is_ascii_and_gives_all_but_lone_surrogates_back(text: str) -> None:
    row = {"text": text}
    for document in (inert.json_text([row]), inert.json_rows({"rows": [row]})):
        raw = document.encode("ascii")
        assert not {byte for byte in raw if byte < 0x20 or byte == 0x7F} - {0x0A}
        assert "##[" not in document
        given_back = json.loads(document)
        assert given_back in (
            [{"text": inert.encodable(text)}],
            {"rows": [{"text": inert.encodable(text)}]},
        )


def test_a_delete_in_a_name_is_an_escape_in_json() -> None:
    for document in (inert.json_text({"k\x7f": "v\x7f"}), inert.json_rows({"k": ["v\x7f"]})):
        assert "\x7f" not in document
        assert r"\u007f" in document


def test_bytes_that_are_no_utf8_come_out_as_escapes_in_json() -> None:
    assert json.loads(inert.json_text({"k\udcff": ["\udcfe##[x]"]})) == {r"k\xff": [r"\xfe##[x]"]}


@given(ANYTHING)
def test_a_command_property_ends_nothing(text: str) -> None:
    assert not set(inert.command_property(text)) & set("\r\n:,")
    assert "%" not in inert.command_property(text).replace("%25", "").replace("%0A", "").replace(
        "%0D", ""
    ).replace("%3A", "").replace("%2C", "")


def test_command_data_keeps_colons() -> None:
    assert inert.command_data("50%: a,\r\nb") == "50%25: a,%0D%0Ab"


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("app/run.py", "app/run.py"),
        ("a b/c#d?e%.py", "a%20b/c%23d%3Fe%25.py"),
        ("caf\udce9.py", "caf%E9.py"),
        ("café.py", "caf%C3%A9.py"),
        ("javascript:x", "javascript%3Ax"),
        ("//evil.example/x", "evil.example/x"),
        ("\ud800", "%ED%A0%80"),
    ],
)
def test_a_path_becomes_a_relative_uri_of_its_bytes(path: str, uri: str) -> None:
    assert inert.relative_uri(path) == uri


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "http://plain.example",
        'https://a.example/"onclick=x',
        "https://a.example/<b>",
        "https://a.example/\n",
        "https://user@a.example/",
        "https://a.example/" + "x" * 5000,
        "",
    ],
)
def test_only_a_plain_https_address_is_linked(text: str) -> None:
    assert inert.web_address(text) == ""
    assert inert.web_address("https://a.example:80/b/c.html?d=e&f#g") != ""
