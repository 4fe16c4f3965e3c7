"""Which two sides are compared: the merge base, the head, and the tip of the base branch."""

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..errors import IncompleteError, UsageError
from ..records.run import Range
from .ci import BaseHint, base_from_environment
from .git import Git, GitFailed
from .remedies import WHOLE_HISTORY, where_missing, where_no_default

ANSWER = re.compile(r"([0-9a-f]{40}|[0-9a-f]{64}) (commit|tree|blob)")
EXACT = re.compile(r"[0-9a-f]{4,64}|[A-Z_]*HEAD|@|refs/.*|", re.DOTALL)
"""Names that are taken as they are: ids, and what git itself calls by that name."""
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
NAME_AND_STEPS = re.compile(r"(.*?)((?:[~^]|@\{).*)?", re.DOTALL)
IN_BRACES = re.compile(r"\{[^}]*\}")

MAX_REF = 4096


@dataclass(frozen=True, slots=True)
class Named:
    """A commit and the ref that named it."""

    ref: str
    commit: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the base may be called, the likeliest first."""

    refs: tuple[str, ...]
    origin: str
    label: str = ""
    """What the caller called it; empty where a ref is its own name."""
    note: str = ""
    brings_commits: bool = False


def resolve_range(
    git: Git,
    *,
    base: str | None,
    head: str = "HEAD",
    worktree: bool = False,
    env: Mapping[str, str],
) -> Range:
    """The range from the merge bases of `base` and `head` to `head`.

    Without `base` the environment of a CI system names it, else the remote's default branch.
    Raises UsageError for a name that cannot be a commit, and IncompleteError where a commit
    or a common ancestor is missing or a shallow clone hides which one it is.
    """
    _check_worktree(git, head, worktree=worktree)
    wanted = _wanted(base, env)
    heads = _spellings(_checked(head))
    kinds = _objects(git, (*wanted.refs, *heads))
    tip = _base_tip(git, wanted, kinds)
    top = _first(heads, kinds)
    if top is None:
        raise _unknown(git, head)
    bases = _merge_bases(git, tip.commit, top.commit)
    if wanted.brings_commits and top.commit in bases:
        raise IncompleteError(
            f"{head} is a commit of the base already: the change is not checked out",
            "check out the head of the pull or merge request, or give it with --head",
        )
    return Range(
        base=bases[0],
        head=top.commit,
        base_tip=tip.commit,
        base_ref=wanted.label or _short(tip.ref),
        base_origin=wanted.origin,
        merge_bases=bases,
        worktree=worktree,
    )


def commit_of(git: Git, ref: str) -> str:
    """The commit that a name stands for, by the rules of `resolve_range` and its errors."""
    names = _spellings(_checked(ref))
    found = _first(names, _objects(git, names))
    if found is None:
        raise _unknown(git, ref)
    return found.commit


def _check_worktree(git: Git, head: str, *, worktree: bool) -> None:
    if worktree and git.bare:
        raise UsageError(f"{git.root} has no work tree", "drop --worktree")
    if worktree and head != "HEAD":
        raise UsageError("the work tree stands on HEAD, not on another head", "drop --head")


def _wanted(base: str | None, env: Mapping[str, str]) -> Wanted:
    if base is not None:
        return Wanted(_spellings(_checked(base)), "flag", label=base)
    hint: BaseHint | None = base_from_environment(env)
    if hint:
        return Wanted(hint.refs, hint.origin, "", hint.note, hint.brings_commits)
    return Wanted(_default_branches("origin"), "remote")


def _checked(ref: str) -> str:
    if not ref or ref.startswith("-") or len(ref) > MAX_REF or CONTROL.search(ref):
        raise UsageError(f"{ref!r:.80} cannot be a ref", "name a branch, a tag or a commit")
    if ":" in IN_BRACES.sub("", ref):
        raise UsageError(f"{ref} names a file or a tree, not a commit", "name its commit alone")
    return ref


def _default_branches(remote: str) -> tuple[str, ...]:
    return tuple(f"refs/remotes/{remote}/{name}" for name in ("HEAD", "main", "master"))


def _spellings(ref: str) -> tuple[str, ...]:
    """What a name may stand for, a branch before a tag.

    Git prefers the tag. The policy is read from the base, and whoever may push a tag
    called `main` is not to choose it.
    """
    matched = NAME_AND_STEPS.fullmatch(ref)
    name, steps = matched.groups(default="") if matched else (ref, "")
    if EXACT.fullmatch(name):
        return (ref,)
    folders = ("refs/heads/", "refs/remotes/", "refs/remotes/origin/")
    return (*(f"{folder}{name}{steps}" for folder in folders), ref)


def _objects(git: Git, refs: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Id and kind of what each ref names, tags peeled; one call. Unknown ones are left out."""
    # What a merge landed on is asked together with what it merged.
    asked = dict.fromkeys((*refs, *(_merged(ref) for ref in refs if ref.endswith("^1"))))
    try:
        answers = _ask(git, asked)
    except GitFailed:
        # A partial clone dies at the first object that it lacks.
        answers = [line for ref in asked for line in _ask_one(git, ref)]
    found = {}
    for ref, answer in zip(asked, answers, strict=True):
        matched = ANSWER.fullmatch(answer)
        if matched:
            found[ref] = (matched[1], matched[2])
    return found


