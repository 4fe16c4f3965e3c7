"""What git says that it ignores, of real checkouts."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tidegate import processes
from tidegate.errors import UsageError
from tidegate.repository.ignored import checkout_around, ignored_in
from tidegate.tests.real import GitRepo

NewRepo = Callable[[str], GitRepo]


def test_files_and_whole_folders_and_nothing_that_is_tracked(repo: GitRepo) -> None:
    repo.write({"build/kept.py": "", "a.log": "", "b.log": ""})
    repo.git("add", "-f", "build/kept.py", "a.log")
    repo.commit({".gitignore": "build/\n*.log\n.venv\n", "sub/.gitignore": "*.tmp\n"})
    repo.write(dict.fromkeys(("build/made.py", "build/deep/x.py", ".venv/lib/y.py"), ""))
    repo.write(dict.fromkeys(("sub/z.tmp", "z.tmp", "sub/new.py"), ""))
    found = set(ignored_in(repo.path))
    assert found == {"b.log", "build/made.py", "build/deep", ".venv", "sub/z.tmp"}


def test_some_paths_alone_or_the_ignored_folder_around_them(repo: GitRepo) -> None:
    repo.commit({".gitignore": "*.log\n.venv\n", "a/x.py": "", "b/x.py": "", "[a]/x.py": ""})
    repo.write(dict.fromkeys(("a/1.log", "b/2.log", "c/3.log", "[a]/4.log", ".venv/lib/y.py"), ""))
    assert ignored_in(repo.path, ["a"]) == ["a/1.log"]
    assert ignored_in(repo.path, ["[a]"]) == ["[a]/4.log"]
    assert ignored_in(repo.path, ["b", ".venv/lib"]) == [".venv", "b/2.log"]


def test_names_that_no_text_is(repo: GitRepo) -> None:
    repo.commit({".gitignore": "*.log\n"})
    names = ['q"uo\nte.log', "ü.log"]
    repo.write(dict.fromkeys(names, ""))
    assert sorted(ignored_in(repo.path)) == names


def test_a_checkout_within_is_a_whole_or_nothing(repo: GitRepo, new_repo: NewRepo) -> None:
    repo.commit({".gitignore": "out\n*.log\n"})
    for name in ("repo/in", "repo/out", "repo/deep"):
        (repo.path.parent / name).parent.mkdir(exist_ok=True)
        inner = new_repo(name)
        inner.commit({".gitignore": "gen\n", "a.py": ""})
        inner.write({"gen/b.py": "", "c.log": ""})
    assert ignored_in(repo.path) == ["out"]
    assert ignored_in(repo.path / "in") == ["gen"]


def test_nothing_of_the_repository_runs(repo: GitRepo, tmp_path: Path) -> None:
    script = tmp_path / "ran.sh"
    script.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    script.chmod(0o755)
    repo.commit({".gitignore": "*.log\n", ".gitattributes": "* filter=x\n", "a.py": "x"})
    repo.git("config", "core.fsmonitor", str(script))
    repo.git("config", "filter.x.clean", str(script))
    repo.git("config", "core.pager", str(script))
    (repo.path / ".git" / "hooks").mkdir(exist_ok=True)
    (repo.path / ".git" / "hooks" / "post-index-change").symlink_to(script)
    repo.write({"a.py": "y", "a.log": ""})
    assert ignored_in(repo.path) == ["a.log"]
    assert not (tmp_path / "ran").exists()


def test_a_repository_that_git_does_not_trust(repo: GitRepo) -> None:
    def refusing(*_args: object, **_named: object) -> processes.Completed:
        said = b"fatal: detected dubious ownership in repository at '/x'"
        return processes.Completed(128, b"", said)

    with pytest.raises(UsageError, match=r"does not trust.*safe\.directory"):
        ignored_in(repo.path, run=refusing)


def test_no_repository_and_one_that_is_broken(tmp_path: Path, repo: GitRepo) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / ".git").write_text("gitdir: nowhere\n")
    with pytest.raises(UsageError, match="no repository; mend or remove it"):
        ignored_in(broken)
    repo.commit({".gitignore": "*.log\n"})
    (repo.path / ".git" / "index").write_bytes(b"DIRC damaged")
    with pytest.raises(UsageError, match="git cannot read"):
        ignored_in(repo.path)


def test_git_is_missing(repo: GitRepo) -> None:
    def missing(*_args: object, **_named: object) -> processes.Completed:
        raise processes.ProcessFailed("git is not installed")

    with pytest.raises(UsageError, match="git is not installed; install git"):
        ignored_in(repo.path, run=missing)


def test_the_checkout_around(repo: GitRepo, tmp_path: Path) -> None:
    repo.write({"a/b/c.py": ""})
    assert checkout_around(repo.path / "a" / "b") == repo.path
    assert checkout_around(repo.path) == repo.path
    (repo.path / "a" / ".git").symlink_to("nowhere")
    assert checkout_around(repo.path / "a" / "b") == repo.path / "a"
    if not any(os.path.lexists(each / ".git") for each in (tmp_path, *tmp_path.parents)):
        assert checkout_around(tmp_path) is None
