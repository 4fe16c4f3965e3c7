"""Coverage adds up, whatever the scanners do."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tidegate.records.finding import Finding, Skipped, identity_of
from tidegate.scanners.interface import Context, Kind, SourceFile, Target
from tidegate.scanners.run import coverage, look

paths = st.sampled_from([f"{letter}.py" for letter in "abcdefgh"])
files = st.lists(
    st.builds(SourceFile, paths, st.sampled_from(Kind)), unique_by=lambda file: file.path
)
gaps = st.lists(
    st.builds(Skipped, what=st.just("x"), reason=st.sampled_from(["r", "s"]), path=st.one_of(paths))
)


@given(files, gaps, st.integers(0, 3))
def test_seen_is_the_sum_of_its_parts(
    seen: list[SourceFile], skipped: list[Skipped], unread: int
) -> None:
    found = coverage(seen, skipped, unread)
    assert found.seen == found.scanned + found.out_of_scope + sum(found.skipped.values())
    assert found.seen == len({f.path for f in seen} | {s.path for s in skipped}) + unread


def test_a_file_with_two_gaps_is_one_file_under_its_first_reason() -> None:
    both = [
        Skipped(what="a: x", reason="not pinned", path="a"),
        Skipped(what="a: y", reason="other", path="a"),
        Skipped(what="range", reason="no file"),
    ]
    found = coverage([SourceFile("a", Kind.REQUIREMENTS), SourceFile("b", Kind.PYTHON)], both)
    assert (found.seen, found.scanned, dict(found.skipped)) == (2, 1, {"not pinned": 1})


@dataclass(frozen=True)
class Files:
    """A target of files whose content nobody asks for."""

    files: tuple[SourceFile, ...]

    def read(self, path: str) -> bytes:
        raise FileNotFoundError(path)


class NotCached:
    """The part of a scanner's seam that these tests do not come to."""

    def versions(self, context: Context) -> Mapping[str, str]:
        assert context is not None
        return {}

    def cache_key(self, context: Context) -> None:
        assert context is not None

    def is_lasting(self, gap: Skipped) -> bool:
        return gap.reason == ""


class Including(NotCached):
    """Says of each file that it includes `base.txt`, and two like things of itself."""

    KINDS = frozenset({Kind.REQUIREMENTS})

    def scan(self, target: Target, context: Context) -> Iterator[Finding | Skipped]:
        assert context is not None
        for file in target.files:
            yield Skipped(what="base.txt: six", reason="not pinned", path="base.txt")
            yield Skipped(what="own", reason="r", path=file.path)
            yield Skipped(what="own", reason="r", path=file.path)


def test_what_several_files_include_is_told_once() -> None:
    wanted = {"a.txt": 2, "b.txt": 2, "base.txt": 1}
    for names in (["a.txt", "b.txt"], ["a.txt", "b.txt", "base.txt"]):
        files = Files(tuple(SourceFile(name, Kind.REQUIREMENTS) for name in names))
        (found,) = look([files], Context(database=Path("x")), {"fake": Including()})
        told = [item.path for item in found.skipped]
        expected = wanted if len(names) == 2 else wanted | {"base.txt": 3}
        assert {path: told.count(path) for path in set(told)} == expected


class Digesting(NotCached):
    """Says of each file what its path is digested to."""

    KINDS = frozenset({Kind.PYTHON})

    def scan(self, target: Target, context: Context) -> Iterator[Finding | Skipped]:
        assert context is not None
        yield Skipped(what="x", reason="r", identity=identity_of("text"), path=target.files[0].path)


def test_every_worker_digests_alike_and_every_run_in_its_own_way() -> None:
    files = Files(tuple(SourceFile(f"{number}.py", Kind.PYTHON) for number in range(6)))
    (found,) = look([files], Context(database=Path("x"), workers=3), {"fake": Digesting()})
    assert {item.identity for item in found.skipped} == {identity_of("text")}
    command = "from tidegate.records.finding import identity_of; print(identity_of('text'))"
    other = subprocess.run([sys.executable, "-P", "-c", command], capture_output=True, check=True)
    assert other.stdout.decode().strip() != identity_of("text") != identity_of("other text")


@dataclass(frozen=True)
class Named(NotCached):
    """Says of each file that it is asked about its kind."""

    KINDS: frozenset[Kind]

    def scan(self, target: Target, context: Context) -> Iterator[Finding | Skipped]:
        assert context is not None
        for file in target.files:
            yield Skipped(what=file.path, reason=str(file.kind), path=file.path)


def test_a_scanner_of_every_kind_is_asked_once_about_a_file_of_two() -> None:
    both = Files((SourceFile("setup.py", Kind.PYTHON), SourceFile("setup.py", Kind.DECLARING)))
    scanners = {"all": Named(frozenset(Kind)), "two": Named(frozenset(both_kinds(both)))}
    (looked,) = look([both], Context(database=Path("x"), workers=1), scanners)
    said = sorted(gap.reason for gap in looked.skipped)
    assert said == sorted([Kind.DECLARING, Kind.PYTHON, Kind.PYTHON])


def both_kinds(files: Files) -> Iterator[Kind]:
    return (file.kind for file in files.files)
