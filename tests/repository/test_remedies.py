"""Remedies hold commands of git: each is run here as it stands, and has to help."""

import re
import subprocess
from pathlib import Path

import pytest

from tidegate.errors import IncompleteError
from tidegate.tests.real import GIT_ENV, GitRepo
from tidegate.tests.repository.histories import clone, forked, resolve


def remedy_of(repo: GitRepo, base: str | None, head: str = "HEAD") -> str:
    with pytest.raises(IncompleteError) as caught:
        resolve(repo, base, head)
    return caught.value.remedy


def run_first_command(remedy: str, repo: GitRepo) -> None:
    """Of those between backticks, as a reader would paste it into a shell."""
    command = re.findall(r"`(git [^`]+)`", remedy)[0]
    subprocess.run(command, shell=True, cwd=repo.path, env=GIT_ENV, check=True, capture_output=True)


@pytest.fixture
def narrow(repo: GitRepo, tmp_path: Path) -> GitRepo:
    """A clone of the branch `feature` alone, as CI systems make it."""
    forked(repo)
    repo.git("tag", "-a", "-m", "release", "v1", "main")
    repo.git("branch", "it's/$(odd)", "main")
    repo.git("update-ref", "refs/pull/7/merge", "main")
    repo.git("checkout", "-q", "main")
    return clone(repo, tmp_path / "copy", "--single-branch", "--no-tags", "--branch=feature")


@pytest.mark.parametrize(
    "ref",
    [
        "main",
        "origin/main",
        "refs/remotes/origin/main",
        "main~1",
        "main^{commit}",
        "v1",
        "it's/$(odd)",
        "refs/pull/7/merge",
        "ID",
        "PART OF ID",
    ],
)
def test_what_the_remote_has_is_there_after_the_command(
    repo: GitRepo, narrow: GitRepo, ref: str
) -> None:
    tip = repo.git("rev-parse", "main")
    ref = {"ID": tip, "PART OF ID": tip[:12]}.get(ref, ref)
    run_first_command(remedy_of(narrow, ref), narrow)
    expected = repo.git("rev-parse", "main~1" if ref == "main~1" else tip)
    assert resolve(narrow, ref).base_tip == expected


def test_the_branch_of_another_remote_is_fetched_from_there(repo: GitRepo, narrow: GitRepo) -> None:
    narrow.git("remote", "add", "upstream", str(repo.path))
    run_first_command(remedy_of(narrow, "upstream/main"), narrow)
    assert resolve(narrow, "upstream/main").base_tip == repo.git("rev-parse", "main")


def test_the_default_branch_is_known_after_the_command(repo: GitRepo, narrow: GitRepo) -> None:
    run_first_command(remedy_of(narrow, None), narrow)
    assert resolve(narrow).base_tip == repo.git("rev-parse", "main")


@pytest.mark.parametrize("ref", ["HEAD~9", "feature~9", "HEAD^2", "@{9}", "a..b", "^main", "a b"])
def test_what_no_fetch_can_bring_is_not_fetched(narrow: GitRepo, ref: str) -> None:
    assert remedy_of(narrow, ref) == "name another commit, branch or tag"
    assert remedy_of(narrow, "HEAD", ref) == "name another commit, branch or tag"


def test_a_repository_without_a_remote_is_not_told_to_ask_one(repo: GitRepo) -> None:
    repo.commit({"a": "1"})
    assert "`--base HEAD^`" in remedy_of(repo, None)
    assert "git fetch" not in remedy_of(repo, "absent")
