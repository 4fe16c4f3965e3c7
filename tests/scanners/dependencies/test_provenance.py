"""Where dependencies come from: each rule fires on its case and on nothing near it."""

from importlib.metadata import version
from pathlib import Path

import pytest

from tidegate.records.finding import Finding, Level, Skipped
from tidegate.scanners.dependencies import audit, provenance
from tidegate.scanners.dependencies.rules import RULES
from tidegate.scanners.interface import Kind, Scanner
from tidegate.tests.scanners.dependencies.locks import (
    HOST,
    INDEX,
    A,
    pipfile_lock,
    poetry_lock,
    poetry_package,
    uv_lock,
    uv_package,
)
from tidegate.tests.scanners.dependencies.looking import CONTEXT, HELD, PROJECT, gaps, looked, told

COMMIT = "c" * 40


def test_it_is_a_scanner() -> None:
    scanner: Scanner = provenance
    assert Kind.DECLARING in scanner.KINDS
    assert "packaging" not in str(scanner.versions(CONTEXT))
    readers = {version(name) for name in ("packaging", "pip-requirements-parser", "PyYAML")}
    for each in (scanner, audit):
        assert readers <= set(str(each.cache_key(CONTEXT)).split())


def test_every_rule_says_why_and_what_to_do() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)
    assert all(rule.why and rule.remedy and rule.cwe for rule in RULES)


def test_each_rule_stands_in_the_docs() -> None:
    text = (Path(__file__).parents[3] / "docs" / "rules.md").read_text("utf-8")
    rows = [
        f"| {rule.id} | {rule.name} | {rule.severity} | {rule.why} | {rule.remedy} |"
        for rule in RULES
    ]
    assert [line for line in text.splitlines() if line.startswith("| TG")] == rows


@pytest.mark.parametrize(
    ("line", "severity"),
    [
        ("--index-url https://h/simple", Level.MEDIUM),
        ("-i http://h/simple", Level.HIGH),
        ("--extra-index-url https://me:pa55@h/simple?key=pa55", Level.HIGH),
        ("--trusted-host h", Level.HIGH),
        ("--find-links https://h/wheels", Level.MEDIUM),
        ("-f ../wheels", Level.MEDIUM),
        ("-f ./wheels", Level.MEDIUM),
        ("--no-index", Level.LOW),
    ],
)
def test_options_that_say_where_to_look(line: str, severity: Level) -> None:
    found = looked("requirements.txt", f"a==1\n{line}\n")
    assert told(found) == [("TG201", severity, 2)]
    assert "pa55" not in repr(found)


@pytest.mark.parametrize("line", ["--pre", "--require-hashes", "-r other.txt", "b==1", "# -i x"])
def test_other_options_are_none(line: str) -> None:
    assert looked("requirements.txt", f"a==1\n{line}\n", {"other.txt": ""}) == []


@pytest.mark.parametrize(
    ("line", "severity"),
    [
        (f"a @ git+https://me:pa55@h/x@{COMMIT}", Level.MEDIUM),
        ("a @ git+https://h/x@main", Level.HIGH),
        ("-e git+http://h/x#egg=a", Level.HIGH),
        ("a @ https://h/a.whl#sha256=aa", Level.MEDIUM),
        ("https://me:pa55@h/a-1.tar.gz", Level.MEDIUM),
        ("http://h/a-1.tar.gz", Level.HIGH),
        ("-e ../a", Level.MEDIUM),
        ("/srv/a-1-py3-none-any.whl", Level.MEDIUM),
    ],
)
def test_requirements_that_no_index_holds(line: str, severity: Level) -> None:
    found = looked("requirements.txt", f"\n{line}\n")
    assert told(found) == [("TG202", severity, 2)]
    assert "pa55" not in repr(found)


@pytest.mark.parametrize("line", [".", "-e .", "./libs/a", "-e libs/a", "./dist/a-1.whl"])
def test_paths_of_the_tree_are_none(line: str) -> None:
    assert looked("requirements.txt", line) == []


