"""Hostile and odd repositories: nothing of them runs, and each refusal has its remedy."""

import os
import shlex
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from tidegate import processes
from tidegate.errors import ExitCode, IncompleteError, UsageError
from tidegate.repository.changes import changes_between, changes_in_worktree
from tidegate.repository.git import Git, GitFailed
from tidegate.repository.objects import Unreadable, list_tree, read_blobs, read_path
from tidegate.repository.ranges import resolve_range
from tidegate.tests.real import GitRepo

NewRepo = Callable[[str], GitRepo]


def read_all(git: Git) -> None:
    """Everything that Tidegate asks of a repository of two commits."""
    found = resolve_range(git, base="HEAD^", env={})
    changes = changes_between(git, found.base, found.head)
    read_blobs(git, [change.blob or "" for change in changes], 1000)
    read_path(git, found.head, "a.py", 1000)
    list_tree(git, found.head)
    if not git.bare:
        changes_in_worktree(git, found.base)


def two_commits(repo: GitRepo) -> None:
    repo.commit({"a.py": "".join(f"line {n}\n" for n in range(30))})
    repo.commit({"a.py": None, "b.py": "".join(f"line {n}\n" for n in range(1, 30))})


def witness(repo: GitRepo) -> tuple[Path, str]:
    """A file that exists once a planted command has run, and that command."""
    mark = repo.path.parent / "ran"
    script = repo.path.parent / "evil"
    script.write_text(f"#!/bin/sh\ntouch {shlex.quote(str(mark))}\ncat\n")
    script.chmod(0o755)
    return mark, str(script)


def test_the_top_is_found_from_a_folder_below(repo: GitRepo) -> None:
    repo.commit({"sub/folder/x": ""})
    git = Git.open(repo.path / "sub" / "folder")
    assert git.root == repo.path.resolve()
    assert not git.bare
    assert not git.shallow


def test_a_bare_repository_and_a_git_folder_are_their_own_root(
    repo: GitRepo, tmp_path: Path
) -> None:
    two_commits(repo)
    repo.git("clone", "-q", "--bare", str(repo.path), str(tmp_path / "bare.git"))
    for folder in (tmp_path / "bare.git", repo.path / ".git"):
        git = Git.open(folder)
        assert git.root == folder.resolve()
        assert git.bare
        read_all(git)


def test_a_folder_name_may_hold_a_line_break(new_repo: NewRepo) -> None:
    repo = new_repo("odd\nname")
    two_commits(repo)
    git = Git.open(repo.path)
    assert git.root == repo.path.resolve()
    read_all(git)


def test_no_repository_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not in a git repository") as caught:
        Git.open(tmp_path)
    assert caught.value.exit_code is ExitCode.USAGE
    assert "--repo" in caught.value.remedy


def test_no_folder_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not a folder"):
        Git.open(tmp_path / "absent")


def test_a_missing_git_is_wrong_usage(repo: GitRepo) -> None:
    def run(*_args: object, **_options: object) -> processes.Completed:
        raise processes.ProcessFailed("git is not installed")

    with pytest.raises(UsageError, match="git is not installed") as caught:
        Git.open(repo.path, run=run)
    assert "install git" in caught.value.remedy


def test_a_broken_configuration_is_wrong_usage(repo: GitRepo) -> None:
    (repo.path / ".git" / "config").write_text("[core\n")
    with pytest.raises(UsageError, match="cannot read"):
        Git.open(repo.path)


def test_somebody_elses_repository_names_safe_directory(repo: GitRepo) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a folder to another user")
    repo.commit({"a": ""})
    for place in (repo.path, repo.path / ".git"):
        os.chown(place, 12345, 12345)
    with pytest.raises(UsageError, match="dubious ownership") as caught:
        Git.open(repo.path)
    assert caught.value.remedy.endswith(f"safe.directory {repo.path.resolve()}")


