"""The index as the head of a change."""

from pathlib import Path

import pytest

from tidegate.errors import IncompleteError, UsageError
from tidegate.repository.changes import changes_in_index
from tidegate.repository.git import Git
from tidegate.repository.staged import read_staged, staged_range, with_index_of
from tidegate.tests.real import GitRepo


def test_what_is_staged_counts_and_what_lies_on_disk_does_not(repo: GitRepo) -> None:
    base = repo.commit({"a.py": "1\n", "b.py": "1\n", "gone.py": "1\n"})
    repo.write({"a.py": "staged\n", "new.py": "n\n", "gone.py": None})
    repo.git("add", "-A")
    repo.write({"a.py": "on disk\n", "b.py": "on disk\n", "untracked.py": "u\n"})
    git = Git.open(repo.path)
    found = {change.path or change.old_path: change for change in changes_in_index(git, base)}
    assert set(found) == {"a.py", "new.py", "gone.py"}
    assert found["a.py"].blob == repo.git("rev-parse", ":a.py")
    assert read_staged(git, "a.py", 100) == b"staged\n"
    assert read_staged(git, "b.py", 100) == b"1\n"
    assert read_staged(git, "untracked.py", 100) is None
    assert read_staged(git, "gone.py", 100) is None


def test_a_rename_is_one_in_the_index_too(repo: GitRepo) -> None:
    base = repo.commit({"old.py": "".join(f"line {n}\n" for n in range(40))})
    repo.git("mv", "old.py", "new.py")
    (change,) = changes_in_index(Git.open(repo.path), base)
    assert (change.old_path, change.path, change.similarity) == ("old.py", "new.py", 100)


def test_folders_and_links_of_the_index_are_no_files(repo: GitRepo) -> None:
    repo.commit({"folder/a.py": "1\n"})
    (repo.path / "link.py").symlink_to("folder/a.py")
    repo.git("add", "-A")
    git = Git.open(repo.path)
    assert read_staged(git, "folder", 100) is None
    assert read_staged(git, "link.py", 100) is None
    assert read_staged(git, "*", 100) is None


def test_the_index_of_a_commit_under_way_is_read(repo: GitRepo) -> None:
    base = repo.commit({"a.py": "1\n"})
    other = repo.path / ".git" / "other-index"
    other.write_bytes((repo.path / ".git" / "index").read_bytes())
    repo.write({"a.py": "2\n"})
    repo.git("add", "-A")
    git = Git.open(repo.path)
    assert len(changes_in_index(git, base)) == 1
    assert changes_in_index(with_index_of(git, {"GIT_INDEX_FILE": str(other)}), base) == []


def test_what_is_not_merged_yet_is_incomplete(repo: GitRepo) -> None:
    base = repo.commit({"a.py": "1\n"})
    repo.git("checkout", "-q", "-b", "other")
    theirs = repo.commit({"a.py": "2\n"})
    repo.git("checkout", "-q", "main")
    ours = repo.commit({"a.py": "3\n"})
    repo.git("read-tree", "-m", base, ours, theirs)
    with pytest.raises(IncompleteError, match=r"a\.py is not merged yet"):
        changes_in_index(Git.open(repo.path), ours)


def test_the_range_goes_from_head_to_the_index(repo: GitRepo) -> None:
    head = repo.commit({"a.py": "1\n"})
    found = staged_range(Git.open(repo.path), base=None, head="HEAD", env={})
    assert found.staged
    assert (found.base, found.head, found.base_tip) == (head, head, head)


def test_another_base_and_what_a_ci_system_names_are_told_apart(repo: GitRepo) -> None:
    first = repo.commit({"a.py": "1\n"})
    repo.git("checkout", "-q", "-b", "feature")
    second = repo.commit({"a.py": "2\n"})
    git = Git.open(repo.path)
    env = {"GITHUB_ACTIONS": "true", "GITHUB_BASE_REF": "main"}
    assert staged_range(git, base=None, head="HEAD", env=env).base == second
    assert staged_range(git, base="main", head="HEAD", env={}).base == first


def test_before_the_first_commit_everything_is_new(repo: GitRepo) -> None:
    repo.write({"a.py": "1\n"})
    repo.git("add", "-A")
    git = Git.open(repo.path)
    found = staged_range(git, base=None, head="HEAD", env={})
    assert found.merge_bases == ("",)
    assert [change.path for change in changes_in_index(git, found.merge_bases[0])] == ["a.py"]


def test_a_broken_head_is_no_first_commit(repo: GitRepo) -> None:
    repo.commit({"a.py": "1\n"})
    (repo.path / ".git" / "refs" / "heads" / "main").write_text("0" * 39 + "1\n")
    with pytest.raises(IncompleteError):
        staged_range(Git.open(repo.path), base=None, head="HEAD", env={})


@pytest.mark.parametrize("named", ["", "nothing", "/nonexistent/index"])
def test_an_index_that_is_not_there_is_no_empty_one(repo: GitRepo, named: str) -> None:
    repo.commit({"a.py": "1\n"})
    if not named:
        (repo.path / ".git" / "index").unlink()
    git = with_index_of(Git.open(repo.path), {"GIT_INDEX_FILE": named})
    with pytest.raises(UsageError, match="no index"):
        staged_range(git, base=None, head="HEAD", env={})


def test_no_index_and_no_other_head(repo: GitRepo, tmp_path: Path) -> None:
    repo.commit({"a.py": "1\n"})
    with pytest.raises(UsageError, match="stands on HEAD"):
        staged_range(Git.open(repo.path), base=None, head="main", env={})
    repo.git("clone", "-q", "--bare", ".", str(tmp_path / "bare"))
    with pytest.raises(UsageError, match="no index"):
        staged_range(Git.open(tmp_path / "bare"), base=None, head="HEAD", env={})
