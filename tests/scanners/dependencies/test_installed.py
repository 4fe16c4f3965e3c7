"""What is installed, read as data."""

import json
import sys
from pathlib import Path

import pytest

from tidegate.errors import UsageError
from tidegate.scanners.dependencies.locks.installed import environment, read_installed
from tidegate.scanners.dependencies.pins import Origin
from tidegate.tests.scanners.dependencies.reading import Tree

METADATA = "Metadata-Version: 2.1\nName: Heron_Two\nVersion: 1.0\n\nVersion: 9\n"


def install(folder: Path, name: str, version: str) -> Path:
    place = folder / f"{name}-{version}.dist-info"
    place.mkdir(parents=True)
    (place / "METADATA").write_text(f"Name: {name}\nVersion: {version}\n", "utf-8")
    return place / "METADATA"


@pytest.mark.parametrize("below", ["", "lib/python3.11/site-packages", "Lib/site-packages"])
def test_a_virtual_environment_or_its_packages(tmp_path: Path, below: str) -> None:
    first = install(tmp_path / below, "heron", "1.0")
    second = install(tmp_path / below, "tern", "2.0")
    (tmp_path / below / "planted.py").write_text("raise SystemExit(7)\n", "utf-8")
    found = environment(tmp_path, 10_000)
    assert [file.path for file in found.files] == [str(first.resolve()), str(second.resolve())]
    [pin] = read_installed(found, str(first)).pins
    assert (pin.name, pin.version, pin.path, pin.line) == ("heron", "1.0", str(first), 1)


def test_eggs(tmp_path: Path) -> None:
    (tmp_path / "old.egg-info").write_text("Name: old\nVersion: 1\n", "utf-8")
    (tmp_path / "dev.egg-info").mkdir()
    (tmp_path / "dev.egg-info" / "PKG-INFO").write_text("Name: dev\nVersion: 2\n", "utf-8")
    found = environment(tmp_path, 10_000)
    names = [read_installed(found, file.path).pins[0].name for file in found.files]
    assert sorted(names) == ["dev", "old"]


def test_this_interpreters_own(tmp_path: Path) -> None:
    names = {Path(file.path).parent.name for file in environment(Path(sys.prefix), 10**6).files}
    assert any(name.startswith("pytest-") for name in names)
    with pytest.raises(UsageError, match="no distribution"):
        environment(tmp_path, 10_000)


def test_headers_end_at_a_blank_line() -> None:
    [pin] = read_installed(Tree({"M": METADATA.encode()}), "M").pins
    assert (pin.name, pin.version, pin.line) == ("heron-two", "1.0", 2)


@pytest.mark.parametrize("text", ["", "Name: x\n", "Version: 1\n", "\nName: x\nVersion: 1\n", "\0"])
def test_metadata_without_name_or_version_is_a_gap(text: str) -> None:
    found = read_installed(Tree({"M": text.encode()}), "M")
    assert not found.pins
    assert [each.reason for each in found.skipped] == ["metadata not understood"]


@pytest.mark.parametrize(
    ("told", "origin", "gaps"),
    [
        ({"url": "https://me:pa55@h/x", "vcs_info": {"commit_id": "c"}}, Origin.VCS, 1),
        ({"url": "https://me:pa55@h/x.whl", "archive_info": {}}, Origin.ADDRESS, 1),
        ({"url": "file:///home/me/x", "dir_info": {"editable": True}}, Origin.INDEX, 0),
        ([], Origin.ADDRESS, 1),
    ],
)
def test_what_was_installed_from_an_address_is_a_gap_too(
    told: object, origin: Origin, gaps: int
) -> None:
    contents = {"i/METADATA": METADATA.encode(), "i/direct_url.json": json.dumps(told).encode()}
    found = read_installed(Tree(contents), "i/METADATA")
    assert [pin.source.origin for pin in found.pins] == [origin]
    assert len(found.skipped) == gaps
    assert "pa55" not in repr(found)


@pytest.mark.parametrize("name", ["b-1.dist-info", "B-1.DIST-INFO", "b.egg-info", "b-1.egg"])
def test_a_distribution_whose_metadata_is_not_there_is_an_item(tmp_path: Path, name: str) -> None:
    install(tmp_path, "heron", "1.0")
    (tmp_path / name).mkdir()
    found = environment(tmp_path, 10_000)
    assert len(found.files) == 2
    broken = next(each.path for each in found.files if name in each.path)
    [gap] = read_installed(found, broken).skipped
    assert (gap.reason, gap.detail) == ("metadata not read", "No such file or directory")