@pytest.mark.parametrize("place", ["libs/a", "../a", "../../a"])
def test_paths_out_of_the_tree_in_locks(place: str) -> None:
    lock = uv_lock(f'[[package]]\nname="a"\nversion="1"\nsource={{ editable = "{place}" }}\n')
    assert [each[0] for each in told(looked("web/uv.lock", lock))] == (
        ["TG202"] if place == "../../a" else []
    )


def test_a_bumped_commit_is_the_same_finding() -> None:
    def snippet(commit: str) -> str:
        source = f'source = {{ git = "https://h/x.git?rev=main#{commit}" }}'
        lock = uv_lock(f'[[package]]\nname = "a"\nversion = "1"\n{source}\n')
        [found] = looked("uv.lock", lock)
        assert isinstance(found, Finding)
        return found.snippet

    assert snippet(COMMIT) == snippet("d" * 40) == "a https://h/x"


EVIL = "https://evil.example/simple"


def test_an_index_that_the_project_does_not_declare() -> None:
    lock = uv_lock(uv_package("a"), uv_package("b"), uv_package("c", index=EVIL))
    rules = ["TG203"]
    assert [each[0] for each in told(looked("uv.lock", lock))] == rules
    declared = {"pyproject.toml": f'[[tool.uv.index]]\nurl = "{EVIL}/"\n'}
    assert looked("uv.lock", lock, declared) == []
    other = {"pyproject.toml": '[[tool.uv.index]]\nurl = "https://other/simple"\n'}
    assert [each[0] for each in told(looked("uv.lock", lock, other))] == rules
    broken = {"pyproject.toml": "[["}
    assert [each[0] for each in told(looked("uv.lock", lock, broken))] == rules


def test_many_packages_of_one_index_are_one_finding() -> None:
    few = [uv_package(name, index=EVIL) for name in "uvwxyz"]
    most = [uv_package(f"p{number}") for number in range(9)]
    [found] = looked("uv.lock", uv_lock(*few, *most))
    assert isinstance(found, Finding)
    assert "u, v, w and 3 more" in found.message


def test_a_mirror_of_everything_is_none() -> None:
    assert (
        looked("uv.lock", uv_lock(uv_package("a", index=EVIL), uv_package("b", index=EVIL))) == []
    )


def test_the_sources_of_poetry_and_pipenv() -> None:
    source = f'[package.source]\ntype = "legacy"\nurl = "{EVIL}"\n'
    packages = [poetry_package("a"), poetry_package("b"), poetry_package("c", more=source)]
    assert [each[0] for each in told(looked("poetry.lock", poetry_lock(*packages)))] == ["TG203"]
    pin = {"version": "==1", "hashes": [A]}
    lock = pipfile_lock({"a": pin, "b": pin, "c": pin | {"index": "main"}})
    assert looked("Pipfile.lock", lock) == []
    named = pipfile_lock({"a": pin, "b": pin, "c": pin | {"index": "not-there"}})
    assert [each[0] for each in told(looked("Pipfile.lock", named))] == ["TG203"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("requirements.txt", f"a==1 --hash={A}\nb==1\n"),
        ("poetry.lock", poetry_lock(poetry_package("a"), poetry_package("b", digest=""))),
        (
            "Pipfile.lock",
            pipfile_lock({"a": {"version": "==1", "hashes": [A]}, "b": {"version": "==1"}}),
        ),
        ("uv.lock", uv_lock(uv_package("a"), uv_package("b").replace(f', hash = "{A}"', "", 1))),
        ("poetry.lock", poetry_lock(poetry_package("a"), poetry_package("b", digest="sha256:"))),
        ("uv.lock", uv_lock(uv_package("a"), uv_package("b", digest="md5:" + "1" * 32))),
        ("uv.lock", uv_lock(uv_package("a"), uv_package("b", digest="sha1:" + "1" * 40))),
        ("uv.lock", uv_lock(uv_package("a"), uv_package("b", digest=A[:-1]))),
        ("uv.lock", uv_lock(uv_package("a"), uv_package("b", digest=A[:-1] + "g"))),
    ],
)
def test_a_pin_without_a_hash_where_others_have_one(path: str, text: str) -> None:
    [found] = looked(path, text)
    assert isinstance(found, Finding)
    assert (found.rule, found.severity, found.snippet) == ("TG206", Level.MEDIUM, "b")


