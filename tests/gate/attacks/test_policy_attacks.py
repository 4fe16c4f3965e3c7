"""A change that would bend the policy it is judged by: first BLOCK without, then BLOCK with it."""

import json
from pathlib import Path

import pytest

from tidegate.records.run import Decision, GateRun, Verdict
from tidegate.tests.gate.gating import BAD, GOOD, gated
from tidegate.tests.real import GitRepo, Tidegate

LAX = (
    'mode = "observe"\n'
    'block-severity = "CRITICAL"\n'
    "[[policy]]\n"
    'match = { path = "**" }\n'
    'action = "ignore"\n'
    'reason = "nothing to see here"\n'
)
IGNORED_TESTS = (
    "[[policy]]\n"
    'match = { path-class = "tests" }\n'
    'action = "ignore"\n'
    'reason = "tests do not ship"\n'
)


CELL: dict[str, object] = {
    "cell_type": "code",
    "metadata": {},
    "outputs": [],
    "execution_count": None,
    "source": BAD,
}
NOTEBOOK = json.dumps({"cells": [CELL], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def blocking(run: GateRun) -> set[str]:
    """Where code blocks: that the policy itself changes is another test's business."""
    assert (run.verdict, run.exit_code) == (Verdict.BLOCK, 1)
    blocks = [item.finding for item in run.findings if item.decision is Decision.BLOCK]
    return {finding.path for finding in blocks if finding.tool != "tidegate"}


@pytest.fixture
def feature(repo: GitRepo) -> GitRepo:
    """A branch that brings a bad file, and is blocked for it."""
    repo.commit({"a.py": GOOD, "tidegate.toml": 'block-severity = "MEDIUM"\n'})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({"b.py": BAD})
    assert blocking(gated(repo)) == {"b.py"}
    return repo


@pytest.mark.parametrize(
    "files",
    [
        {"tidegate.toml": LAX},
        {"tidegate.toml": None},
        {"tidegate.toml": None, "pyproject.toml": "[tool.tidegate]\nmode = 'observe'\n"},
        {"app/tidegate.toml": LAX},
        {"policy.toml": LAX},
    ],
    ids=["edited", "removed", "moved to pyproject.toml", "in a folder", "of another name"],
)
def test_a_policy_that_the_change_brings(feature: GitRepo, files: dict[str, str | None]) -> None:
    feature.commit(files)
    assert "b.py" in blocking(gated(feature))


def test_a_policy_where_there_was_none(repo: GitRepo) -> None:
    repo.commit({"a.py": GOOD})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({"b.py": BAD})
    assert blocking(gated(repo)) == {"b.py"}
    repo.commit({"tidegate.toml": LAX})
    assert blocking(gated(repo)) == {"b.py"}
    repo.write({"tidegate.toml": LAX, "c.py": BAD})
    assert blocking(gated(repo, worktree=True)) == {"b.py", "c.py"}


def test_a_policy_on_the_disk_or_in_the_index_alone(feature: GitRepo, tidegate: Tidegate) -> None:
    feature.write({"tidegate.toml": LAX})
    feature.git("add", "-A")
    for how in ([], ["--worktree"], ["--staged", "--base", "main"]):
        answer = tidegate("gate", "--base", "main", *how, cwd=feature.path)
        assert answer.code == 1, answer.err


def test_a_branch_from_an_old_commit_with_a_lax_policy(repo: GitRepo) -> None:
    repo.commit({"a.py": GOOD, "tidegate.toml": LAX})
    repo.git("branch", "old")
    repo.commit({"tidegate.toml": 'block-severity = "LOW"\n'})
    repo.git("checkout", "-q", "-b", "fresh")
    repo.commit({"b.py": BAD})
    assert blocking(gated(repo)) == {"b.py"}
    repo.git("checkout", "-q", "old")
    repo.commit({"b.py": BAD})
    run = gated(repo)
    assert run.range.base != run.range.base_tip
    assert blocking(run) == {"b.py"}


@pytest.mark.parametrize("similar", [True, False])
def test_a_file_moved_to_tests_that_the_policy_ignores(repo: GitRepo, similar: bool) -> None:
    body = "".join(f"def f{n}(x):\n    return x + {n}\n\n\n" for n in range(20))
    repo.commit({"app/loader.py": body, "tests/test_a.py": GOOD, "tidegate.toml": IGNORED_TESTS})
    repo.git("checkout", "-q", "-b", "control")
    repo.commit({"app/loader.py": body + BAD})
    assert blocking(gated(repo)) == {"app/loader.py"}
    repo.git("checkout", "-q", "-b", "attack", "main")
    caller = "from tests.loader import load\n\n\ndef run(data):\n    return load(data)\n"
    code = body + BAD if similar else BAD
    repo.commit({"app/loader.py": None, "tests/loader.py": code, "app/run.py": caller})
    run = gated(repo)
    if similar:
        assert blocking(run) == {"tests/loader.py"}
    else:
        # Nothing tells it from a new file in tests, and those the policy ignores.
        assert {item.decision for item in run.findings} == {Decision.IGNORE}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("tool", "#!/usr/bin/env python3\n" + BAD),
        ("tool", BAD),
        (
            "tool.ipynb",
            NOTEBOOK,
        ),
    ],
    ids=["script", "no ending", "notebook"],
)
def test_a_rename_to_what_does_not_look_like_python(repo: GitRepo, name: str, content: str) -> None:
    repo.commit({"tool.py": GOOD})
    repo.git("checkout", "-q", "-b", "control")
    repo.commit({"tool.py": BAD})
    assert blocking(gated(repo)) == {"tool.py"}
    repo.git("checkout", "-q", "-b", "attack", "main")
    repo.commit({"tool.py": None, name: content})
    assert blocking(gated(repo)) == {name}


