"""The file that holds a baseline: its form, its faults, and merges of it by the real git."""

import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.errors import ConfigError, IncompleteError
from tidegate.gate.baseline import Entry, as_set
from tidegate.gate.baseline_file import MERGING, NAME, baseline_at, baseline_in, read, written
from tidegate.records.finding import Level
from tidegate.repository.git import Git
from tidegate.tests.real import GitRepo

text = st.text(max_size=6) | st.sampled_from(["\udcff", "a\nb", '"', "é", "\u202e", "\r"])
paths = text.filter(
    lambda name: name not in ("", ".", "..") and "/" not in name and "\0" not in name
)
entries = st.lists(
    st.builds(
        Entry,
        path=paths,
        tool=text,
        rule=text,
        scope=text,
        code=st.sampled_from(["", "5c21a79d-311f973d-3adb6c4c"]),
        severity=st.sampled_from(list(Level)),
        confidence=st.sampled_from(list(Level)),
        occurrence=st.integers(0, 3),
    ),
    max_size=6,
)


def entry(path: str = "a.py", code: str = "", occurrence: int = 0) -> Entry:
    return Entry(
        path=path,
        tool="bandit",
        rule="B307",
        scope="f",
        code=code,
        severity=Level.MEDIUM,
        confidence=Level.HIGH,
        occurrence=occurrence,
    )


HEADER, LINE = written([entry()]).splitlines()


def test_of_two_ratings_that_rank_alike_the_same_counts_in_any_order() -> None:
    both = [replace(entry(), severity=level) for level in (Level.UNKNOWN, Level.HIGH)]
    assert written(both) == written(reversed(both))
    assert read(written(both).encode()) == as_set(reversed(both))


@given(entries)
def test_what_is_written_is_read(known: list[Entry]) -> None:
    content = written(known)
    assert read(content.encode("ascii")) == as_set(known)
    assert content.endswith("\n")
    lines = content.splitlines()
    assert lines[1:] == sorted(set(lines[1:]))
    assert written(reversed(known)) == content


@given(entries, st.randoms(use_true_random=False))
def test_order_repeats_and_line_ends_say_nothing(known: list[Entry], random: object) -> None:
    lines = written(known).splitlines()
    more = [*lines[1:], *lines]
    random.shuffle(more)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    for end in ("\n", "\r\n", "\n\n"):
        assert read(end.join([lines[0], *more]).encode()) == as_set(known)


def row(**changes: object) -> str:
    columns = ["path", "tool", "rule", "scope", "code", "severity", "confidence", "occurrence"]
    told = dict(zip(columns, json.loads(LINE), strict=True)) | changes
    return json.dumps(list(told.values()))


@pytest.mark.parametrize(
    "line",
    [
        "<<<<<<< HEAD",
        "=======",
        "{}",
        "[]",
        "null",
        LINE[:-1],
        LINE + LINE,
        "[" * 100_000,
        "1" * 5000,
        row(path="../a.py"),
        row(path="/etc/passwd"),
        row(path=""),
        row(path="a//b.py"),
        row(path="a\0b"),
        row(path=7),
        row(code="hunter2"),
        row(code="5c21a79d311f973d3adb6c4c"),
        row(severity="medium"),
        row(confidence=None),
        row(occurrence=-1),
        row(occurrence=True),
        row(occurrence=1.0),
        row(occurrence=10**30),
        row(more=1),
        "\udcff",
    ],
)
def test_a_broken_line_is_told_by_its_number(line: str) -> None:
    data = "\n".join([HEADER, LINE, line, LINE]).encode("utf-8", "surrogateescape")
    with pytest.raises(ConfigError, match=rf"{NAME}, line 3\b") as caught:
        read(data)
    assert caught.value.remedy
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("first", ["", "{}", LINE, "<<<<<<< HEAD", '"x"', "[" * 100_000])
def test_a_file_that_does_not_begin_as_one_is_none(first: str) -> None:
    with pytest.raises(ConfigError, match="line 1"):
        read(f"{first}\n{LINE}\n".encode())
    with pytest.raises(ConfigError, match="line 1"):
        read(b"")


