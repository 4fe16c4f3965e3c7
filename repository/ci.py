"""Which base a CI system names: its environment in, candidates out.

The policy is read from the tip of the base branch, so that each candidate here is a tip
which that branch has or had, as the server tells it, and never a commit that the author
of a change picks by where he branches off. Of several candidates the newest wins
(`ranges.py`): a reused checkout may hold an old `origin/main`, a job that is run again
an old payload.
"""

import os
import re
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ..errors import IncompleteError

MAX_EVENT_BYTES = 32 * 1024 * 1024
"""GitHub caps a webhook's payload at 25 MB."""

PULL_REQUEST_EVENTS = (
    "pull_request",
    "pull_request_target",
    "pull_request_review",
    "pull_request_review_comment",
)

COMMIT_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
NOT_IN_A_BRANCH = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|^/|^$|/$|\.lock$")

GIVE_BASE = "give the base with --base REF"


@dataclass(frozen=True, slots=True)
class BaseHint:
    """What the environment says of the base."""

    refs: tuple[str, ...]
    """Tips of the base branch, the likeliest first; each may be absent in this clone.

    One that ends in `^1` is what a merge landed on and counts for merges only.
    """
    origin: Literal["github", "gitlab", "jenkins"]
    note: str = ""
    """Why this base, in words."""
    brings_commits: bool = False
    """A change has commits of its own: an empty range means that it is not checked out."""


def read_event(path: Path) -> bytes:
    """The bytes of an event file, at most one more than MAX_EVENT_BYTES; else OSError."""
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(f"{path} is not a regular file")
        return file.read(MAX_EVENT_BYTES + 1)


def base_from_environment(
    env: Mapping[str, str], read_file: Callable[[Path], bytes] = read_event
) -> BaseHint | None:
    """The base that GitHub Actions, GitLab CI or Jenkins names; None where none does.

    Raises IncompleteError where it should be named and cannot be read.
    """
    if env.get("GITHUB_ACTIONS") or env.get("GITHUB_EVENT_NAME"):
        return _github(env, read_file)
    if env.get("GITLAB_CI"):
        return _gitlab(env)
    return _jenkins(env)


def _github(env: Mapping[str, str], read_file: Callable[[Path], bytes]) -> BaseHint | None:
    event = env.get("GITHUB_EVENT_NAME", "")
    if event in PULL_REQUEST_EVENTS:
        return _github_pull_request(env, read_file)
    if event == "merge_group":
        # HEAD was merged onto base_sha, which may be an entry of the queue that has not
        # landed: newer than the branch. The branch itself would blame this change for
        # the entries before it, but hide nothing.
        payload = _payload(env, read_file)
        base = _commit(_field(payload, "merge_group", "base_sha"))
        branch = _text(_field(payload, "merge_group", "base_ref")).removeprefix("refs/heads/")
        return BaseHint((base, _remote_branch(branch)), "github", "merge queue: its base_sha")
    if event == "push":
        payload = _payload(env, read_file)
        return _pushed(
            "github",
            ref=_text(_field(payload, "ref")),
            default=_text(_field(payload, "repository", "default_branch")),
            before=_commit(_field(payload, "before")),
        )
    # schedule, workflow_dispatch, release and the others land nothing.
    return None


def _github_pull_request(env: Mapping[str, str], read_file: Callable[[Path], bytes]) -> BaseHint:
    payload = _payload(env, read_file) if env.get("GITHUB_EVENT_PATH") else None
    branch = env.get("GITHUB_BASE_REF", "")
    if not branch:
        payload = _payload(env, read_file) if payload is None else payload
        branch = _text(_field(payload, "pull_request", "base", "ref"))
    refs = [_remote_branch(branch)]
    # The server's trial merge stands on the tip which the branch had a moment ago, and
    # is there with `fetch-depth: 2` already.
    if re.fullmatch(r"refs/pull/\d+/merge", env.get("GITHUB_REF", "")):
        refs.append(_commit(env.get("GITHUB_SHA")) + "^1")
    # The tip when the event was sent: may be old, above all in a job that is run again.
    if payload is not None:
        refs.append(_commit(_field(payload, "pull_request", "base", "sha")))
    return BaseHint(tuple(refs), "github", f"pull request into {branch}", brings_commits=True)


