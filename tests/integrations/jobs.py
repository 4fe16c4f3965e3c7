"""The command lines of the CI files, run as the CI systems run them: an empty home, no network.

Nothing of the lines is replaced. What an index would give is there already: PYTHONPATH, which
pip and Tidegate take for an environment below their own, names the packages that run the tests,
in the versions of the lock. Any other package would have to be fetched, from nowhere.
"""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from tidegate import __version__
from tidegate.tests.real import Answer, GitRepo

ROOT = Path(__file__).parents[2]
NOWHERE = "http://127.0.0.1:9"
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", ".cache", ".types", ".*_cache", ".hypothesis", "tests", "build", "*.egg-info"
)
TAG = f"v{__version__}"
_EXPRESSION = re.compile(r"\$\{\{ *([\w.-]+) *\}\}")


def published(folder: Path) -> str:
    """A repository with this checkout under the tag of its version, as a copy is kept."""
    shutil.copytree(ROOT, folder, ignore=LEFT_OUT)
    repo = GitRepo(folder)
    repo.git("init", "-q", "-b", "main")
    repo.commit({})
    repo.git("tag", TAG)
    return str(folder)


def environment(home: Path) -> dict[str, str]:
    """All that a job inherits: programs, an empty home, and no way to any network."""
    programs = home / "programs"
    programs.mkdir(parents=True, exist_ok=True)
    python = Path(sys.base_prefix, "bin", "python{}.{}".format(*sys.version_info))
    if not (programs / "python3").exists():
        (programs / "python3").symlink_to(python)
    return {
        "PATH": f"{programs}:/usr/bin:/bin",
        "HOME": str(home / "home"),
        "PYTHONPATH": sysconfig.get_path("purelib"),
        "PIP_NO_INDEX": "1",
        "https_proxy": NOWHERE,
        "http_proxy": NOWHERE,
    }


def run(shell: list[str], script: str, cwd: Path, env: Mapping[str, str]) -> Answer:
    """The script in a shell that has no variables but `env`."""
    assigned = [f"{name}={value}" for name, value in env.items()]
    done = subprocess.run(
        ["env", "-i", *assigned, *shell, script],
        cwd=cwd,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        timeout=180,
        check=False,
    )
    return Answer(done.returncode, done.stdout.decode(), done.stderr.decode())


def document(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text("utf-8"))


def gitlab_script() -> str:
    """What a GitLab runner gives to the shell of the image."""
    job = document("integrations/gitlab.yml")["tidegate"]
    return "\n".join(["set -eo pipefail", *job["before_script"], *job["script"]])


def jenkins_script() -> str:
    """What the step `sh` gives to the shell."""
    text = (ROOT / "integrations" / "Jenkinsfile").read_text("utf-8")
    (script,) = re.findall(r"^ *sh '''\n(.*?)^ *'''$", text, re.MULTILINE | re.DOTALL)
    return str(script)


class Runner:
    """GitHub's runner as far as action.yml needs one: its expressions, files and shell."""

    def __init__(self, folder: Path, action: str, env: Mapping[str, str]) -> None:
        self.temp = folder / "runner-temp"
        self.summary, self.output = folder / "summary", folder / "output"
        self.temp.mkdir(parents=True)
        self.env = {
            **env,
            "GITHUB_ACTION_PATH": action,
            "RUNNER_TEMP": str(self.temp),
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "GITHUB_OUTPUT": str(self.output),
        }
        self.outputs: dict[str, dict[str, str]] = {}

    def step(self, name: str, checkout: Path, inputs: Mapping[str, str]) -> Answer:
        """Run the step of that id with these inputs and the defaults of the others."""
        action = document("action.yml")
        given = {key: value["default"] for key, value in action["inputs"].items()} | dict(inputs)
        context = {f"inputs.{key}": value for key, value in given.items()}
        context["runner.temp"] = str(self.temp)
        (step,) = (each for each in action["runs"]["steps"] if each.get("id") == name)
        assert "${{" not in step["run"]
        env = {
            key: _EXPRESSION.sub(lambda match: context[match[1]], value)
            for key, value in step.get("env", {}).items()
        }
        self.output.write_text("", "utf-8")
        shell = {"bash": ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c"]}[step["shell"]]
        answer = run(shell, step["run"], checkout, self.env | env)
        lines = self.output.read_text("utf-8").splitlines()
        self.outputs[name] = dict(line.split("=", 1) for line in lines)
        return answer
