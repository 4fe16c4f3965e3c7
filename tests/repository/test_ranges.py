"""Which commits are compared, in the shapes that real histories have."""

from pathlib import Path

import pytest

from tidegate.errors import ExitCode, IncompleteError, UsageError
from tidegate.records.run import Range
from tidegate.repository.git import Git
from tidegate.repository.ranges import commit_of, resolve_range
from tidegate.tests.real import GitRepo
from tidegate.tests.repository.histories import clone, forked, resolve


def test_a_branch_against_its_base(repo: GitRepo) -> None:
    fork, tip, head = forked(repo)
    assert resolve(repo, "main") == Range(
        base=fork,
        head=head,
        base_tip=tip,
        base_ref="main",
        base_origin="flag",
        merge_bases=(fork,),
    )


def test_an_empty_range(repo: GitRepo) -> None:
    head = repo.commit({"a": "1"})
    found = resolve(repo, "HEAD")
    assert (found.base, found.head, found.base_tip) == (head, head, head)


def test_two_merge_bases_are_both_told_and_sorted(repo: GitRepo) -> None:
    repo.commit({"a": "1"})
    repo.git("checkout", "-q", "-b", "other")
    one = repo.commit({"b": "1"})
    repo.git("checkout", "-q", "main")
    two = repo.commit({"c": "1"})
    repo.git("merge", "-q", "-m", "x", one)
    repo.git("checkout", "-q", "other")
    repo.git("merge", "-q", "-m", "y", two)
    found = resolve(repo, "main")
    assert found.merge_bases == tuple(sorted([one, two]))
    assert found.base == found.merge_bases[0]


@pytest.mark.parametrize("ref", ["--output=x", "-", "", "a\nb", "a\0b", "\x1b[1m", "x" * 5000])
def test_a_ref_that_cannot_be_one_is_wrong_usage(repo: GitRepo, ref: str) -> None:
    repo.commit({"a": "1"})
    for base, head in ((ref, "HEAD"), ("HEAD", ref)):
        with pytest.raises(UsageError, match="cannot be a ref") as caught:
            resolve(repo, base, head)
        assert caught.value.exit_code is ExitCode.USAGE


@pytest.mark.parametrize(
    "ref", ["absent", "HEAD~9", "1" * 40, "a..b", "^main", "a b", "\udcff", "ü"]
)
def test_an_unknown_ref_is_incomplete_and_nothing_is_fetched_from_nowhere(
    repo: GitRepo, ref: str
) -> None:
    repo.commit({"a": "1"})
    for base, head in ((ref, "HEAD"), ("HEAD", ref)):
        with pytest.raises(IncompleteError, match="names no commit") as caught:
            resolve(repo, base, head)
        assert caught.value.remedy.startswith("name another commit, branch or tag")
        assert "git fetch" not in caught.value.remedy


def test_a_repository_without_a_commit_is_incomplete(repo: GitRepo) -> None:
    with pytest.raises(IncompleteError):
        resolve(repo, "HEAD")


@pytest.mark.parametrize("ref", ["HEAD^{tree}", "HEAD:a", "main:", "tree-tag", "blob"])
def test_a_ref_of_something_else_is_wrong_usage(repo: GitRepo, ref: str) -> None:
    repo.commit({"a": "1"})
    repo.git("tag", "-a", "-m", "t", "tree-tag", "HEAD^{tree}")
    if ref == "blob":
        ref = repo.git("rev-parse", "HEAD:a")
    with pytest.raises(UsageError, match=r"names a (tree|blob|file)"):
        resolve(repo, ref)


def test_tags_are_peeled_and_steps_and_short_ids_work(repo: GitRepo) -> None:
    first = repo.commit({"a": "1"})
    repo.git("tag", "-a", "-m", "t", "inner")
    repo.git("tag", "-a", "-m", "t", "v1", "inner")
    head = repo.commit({"a": "2"})
    for ref in ("v1", "refs/tags/v1", "main~1", "main^", "HEAD^", "@~1", first, first[:9], "v1~0"):
        found = resolve(repo, ref)
        assert (found.base_tip, found.head, found.base_ref) == (first, head, ref)
    assert commit_of(Git.open(repo.path), "v1") == first
    with pytest.raises(IncompleteError):
        commit_of(Git.open(repo.path), "absent")


def test_a_branch_that_only_the_remote_has(repo: GitRepo, tmp_path: Path) -> None:
    _, tip, _ = forked(repo)
    copy = clone(repo, tmp_path / "copy")
    assert not copy.git("branch", "--list", "main")
    for ref in ("main", "origin/main"):
        assert resolve(copy, ref).base_tip == tip
    assert resolve(copy, "main~1").base_tip == repo.git("rev-parse", "main~1")


def test_a_tag_does_not_take_a_branchs_place(repo: GitRepo, tmp_path: Path) -> None:
    fork, tip, _ = forked(repo)
    repo.git("tag", "main", fork)
    copy = clone(repo, tmp_path / "copy")
    for place in (repo, copy):
        assert resolve(place, "main").base_tip == tip
        assert resolve(place, "refs/tags/main").base_tip == fork


def test_no_common_ancestor_is_incomplete(repo: GitRepo) -> None:
    repo.commit({"a": "1"})
    repo.git("checkout", "-q", "--orphan", "island")
    repo.commit({"b": "1"})
    with pytest.raises(IncompleteError, match="no common ancestor") as caught:
        resolve(repo, "main")
    assert "--base" in caught.value.remedy


