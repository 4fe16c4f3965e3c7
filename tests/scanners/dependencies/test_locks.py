"""Locks of uv, Poetry, PDM and Pipenv: what each says, and what only looks like it."""

from typing import Any

import pytest

from tidegate.scanners.dependencies.pins import Artifact, Origin
from tidegate.tests.scanners.dependencies.locks import (
    FOUND,
    HOST,
    INDEX,
    ONE,
    READERS,
    A,
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
def test_pins_stand_on_the_line_of_their_name_with_their_digests(name: str) -> None:
    found = read_lock(name, FOUND[name])
    heron, tern = found.pins
    assert (heron.name, heron.version) == ("heron", "1.0")
    assert (tern.name, tern.version) == ("tern-two", "2.0")
    lines = FOUND[name].splitlines()
    assert "heron" in lines[heron.line - 1]
    assert "Tern" in lines[tern.line - 1]
    assert A in heron.digests
    assert (found.skipped, found.strays) == ((), ())


def test_files_of_a_pin_have_names_and_places() -> None:
    [pin] = read_lock("uv.lock", uv_lock(uv_package("heron"))).pins
    assert pin.artifacts[0] == Artifact("heron-1.0.tar.gz", A, f"{HOST}/p/heron-1.0.tar.gz")
    assert (pin.source.origin, pin.source.place) == (Origin.INDEX, INDEX)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("poetry.lock", poetry_lock(poetry_package("heron", more='markers = "x"'))),
        ("poetry.lock", poetry_lock(poetry_package("heron").replace('"main"', '"dev"'))),
        ("pdm.lock", pdm_lock(pdm_package("heron", more='marker = "x"'))),
        ("pdm.lock", pdm_lock(pdm_package("heron").replace('"default"', '"dev"'))),
        ("Pipfile.lock", pipfile_lock({"heron": ONE | {"markers": "x"}})),
        ("Pipfile.lock", pipfile_lock({}, {"heron": ONE})),
    ],
)
def test_groups_and_markers_take_nothing_out_of_sight(name: str, text: str) -> None:
    assert [pin.name for pin in read_lock(name, text).pins] == ["heron"]


def test_what_uv_needs_under_a_marker_is_locked_too() -> None:
    root = '\n[[package]]\nname = "app"\nversion = "0"\nsource = { virtual = "." }\n'
    needs = 'dependencies = [{ name = "heron" }, { name = "tern", marker = "x" }]\n'
    found = read_lock("uv.lock", uv_lock(root + needs, uv_package("heron"), uv_package("tern")))
    assert [pin.name for pin in found.pins] == ["heron", "tern"]
    assert found.folders == (".",)


def test_format_1_of_poetry_has_its_files_at_the_end() -> None:
    package = '[[package]]\nname = "heron"\nversion = "1.0"\ncategory = "dev"\n'
    files = f'[metadata.files]\nheron = [\n    {{file = "heron.whl", hash = "{A}"}},\n]\n'
    [pin] = read_lock("poetry.lock", poetry_lock(package, version="1.1") + files).pins
    assert (pin.digests, pin.line) == (frozenset({A}), 2)


def test_old_pdm_has_its_files_at_the_end() -> None:
    package = '\n[[package]]\nname = "heron"\nversion = "1.0"\n'
    lock = pdm_lock(package, version="4.2") + f'[metadata.files]\n"heron 1.0" = [{{hash="{A}"}}]\n'
    [pin] = read_lock("pdm.lock", lock).pins
    assert pin.digests == {A}


def test_extras_of_pdm_are_no_second_pin() -> None:
    again = pdm_package("heron", more='extras = ["x"]')
    assert told(read_lock("pdm.lock", pdm_lock(pdm_package("heron"), again))) == [
        ("heron", "1.0", 6)
    ]
    assert len(read_lock("pdm.lock", pdm_lock(again)).pins) == 1


def test_a_package_of_two_categories_has_a_line_in_each() -> None:
    text = pipfile_lock({"heron": ONE}, {"heron": ONE})
    lines = [line for line, each in enumerate(text.splitlines(), 1) if '"heron"' in each]
    assert [pin.line for pin in read_lock("Pipfile.lock", text).pins] == lines


