import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.scanners.advisories.sources.limits import BrokenFile, Limits
from tidegate.scanners.advisories.sources.yaml_documents import read_yaml

LIMITS = Limits()
BOMB = b"a: &a [x, x]\n" + b"".join(
    b"%c: &%c [*%c, *%c]\n" % (c, c, c - 1, c - 1) for c in range(98, 120)
)


def read(content: bytes) -> object:
    return read_yaml(content, "x.yaml", LIMITS)


def test_scalars_stay_text_and_nothing_is_null() -> None:
    text = b"a: 1.10\nb: 2024-01-02T03:04:05Z\nc: null\nd: 'null'\ne:\nf: yes\n"
    assert read(text) == {
        "a": "1.10",
        "b": "2024-01-02T03:04:05Z",
        "c": None,
        "d": "null",
        "e": None,
        "f": "yes",
    }


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"a: &x [1]\nb: *x", "anchor"),
        (BOMB, "anchor"),
        (b"a: *x", "alias"),
        (b'a: !!python/object/apply:os.system ["x"]', "tag"),
        (b"!x a", "tag"),
        (b"a: 1\n---\nb: 2", "not one document"),
        (b"", "not one document"),
        (b"? [a]\n: b", "key is no text"),
        (b"? {a: b}\n: c", "key is no text"),
        (b"~: b", "key is no text"),
        (b"a: 1\nb: 2\na: 1", "a key stands there twice"),
        (b"- {b: {a: 1, 'a': 2}}", "a key stands there twice"),
        (b"<<: {a: b}", "merge key"),
        (b"a: {'<<': {a: b}}", "merge key"),
        (b"[" * 10_000, "nested too deeply"),
        (b"[" * 10_000 + b"]" * 10_000, "nested too deeply"),
        (b'{"a": ' * 10_000, "nested too deeply"),
        (b"a: [", "no YAML"),
        (b"\x00", "no YAML"),
        (b'a: "\xff"', "no YAML"),
        (b"a: b: c", "no YAML"),
        (b"x" * (LIMITS.yaml_bytes + 1), "is over"),
    ],
)
def test_what_is_not_plain_data_is_refused_at_once(content: bytes, reason: str) -> None:
    started = time.perf_counter()
    with pytest.raises(BrokenFile, match=reason):
        read(content)
    assert time.perf_counter() - started < 2


def test_the_slow_parser_reads_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    text = b"a: [1, {b: 'c'}]\n"
    fast = read(text)
    monkeypatch.delattr(yaml, "CBaseLoader")
    assert read(text) == fast == {"a": ["1", {"b": "c"}]}


PLAIN = st.recursive(
    st.none() | st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
    ),
    max_leaves=10,
)


@settings(max_examples=100, deadline=None)
@given(PLAIN)
def test_plain_data_comes_back_as_it_was(value: Any) -> None:
    class Verbatim(yaml.SafeDumper):  # type: ignore[misc]  # PyYAML ships no types
        def ignore_aliases(self, _data: Any) -> bool:
            return True

    assert read(yaml.dump(value, Dumper=Verbatim, allow_unicode=True).encode()) == value


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60) | st.text("ab:-[]{}&*!|>'\"\n #?,", max_size=40).map(str.encode))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        read(content)
    except BrokenFile as error:
        assert "x.yaml" in str(error)  # noqa: PT017 - either outcome is right


def test_this_file_is_no_yaml_document() -> None:
    with pytest.raises(BrokenFile):
        read(Path(__file__).read_bytes())