def _ask(git: Git, refs: Iterable[str]) -> list[str]:
    questions = b"".join(os.fsencode(ref) + b"^{}\n" for ref in refs)
    command = ("cat-file", "--batch-check=%(objectname) %(objecttype)")
    return git.output(*command, stdin=questions).decode("utf-8", "replace").split("\n")[:-1]


def _ask_one(git: Git, ref: str) -> list[str]:
    try:
        return _ask(git, (ref,))
    except GitFailed:
        return [""]


def _merged(ref: str) -> str:
    return ref.removesuffix("1") + "2"


def _first(refs: Iterable[str], kinds: Mapping[str, tuple[str, str]]) -> Named | None:
    """The first ref that is there. Raises UsageError where it names no commit."""
    for ref in refs:
        if ref in kinds:
            commit, kind = kinds[ref]
            if kind != "commit":
                raise UsageError(f"{ref} names a {kind}, not a commit", "name a commit")
            return Named(ref, commit)
    return None


def _base_tip(git: Git, wanted: Wanted, kinds: Mapping[str, tuple[str, str]]) -> Named:
    if wanted.origin in ("flag", "remote"):
        tip = _first(wanted.refs, kinds)
    else:
        tip = _newest(git, [ref for ref in wanted.refs if _counts(ref, kinds)], kinds)
    if tip is None and wanted.origin == "remote":
        tip = _other_remote(git)
    if tip is None:
        raise _no_base(git, wanted)
    return tip


def _counts(ref: str, kinds: Mapping[str, tuple[str, str]]) -> bool:
    """The parent of a commit that is no merge is only the commit before it, and comparing
    with it would hide the rest of the change.
    """
    return not ref.endswith("^1") or _merged(ref) in kinds


def _newest(git: Git, refs: Iterable[str], kinds: Mapping[str, tuple[str, str]]) -> Named | None:
    """Of the tips that a branch had, the last; the first named where they do not tell."""
    newest: Named | None = None
    for ref in refs:
        tip = _first((ref,), kinds)
        if tip and (newest is None or _is_behind(git, newest.commit, tip.commit)):
            newest = tip
    return newest


def _is_behind(git: Git, commit: str, other: str) -> bool:
    if commit == other:
        return False
    try:
        git.output("merge-base", "--is-ancestor", "--end-of-options", commit, other)
    except GitFailed as error:
        if error.returncode == 1:
            return False
        raise
    return True


def _other_remote(git: Git) -> Named | None:
    """The default branch of the one remote that is not called origin."""
    remotes = os.fsdecode(git.output("remote")).splitlines()
    if len(remotes) != 1:
        return None
    refs = _default_branches(remotes[0])
    return _first(refs, _objects(git, refs))


def _merge_bases(git: Git, base: str, head: str) -> tuple[str, ...]:
    """Every best common ancestor, sorted. Raises IncompleteError where there is none."""
    if base == head:
        return (base,)
    try:
        output = git.output("merge-base", "--all", "--end-of-options", base, head)
    except GitFailed as error:
        if error.returncode != 1:
            raise
        remedy = WHOLE_HISTORY if git.shallow else "name another base with --base REF"
        raise IncompleteError(f"{base} and {head} have no common ancestor here", remedy) from error
    bases = tuple(sorted(output.decode("ascii").split()))
    if git.shallow and not _whole(git, base, head, bases):
        raise IncompleteError("this shallow clone may hide the merge base", WHOLE_HISTORY)
    return bases


def _whole(git: Git, base: str, head: str, bases: tuple[str, ...]) -> bool:
    """Whether a merge base that a shallow clone shows is the merge base of the whole history.

    A cut takes away all parents of a commit. Where the base is the ancestor of the head,
    or the reverse, no cut can change it. Else look at the commits that are reachable from
    either side and not from the one merge base: if none of them is without parents, none is
    cut, every path down from either side leads into the merge base's own history, and so
    does every common ancestor. A true root among them is taken for a cut, which is safe.
    Of several merge bases a cut may hide that one is the ancestor of another.
    """
    if bases in ((base,), (head,)):
        return True
    if len(bases) > 1:
        return False
    ends = ("--max-parents=0", "--max-count=1", "--end-of-options", base, head, f"^{bases[0]}")
    return not git.output("rev-list", *ends)


def _no_base(git: Git, wanted: Wanted) -> IncompleteError:
    if wanted.origin == "remote":
        return IncompleteError(
            "no base is given and no remote's default branch is known: none of"
            f" {', '.join(map(_short, wanted.refs))} is in this clone",
            where_no_default(git),
        )
    names = [wanted.label] if wanted.label else [_short(ref) for ref in wanted.refs]
    return IncompleteError(
        f"the base {' or '.join(names)} names no commit in this clone"
        + (f" ({wanted.note})" if wanted.note else ""),
        where_missing(git, names[0]),
    )


def _unknown(git: Git, ref: str) -> IncompleteError:
    return IncompleteError(f"{ref} names no commit in this clone", where_missing(git, ref))


def _short(ref: str) -> str:
    for folder in ("refs/heads/", "refs/remotes/", "refs/tags/"):
        if ref.startswith(folder):
            return ref.removeprefix(folder)
    return ref
