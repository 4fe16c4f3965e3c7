"""Two sides of a lock: what no release changes, and what every new lock changes."""

import pytest

from tidegate.records.finding import Level
from tidegate.scanners.dependencies.comparison import other_content, tampered
from tidegate.scanners.dependencies.pins import Artifact, Origin, Pin, Source

A, B, C = (f"sha256:{letter * 64}" for letter in "abc")
MD5 = "md5:" + "1" * 32


def pin(*files: tuple[str, str], version: str = "1", name: str = "heron", index: str = "") -> Pin:
    artifacts = tuple(Artifact(called, digest) for called, digest in files)
    return Pin(name, version, "x.lock", 3, False, Source(Origin.INDEX, index), artifacts)


def rules(base: list[Pin], head: list[Pin]) -> list[tuple[str, Level]]:
    return [(each.rule, each.severity) for each in tampered(base, head)]


WHEEL, SDIST = "heron-1.whl", "heron-1.tar.gz"


@pytest.mark.parametrize(
    ("base", "head", "expected"),
    [
        ([(WHEEL, A)], [(WHEEL, A)], []),
        ([(WHEEL, A)], [(WHEEL, B)], [("TG205", Level.HIGH)]),
        ([(WHEEL, A), (SDIST, B)], [(WHEEL, A), (SDIST, C)], [("TG205", Level.HIGH)]),
        ([(WHEEL, A), (SDIST, B)], [(WHEEL, A)], []),
        ([(WHEEL, A)], [(WHEEL, A), (SDIST, B)], [("TG208", Level.LOW)]),
        ([(WHEEL, A)], [(SDIST, B)], [("TG205", Level.HIGH)]),
        ([(WHEEL, A), (SDIST, B)], [(WHEEL, A), (WHEEL, B)], []),
        ([(WHEEL, A)], [(WHEEL, MD5)], [("TG209", Level.MEDIUM), ("TG205", Level.HIGH)]),
        ([(WHEEL, MD5)], [(WHEEL, MD5)], []),
        ([(WHEEL, MD5)], [(WHEEL, MD5[:-1] + "0")], [("TG205", Level.HIGH)]),
        ([(WHEEL, f"{A},{MD5}")], [(WHEEL, f"{A},{MD5}")], []),
        (
            [(WHEEL, f"{A},{MD5}")],
            [(WHEEL, MD5)],
            [("TG209", Level.MEDIUM), ("TG205", Level.HIGH)],
        ),
        ([(WHEEL, A)], [(WHEEL, f"{A},sha512:1")], []),
        ([(WHEEL, f"{A},sha512:1")], [(WHEEL, f"{A},sha512:2")], [("TG205", Level.HIGH)]),
        ([("", A)], [("", MD5)], [("TG209", Level.MEDIUM), ("TG205", Level.HIGH)]),
        ([("", A)], [("", "sha256:")], [("TG209", Level.MEDIUM), ("TG205", Level.HIGH)]),
        ([("", A)], [("", A)], []),
        ([("", A)], [("", B)], [("TG205", Level.HIGH)]),
        ([("", A), ("", B)], [("", A), ("", C)], [("TG205", Level.MEDIUM)]),
        ([("", A), ("", B)], [("", B)], []),
        ([("", B)], [("", A), ("", B)], [("TG208", Level.LOW)]),
        ([("", "")], [("", A)], []),
        ([], [("", A)], []),
        ([("", A)], [], [("TG209", Level.MEDIUM)]),
        ([(WHEEL, A)], [(WHEEL, "")], [("TG209", Level.MEDIUM)]),
    ],
)
def test_files_of_one_version(
    base: list[tuple[str, str]], head: list[tuple[str, str]], expected: list[tuple[str, Level]]
) -> None:
    assert rules([pin(*base)], [pin(*head)]) == expected


def test_another_version_has_other_files() -> None:
    assert rules([pin((WHEEL, A))], [pin((WHEEL, B), version="2")]) == []
    assert rules([pin((WHEEL, A))], [pin((WHEEL, B), name="tern")]) == []


@pytest.mark.parametrize("name", [WHEEL, ""])
def test_both_hashes_are_told(name: str) -> None:
    [found] = tampered([pin((name, A))], [pin((name, B))])
    assert "sha256:aaaaaaaaaaaa… before and sha256:bbbbbbbbbbbb… now" in found.message
    assert "sha256" not in found.snippet
    [odd] = tampered([pin((name, "pa55")), pin(("n.whl", C))], [pin((name, B), ("n.whl", C))])
    assert "pa55" not in repr(odd)


def test_pins_that_are_split_keep_their_files() -> None:
    assert rules([pin((WHEEL, A), (SDIST, B))], [pin((WHEEL, A)), pin((SDIST, B))]) == []


EVIL, MIRROR = "https://evil.example/simple", "https://mirror.example/simple"


@pytest.mark.parametrize(
    ("before", "after", "moved"),
    [
        ("", EVIL, True),
        (MIRROR, EVIL, True),
        (MIRROR, "", True),
        (MIRROR, "https://me:pa55@MIRROR.example/simple/", False),
        (f"{MIRROR}?team=a", f"{MIRROR}?team=b", True),
        (f"{MIRROR}/{'1a' * 12}/s", f"{MIRROR}/{'2b' * 12}/s", True),
        ("../wheels", "/srv/wheels", True),
        ("../wheels", "../wheels/", False),
        ("", "", False),
    ],
)
@pytest.mark.parametrize("version", ["1", "2"])
def test_a_package_that_comes_from_another_index(
    before: str, after: str, moved: bool, version: str
) -> None:
    base = [pin((WHEEL, A), index=before)]
    found = list(tampered(base, [pin((WHEEL, A), index=after, version=version)]))
    assert [each.rule for each in found] == ["TG204"] * moved
    assert "pa55" not in repr(found)


def test_a_switch_of_everything_is_one_finding() -> None:
    base = [pin((WHEEL, A), name=f"p{number}") for number in range(50)]
    head = [pin((WHEEL, A), name=f"p{number}", index=EVIL) for number in range(50)]
    [found] = tampered(base, head)
    assert "p0, p1, p2 and 47 more" in found.message


def test_a_new_package_moved_nowhere() -> None:
    assert rules([], [pin((WHEEL, A), index=EVIL)]) == []


def test_a_lock_of_another_tool_is_compared_by_content_only() -> None:
    base, head = [pin((WHEEL, A))], [pin((WHEEL, B), index=EVIL)]
    assert [each.rule for each in other_content(base, head)] == ["TG205"]
    assert list(other_content(base, [pin((WHEEL, A), index=EVIL)])) == []
