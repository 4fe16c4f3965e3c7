import pytest

from tidegate.errors import IncompleteError
from tidegate.repository.changes import changes_between
from tidegate.repository.git import Git
from tidegate.repository.objects import Unreadable
from tidegate.repository.versions import (
    commits_between,
    files_with,
    parse_versions,
    stream_blobs,
    versions_at_end,
    versions_in,
)
from tidegate.tests.real import GitRepo


def test_each_commit_brings_its_versions_oldest_first(repo: GitRepo) -> None:
    base = repo.commit({"a.txt": "1\n"})
    first = repo.commit({"a.txt": "2\n", "we ird\nname": "x\n"})
    second = repo.commit({"a.txt": None, "b\x01.txt": "2\n"})
    git = Git.open(repo.path)
    commits = commits_between(git, (base,), second)
    assert commits == [first, second]
    found = list(versions_in(git, commits))
    assert [(v.commit, v.path, len(v.before)) for v in found] == [
        (first, "a.txt", 1),
        (first, "we ird\nname", 0),
        (second, "b\x01.txt", 0),
    ]
    assert {v.time for v in found} == {1767225600}


def test_links_and_submodules_are_no_files(repo: GitRepo) -> None:
    base = repo.commit({"a.txt": "1\n"})
    (repo.path / "link").symlink_to("a.txt")
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{base},sub")
    repo.git("add", "link")
    repo.git("commit", "-q", "-m", "link")
    git = Git.open(repo.path)
    head = repo.git("rev-parse", "HEAD")
    assert list(versions_in(git, [head])) == []
    assert list(versions_at_end(changes_between(git, base, head))) == []


def test_a_merge_has_the_versions_that_differ_from_each_parent(repo: GitRepo) -> None:
    repo.commit({"a.txt": "1\n", "b.txt": "1\n"})
    repo.git("checkout", "-q", "-b", "side")
    repo.commit({"a.txt": "2\n"})
    repo.git("checkout", "-q", "main")
    repo.commit({"b.txt": "2\n"})
    repo.git("merge", "-q", "--no-commit", "side")
    merge = repo.commit({"a.txt": "3\n"})
    (version,) = versions_in(Git.open(repo.path), [merge])
    assert (version.path, len(version.before)) == ("a.txt", 2)


def test_nothing_lies_between_a_commit_and_itself(repo: GitRepo) -> None:
    head = repo.commit({"a.txt": "1\n"})
    git = Git.open(repo.path)
    assert commits_between(git, (head,), head) == []
    assert commits_between(git, ("",), "") == []
    assert list(versions_in(git, [])) == []


@pytest.mark.parametrize(
    "output", [b":100644 x", b":100644 100644 a\0f", b"abc\0", b":\0a\0", b"a b\0"]
)
def test_output_of_another_format_is_no_silence(output: bytes) -> None:
    with pytest.raises(IncompleteError):
        list(parse_versions(output))


def test_blobs_come_once_each_and_too_much_is_asked_for_again(
    repo: GitRepo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tidegate.repository.versions.HELD_BYTES", 10)
    repo.commit({f"{n}.txt": f"{n}" * 8 for n in range(5)} | {"big.txt": "b" * 12})
    ids = [repo.git("rev-parse", f"HEAD:{n}.txt") for n in (*range(5), 0, "big")]
    found = dict(stream_blobs(Git.open(repo.path), ids, 10))
    assert [found[name] for name in ids[:2]] == [b"0" * 8, b"1" * 8]
    assert len(found) == 6
    assert isinstance(found[ids[-1]], Unreadable)


def test_files_that_hold_a_value(repo: GitRepo) -> None:
    commit = repo.commit({"a.txt": "one.two\n", "b.bin": b"\0one.two", "c.txt": "oneXtwo -f\n"})
    git = Git.open(repo.path)
    assert files_with(git, commit, [b"one.two"]) == ["a.txt", "b.bin"]
    assert files_with(git, commit, [b"-f", b"none"]) == ["c.txt"]
    assert files_with(git, commit, [b"none"]) == []
    assert files_with(git, commit, [b"", b"a\nb"]) == []


def test_a_failing_search_says_nothing_of_the_values(repo: GitRepo) -> None:
    repo.commit({"a.txt": "a\n"})
    with pytest.raises(IncompleteError) as caught:
        files_with(Git.open(repo.path), "0" * 40, [b"hunter2hunter2"])
    assert "hunter2" not in str(caught.value)
