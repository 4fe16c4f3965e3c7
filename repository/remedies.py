"""What brings a commit into a clone that lacks it: commands that run as they stand."""

import re
import shlex

from .git import Git, GitFailed

WHOLE_HISTORY = (
    "fetch the whole history: `fetch-depth: 0` for actions/checkout, `GIT_DEPTH: 0` in GitLab CI,"
    " `git fetch --unshallow` elsewhere"
)
NAME_ANOTHER = "name another commit, branch or tag"

_WHOLE_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_PART_OF_ID = re.compile(r"[0-9a-f]{4,}")
_LOCAL = re.compile(r"[A-Z_]*HEAD|@|")
"""Names that only this clone gives a meaning."""
_STEPS = re.compile(r"[~^]|@\{")
_NOT_IN_A_REF = re.compile(r"[\s~^:?*\[\\\x00-\x1f\x7f\ud800-\udfff]|\.\.|//|^/|[/.]$|\.lock$")


def where_missing(git: Git, name: str) -> str:
    """What to do where `name`, as it was given, names no commit in this clone."""
    if git.shallow:
        return WHOLE_HISTORY
    stem = _STEPS.split(name, maxsplit=1)[0]
    if _is_commit(git, stem or "HEAD") or _LOCAL.fullmatch(stem) or _NOT_IN_A_REF.search(stem):
        return NAME_ANOTHER
    remotes = _remotes(git)
    if not remotes:
        return f"{NAME_ANOTHER}: this clone has no remote to fetch it from"
    return (
        f"fetch it: `git fetch {_fetched(stem, remotes)}`; in CI all branches come with"
        " `fetch-depth: 0` for actions/checkout and `GIT_DEPTH: 0` in GitLab CI"
    )


def where_no_default(git: Git) -> str:
    """What to do where no remote tells of a default branch."""
    remotes = _remotes(git)
    if not remotes:
        return "give one with --base REF; `--base HEAD^` judges the last commit alone"
    if git.shallow:
        return f"give one with --base REF; {WHOLE_HISTORY}"
    if len(remotes) > 1 and remotes[0] != "origin":
        return "give one with --base REF"
    learn = f"git remote set-head {shlex.quote(remotes[0])} --auto"
    return (
        "give one with --base REF, or learn the default branch:"
        f" `git fetch {_branches(remotes[0])} && {learn}`"
    )


def _remotes(git: Git) -> list[str]:
    """The names of the remotes, origin before the others."""
    names = git.output("remote").decode("utf-8", "replace").splitlines()
    return sorted(names, key=lambda name: (name != "origin", name))


def _fetched(name: str, remotes: list[str]) -> str:
    """The arguments of `git fetch` after which `name` is known, also where one branch is cloned."""
    if _WHOLE_ID.fullmatch(name):
        return shlex.join([remotes[0], name])
    if _PART_OF_ID.fullmatch(name):
        return _branches(remotes[0])
    if name.startswith("refs/") and not name.startswith("refs/remotes/"):
        return shlex.join([remotes[0], f"{name}:{name}"])
    name = name.removeprefix("refs/remotes/")
    for remote in remotes:
        if name.startswith(f"{remote}/"):
            return _branch(remote, name.removeprefix(f"{remote}/"))
    return _branch(remotes[0], name)


def _branch(remote: str, name: str) -> str:
    return shlex.join([remote, f"{name}:refs/remotes/{remote}/{name}"])


def _branches(remote: str) -> str:
    return shlex.join([remote, f"+refs/heads/*:refs/remotes/{remote}/*"])


def _is_commit(git: Git, name: str) -> bool:
    try:
        git.output("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    except GitFailed:
        return False
    return True