def test_a_work_tree_set_to_elsewhere_is_refused(repo: GitRepo) -> None:
    repo.commit({"a": ""})
    repo.git("config", "core.worktree", str(repo.path.parent))
    with pytest.raises(UsageError, match="another folder") as caught:
        Git.open(repo.path)
    assert "core.worktree" in caught.value.remedy


def test_a_refusal_holds_what_git_said(repo: GitRepo) -> None:
    git = Git.open(repo.path)
    with pytest.raises(GitFailed) as caught:
        git.output("cat-file", "blob", "absent")
    assert isinstance(caught.value, IncompleteError)
    assert caught.value.returncode == 128
    assert "absent" in caught.value.stderr


def test_what_git_said_is_made_inert_and_cut(tmp_path: Path) -> None:
    said = b"fatal: \x1b[31mred\xff\n::error::" + b"x" * 10_000
    git = Git(tmp_path, run=lambda *_args, **_options: processes.Completed(128, b"", said))
    with pytest.raises(GitFailed) as caught:
        git.output("log")
    assert caught.value.stderr.isprintable()
    assert "\\x1b[31mred" in str(caught.value)
    assert len(str(caught.value)) < 3000


def test_a_call_that_does_not_end_is_a_refusal(repo: GitRepo) -> None:
    git = Git.open(repo.path)
    with pytest.raises(GitFailed, match="did not end"):
        git.output("rev-parse", "--git-dir", timeout=1e-6)


def test_no_variable_of_the_caller_steers_git(repo: GitRepo, new_repo: NewRepo) -> None:
    two_commits(repo)
    seen: list[Mapping[str, str]] = []

    def run(argv: Sequence[str], **options: object) -> processes.Completed:
        # The child is asked what it got instead of being read about.
        script = ["env"] if argv[-1] == "HEAD" else argv
        done = processes.run(script, **options)  # type: ignore[arg-type]  # passed through
        if script == ["env"]:
            seen.append(dict(line.split("=", 1) for line in done.stdout.decode().splitlines()))
        return done

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIT_DIR", str(new_repo("other").path / ".git"))
        patch.setenv("GIT_CONFIG_COUNT", "1")
        git = Git.open(repo.path, run=run)
        git.output("rev-parse", "HEAD")
    assert git.root == repo.path.resolve()
    assert "GIT_DIR" not in seen[0]
    assert "GIT_CONFIG_COUNT" not in seen[0]
    assert seen[0]["GIT_NO_LAZY_FETCH"] == "1"
    assert seen[0]["GIT_ALLOW_PROTOCOL"] == "none"
    assert seen[0]["GIT_TERMINAL_PROMPT"] == "0"


@pytest.mark.parametrize(
    ("key", "attributes"),
    [
        ("core.fsmonitor", ""),
        ("diff.external", ""),
        ("diff.evil.textconv", "* diff=evil"),
        ("diff.evil.command", "* diff=evil"),
        ("filter.evil.clean", "* filter=evil"),
        ("filter.evil.process", "* filter=evil"),
        ("filter.a=b.clean", "* filter=a=b"),
        ("core.sshCommand", ""),
        ("core.pager", ""),
    ],
)
def test_no_program_of_the_configuration_runs(repo: GitRepo, key: str, attributes: str) -> None:
    two_commits(repo)
    repo.commit({".gitattributes": attributes, "c.py": "x = 1\n"})
    mark, command = witness(repo)
    repo.git("config", key, command)
    # Same size and time as in the index: git has to read it to know.
    index = (repo.path / ".git" / "index").stat()
    repo.write({"c.py": "x = 2\n"})
    os.utime(repo.path / "c.py", ns=(index.st_mtime_ns, index.st_mtime_ns))
    read_all(Git.open(repo.path))
    assert not mark.exists()


def test_the_witness_of_the_test_above_would_have_run(repo: GitRepo) -> None:
    two_commits(repo)
    mark, command = witness(repo)
    repo.git("config", "core.fsmonitor", command)
    repo.git("status")
    assert mark.exists()


