"""Answers survive the way through JSON, and nothing else becomes one."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.records.finding import Finding, Level, Package, Remark, Skipped
from tidegate.scanners.answer_json import NotAnAnswer, from_json, to_json
from tidegate.scanners.interface import Said

texts = st.text(st.characters(), max_size=6) | st.just("n\udcff.py\0\n")
packages = st.builds(
    Package,
    name=texts,
    version=texts,
    advisory=texts,
    aliases=st.lists(texts, max_size=2).map(tuple),
    fix_versions=st.lists(texts, max_size=2).map(tuple),
)
findings = st.builds(
    Finding,
    tool=texts,
    rule=texts,
    message=texts,
    path=texts,
    line=st.integers(),
    end_line=st.integers(),
    severity=st.sampled_from(Level),
    confidence=st.sampled_from(Level),
    remedy=texts,
    cwe=st.none() | st.integers(),
    url=texts,
    scope=texts,
    snippet=texts,
    body=texts,
    suppressed=texts,
    package=st.none() | packages,
)
gaps = st.builds(
    Skipped,
    what=texts,
    reason=texts,
    detail=texts,
    remedy=texts,
    path=texts,
    tool=texts,
    identity=texts,
)
remarks = st.builds(Remark, text=texts, path=texts)
readings = st.dictionaries(texts, st.none() | st.binary(min_size=32, max_size=32), max_size=3)


def stored(item: Said) -> Said:
    if isinstance(item, Finding):
        return replace(item, body="")
    return replace(item, identity="") if isinstance(item, Skipped) else item


@given(st.lists(findings | gaps | remarks, max_size=3).map(tuple), readings)
def test_what_lives_longer_than_a_run_comes_back(
    items: tuple[Said, ...], others: dict[str, bytes | None]
) -> None:
    text = to_json(items, others)
    assert text.isascii()
    assert from_json(text) == (tuple(map(stored, items)), others)


FINDING = Finding(
    tool="t",
    rule="r",
    message="m",
    path="p",
    line=1,
    end_line=1,
    severity=Level.LOW,
    confidence=Level.LOW,
    remedy="",
    package=Package(name="n", version="1", advisory="a"),
)
GAP = Skipped(what="w", reason="r")
VALUES = json.loads(to_json((FINDING, GAP), {"a": b"\1" * 32}))
plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=5,
)


KEV = 10
"""Of a package the one field that is true or false."""


@given(st.data())
def test_a_field_of_another_type_is_no_answer(data: st.DataObject) -> None:
    others, items = json.loads(json.dumps(VALUES))
    record = data.draw(st.sampled_from([*items, items[0][-1]]))
    place = data.draw(st.integers(0, len(record) - 1))
    record[place] = data.draw(plain)
    text = json.dumps([others, items]).encode()
    try:
        (finding, gap), _ = from_json(text)
    except NotAnAnswer:
        return
    assert type(record[place]) is not bool or (record[0], place) == ("p", KEV)
    assert isinstance(finding, Finding)
    assert isinstance(gap, Skipped)
    again = json.loads(to_json((finding, gap), {"a": b"\1" * 32}))
    assert again == [others, items]


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\xff",
        b"null",
        b"[]",
        b"[{},[],[]]",
        b"[[],[]]",
        b"[{},[null]]",
        b"[{},[[]]]",
        b'[{},[["x"]]]',
        b'[{},["fs"]]',
        b'[{},[["p","n","1","a",[],[]]]]',
        b'[{"a":"00"},[]]',
        b'[{"a":3},[]]',
        b'[{"a":"' + b"zz" * 32 + b'"},[]]',
        b"[" * 100_000,
        b"[{},[" + b"9" * 5000 + b"]]",
    ],
)
def test_anything_else_is_no_answer(text: bytes) -> None:
    with pytest.raises(NotAnAnswer):
        from_json(text)


@given(plain)
def test_no_document_is_more_than_no_answer(document: object) -> None:
    for text in (json.dumps(document), json.dumps([{}, document])):
        try:
            items, others = from_json(text.encode())
        except NotAnAnswer:
            continue
        assert all(isinstance(item, Said) for item in items)
        assert all(isinstance(path, str) for path in others)
