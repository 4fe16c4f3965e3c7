"""Modules and programs that a change plants beside the bad code: none of them is run."""

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tidegate.tests.gate.gating import BAD
from tidegate.tests.real import GitRepo, Tidegate

PLANTED = ("multiprocessing", "json", "subprocess", "typer", "bandit", "pickle", "sitecustomize")


def plant(repo: GitRepo, marker: Path) -> None:
    """Fill the tree with modules and programs that leave a mark when they are run."""
    python = f"open({str(marker)!r}, 'a').write(__name__)\n"
    shell = f"#!/bin/sh\necho program >> {marker}\n"
    modules = {f"{name}.py": python for name in PLANTED}
    packages = {f"{name}/__init__.py": python for name in ("models", "records", "tidegate")}
    repo.commit({**modules, **packages, "ruff": shell, "git": shell, "python": shell})
    for program in ("ruff", "git", "python"):
        (repo.path / program).chmod(0o755)


GATE = ("gate", "--base", "main")


@pytest.mark.parametrize("verb", [GATE, ("scan", "--fail-on", "MEDIUM")])
def test_nothing_of_the_judged_tree_is_run(
    repo: GitRepo, tmp_path: Path, tidegate: Tidegate, verb: tuple[str, ...]
) -> None:
    marker = tmp_path / "marker"
    repo.commit({"a.py": "x = 1\n", "requirements.txt": "jinja2==2.10\n"})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({"b.py": BAD})
    assert tidegate(*verb, cwd=repo.path).code == 1
    plant(repo, marker)
    repo.write({"untracked.py": BAD})
    env = {"PATH": f"{repo.path}:.:{os.environ['PATH']}", "HOME": str(tmp_path)}
    script = Path(sysconfig.get_path("scripts")) / "tidegate"
    for command in ([str(script)], [sys.executable, "-P", "-m", "tidegate"]):
        done = subprocess.run(
            [*command, *verb], cwd=repo.path, env=env, capture_output=True, check=False
        )
        assert done.returncode == 1, done.stderr
        assert b"planted" not in done.stderr
        assert not marker.exists(), marker.read_text()
    subprocess.run([sys.executable, "-c", "import json"], cwd=repo.path, env=env, check=False)
    assert "json" in marker.read_text(), "the planted modules do leave a mark"