def _gitlab(env: Mapping[str, str]) -> BaseHint | None:
    target = env.get("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "")
    if target:
        return _gitlab_merge_request(env, _remote_branch(target))
    default = env.get("CI_DEFAULT_BRANCH", "")
    if not default:
        return None
    branch = env.get("CI_COMMIT_BRANCH", "")
    before = env.get("CI_COMMIT_BEFORE_SHA", "")
    if branch == default and not before.strip("0") and env.get("CI_PIPELINE_SOURCE") != "push":
        # Scheduled and manual pipelines of the default branch land nothing.
        return None
    ref = f"refs/heads/{branch}" if branch else ""
    return _pushed("gitlab", ref=ref, default=default, before=_commit(before))


def _gitlab_merge_request(env: Mapping[str, str], branch: str) -> BaseHint:
    tip = env.get("CI_MERGE_REQUEST_TARGET_BRANCH_SHA", "")
    if env.get("CI_MERGE_REQUEST_EVENT_TYPE") == "merge_train":
        # What lands is HEAD against the car before it. GitLab sets the target sha to
        # that car (CreateRefService: target_sha is first_parent_sha), which holds where
        # the car was rebased, too; the first parent says the same of a merge only.
        base = _commit(tip) if tip else _commit(env.get("CI_COMMIT_SHA")) + "^1"
        return BaseHint((base,), "gitlab", "merge train: the car before this one")
    if tip:
        # HEAD was merged onto this tip, while `origin/…` may be a leftover of an earlier
        # job: a runner fetches the merged ref alone unless GIT_DEPTH is 0.
        note = "merged result: the target's tip"
        return BaseHint((_commit(tip), branch), "gitlab", note, brings_commits=True)
    # CI_MERGE_REQUEST_DIFF_BASE_SHA is no candidate: it is the commit where the author
    # branched off, and would bring an old policy back (DESIGN, rule 1).
    note = "merge request: the tip of its target branch"
    return BaseHint((branch,), "gitlab", note, brings_commits=True)


def _jenkins(env: Mapping[str, str]) -> BaseHint | None:
    target = env.get("CHANGE_TARGET", "")
    if target:
        note = f"change into {target}"
        return BaseHint((_remote_branch(target),), "jenkins", note, brings_commits=True)
    # Jenkins does not name a default branch. The last build that succeeded was judged,
    # the last one built may have been refused.
    built = env.get("GIT_PREVIOUS_SUCCESSFUL_COMMIT", "")
    if built:
        return BaseHint((_commit(built),), "jenkins", "the last successful build")
    return None


def _pushed(
    origin: Literal["github", "gitlab"], *, ref: str, default: str, before: str
) -> BaseHint:
    """The base of a pushed branch or tag."""
    branch = _remote_branch(default)
    if ref != f"refs/heads/{default}":
        # The commit before this push is the author's own, its policy too, and what an
        # earlier push brought in would count as existing: the default branch decides.
        return BaseHint((branch,), origin, f"push: against the default branch, {default}")
    if not before.strip("0"):
        raise IncompleteError(f"the first push of {default} has nothing before it", GIVE_BASE)
    # The branch has moved to HEAD already: its tip before the push is the base.
    return BaseHint((before,), origin, f"push: the tip of {default} before it")


def _payload(env: Mapping[str, str], read_file: Callable[[Path], bytes]) -> object:
    """The event file as JSON. Raises IncompleteError where it cannot be had."""
    import json

    path = env.get("GITHUB_EVENT_PATH", "")
    if not path:
        raise IncompleteError("GITHUB_EVENT_PATH is not set", GIVE_BASE)
    try:
        content = read_file(Path(path))
        if len(content) > MAX_EVENT_BYTES:
            raise IncompleteError(f"the event file is over {MAX_EVENT_BYTES} bytes", GIVE_BASE)
        payload: object = json.loads(content)
    except (OSError, ValueError, RecursionError) as error:
        raise IncompleteError(
            f"the event file cannot be read ({error!r:.200})", GIVE_BASE
        ) from error
    return payload


def _field(payload: object, *keys: str) -> object:
    for key in keys:
        payload = payload.get(key) if isinstance(payload, dict) else None
    if payload is None:
        raise IncompleteError(f"the event file has no {'.'.join(keys)}", GIVE_BASE)
    return payload


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise IncompleteError(f"the event file holds {value!r:.80} for a name", GIVE_BASE)
    return value


def _commit(value: object) -> str:
    """A full commit id. Raises IncompleteError for anything else."""
    if not isinstance(value, str) or not COMMIT_ID.fullmatch(value):
        raise IncompleteError(f"the CI environment holds {value!r:.80} for a commit", GIVE_BASE)
    return value


def _remote_branch(name: str) -> str:
    """The remote-tracking ref of a branch, in full: no tag of that name comes before it."""
    if NOT_IN_A_BRANCH.search(name) or any(0xD800 <= ord(c) < 0xE000 for c in name):
        raise IncompleteError(f"the CI environment holds {name!r:.80} for a branch", GIVE_BASE)
    return f"refs/remotes/origin/{name}"
