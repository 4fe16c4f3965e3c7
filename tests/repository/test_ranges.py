"""Which commits are compared, in the shapes that real histories and CI clones have."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tidegate.errors import ExitCode, IncompleteError, UsageError
from tidegate.records.run import Range
from tidegate.repository.git import Git
from tidegate.repository.ranges import commit_of, resolve_range
from tidegate.tests.real import GitRepo

NewRepo = Callable[[str], GitRepo]


def resolve(
    repo: GitRepo,
    base: str | None = None,
    head: str = "HEAD",
    env: Mapping[str, str] | None = None,
) -> Range:
    return resolve_range(Git.open(repo.path), base=base, head=head, env=env or {})


def clone(repo: GitRepo, place: Path, *options: str) -> GitRepo:
    repo.git("clone", "-q", *options, f"file://{repo.path}", str(place))
    return type(repo)(place)


def forked(repo: GitRepo) -> tuple[str, str, str]:
    """main and feature, each one commit from where they part; feature is checked out."""
    fork = repo.commit({"a": "1"})
    repo.git("checkout", "-q", "-b", "feature")
    head = repo.commit({"b": "1"})
    repo.git("checkout", "-q", "main")
    tip = repo.commit({"c": "1"})
    repo.git("checkout", "-q", "feature")
    return fork, tip, head


def merged(repo: GitRepo, base: str, change: str) -> str:
    """Check out a merge of `change` onto `base`, as CI systems make it."""
    repo.git("checkout", "-q", "--detach", base)
    repo.git("merge", "-q", "--no-ff", "-m", "merge", change)
    return repo.git("rev-parse", "HEAD")


def event(tmp_path: Path, name: str, payload: object) -> dict[str, str]:
    path = tmp_path / "event.json"
    path.write_text(json.dumps(payload))
    return {"GITHUB_EVENT_NAME": name, "GITHUB_EVENT_PATH": str(path)}


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
def test_an_unknown_ref_is_incomplete_and_says_to_fetch(repo: GitRepo, ref: str) -> None:
    repo.commit({"a": "1"})
    for base, head in ((ref, "HEAD"), ("HEAD", ref)):
        with pytest.raises(IncompleteError, match="names no commit") as caught:
            resolve(repo, base, head)
        assert "git fetch origin" in caught.value.remedy


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
    assert "set-head" in caught.value.remedy
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


# What CI systems check out


def test_a_github_trial_merge_is_compared_with_what_it_was_merged_onto(
    repo: GitRepo, tmp_path: Path
) -> None:
    fork, tip, head = forked(repo)
    merge = merged(repo, "main", "feature")
    repo.git("update-ref", "refs/pull/7/merge", merge)
    payload = {"pull_request": {"base": {"sha": fork, "ref": "main"}}}
    env = event(tmp_path, "pull_request", payload)
    env |= {"GITHUB_BASE_REF": "main", "GITHUB_REF": "refs/pull/7/merge", "GITHUB_SHA": merge}
    copy = clone(repo, tmp_path / "copy")
    copy.git("fetch", "-q", "origin", "refs/pull/7/merge")
    copy.git("checkout", "-q", "FETCH_HEAD")
    found = resolve(copy, env=env)
    assert (found.base, found.base_tip, found.head) == (tip, tip, merge)
    assert (found.base_ref, found.base_origin) == ("origin/main", "github")
    assert resolve(copy, head=head, env=env).base == fork

    # A self-hosted runner that fetched the branch long ago: the newer tip wins.
    copy.git("update-ref", "refs/remotes/origin/main", fork)
    found = resolve(copy, env=env)
    assert (found.base, found.base_tip) == (tip, tip)

    # `fetch-depth: 2` has what is needed, `fetch-depth: 1` has not.
    for depth in (2, 1):
        small = type(repo)(tmp_path / f"depth{depth}")
        small.path.mkdir()
        small.git("init", "-q")
        small.git("remote", "add", "origin", f"file://{repo.path}")
        small.git("fetch", "-q", f"--depth={depth}", "origin", "refs/pull/7/merge")
        small.git("checkout", "-q", "FETCH_HEAD")
        if depth == 2:
            assert resolve(small, env=env).base == tip
        else:
            with pytest.raises(IncompleteError, match="fetch-depth: 0"):
                resolve(small, env=env)


def test_the_payloads_tip_serves_where_the_branch_is_not_fetched(
    repo: GitRepo, tmp_path: Path
) -> None:
    fork, tip, _ = forked(repo)
    env = event(tmp_path, "pull_request", {"pull_request": {"base": {"sha": tip, "ref": "main"}}})
    assert resolve(repo, env=env).base_tip == tip
    assert resolve(repo, env=env).base == fork


def test_pull_request_target_on_the_base_is_incomplete_and_not_empty(
    repo: GitRepo, tmp_path: Path
) -> None:
    fork, tip, head = forked(repo)
    payload = {"pull_request": {"base": {"sha": tip, "ref": "main"}}}
    env = event(tmp_path, "pull_request_target", payload)
    repo.git("checkout", "-q", "main")
    with pytest.raises(IncompleteError, match="starts on the base") as caught:
        resolve(repo, env=env)
    assert "--head" in caught.value.remedy
    assert resolve(repo, head=head, env=env).base == fork


def test_a_merge_queue_entry_is_compared_with_the_entry_before_it(
    repo: GitRepo, tmp_path: Path
) -> None:
    forked(repo)
    before = merged(repo, "main", "feature")
    repo.git("checkout", "-q", "-b", "second", "main")
    second = repo.commit({"d": "1"})
    entry = merged(repo, before, second)
    payload = {"merge_group": {"base_sha": before, "base_ref": "refs/heads/main"}}
    found = resolve(repo, env=event(tmp_path, "merge_group", payload))
    assert (found.base, found.base_tip, found.head) == (before, before, entry)


def test_a_gitlab_train_car_is_compared_with_the_car_before_it(repo: GitRepo) -> None:
    forked(repo)
    before = merged(repo, "main", "feature")
    repo.git("checkout", "-q", "-b", "second", "main")
    second = repo.commit({"d": "1"})
    car = merged(repo, before, second)
    env = {
        "GITLAB_CI": "true",
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
        "CI_MERGE_REQUEST_EVENT_TYPE": "merge_train",
        "CI_COMMIT_SHA": car,
    }
    assert resolve(repo, env=env).base == before
    assert resolve(repo, env=env | {"CI_MERGE_REQUEST_TARGET_BRANCH_SHA": before}).base == before


def test_the_parent_of_a_rebased_car_is_no_base(repo: GitRepo) -> None:
    """It would hide every commit of the change but the last."""
    repo.commit({"a": "1"})
    repo.commit({"b": "first of the change"})
    car = repo.commit({"b": "last of the change"})
    env = {
        "GITLAB_CI": "true",
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
        "CI_MERGE_REQUEST_EVENT_TYPE": "merge_train",
        "CI_COMMIT_SHA": car,
    }
    with pytest.raises(IncompleteError, match="names no commit"):
        resolve(repo, env=env)


def test_a_gitlab_merged_result_and_a_detached_merge_request(repo: GitRepo, tmp_path: Path) -> None:
    fork, tip, head = forked(repo)
    result = merged(repo, "main", "feature")
    repo.git("update-ref", "refs/merge-requests/1/merge", result)
    copy = clone(repo, tmp_path / "copy")
    copy.git("fetch", "-q", "origin", "refs/merge-requests/1/merge")
    copy.git("checkout", "-q", "FETCH_HEAD")
    env = {
        "GITLAB_CI": "true",
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": fork,
    }
    results = env | {"CI_MERGE_REQUEST_TARGET_BRANCH_SHA": tip}
    assert resolve(copy, env=results).base == tip
    assert resolve(copy, head=head, env=env).base == fork
    assert resolve(copy, head=head, env=env).base_tip == tip

    # The branch went on: the findings are the same, the policy is the newest.
    repo.git("checkout", "-q", "main")
    newest = repo.commit({"policy": "new"})
    copy.git("fetch", "-q", "origin")
    found = resolve(copy, env=results)
    assert (found.base, found.base_tip) == (tip, newest)

    # Without the branch there is no tip: the author's branch point is none.
    copy.git("update-ref", "-d", "refs/remotes/origin/main")
    with pytest.raises(IncompleteError, match="origin/main"):
        resolve(copy, head=head, env=env)


def test_a_push_to_the_default_branch_and_to_another(repo: GitRepo, tmp_path: Path) -> None:
    fork, tip, head = forked(repo)
    copy = clone(repo, tmp_path / "copy")
    pushed = {"before": fork, "repository": {"default_branch": "main"}}
    on_main = event(tmp_path, "push", pushed | {"ref": "refs/heads/main"})
    found = resolve(copy, head="origin/main", env=on_main)
    assert (found.base, found.head) == (fork, tip)
    on_feature = event(tmp_path, "push", pushed | {"ref": "refs/heads/feature"})
    found = resolve(copy, env=on_feature)
    assert (found.base, found.base_tip, found.head) == (fork, tip, head)


def test_jenkins_names_the_target(repo: GitRepo, tmp_path: Path) -> None:
    fork, tip, _ = forked(repo)
    copy = clone(repo, tmp_path / "copy")
    found = resolve(copy, env={"CHANGE_TARGET": "main"})
    assert (found.base, found.base_tip, found.base_origin) == (fork, tip, "jenkins")


def test_a_given_base_beats_the_environment(repo: GitRepo) -> None:
    fork, _, _ = forked(repo)
    found = resolve(repo, fork, env={"CHANGE_TARGET": "absent"})
    assert (found.base_tip, found.base_origin) == (fork, "flag")
