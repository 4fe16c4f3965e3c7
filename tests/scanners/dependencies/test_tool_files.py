"""Where the tools' own files say that dependencies come from."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.records.finding import Finding, Level, Skipped
from tidegate.scanners.dependencies.declared.project_files import declarations_of
from tidegate.scanners.dependencies.locks.documents import NotUnderstood
from tidegate.tests.scanners.dependencies.locks import uv_lock, uv_package
from tidegate.tests.scanners.dependencies.looking import looked, told

EVIL = "https://evil.example/simple"
FILES = ("uv.toml", "pdm.toml", "poetry.toml", "pip.conf", "pip.ini")


@pytest.mark.parametrize(
    ("path", "text", "severity"),
    [
        ("uv.toml", f'index-url = "{EVIL}"', Level.MEDIUM),
        ("uv.toml", f'[[index]]\nurl = "{EVIL}"', Level.MEDIUM),
        ("uv.toml", f'extra-index-url = ["{EVIL}"]', Level.MEDIUM),
        ("uv.toml", f'[pip]\nfind-links = ["{EVIL}"]', Level.MEDIUM),
        ("uv.toml", 'index-strategy = "unsafe-best-match"', Level.HIGH),
        ("uv.toml", 'allow-insecure-host = ["evil.example"]', Level.HIGH),
        ("uv.toml", "no-index = true", Level.LOW),
        ("Pipfile", f'[[source]]\nurl = "{EVIL}"\nverify_ssl = false', Level.HIGH),
        ("uv.toml", 'python-install-mirror = "https://evil.example"', Level.MEDIUM),
        ("pyproject.toml", '[tool.uv]\npypy-install-mirror = "http://h"', Level.HIGH),
        ("uv.toml", 'python-downloads-json-url = "https://evil.example/p.json"', Level.MEDIUM),
        ("pyproject.toml", '[tool.uv.pip]\nallow-insecure-host = ["h"]', Level.HIGH),
        ("pdm.toml", f'[pypi]\nurl = "{EVIL}"', Level.MEDIUM),
        ("pdm.toml", f'[pypi.more]\nurl = "{EVIL}"', Level.MEDIUM),
        ("pdm.toml", f'[pypi.more]\nurl = "{EVIL}"\ntype = "find_links"', Level.MEDIUM),
        ("pdm.toml", "[pypi]\nverify_ssl = false", Level.HIGH),
        ("pdm.toml", f'"pypi.url" = "{EVIL}"', Level.MEDIUM),
        ("pdm.toml", '"pypi.verify_ssl" = false', Level.HIGH),
        ("pdm.toml", '[pypi]\nverify_ssl = "No"', Level.HIGH),
        ("pdm.toml", "[pypi.more]\nverify_ssl = 0", Level.HIGH),
        ("poetry.toml", "[certificates.more]\nverify = false", Level.HIGH),
        ("poetry.toml", f'[plugins.pypi_mirror]\nurl = "{EVIL}"', Level.MEDIUM),
        ("poetry.toml", "[certificates.more]\ncert = false", Level.HIGH),
        ("sub/pip.conf", f"[global]\nindex-url = {EVIL}", Level.MEDIUM),
        ("pip.conf", f"\ufeff[global]\nindex-url = {EVIL}", Level.MEDIUM),
        ("pip.ini", f"[install]\nindex_url = {EVIL}", Level.MEDIUM),
        ("pip.conf", f"[global]\nextra-index-url =\n    {EVIL}", Level.HIGH),
        ("pip.conf", "[DEFAULT]\ntrusted-host = evil.example", Level.HIGH),
        ("pip.conf", "[global]\nfind-links = ../wheels", Level.MEDIUM),
        ("pip.conf", "[global]\nno-index = yes", Level.LOW),
        ("pip.conf", "[global]\nno-index = T", Level.LOW),
        ("pip.conf", f"[global]\npypi_url = {EVIL}", Level.MEDIUM),
        ("pip.conf", "[global]\nindex-url = http://h/simple", Level.HIGH),
    ],
)
def test_another_place_to_look_is_told(path: str, text: str, severity: Level) -> None:
    found = told(looked(path, f"{text}\n# why\n"))
    assert [(rule, level) for rule, level, _line in found] == [("TG201", severity)]


def test_an_index_of_pdm_whose_certificate_does_not_matter_is_told_as_that_too() -> None:
    source = f'[[tool.pdm.source]]\nname = "more"\nurl = "{EVIL}"\nverify_ssl = %s\n'
    for verified, expected in (("true", [Level.MEDIUM]), ("false", [Level.MEDIUM, Level.HIGH])):
        found = told(looked("pyproject.toml", source % verified))
        assert [level for _rule, level, _line in found] == expected


def test_credentials_are_not_shown() -> None:
    found = looked("pip.conf", "[global]\nindex-url = https://me:pa55@h/simple?key=pa55\n")
    assert len(found) == 1
    assert "pa55" not in repr(found)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        *((path, "") for path in FILES),
        ("uv.toml", 'index-strategy = "first-index"\nno-index = false\nnative-tls = true'),
        ("pdm.toml", "[pypi]\nignore_stored_index = true\nverify_ssl = true"),
        ("poetry.toml", f'[repositories.more]\nurl = "{EVIL}"\n[virtualenvs]\ncreate = false'),
        ("pip.conf", "[global]\ntimeout = 60\nno-index = false\n[list]\nformat = columns"),
    ],
)
def test_other_settings_are_none(path: str, text: str) -> None:
    assert looked(path, text) == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("uv.toml", f'[[index]]\nurl = "{EVIL}"'),
        ("pdm.toml", f'[pypi.more]\nurl = "{EVIL}"'),
        ("pip.conf", f"[global]\nindex-url = {EVIL}"),
    ],
)
def test_an_index_that_a_tools_file_names_is_declared(path: str, text: str) -> None:
    lock = uv_lock(uv_package("a"), uv_package("b"), uv_package("c", index=EVIL))
    assert [rule for rule, _level, _line in told(looked("uv.lock", lock))] == ["TG203"]
    assert looked("uv.lock", lock, {path: text}) == []


@pytest.mark.parametrize("path", FILES)
def test_a_file_that_does_not_parse_is_a_gap(path: str) -> None:
    [gap] = looked(path, "[[\n")
    assert isinstance(gap, Skipped)
    assert gap.reason == "declared dependencies not read"
    assert gap.remedy


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(FILES), st.binary(max_size=60))
def test_anything_is_read_or_refused(path: str, data: bytes) -> None:
    with suppress(NotUnderstood):
        assert not declarations_of(data, path).declared


ODD = st.recursive(
    st.sampled_from(["1", "true", '"x"', "[]", "{}"]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=2).map(lambda each: f"[{', '.join(each)}]"),
        inner.map(lambda each: f"{{url = {each}, pip = {each}, cert = {each}}}"),
    ),
    max_leaves=4,
)


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(FILES[:3]),
    st.dictionaries(
        st.sampled_from(["index", "pypi", "plugins", "pip", "certificates", "find-links"]), ODD
    ),
)
def test_any_shape_of_a_setting_is_read(path: str, values: dict[str, str]) -> None:
    text = "".join(f"{key} = {value}\n" for key, value in values.items())
    assert all(isinstance(each, Finding) for each in looked(path, text))
