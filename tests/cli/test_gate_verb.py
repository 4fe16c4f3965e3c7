"""`tidegate gate` as a CI job runs it: a process, its output and its exit code."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tidegate.tests.real import GitRepo, Tidegate

BAD = "import pickle\n\n\ndef load(data):\n    return pickle.loads(data)\n"


@pytest.fixture
def hot(repo: GitRepo) -> GitRepo:
    """A repository whose last commit brings a defect."""
    repo.commit({"a.py": "x = 1\n"})
    repo.commit({"b.py": BAD})
    return repo


def test_a_defect_blocks_with_code_1_and_reads_well(hot: GitRepo, tidegate: Tidegate) -> None:
    answer = tidegate("gate", "--repo", str(hot.path), "--base", "HEAD^")
    assert answer.code == 1
    assert "b.py:5: B301" in answer.out
    assert answer.out.splitlines()[-1].startswith("BLOCK (exit 1)")
    assert answer.err == ""
    assert "\033" not in answer.out


def test_the_json_says_what_the_process_returns(hot: GitRepo, tidegate: Tidegate) -> None:
    answer = tidegate("gate", "--base", "HEAD^", "--format", "json", cwd=hot.path)
    document = json.loads(answer.out)
    assert document["schema"] == "tidegate/gate/1"
    assert document["verdict"] == "BLOCK"
    assert document["exit_code"] == answer.code == 1
    assert document["base"] == hot.git("rev-parse", "HEAD^")
    assert document["head"] == hot.git("rev-parse", "HEAD")


def test_several_formats_at_once(hot: GitRepo, tidegate: Tidegate, tmp_path: Path) -> None:
    sarif, page = tmp_path / "out.sarif", tmp_path / "out.md"
    wanted = ["--output", f"sarif={sarif}", "--output", f"markdown={page}"]
    answer = tidegate("gate", "--base", "HEAD^", *wanted, "--format", "github", cwd=hot.path)
    assert answer.code == 1
    assert "::error file=b.py,line=5" in answer.out
    assert json.loads(sarif.read_text())["version"] == "2.1.0"
    assert page.read_text().startswith("<!-- tidegate -->")


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (["--base", "nowhere"], 3, "fetch"),
        (["--base=--upload-pack=x"], 2, "cannot be a ref"),
        (["--base", "HEAD^", "--head", "nowhere"], 3, "nowhere"),
        (["--output", "pdf=x"], 2, "not FORMAT=PATH"),
        (["--base", "HEAD^", "--output", "sarif=/no/such/folder/x"], 2, "cannot be written"),
        (["--format", "pdf"], 2, "pdf"),
        (["--mode", "lax"], 2, "it takes"),
        (["--workers", "9" * 400], 2, "it takes"),
        (["--no-such-option"], 2, "No such option"),
    ],
)
def test_what_cannot_be_done_has_its_own_code_and_says_why(
    hot: GitRepo, tidegate: Tidegate, args: list[str], code: int, said: str
) -> None:
    answer = tidegate("gate", *args, cwd=hot.path)
    assert answer.code == code
    assert said in answer.out + answer.err
    assert "Traceback" not in answer.err


def test_no_repository_and_a_broken_policy_are_code_2(
    hot: GitRepo, tidegate: Tidegate, tmp_path: Path
) -> None:
    assert tidegate("gate", cwd=tmp_path).code == 2
    hot.commit({"tidegate.toml": "block-severty = 'LOW'\n"})
    answer = tidegate("gate", "--base", "HEAD", cwd=hot.path)
    assert answer.code == 2
    assert "did you mean 'block-severity'" in answer.err


def test_a_repository_of_somebody_else_is_code_2_with_the_remedy(
    hot: GitRepo, tidegate: Tidegate
) -> None:
    if os.getuid() != 0:
        pytest.skip("only root can give a repository away")
    os.chown(hot.path, 12345, 12345)
    os.chown(hot.path / ".git", 12345, 12345)
    answer = tidegate("gate", "--base", "HEAD^", cwd=hot.path)
    assert answer.code == 2
    assert "safe.directory" in answer.err


def test_the_environment_configures_and_is_checked(hot: GitRepo, tidegate: Tidegate) -> None:
    low = {"TIDEGATE_BLOCK_SEVERITY": "LOW"}
    tight = tidegate("gate", "--base", "HEAD^", cwd=hot.path, env=low)
    assert (tight.code, "environment TIDEGATE_BLOCK_SEVERITY" in tight.out) == (1, True)
    lax = tidegate("gate", "--base", "HEAD^", cwd=hot.path, env={"TIDEGATE_MODE": "warn"})
    assert (lax.code, lax.out) == (2, "")
    assert "lets more pass" in lax.err
    assert "write it in tidegate.toml on the base branch" in lax.err
    typo = tidegate("gate", "--base", "HEAD^", cwd=hot.path, env={"TIDEGATE_MOOD": "warn"})
    assert typo.code == 2


def test_the_base_comes_from_the_ci_system(
    hot: GitRepo, tidegate: Tidegate, tmp_path: Path
) -> None:
    clone = GitRepo(tmp_path / "clone")
    hot.git("branch", "side", "HEAD^")
    hot.git("clone", "-q", str(hot.path), str(clone.path))
    clone.commit({"c.py": "y = 1\n"})
    for env in (
        {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "pull_request", "GITHUB_BASE_REF": "side"},
        {"GITLAB_CI": "true", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "side"},
        {"JENKINS_URL": "http://ci", "CHANGE_TARGET": "side"},
    ):
        answer = tidegate("gate", "--format", "json", cwd=clone.path, env=env)
        document = json.loads(answer.out)
        assert document["base"] == hot.git("rev-parse", "HEAD^"), env
        assert document["verdict"] == "BLOCK"
    remote = json.loads(tidegate("gate", "--format", "json", cwd=clone.path).out)
    assert (remote["range"]["base_origin"], remote["verdict"]) == ("remote", "PASS")


def on_a_terminal(repo: GitRepo, tmp_path: Path, **env: str) -> str:
    """What the gate prints where standard output is a terminal."""
    main, side = pty.openpty()
    command = [sys.executable, "-P", "-m", "tidegate", "gate", "--base", "HEAD^"]
    base = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TERM": "xterm"}
    with subprocess.Popen(command, cwd=repo.path, env=base | env, stdout=side) as process:
        os.close(side)
        chunks = []
        while True:
            try:
                chunk = os.read(main, 65536)
            except OSError:  # the terminal hung up: the child is done
                break
            if not chunk:
                break
            chunks.append(chunk)
        process.wait()
    os.close(main)
    return b"".join(chunks).decode()


def test_colour_is_for_terminals_that_want_it(
    hot: GitRepo, tidegate: Tidegate, tmp_path: Path
) -> None:
    assert "\033[" in on_a_terminal(hot, tmp_path)
    assert "\033" not in on_a_terminal(hot, tmp_path, NO_COLOR="1")
    assert "\033" not in on_a_terminal(hot, tmp_path, TERM="dumb")
    actions = {"GITHUB_ACTIONS": "true", "FORCE_COLOR": "1", "GITHUB_EVENT_NAME": "x"}
    for args in (["gate", "--base", "HEAD^"], ["--help"], ["gate", "--help"]):
        assert "\033" not in tidegate(*args, cwd=hot.path, env=actions).out
    assert "\033" not in on_a_terminal(hot, tmp_path, GITHUB_ACTIONS="true", NO_COLOR="1")


def test_a_reader_that_leaves_early_is_no_internal_error(hot: GitRepo, tmp_path: Path) -> None:
    command = f"{sys.executable} -P -m tidegate gate --base HEAD^ | head -c 10"
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    done = subprocess.run(
        ["sh", "-c", command], cwd=hot.path, env=env, capture_output=True, check=False
    )
    assert b"Traceback" not in done.stderr
    assert not (tmp_path / ".local").exists()


def test_hostile_names_and_code_are_inert_in_each_output(repo: GitRepo, tidegate: Tidegate) -> None:
    name = "a\033[31m`|](javascript:x)\n::error::pwned\n<b>.py"
    repo.commit({"a.py": "x = 1\n"})
    repo.commit({name: BAD})
    for form in ("text", "json", "sarif", "markdown", "github", "html"):
        answer = tidegate("gate", "--base", "HEAD^", "--format", form, cwd=repo.path)
        assert answer.code == 1
        assert "\033" not in answer.out
        assert not [line for line in answer.out.splitlines() if line.startswith("::error::")]
