"""Locks that are not what their tools write."""

import json
import time
import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.tests.scanners.dependencies.locks import (
    FOUND,
    INDEX,
    READERS,
    TOML,
    A,
    B,
    pdm_lock,
    pdm_package,
    pipfile_lock,
    poetry_lock,
    poetry_package,
    read_lock,
    told,
    toml_lock,
    uv_lock,
    uv_package,
)


@pytest.mark.parametrize("name", READERS)
def test_bytes_that_are_no_text_are_a_gap(name: str) -> None:
    [skipped] = READERS[name](b"# \xff", name).skipped
    assert skipped.reason == "lock file not understood"


ODD: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)
PIPENV_PACKAGE = st.fixed_dictionaries(
    {},
    optional={
        "version": st.sampled_from(["==1.0", "===x", "*", ""]) | ODD,
        "hashes": st.just([A]) | ODD,
        "index": st.just("main") | ODD,
        "git": ODD,
        "path": st.sampled_from([".", "../x"]) | ODD,
        "file": ODD,
    },
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.text(max_size=5), PIPENV_PACKAGE | ODD, max_size=4), ODD)
def test_every_pipenv_package_is_told(packages: dict[str, Any], other: Any) -> None:
    lock = {"_meta": {"pipfile-spec": 6, "sources": other}, "default": packages, "x": other}
    found = READERS["Pipfile.lock"](json.dumps(lock).encode(), "Pipfile.lock")
    entries = len(packages) + (len(other) if isinstance(other, dict) else 1)
    assert len(found.pins) + len(found.skipped) + len(found.folders) >= entries


VALUE = st.sampled_from(
    ['"heron"', '"1.0"', '"B_b"', '""', "3", "[]", "{}", "true", "[[1]]", '[{file="x"}]']
)
SOURCES = st.sampled_from(
    [
        *('{registry="https://h/"}', '{git="https://h/x"}', '{editable="."}', '{path="../x"}'),
        *('{type="legacy", url="https://h/"}', '{type="directory", url="."}', '{type="git"}'),
    ]
)
TABLE = st.fixed_dictionaries(
    {},
    optional={
        "name": VALUE,
        "version": VALUE,
        "source": SOURCES | VALUE,
        "files": VALUE,
        "wheels": VALUE,
        "sdist": VALUE,
        "groups": VALUE,
        "path": st.just('"."') | VALUE,
        "git": VALUE,
        "dependencies": VALUE,
        "extras": VALUE,
    },
)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(TOML)), st.lists(TABLE, max_size=4), st.text(max_size=12))
def test_every_table_is_a_pin_or_a_gap_or_a_folder(
    name: str, tables: list[dict[str, str]], noise: str
) -> None:
    head, foot = TOML[name]
    body = "".join(
        "[[package]]\n" + "".join(f"{key} = {value}\n" for key, value in table.items())
        for table in tables
    )
    found = read_lock(name, head + body + foot)
    doubled = sum("extras" in table for table in tables) if name == "pdm.lock" else 0
    entries = len(tables) - doubled
    assert len(found.pins) + len(found.skipped) + len(found.folders) >= entries
    assert all(1 <= pin.line <= (head + body + foot).count("\n") + 1 for pin in found.pins)
    try:
        tomllib.loads(noise + "\n" + head + body + foot)
    except tomllib.TOMLDecodeError:
        assert read_lock(name, noise + "\n" + head + body + foot).skipped


def test_lines_where_headers_stand_in_texts_too() -> None:
    body = 'name = "a"\nversion = "1"\ndescription = """\n[[package]]\nname = "b"\n"""\n'
    lock = toml_lock("poetry.lock", body + '\n[[package]]\nname = "b"\nversion = "2"\n')
    assert told(read_lock("poetry.lock", lock)) == [("a", "1", 2), ("b", "2", 6)]


@pytest.mark.parametrize("name", ["uv.lock", "Pipfile.lock"])
def test_a_large_lock_takes_seconds(name: str) -> None:
    count = 20_000
    texts = {
        "uv.lock": lambda: uv_lock(
            *(
                f'[[package]]\nname = "p{n}"\nversion = "1"\nsource = {{registry="{INDEX}"}}\n'
                for n in range(count)
            )
        ),
        "Pipfile.lock": lambda: pipfile_lock({f"p{n}": {"version": "==1"} for n in range(count)}),
    }
    text = texts[name]()
    start = time.process_time()
    found = read_lock(name, text)
    assert time.process_time() - start < 20
    assert len(found.pins) == count
    assert found.pins[-1].line > count


ODD_LISTS = {
    "uv.lock": uv_lock(uv_package("heron")),
    "poetry.lock": poetry_lock(poetry_package("heron")),
    "pdm.lock": pdm_lock(pdm_package("heron")),
}


def test_uv_reads_its_list_under_an_older_name() -> None:
    older = FOUND["uv.lock"].replace("[[package]]", "[[distribution]]")
    assert told(read_lock("uv.lock", older)) == told(read_lock("uv.lock", FOUND["uv.lock"]))


def test_two_names_of_uvs_list_are_not_understood() -> None:
    both = FOUND["uv.lock"].replace("[[package]]", "[[distribution]]", 1)
    found = read_lock("uv.lock", both)
    assert (found.pins, [each.reason for each in found.skipped]) == (
        (),
        ["lock file not understood"],
    )


@pytest.mark.parametrize("name", ODD_LISTS)
@pytest.mark.parametrize("keeps", [True, False])
def test_an_unknown_list_of_tables_is_not_understood(name: str, keeps: bool) -> None:
    text = ODD_LISTS[name]
    if not keeps:
        text = text.replace("[[package]]", "[[wanted]]")
    found = read_lock(name, f'{text}\n[[wanted]]\nname = "tern"\nversion = "1.0"\n')
    assert (found.pins, [each.reason for each in found.skipped]) == (
        (),
        ["lock file not understood"],
    )


@pytest.mark.parametrize("name", ["jinja2[i18n]", "jinja2 ", "x/jinja2", "jinja2==1"])
@pytest.mark.parametrize("lock", READERS)
def test_a_name_that_no_index_has_is_a_gap(lock: str, name: str) -> None:
    found = read_lock(lock, FOUND[lock].replace("Tern_Two", name))
    if lock == "Pipfile.lock" and "[" in name:
        assert [each.name for each in found.pins] == ["heron", "jinja2"]
        return
    assert [each.name for each in found.pins] == ["heron"]
    assert [each.reason for each in found.skipped] == ["lock file not understood"]


@pytest.mark.parametrize("more", ['git = "https://evil.example/h"', ""])
def test_an_entry_of_pdm_with_extras_and_other_content_is_told(more: str) -> None:
    other = pdm_package("heron", digest=B, more=f'extras = ["x"]\n{more}')
    found = read_lock("pdm.lock", pdm_lock(pdm_package("heron"), other))
    assert len(found.pins) == 2
    assert bool(found.strays) is bool(more)
