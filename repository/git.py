"""The one way to git: an argument list, an answer, and nothing of the repository runs."""

import os
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from .. import processes
from ..errors import IncompleteError, UsageError

OPTIONS = (
    "--no-pager",
    "--no-replace-objects",
    "--no-optional-locks",
    "--literal-pathspecs",
    # A repository's own configuration may name programs: none of them is started.
    *("-c", "core.fsmonitor=false"),
    *("-c", "core.hooksPath=/dev/null"),
    *("-c", "protocol.allow=never"),
    # These would let git believe that a changed file has not changed.
    *("-c", "core.untrackedCache=false"),
    *("-c", "core.checkStat=default"),
    *("-c", "core.trustctime=true"),
    *("-c", "core.quotePath=false"),
    *("-c", "advice.graftFileDeprecated=false"),
)

ENVIRONMENT = {
    "GIT_NO_LAZY_FETCH": "1",
    # Git before 2.44 does not know the line above, and `protocol.<name>.allow` of the
    # repository beats `protocol.allow`: only this variable overrides both.
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_GRAFT_FILE": "/dev/null",
}

MAX_STDERR = 2000


class Runner(Protocol):
    """What `processes.run` is."""

    def __call__(
        self,
        argv: Sequence[str],
        *,
        timeout: float,
        stdin: bytes = b"",
        extra_env: Mapping[str, str] | None = None,
        untrusted: Path | None = None,
    ) -> processes.Completed:
        """Run one program to its end; ProcessFailed where it does not start or end."""


class GitFailed(IncompleteError):
    """Git refused or died: what it was asked for could not be looked at."""

    def __init__(self, message: str, *, stderr: str = "", returncode: int = -1) -> None:
        super().__init__(message, "run `git fsck`, or fetch the whole history again")
        self.stderr = stderr
        """What git said, control characters made visible, at most MAX_STDERR characters."""
        self.returncode = returncode
        """-1 where git did not start or did not end in time."""


@dataclass(frozen=True, slots=True)
class Git:
    """One repository, to be read only."""

    root: Path
    """The top of the work tree; of a repository without one, its git folder."""
    bare: bool = False
    """There is no work tree at `root`."""
    shallow: bool = False
    """The clone holds a part of the history only."""
    run: Runner = processes.run
    config: tuple[tuple[str, str], ...] = ()
    """Settings beyond OPTIONS; handed over apart, since a name may hold a '='."""
    index: str = ""
    """The index to read where it is not the repository's own: a commit under way has one."""
    within: Path | None = None
    """A tree around `root` of which no program is run either."""

    @classmethod
    def open(cls, path: Path, run: Runner = processes.run) -> "Git":
        """The repository around `path`.

        Raises UsageError where there is none, where git distrusts its owner or cannot
        read it, and where git is missing.
        """
        if not path.is_dir():
            raise UsageError(f"{path} is not a folder", "name a folder of a git repository")
        place = path.resolve()
        try:
            return _discover(cls(_judged_tree(place), run=run), place)
        except GitFailed as error:
            raise unusable(place, error) from error

    def output(self, *args: str, stdin: bytes = b"", timeout: float = 120) -> bytes:
        """What git prints on stdout. Raises GitFailed, also after `timeout` seconds."""
        done = _call(self, self.root, args, stdin, timeout)
        if done.returncode:
            raise failure(args[0], done)
        return done.stdout

    def configured(self, *settings: tuple[str, str]) -> "Git":
        """The same repository read under further settings."""
        return replace(self, config=(*self.config, *settings))


def _discover(git: Git, place: Path) -> Git:
    """Ask git where the repository around `place` is: one call, two where no work tree is."""
    questions = ("--is-inside-work-tree", "--is-shallow-repository", "--show-toplevel")
    done = _call(git, place, ("rev-parse", *questions), b"", 30)
    inside, _, answer = done.stdout.partition(b"\n")
    shallow, _, top = answer.partition(b"\n")
    # Without a work tree git answers the first two questions and dies at the third.
    bare = inside == b"false"
    if bare:
        done = _call(git, place, ("rev-parse", "--absolute-git-dir"), b"", 30)
        top = done.stdout
    if done.returncode:
        raise failure("rev-parse", done)
    root = Path(os.fsdecode(top.removesuffix(b"\n")))
    if not bare and not (root / ".git").exists():
        raise UsageError(
            f"the work tree of {place} is set to another folder, {root}",
            "unset core.worktree in the configuration of this repository",
        )
    return replace(git, root=root, bare=bare, shallow=shallow == b"true")


def _judged_tree(place: Path) -> Path:
    """The tree whose programs are not to be run, known before git is asked.

    No commit can hold a `.git`, so that the nearest one marks the real top.
    """
    for folder in (place, *place.parents):
        if (folder / ".git").exists():
            return folder
    return place


def _call(
    git: Git, folder: Path, args: Sequence[str], stdin: bytes, timeout: float
) -> processes.Completed:
    try:
        return git.run(
            ("git", "-C", str(folder), *OPTIONS, *args),
            timeout=timeout,
            stdin=stdin,
            extra_env=environment(git),
            untrusted=git.within or git.root,
        )
    except processes.ProcessFailed as error:
        raise GitFailed(str(error)) from error


def environment(git: Git) -> dict[str, str]:
    """The variables by which git is told what no option tells."""
    return ENVIRONMENT | _settings(git.config) | _index(git.index)


def _index(path: str) -> dict[str, str]:
    return {"GIT_INDEX_FILE": path} if path else {}


def _settings(config: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Settings as the variables by which git takes any name and any value."""
    if not config:
        return {}
    variables = {"GIT_CONFIG_COUNT": str(len(config))}
    for number, (name, value) in enumerate(config):
        variables[f"GIT_CONFIG_KEY_{number}"] = name
        variables[f"GIT_CONFIG_VALUE_{number}"] = value
    return variables


def failure(command: str, done: processes.Completed) -> GitFailed:
    """What git said when it refused or died."""
    stderr = inert(done.stderr.decode("utf-8", "replace").strip())[:MAX_STDERR]
    return GitFailed(
        f"git {command} failed with {done.returncode}: {stderr or 'no message'}",
        stderr=stderr,
        returncode=done.returncode,
    )


def inert(text: str) -> str:
    """Text of a repository without characters that steer a terminal."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def unusable(place: Path, error: GitFailed) -> UsageError:
    """What keeps git from reading the repository, with what to do about it."""
    if not error.stderr:
        return UsageError(error.message, "install git 2.31 or newer and see that it is on PATH")
    if "dubious ownership" in error.stderr or "unsafe repository" in error.stderr:
        owned = shlex.quote(str(_judged_tree(place)))
        return UsageError(
            f"git does not trust {place}: it belongs to another user (dubious ownership)",
            f"if you trust it: git config --global --add safe.directory {owned}",
        )
    if "not a git repository" in error.stderr:
        return UsageError(f"{place} is not in a git repository", "name one with --repo DIR")
    return UsageError(f"git cannot read {place}: {error.stderr}", "see `git status` there")
