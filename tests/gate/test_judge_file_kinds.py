"""Which files judge or run Tidegate, and what of them counts."""

import pytest

from tidegate import config
from tidegate.gate.baseline_file import written
from tidegate.gate.judge_changed import BROKEN, CHANGED
from tidegate.gate.judge_files.places import is_ci_file
from tidegate.records.run import Decision, Judged
from tidegate.tests.gate.gating import Files, gated
from tidegate.tests.real import GitRepo


def judged(repo: GitRepo) -> list[Judged]:
    return list(gated(repo, scanners={}).findings)


def after(repo: GitRepo, before: Files, change: Files) -> list[Judged]:
    repo.commit(before)
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit(change)
    return judged(repo)


def test_what_ran_tidegate_already_is_no_first_ci_file(repo: GitRepo) -> None:
    tasks = "[tool.poe.tasks]\ngate = 'tidegate gate'\n"
    [found] = after(repo, {"pyproject.toml": tasks}, {"pyproject.toml": "[project]\n"})
    assert found.decision is Decision.BLOCK


UV = 'version = 1\n\n[[package]]\nname = "{}"\nversion = "{}"\n'
PIPENV = '{{"default": {{"{}": {{"version": "=={}"}}}}}}'


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("uv.lock", UV),
        ("pylock.ci.toml", UV.replace("package", "packages")),
        ("Pipfile", '[packages]\n{} = "=={}"\n'),
        ("sub/Pipfile.lock", PIPENV),
        ("setup.py", "from setuptools import setup\nsetup(install_requires=['{}=={}'])\n"),
    ],
)
def test_another_tidegate_in_a_lock_is_told_and_another_package_is_not(
    repo: GitRepo, name: str, form: str
) -> None:
    repo.commit({name: form.format("tidegate", 2), f"x/{name}": form.format("heron", 2)})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({name: form.format("tidegate", 1), f"x/{name}": form.format("heron", 1)})
    [found] = judged(repo)
    assert (found.finding.path, found.decision) == (name, Decision.BLOCK)
    assert "which Tidegate runs" in found.finding.message


@pytest.mark.parametrize(
    ("name", "text", "rule"),
    [("tidegate.baseline", written([]), CHANGED), ("tidegate.toml", "", BROKEN)],
)
def test_a_baseline_may_be_larger_than_other_files_that_judge(
    repo: GitRepo, name: str, text: str, rule: str
) -> None:
    large = text + "\n" * (config.MAX_BYTES + 1)
    [found] = after(repo, {name: text}, {name: large})
    assert found.finding.rule == rule


@pytest.mark.parametrize(
    "path",
    [
        ".github/workflows/x.yml",
        ".github/actions/x/action.yaml",
        "action.yml",
        ".gitlab-ci.yml",
        ".gitlab/ci/x",
        ".github/workflows/test_tests.yml",
        "Jenkinsfile.release",
        "azure-pipelines.yml",
        ".circleci/config.yml",
        "bitbucket-pipelines.yml",
        ".pre-commit-config.yaml",
        "Makefile",
        "sub/GNUmakefile",
        "justfile",
        "tox.ini",
        "noxfile.py",
        "deep/gate.sh",
        "Dockerfile.ci",
        ".githooks/pre-push",
        "scripts/gate",
        "CI/gate.py",
        "tools/gate.py",
        "check",
        "build.gradle.kts",
        ".env.ci",
        ".devcontainer/devcontainer.json",
        "docs/CODEOWNERS",
    ],
)
def test_these_may_run_tidegate(path: str) -> None:
    assert is_ci_file(path)


@pytest.mark.parametrize(
    "path",
    [
        "a.py",
        "docs/x.md",
        "scripts/README.md",
        "lib/bin.py",
        "README",
        "data/0f3c",
    ],
)
def test_these_do_not(path: str) -> None:
    assert not is_ci_file(path)
