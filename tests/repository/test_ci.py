"""The base that a CI system names, from its variables and its event file."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.errors import IncompleteError
from tidegate.repository import ci
from tidegate.repository.ci import BaseHint, base_from_environment

A, B, ZERO = "a" * 40, "b" * 40, "0" * 40
Reader = Callable[[Path], bytes]


def github(event: str, payload: object, **more: str) -> BaseHint | None:
    env = {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": event, "GITHUB_EVENT_PATH": "/e", **more}
    return base_from_environment(env, lambda _path: json.dumps(payload).encode())


def refs(hint: BaseHint | None) -> tuple[str, ...]:
    assert hint
    return hint.refs


def push(ref: str, before: str = B) -> dict[str, object]:
    return {"ref": ref, "before": before, "repository": {"default_branch": "main"}}


PULL = {"pull_request": {"base": {"sha": B, "ref": "main"}}}


def test_without_a_ci_system_there_is_no_hint() -> None:
    assert base_from_environment({"HOME": "/", "CI": "true"}) is None


def test_github_pull_request_prefers_the_branch_then_the_trial_merge_then_the_payload() -> None:
    more = {"GITHUB_BASE_REF": "rel/1", "GITHUB_REF": "refs/pull/7/merge", "GITHUB_SHA": A}
    hint = github("pull_request", PULL, **more)
    assert refs(hint) == ("refs/remotes/origin/rel/1", f"{A}^1", B)
    assert hint
    assert hint.origin == "github"
    assert hint.brings_commits


def test_github_pull_request_of_another_ref_has_no_trial_merge() -> None:
    more = {"GITHUB_BASE_REF": "main", "GITHUB_REF": "refs/heads/main", "GITHUB_SHA": A}
    assert refs(github("pull_request", PULL, **more)) == ("refs/remotes/origin/main", B)


def test_github_pull_request_target_starts_on_the_base() -> None:
    hint = github("pull_request_target", PULL, GITHUB_BASE_REF="main", GITHUB_SHA=A)
    assert refs(hint) == ("refs/remotes/origin/main", B)
    assert hint
    assert hint.brings_commits


def test_github_review_takes_the_branch_from_the_payload() -> None:
    assert refs(github("pull_request_review", PULL)) == ("refs/remotes/origin/main", B)


def test_github_merge_queue() -> None:
    payload = {"merge_group": {"base_sha": B, "base_ref": "refs/heads/main"}}
    assert refs(github("merge_group", payload)) == (B, "refs/remotes/origin/main")


def test_github_push_to_the_default_branch_is_judged_against_what_it_was() -> None:
    assert refs(github("push", push("refs/heads/main"))) == (B,)


@pytest.mark.parametrize("ref", ["refs/heads/feature", "refs/tags/v1", "refs/heads/x/main"])
@pytest.mark.parametrize("before", [B, ZERO])
def test_github_push_elsewhere_is_judged_against_the_default_branch(ref: str, before: str) -> None:
    assert refs(github("push", push(ref, before))) == ("refs/remotes/origin/main",)


def test_github_first_push_of_the_default_branch_has_no_base() -> None:
    with pytest.raises(IncompleteError, match="first push"):
        github("push", push("refs/heads/main", ZERO))


@pytest.mark.parametrize("event", ["schedule", "workflow_dispatch", "release", "issues", ""])
def test_github_events_that_land_nothing_name_no_base(event: str) -> None:
    assert github(event, {}) is None


def test_real_github_payloads(shared_data: Path) -> None:
    folder = shared_data / "events" / "github"
    if not folder.is_dir():
        pytest.skip("the real payloads are not there")
    seen = 0
    for path in sorted((folder / "pull_request").glob("*.json")):
        env = {"GITHUB_EVENT_NAME": "pull_request", "GITHUB_EVENT_PATH": str(path)}
        branch, sha = refs(base_from_environment(env))
        assert branch == "refs/remotes/origin/master"
        assert len(sha) == 40
        seen += 1
    for path in sorted((folder / "push").glob("*.json")):
        payload = json.loads(path.read_bytes())
        env = {"GITHUB_EVENT_NAME": "push", "GITHUB_EVENT_PATH": str(path)}
        if payload["ref"] == "refs/heads/master" and payload["before"] == ZERO:
            with pytest.raises(IncompleteError, match="first push"):
                base_from_environment(env)
        else:
            assert refs(base_from_environment(env)) == ("refs/remotes/origin/master",)
        seen += 1
    for path in sorted((folder / "release").glob("*.json")):
        env = {"GITHUB_EVENT_NAME": "release", "GITHUB_EVENT_PATH": str(path)}
        assert base_from_environment(env) is None
    assert seen > 20


def hostile_file(kind: str, folder: Path) -> Path:
    path = folder / "event.json"
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind != "missing":
        path.write_bytes(
            {
                "cut": b'{"pull_request": {"base"',
                "nested": b"[" * 200_000,
                "binary": bytes(range(256)),
                "number": b"9" * 10_000,
                "list": b"[]",
                "null": b"null",
                "no sha": b'{"pull_request": {"base": {"ref": "main"}}}',
                "option": b'{"pull_request": {"base": {"ref": "main", "sha": "--output=x"}}}',
                "wrong type": b'{"pull_request": {"base": {"ref": ["main"], "sha": 1}}}',
                "line break": b'{"pull_request": {"base": {"ref": "a\\nb", "sha": "%s"}}}'
                % B.encode(),
                "steps": b'{"pull_request": {"base": {"ref": "main~5", "sha": "%s"}}}' % B.encode(),
                "surrogate": b'{"pull_request": {"base": {"ref": "\\ud800", "sha": "%s"}}}'
                % B.encode(),
            }[kind]
        )
    return path


NO_FILES = ["missing", "folder", "fifo"]
NO_JSON = ["cut", "nested", "binary", "number", "list", "null"]
NO_BASE = ["no sha", "option", "wrong type", "line break", "steps", "surrogate"]


@pytest.mark.parametrize("kind", [*NO_FILES, *NO_JSON, *NO_BASE])
def test_a_bad_event_file_is_incomplete_with_a_remedy(kind: str, tmp_path: Path) -> None:
    path = hostile_file(kind, tmp_path)
    env = {"GITHUB_EVENT_NAME": "pull_request", "GITHUB_EVENT_PATH": str(path)}
    with pytest.raises(IncompleteError) as caught:
        base_from_environment(env)
    assert "--base" in caught.value.remedy
    assert "\n" not in str(caught.value)


def test_a_huge_event_file_is_incomplete(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(ci, "MAX_EVENT_BYTES", 100)
    path = tmp_path / "event.json"
    path.write_text(json.dumps(PULL) + " " * 1000)
    env = {"GITHUB_EVENT_NAME": "pull_request", "GITHUB_EVENT_PATH": str(path)}
    with pytest.raises(IncompleteError, match="over 100 bytes"):
        base_from_environment(env)


@pytest.mark.parametrize("event", ["push", "merge_group", "pull_request"])
def test_without_an_event_file_nothing_is_guessed(event: str) -> None:
    with pytest.raises(IncompleteError, match="GITHUB_EVENT_PATH"):
        base_from_environment({"GITHUB_EVENT_NAME": event})


@given(st.sampled_from(["push", "merge_group", "pull_request"]), st.binary(max_size=60))
def test_any_event_file_is_read_or_refused(event: str, content: bytes) -> None:
    env = {"GITHUB_EVENT_NAME": event, "GITHUB_EVENT_PATH": "/e"}
    with pytest.raises(IncompleteError):
        base_from_environment(env, lambda _path: content)


MERGE_REQUEST = {
    "GITLAB_CI": "true",
    "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
    "CI_MERGE_REQUEST_EVENT_TYPE": "detached",
    "CI_MERGE_REQUEST_DIFF_BASE_SHA": "d" * 40,
    "CI_COMMIT_BEFORE_SHA": ZERO,
    "CI_COMMIT_SHA": A,
    "CI_DEFAULT_BRANCH": "main",
}
BRANCH = {
    "GITLAB_CI": "true",
    "CI_DEFAULT_BRANCH": "main",
    "CI_COMMIT_BRANCH": "main",
    "CI_COMMIT_BEFORE_SHA": B,
    "CI_PIPELINE_SOURCE": "push",
}


def test_gitlab_detached_is_the_tip_and_never_where_the_author_branched_off() -> None:
    assert refs(base_from_environment(MERGE_REQUEST)) == ("refs/remotes/origin/main",)


def test_gitlab_merged_result() -> None:
    more = {
        "CI_MERGE_REQUEST_EVENT_TYPE": "merged_result",
        "CI_MERGE_REQUEST_TARGET_BRANCH_SHA": B,
    }
    hint = base_from_environment(MERGE_REQUEST | more)
    assert refs(hint) == (B, "refs/remotes/origin/main")
    assert hint
    assert hint.origin == "gitlab"


def test_gitlab_merge_train_is_the_car_before() -> None:
    train = MERGE_REQUEST | {"CI_MERGE_REQUEST_EVENT_TYPE": "merge_train"}
    assert refs(base_from_environment(train)) == (f"{A}^1",)
    known = train | {"CI_MERGE_REQUEST_TARGET_BRANCH_SHA": B}
    assert refs(base_from_environment(known)) == (B,)


def test_gitlab_branches() -> None:
    assert refs(base_from_environment(BRANCH)) == (B,)
    default = ("refs/remotes/origin/main",)
    assert refs(base_from_environment(BRANCH | {"CI_COMMIT_BRANCH": "feature"})) == default
    assert refs(base_from_environment(BRANCH | {"CI_COMMIT_BRANCH": ""})) == default
    new = {"CI_COMMIT_BRANCH": "feature", "CI_COMMIT_BEFORE_SHA": ZERO}
    assert refs(base_from_environment(BRANCH | new)) == default
    scheduled = {"CI_COMMIT_BEFORE_SHA": ZERO, "CI_PIPELINE_SOURCE": "schedule"}
    assert base_from_environment(BRANCH | scheduled) is None
    with pytest.raises(IncompleteError, match="first push"):
        base_from_environment(BRANCH | {"CI_COMMIT_BEFORE_SHA": ZERO})


def test_jenkins() -> None:
    change = {"JENKINS_URL": "u", "CHANGE_TARGET": "main", "GIT_PREVIOUS_SUCCESSFUL_COMMIT": B}
    hint = base_from_environment(change)
    assert refs(hint) == ("refs/remotes/origin/main",)
    assert hint
    assert hint.origin == "jenkins"
    assert refs(base_from_environment({"GIT_PREVIOUS_SUCCESSFUL_COMMIT": B})) == (B,)
    assert base_from_environment({"JENKINS_URL": "u", "GIT_PREVIOUS_COMMIT": B}) is None


@pytest.mark.parametrize(
    "name", ["-", "a..b", "a b", "a~1", "a^{tree}", "a:b", "@{-1}", "x\n", "/a"]
)
@pytest.mark.parametrize(
    "env",
    [
        {"GITHUB_EVENT_NAME": "pull_request", "GITHUB_BASE_REF": "?"},
        {"GITLAB_CI": "1", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "?"},
        {"CHANGE_TARGET": "?"},
    ],
)
def test_a_name_that_no_branch_has_is_incomplete(env: dict[str, str], name: str) -> None:
    env = {key: name if value == "?" else value for key, value in env.items()}
    if name == "-":  # git knows such branches, and behind its folder it is no option
        assert refs(base_from_environment(env)) == ("refs/remotes/origin/-",)
        return
    with pytest.raises(IncompleteError, match="for a branch"):
        base_from_environment(env)


def test_a_commit_that_is_none_is_incomplete() -> None:
    with pytest.raises(IncompleteError, match="for a commit"):
        base_from_environment({"GIT_PREVIOUS_SUCCESSFUL_COMMIT": "HEAD~3"})