@pytest.mark.parametrize("key", ["schema", "code"])
def test_another_version_makes_neither_all_nor_nothing_new(key: str) -> None:
    header = json.loads(HEADER)
    other = json.dumps(header | {key: f"{header[key]}1"})
    with pytest.raises(ConfigError, match="another version"):
        read(f"{other}\n{LINE}\n".encode())


# Files of a disk and of a commit


def test_a_link_and_a_folder_are_no_baseline(tmp_path: Path) -> None:
    (tmp_path / "real").write_text(written([entry()]))
    assert baseline_in(tmp_path / "real") == (entry(),)
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "folder").mkdir()
    for name in ("link", "folder"):
        with pytest.raises(ConfigError):
            baseline_in(tmp_path / name)
    with pytest.raises(FileNotFoundError):
        baseline_in(tmp_path / "nowhere")


def test_a_commit_has_one_or_none_or_what_is_none(repo: GitRepo) -> None:
    none = repo.commit({"a.py": ""})
    one = repo.commit({NAME: written([entry()])})
    repo.write({NAME: None})
    (repo.path / NAME).symlink_to("a.py")
    link = repo.commit({})
    git = Git.open(repo.path)
    assert baseline_at(git, "") == baseline_at(git, none) == ()
    assert baseline_at(git, one) == (entry(),)
    with pytest.raises(ConfigError, match="not a regular file"):
        baseline_at(git, link)


def test_a_commit_whose_content_is_missing_is_incomplete(repo: GitRepo) -> None:
    commit = repo.commit({NAME: written([entry()])})
    blob = repo.git("rev-parse", f"HEAD:{NAME}")
    (repo.path / ".git/objects" / blob[:2] / blob[2:]).unlink()
    with pytest.raises(IncompleteError):
        baseline_at(Git.open(repo.path), commit)


# Merges


def merged(
    repo: GitRepo, base: list[Entry] | None, ours: list[Entry], theirs: list[Entry]
) -> tuple[Entry, ...]:
    """The baseline of two branches, merged by git as .gitattributes says."""
    repo.commit(
        {".gitattributes": f"{MERGING}\n"} | ({} if base is None else {NAME: written(base)})
    )
    repo.git("checkout", "-q", "-b", "theirs")
    repo.commit({NAME: written(theirs)})
    repo.git("checkout", "-q", "main")
    repo.commit({NAME: written(ours)})
    repo.git("merge", "-q", "--no-edit", "theirs")
    return read((repo.path / NAME).read_bytes())


A, B, C, D = (entry(path) for path in ("a.py", "b.py", "c.py", "d.py"))
A_AGAIN = entry("a.py", occurrence=1)


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "least", "most"),
    [
        ([A], [A, B], [A, C], [A, B, C], [A, B, C]),
        ([A], [A, A_AGAIN], [A, A_AGAIN], [A, A_AGAIN], [A, A_AGAIN]),
        ([A], [A, A_AGAIN], [A, B], [A, A_AGAIN, B], [A, A_AGAIN, B]),
        ([A, C], [C], [A, B, C], [B, C], [A, B, C]),  # what one drops beside what one adds
        ([A, B, C, D], [B, C, D], [A, B, C], [B, C], [B, C]),
        (None, [A, B], [B, C], [A, B, C], [A, B, C]),
        ([], [A], [B], [A, B], [A, B]),
    ],
)
def test_a_merge_never_conflicts_and_loses_no_entry_that_both_sides_want(
    repo: GitRepo,
    base: list[Entry] | None,
    ours: list[Entry],
    theirs: list[Entry],
    least: list[Entry],
    most: list[Entry],
) -> None:
    found = set(merged(repo, base, ours, theirs))
    assert set(least) <= found <= set(most)


def test_without_the_attribute_a_conflict_is_told_and_not_read_over(repo: GitRepo) -> None:
    repo.commit({NAME: written([A])})
    repo.git("checkout", "-q", "-b", "theirs")
    repo.commit({NAME: written([A, C])})
    repo.git("checkout", "-q", "main")
    repo.commit({NAME: written([A, B])})
    with pytest.raises(subprocess.CalledProcessError):
        repo.git("merge", "-q", "--no-edit", "theirs")
    with pytest.raises(ConfigError, match="left over from a merge") as caught:
        read((repo.path / NAME).read_bytes())
    assert MERGING in caught.value.remedy
