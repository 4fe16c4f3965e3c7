"""Which commits are compared in what CI systems check out."""

from pathlib import Path

import pytest

from tidegate.errors import IncompleteError
from tidegate.tests.real import GitRepo
from tidegate.tests.repository.histories import clone, event, forked, merged, resolve


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


@pytest.mark.parametrize("ci", ["pull_request", "pull_request_target", "gitlab", "jenkins"])
def test_a_job_that_checked_out_the_base_is_incomplete_and_not_empty(
    repo: GitRepo, tmp_path: Path, ci: str
) -> None:
    fork, tip, head = forked(repo)
    payload = {"pull_request": {"base": {"sha": tip, "ref": "main"}}}
    env = {
        "gitlab": {"GITLAB_CI": "true", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main"},
        "jenkins": {"JENKINS_URL": "http://ci", "CHANGE_TARGET": "main"},
    }.get(ci) or event(tmp_path, ci, payload)
    repo.git("checkout", "-q", "main")
    repo.git("update-ref", "refs/remotes/origin/main", tip)
    with pytest.raises(IncompleteError, match="change is not checked out") as caught:
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