def test_no_hook_runs(repo: GitRepo) -> None:
    two_commits(repo)
    mark, command = witness(repo)
    hooks = repo.path / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("post-index-change", "post-checkout", "reference-transaction", "pre-auto-gc"):
        (hooks / name).symlink_to(command)
    git = Git.open(repo.path)
    read_all(git)
    # No question above has a hook; the next may, and is asked in the same way.
    git.output("update-ref", "refs/heads/new", "HEAD")
    assert not mark.exists()
    repo.git("update-ref", "refs/heads/newer", "HEAD")
    assert mark.exists(), "git itself would have run it"


def test_a_planted_git_on_path_does_not_run(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    two_commits(repo)
    mark, command = witness(repo)
    for folder in (repo.path, repo.path / "bin"):
        folder.mkdir(exist_ok=True)
        (folder / "git").write_bytes(Path(command).read_bytes())
        (folder / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{repo.path}:{repo.path}/bin:.:{os.environ['PATH']}")
    monkeypatch.chdir(repo.path)
    read_all(Git.open(repo.path))
    (repo.path / "sub").mkdir()
    read_all(Git.open(repo.path / "sub"))
    assert not mark.exists()


def test_replace_refs_and_grafts_are_ignored(repo: GitRepo) -> None:
    first = repo.commit({"a.py": "one\n"})
    second = repo.commit({"a.py": "two\n"})
    blob = repo.git("rev-parse", "HEAD:a.py")
    repo.git("replace", blob, repo.git("rev-parse", "HEAD^:a.py"))
    (repo.path / ".git" / "info").mkdir(exist_ok=True)
    (repo.path / ".git" / "info" / "grafts").write_text(f"{second}\n")
    git = Git.open(repo.path)
    assert read_blobs(git, [blob], 100) == {blob: b"two\n"}
    assert resolve_range(git, base=first, env={}).base == first
    assert git.output("rev-list", "HEAD").decode().split() == [second, first]


def test_a_partial_clone_fetches_nothing(repo: GitRepo, tmp_path: Path) -> None:
    two_commits(repo)
    repo.git("config", "uploadpack.allowFilter", "true")
    part = tmp_path / "part"
    repo.git("clone", "-q", "--no-checkout", "--filter=blob:none", f"file://{repo.path}", str(part))
    # The repository's own word for the protocol would beat `protocol.allow`.
    repo.git("-C", str(part), "config", "protocol.file.allow", "always")
    git = Git.open(part)
    found = resolve_range(git, base="HEAD^", env={})
    changes = changes_between(git, found.base, found.head)
    assert [(c.old_path, c.path) for c in changes] == [("a.py", None), (None, "b.py")]
    blobs = [c.blob or c.old_blob or "" for c in changes]
    assert read_blobs(git, blobs, 1000) == dict.fromkeys(blobs, Unreadable("missing"))
    assert read_path(git, found.head, "b.py", 1000) == Unreadable("missing")
    absent = "1" * 40
    with pytest.raises(IncompleteError, match="names no commit"):
        resolve_range(git, base=absent, env={})
    listing = git.output("cat-file", "--batch-all-objects", "--batch-check=%(objecttype)")
    assert b"blob" not in listing


def test_a_sha256_repository_is_read_alike(tmp_path: Path, new_repo: NewRepo) -> None:
    repo = new_repo("wide")
    repo.git("init", "-q", "-b", "main", "--object-format=sha256", str(tmp_path / "sha256"))
    wide = type(repo)(tmp_path / "sha256")
    two_commits(wide)
    git = Git.open(wide.path)
    found = resolve_range(git, base="HEAD^", env={})
    assert len(found.base) == 64
    (change,) = changes_between(git, found.base, found.head)
    assert (change.old_path, change.path) == ("a.py", "b.py")
    assert [c.path for c in changes_between(git, "", found.base)] == ["a.py"]
    assert read_path(git, found.base, "a.py", 1000) is not None
    (wide.path / "b.py").touch()
    assert changes_in_worktree(git, found.head) == []