@pytest.mark.parametrize(
    ("env", "flags"),
    [
        ({"TIDEGATE_MODE": "observe"}, []),
        ({}, ["--mode", "warn"]),
        ({"TIDEGATE_BLOCK_SEVERITY": "CRITICAL"}, []),
        ({}, ["--block-confidence", "HIGH"]),
        ({"TIDEGATE_BLOCK_ADVISORIES": "false"}, []),
        ({"TIDEGATE_FILE_TIMEOUT": "0.1"}, []),
        ({"TIDEGATE_MAX_FILE_BYTES": "1024"}, []),
        ({"TIDEGATE_ADVISORIES_MAX_DAYS": "3650"}, []),
    ],
)
def test_flags_and_variables_that_would_loosen(
    feature: GitRepo, tidegate: Tidegate, env: dict[str, str], flags: list[str]
) -> None:
    place = ["gate", "--base", "main"]
    assert tidegate(*place, cwd=feature.path).code == 1
    answer = tidegate(*place, *flags, cwd=feature.path, env=env)
    assert (answer.code, answer.out) == (2, "")
    assert "lets more pass" in answer.err


def test_an_organisation_policy_that_the_change_could_write(
    feature: GitRepo, tmp_path: Path
) -> None:
    strict = tmp_path / "organisation.toml"
    strict.write_text(LAX.replace("ignore", "block").split("\n", 2)[2])
    feature.commit({"tidegate.toml": "", "lax.toml": LAX})
    outside = gated(feature, settings={"organisation-policy": str(strict)})
    assert blocking(outside) == {"b.py"}
    with pytest.raises(Exception, match="lies in the checkout"):
        gated(feature, settings={"organisation-policy": str(feature.path / "lax.toml")})
    strict.unlink()
    strict.symlink_to(feature.path / "lax.toml")
    with pytest.raises(Exception, match="lies in the checkout"):
        gated(feature, settings={"organisation-policy": str(strict)})