COMMIT = "c" * 40
ELSEWHERE = [
    ("uv.lock", f'source = {{ git = "https://me:pa55@h/x?rev=main#{COMMIT}" }}', Origin.VCS),
    ("uv.lock", 'source = { url = "https://me:pa55@h/x.whl?key=pa55" }', Origin.ADDRESS),
    ("uv.lock", 'source = { path = "../x.whl" }', Origin.FILE),
    ("uv.lock", 'source = { editable = "../../x" }', Origin.FOLDER),
    ("uv.lock", "source = { something = 1 }", Origin.ADDRESS),
    ("uv.lock", "", Origin.ADDRESS),
    (
        "poetry.lock",
        '[package.source]\ntype = "git"\nurl = "https://pa55@h/x"\nresolved_reference = "c"',
        Origin.VCS,
    ),
    ("poetry.lock", '[package.source]\ntype = "url"\nurl = "https://pa55@h/x"', Origin.ADDRESS),
    ("poetry.lock", '[package.source]\ntype = "file"\nurl = "../x.whl"', Origin.FILE),
    ("poetry.lock", '[package.source]\ntype = "directory"\nurl = "../../x"', Origin.FOLDER),
    ("poetry.lock", "[package.source]\ntype = 3", Origin.VCS),
    ("pdm.lock", f'git = "https://pa55@h/x"\nrevision = "{COMMIT}"', Origin.VCS),
    ("pdm.lock", 'url = "https://pa55@h/x.whl"', Origin.ADDRESS),
    ("pdm.lock", 'path = "../../x"', Origin.FOLDER),
]


@pytest.mark.parametrize(("name", "source", "origin"), ELSEWHERE)
def test_what_comes_from_elsewhere_is_a_pin_and_a_gap(
    name: str, source: str, origin: Origin
) -> None:
    body = f'name = "heron"\nversion = "1.0"\n{source}'
    found = read_lock(name, toml_lock(name, body), "sub/")
    assert [pin.version for pin in found.pins] == ["1.0"]
    # From sub/ `../x.whl` is a file of the tree, which nobody opens either.
    assert [each.what for each in found.skipped] == [f"sub/{name}: heron"]
    assert [each.source.origin for each in found.strays] == [origin]
    assert "pa55" not in repr(found)
    again = read_lock(name, "# why\n\n" + toml_lock(name, body), "sub/")
    assert [each.identity for each in again.skipped] == [each.identity for each in found.skipped]


@pytest.mark.parametrize(("name", "source"), [each[:2] for each in ELSEWHERE])
def test_without_a_version_it_is_a_gap_only(name: str, source: str) -> None:
    found = read_lock(name, toml_lock(name, f'name = "heron"\n{source}'))
    assert found.pins == ()
    assert [each.reason for each in found.skipped] == ["dependency without a version"]


@pytest.mark.parametrize(
    ("package", "gaps"),
    [
        ({"git": "https://pa55@h/x", "ref": COMMIT}, 1),
        ({"file": "https://pa55@h/x.whl", "hashes": [A]}, 1),
        ({"path": "../x", "editable": True}, 1),
        ({"path": ".", "editable": True}, 0),
        ({"version": "*"}, 1),
        ({"version": ">=1"}, 1),
        ({"version": 1}, 1),
        ({}, 1),
        ("1.0", 1),
        (None, 1),
    ],
)
def test_pipenv_packages_without_one_version(package: Any, gaps: int) -> None:
    found = read_lock("Pipfile.lock", pipfile_lock({"heron": package}))
    assert (len(found.pins), len(found.skipped)) == (0, gaps)
    assert "pa55" not in repr(found)


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("uv.lock", 'source = { editable = "." }'),
        ("uv.lock", 'source = { virtual = "../api" }'),
        ("uv.lock", 'source = { directory = "libs/x" }'),
        ("poetry.lock", '[package.source]\ntype = "directory"\nurl = "../api"'),
        ("pdm.lock", 'path = "./libs/x"'),
    ],
)
@pytest.mark.parametrize("version", ['version = "1.0"\n', ""])
def test_the_project_and_folders_of_its_tree_are_no_pins(
    name: str, source: str, version: str
) -> None:
    body = f'name = "heron"\n{version}{source}'
    found = read_lock(name, toml_lock(name, body), "web/")
    assert (found.pins, found.skipped, found.strays) == ((), (), ())
    assert found.folders in (("web",), ("api",), ("web/libs/x",))


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize(
    "text",
    [
        *("", "[[package]", "{", "null", "[]", "7", "\0", "a = " + "[" * 10_000, "[" * 10_000),
        *('{"a":' * 10_000, "a = " + "9" * 5000, '{"a": NaN}', "version = 2", 'version = "1"'),
        *("[metadata]\nlock-version = 2.1", '[metadata]\nlock_version = "5.0"', "metadata = 1"),
        *('{"_meta": {"pipfile-spec": 7}, "default": {}}', '{"_meta": {"pipfile-spec": 6}}'),
        '{"_meta": {"pipfile-spec": 6}, "default": {"a": {"version": "==1"}}, "default": {}}',
    ],
)
def test_what_is_no_lock_is_one_gap(name: str, text: str) -> None:
    found = read_lock(name, text)
    assert found.pins == ()
    [skipped] = found.skipped
    assert skipped.reason in ("lock file not understood", "lock version unknown")
    assert skipped.remedy
    assert not skipped.is_part
