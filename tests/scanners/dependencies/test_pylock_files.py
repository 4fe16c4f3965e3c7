import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.scanners.dependencies.locks.pylock_files import read_pylock
from tidegate.scanners.dependencies.pins import Dependencies

HEAD = 'lock-version = "1.0"\ncreated-by = "hand"\n'


def lock(body: str, head: str = HEAD) -> Dependencies:
    return read_pylock((head + body).encode(), "pylock.toml")


def gaps(found: Dependencies) -> list[tuple[str, str, str]]:
    assert all(each.path == "pylock.toml" and each.remedy for each in found.skipped)
    return [(each.what, each.reason, each.detail) for each in found.skipped]


def test_packages_with_their_lines() -> None:
    found = lock(
        """
[[packages]]
name = "one"
version = "1.0"
dependencies = [{ name = "two" }]

[[packages]]
version = "2.0"
marker = "python_version < '3.12'"
name = 'Two_Too'
[packages.sdist]
name = "one"

[[ packages ]]
name = "one"
version = "1.1"
[[packages.wheels]]
name = "x"
"""
    )
    assert [(pin.name, pin.version, pin.line) for pin in found.pins] == [
        ("one", "1.0", 5),
        ("two-too", "2.0", 12),
        ("one", "1.1", 17),
    ]
    assert not found.skipped


def test_inline_packages() -> None:
    found = lock('packages = [\n  {name = "a", version = "1"},\n  {name = "b", version = "2"},\n]')
    assert [(pin.name, pin.line) for pin in found.pins] == [("a", 4), ("b", 5)]


def test_packages_without_a_version_are_gaps() -> None:
    found = lock(
        """
[[packages]]
name = "from-git"
vcs = { type = "git", url = "https://me:pa55@host/org/x.git", commit-id = "00" }
[[packages]]
name = "archived"
archive = { url = "https://host/x.zip?key=pa55" }
[[packages]]
name = "folder"
directory = { path = "../lib" }
[[packages]]
name = "unsaid"
[[packages]]
name = "sneaky"
archive = { path = "." }
"""
    )
    assert found.pins == ()
    reason = "dependency without a version"
    assert gaps(found) == [
        ("pylock.toml: from-git", reason, "https://host/org/x.git"),
        ("pylock.toml: archived", reason, "https://host/x.zip"),
        ("pylock.toml: folder", reason, "../lib"),
        ("pylock.toml: unsaid", reason, ""),
        ("pylock.toml: sneaky", reason, ""),
    ]


def test_the_locked_project_itself_is_no_gap() -> None:
    body = '[[packages]]\nname = "me"\ndirectory = { path = ".", editable = true }\n'
    assert lock(body) == Dependencies((), (), folders=(".",))


def test_a_version_counts_wherever_the_package_comes_from() -> None:
    body = '[[packages]]\nname = "x"\nversion = "1.0"\nvcs = { type = "git", url = "u" }\n'
    found = lock(body)
    assert [pin.version for pin in found.pins] == ["1.0"]
    assert [gap[1] for gap in gaps(found)] == ["dependency from an address or a path"]


@pytest.mark.parametrize("version", ['"1.1"', '"1.99"', '"1"'])
def test_minor_versions_are_read(version: str) -> None:
    found = lock('[[packages]]\nname = "x"\nversion = "1"\n', f"lock-version = {version}\n")
    assert (len(found.pins), found.skipped) == (1, ())


@pytest.mark.parametrize("head", ['lock-version = "2.0"\n', "lock-version = 1.0\n", ""])
def test_another_major_version_is_a_gap(head: str) -> None:
    found = lock('[[packages]]\nname = "x"\nversion = "1"\n', head)
    assert found.pins == ()
    assert [gap[:2] for gap in gaps(found)] == [("pylock.toml", "lock version unknown")]


@pytest.mark.parametrize(
    "body",
    [
        "[[packages]",
        "packages = 3",
        "",
        'packages = "x"',
        "a = " + "[" * 10_000,
        "a = " + "9" * 5000,
        "a.b = 1\na = 2",
    ],
)
def test_what_is_no_lock_is_a_gap(body: str) -> None:
    found = lock(body)
    assert found.pins == ()
    assert [gap[:2] for gap in gaps(found)] == [("pylock.toml", "lock file not understood")]


def test_bytes_that_are_no_text_are_a_gap() -> None:
    [skipped] = read_pylock(b'lock-version = "1.0"\n# \xff', "pylock.toml").skipped
    assert skipped.reason == "lock file not understood"


def test_an_odd_package_is_a_gap_and_the_others_are_read() -> None:
    body = 'packages = [7, {}, {name = 3}, {name = "a", version = 1}, {name = "b", version = "2"}]'
    found = lock(body)
    assert [pin.name for pin in found.pins] == ["b"]
    assert len(found.skipped) == 4
    assert {skipped.reason for skipped in found.skipped} == {"lock file not understood"}


PACKAGE = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(['"a"', '"B_b"', "3", "[]"]),
        "version": st.sampled_from(['"1.0"', '"odd"', '""', "1", "{}"]),
        "directory": st.sampled_from(['{path="."}', '{path="../x"}', "{}", "1"]),
        "vcs": st.sampled_from(['{url="https://h/x"}', "1"]),
    },
)


@settings(max_examples=150, deadline=None)
@given(st.lists(PACKAGE, max_size=5), st.text(max_size=20))
def test_every_package_is_a_pin_or_a_gap_or_the_project(
    packages: list[dict[str, str]], noise: str
) -> None:
    body = "".join(
        "[[packages]]\n" + "".join(f"{key} = {value}\n" for key, value in package.items())
        for package in packages
    )
    found = lock(body or "packages = []\n")
    itself = [
        each
        for each in packages
        if each.get("name") in ('"a"', '"B_b"')
        and each.get("version", '""') in ('"1.0"', '"odd"', '""')
        and each.get("directory") == '{path="."}'
        and "vcs" not in each
    ]
    told = {each.line for each in found.pins} | {each.identity for each in found.skipped}
    assert len(found.pins) + len(found.skipped) + len(itself) >= len(packages)
    assert len(found.folders) == len(itself)
    assert told or len(itself) == len(packages)
    try:
        tomllib.loads(noise)
    except tomllib.TOMLDecodeError:
        assert lock("packages = []\n" + noise).skipped
    else:
        assert not lock("packages = []\n" + noise).pins