def test_a_file_without_any_hash_is_none() -> None:
    assert looked("requirements.txt", "a==1\nb==1\n") == []


def test_a_file_of_another_host() -> None:
    moved = uv_package("c").replace(HOST, "https://evil.example", 1)
    [found] = looked("uv.lock", uv_lock(uv_package("a"), uv_package("b"), moved))
    assert isinstance(found, Finding)
    assert (found.rule, found.severity, found.snippet) == ("TG207", Level.HIGH, "c evil.example")


@pytest.mark.parametrize("place", ["file:///tmp", "FILE:vendor"])
def test_a_file_on_disk_where_the_others_are_on_a_host(place: str) -> None:
    third = uv_package("c").replace(HOST, place)
    [found] = looked("uv.lock", uv_lock(uv_package("a"), uv_package("b"), third))
    assert isinstance(found, Finding)
    assert (found.rule, found.snippet) == ("TG207", "c file:")
    disk = uv_package("c", index="file:///wheels").replace(HOST, "file:///wheels")
    assert looked("uv.lock", uv_lock(disk)) == []


@pytest.mark.parametrize(
    ("usual", "other", "is_told"),
    [
        ("https://files.good.co.uk", "https://files.evil.co.uk", True),
        ("https://good.example.io", "https://evil.example.io", True),
        ("https://good.example.io", "https://good.example.io:8443", False),
        ("https://download.pytorch.org", "https://download-r2.pytorch.org", False),
        ("https://download.pytorch.org", "https://evil-pytorch.org", True),
    ],
)
def test_hosts_are_of_one_owner_where_that_is_known(usual: str, other: str, is_told: bool) -> None:
    packages = [uv_package(name).replace(HOST, usual) for name in "ab"]
    found = looked("uv.lock", uv_lock(*packages, uv_package("c").replace(HOST, other)))
    assert [rule for rule, _level, _line in told(found)] == ["TG207"] * is_told


def test_a_file_on_the_host_of_its_index_is_where_it_belongs() -> None:
    own = uv_package("c").replace(HOST, INDEX.removesuffix("/simple"))
    assert looked("uv.lock", uv_lock(uv_package("a"), uv_package("b"), own)) == []


def test_what_cannot_be_read_is_left_to_the_audit() -> None:
    assert looked("uv.lock", "[[") == []


def test_what_is_declared_and_nowhere_locked_is_a_gap() -> None:
    found = looked("pyproject.toml", PROJECT)
    assert gaps(found) == [
        ("pyproject.toml: heron", "declared and not locked"),
        ("pyproject.toml: tern", "declared and not locked"),
    ]
    assert "uv lock" in found[0].remedy
    assert all(isinstance(each, Skipped) and each.is_part for each in found)


REQUIREMENTS = "heron==1.0\ntern==1.0\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("uv.lock", HELD),
        ("poetry.lock", poetry_lock(poetry_package("heron"), poetry_package("tern"))),
        ("requirements.txt", REQUIREMENTS),
        ("requirements/base.txt", REQUIREMENTS),
        (
            "uv.lock",
            uv_lock(
                uv_package("heron"), "\n[[package]]\nname='tern'\n[package.source]\ngit='https://h'"
            ),
        ),
    ],
)
@pytest.mark.parametrize("folder", ["", "sub/"])
def test_a_lock_beside_it_settles_what_it_holds(name: str, text: str, folder: str) -> None:
    assert looked(f"{folder}pyproject.toml", PROJECT, {f"{folder}{name}": text}) == []