def test_the_remotes_default_branch(repo: GitRepo, tmp_path: Path) -> None:
    fork, tip, head = forked(repo)
    repo.git("checkout", "-q", "main")
    copy = clone(repo, tmp_path / "copy")
    copy.git("checkout", "-q", "feature")
    found = resolve(copy)
    assert (found.base, found.base_tip, found.head) == (fork, tip, head)
    assert (found.base_ref, found.base_origin) == ("origin/HEAD", "remote")
    copy.git("remote", "set-head", "origin", "--delete")
    assert resolve(copy).base_ref == "origin/main"
    copy.git("remote", "rename", "origin", "up")
    assert resolve(copy).base_ref == "up/main"


def test_no_base_at_all_says_how_to_name_one(repo: GitRepo) -> None:
    repo.commit({"a": "1"})
    with pytest.raises(IncompleteError, match="no base") as caught:
        resolve(repo)
    assert "--base" in caught.value.remedy
    repo.git("remote", "add", "one", "x")
    repo.git("remote", "add", "two", "x")
    with pytest.raises(IncompleteError, match="no base"):
        resolve(repo)


def test_the_work_tree_stands_on_head(repo: GitRepo, tmp_path: Path) -> None:
    head = repo.commit({"a": "1"})
    git = Git.open(repo.path)
    found = resolve_range(git, base="HEAD", worktree=True, env={})
    assert found.worktree
    assert found.head == head
    with pytest.raises(UsageError, match="stands on HEAD"):
        resolve_range(git, base="HEAD", head="main", worktree=True, env={})
    repo.git("clone", "-q", "--bare", str(repo.path), str(tmp_path / "bare"))
    with pytest.raises(UsageError, match="no work tree"):
        resolve_range(Git.open(tmp_path / "bare"), base="HEAD", worktree=True, env={})


# Shallow clones


def test_a_shallow_clone_without_the_base_says_fetch_depth(repo: GitRepo, tmp_path: Path) -> None:
    forked(repo)
    repo.git("checkout", "-q", "main")
    copy = clone(repo, tmp_path / "copy", "--depth=1", "--branch=feature")
    for base in ("main", "HEAD~1", None):
        with pytest.raises(IncompleteError) as caught:
            resolve(copy, base)
        assert "fetch-depth: 0" in caught.value.remedy
        assert "GIT_DEPTH: 0" in caught.value.remedy


def test_a_shallow_clone_that_cuts_the_common_ancestor_is_incomplete(
    repo: GitRepo, tmp_path: Path
) -> None:
    forked(repo)
    copy = clone(repo, tmp_path / "copy", "--depth=1", "--no-single-branch")
    with pytest.raises(IncompleteError, match="no common ancestor") as caught:
        resolve(copy, "main")
    assert "fetch-depth: 0" in caught.value.remedy


def test_a_shallow_clone_with_a_merge_base_that_is_not_the_real_one_is_incomplete(
    repo: GitRepo, tmp_path: Path
) -> None:
    """The two sides met again below the cut: what is left shows an older meeting only."""
    old = repo.commit({"a": "1"})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({"b": "1"})
    repo.git("checkout", "-q", "main")
    repo.commit({"m": "1"})
    repo.git("checkout", "-q", "feature")
    repo.git("merge", "-q", "-m", "from main", "main")
    real = repo.git("rev-parse", "main")
    # Both tips also reach the old commit directly, which is what the cut leaves over.
    tree = repo.git("rev-parse", "feature^{tree}")
    step = repo.git("commit-tree", "-m", "step", "-p", "feature", tree)
    head = repo.git("commit-tree", "-m", "head", "-p", step, "-p", old, tree)
    tip_step = repo.git("commit-tree", "-m", "step", "-p", "main", tree)
    tip = repo.git("commit-tree", "-m", "tip", "-p", tip_step, "-p", old, tree)
    repo.git("update-ref", "refs/heads/main", tip)
    repo.git("update-ref", "refs/heads/feature", head)
    repo.git("checkout", "-q", "-f", "feature")
    assert resolve(repo, "main").base == real
    copy = clone(repo, tmp_path / "copy", "--depth=2", "--no-single-branch")
    assert copy.git("merge-base", "origin/main", "HEAD") == old
    with pytest.raises(IncompleteError, match="may hide the merge base") as caught:
        resolve(copy, "main")
    assert "fetch-depth: 0" in caught.value.remedy


def test_a_shallow_clone_that_is_deep_enough_is_sound(repo: GitRepo, tmp_path: Path) -> None:
    for n in range(3):
        repo.commit({"old": str(n)})
    fork, tip, head = forked(repo)
    copy = clone(repo, tmp_path / "copy", "--depth=3", "--no-single-branch")
    assert Git.open(copy.path).shallow
    found = resolve(copy, "main")
    assert (found.base, found.base_tip, found.head) == (fork, tip, head)


def test_a_shallow_clone_whose_base_is_an_ancestor_is_sound(repo: GitRepo, tmp_path: Path) -> None:
    for n in range(3):
        repo.commit({"a": str(n)})
    copy = clone(repo, tmp_path / "copy", "--depth=2")
    found = resolve(copy, "HEAD^")
    assert found.merge_bases == (repo.git("rev-parse", "HEAD^"),)
