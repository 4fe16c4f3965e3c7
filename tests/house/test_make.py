import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tidegate.scanners.advisories.database import SCHEMA

ROOT = Path(__file__).parents[2]
DATABASE = Path("scanners", "advisories", "database.py")
FAKE_TIDEGATE = """#!/bin/sh
printf '%s|' "$@" >>calls; echo >>calls
[ "$1" = advisories ] && { [ ! -s "$5" ] && exit 2; cp "$5" "$4"; }
[ "$1" = gate ] && exit "${FAKE_CODE:-0}"
exit 0
"""


def script(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    path.chmod(0o755)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout under a name with a space; its environment is made and records each call."""
    folder = tmp_path / "a checkout"
    folder.mkdir()
    shutil.copy(ROOT / "Makefile", folder)
    shutil.copytree(ROOT / ".ci", folder / ".ci")
    (folder / DATABASE).parent.mkdir(parents=True)
    shutil.copy(ROOT / DATABASE, folder / DATABASE)
    script(folder / ".ci" / "venv", "#!/bin/sh\n")
    script(folder / ".venv" / "bin" / "tidegate", FAKE_TIDEGATE)
    return folder


def make(folder: Path, *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "FAKE_CODE": str(code)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def calls(folder: Path) -> list[list[str]]:
    text = (folder / "calls").read_text("utf-8")
    return [line.rstrip("|").split("|") for line in text.splitlines()]


def test_gate_takes_the_last_change_of_this_checkout(checkout: Path) -> None:
    assert make(checkout, "gate").returncode == 0
    assert calls(checkout) == [["gate", "--repo", ".", "--base", "HEAD^"]]


def test_gate_leaves_the_base_of_another_repository_to_tidegate(checkout: Path) -> None:
    make(checkout, "gate", "REPO=it's $$HOME; a repo", "HEAD=topic")
    assert calls(checkout) == [["gate", "--repo", "it's $HOME; a repo", "--head", "topic"]]


@pytest.mark.parametrize("code", [1, 3, 4])
def test_the_code_of_the_gate_is_told(checkout: Path, code: int) -> None:
    done = make(checkout, "gate", code=code)
    assert done.returncode == 2
    assert f"tidegate returned {code}" in done.stderr


def test_an_advisory_file_is_imported_once_for_each_content(checkout: Path) -> None:
    advisories = checkout / "all of them.json"
    advisories.write_text("{}", "utf-8")
    for _ in range(2):
        assert make(checkout, "gate", f"ADVISORIES={advisories}").returncode == 0
    advisories.write_text('{"id": "PYSEC-1"}', "utf-8")
    assert make(checkout, "gate", f"ADVISORIES={advisories}").returncode == 0
    verbs = [call[0] for call in calls(checkout)]
    assert verbs == ["advisories", "gate", "gate", "advisories", "gate"]
    database = Path(calls(checkout)[-1][-1])
    assert database.is_relative_to(checkout / ".cache")
    assert database.read_text("utf-8") == '{"id": "PYSEC-1"}'
    assert database.name.startswith(f"advisories-{SCHEMA}-")


def test_a_database_of_another_schema_is_made_anew(checkout: Path) -> None:
    advisories = checkout / "all.json"
    advisories.write_text("{}", "utf-8")
    make(checkout, "gate", f"ADVISORIES={advisories}")
    source = (checkout / DATABASE).read_text("utf-8")
    (checkout / DATABASE).write_text(
        source.replace(f"\nSCHEMA = {SCHEMA}\n", f"\nSCHEMA = {SCHEMA + 1}\n"), "utf-8"
    )
    make(checkout, "gate", f"ADVISORIES={advisories}")
    assert [call[0] for call in calls(checkout)] == ["advisories", "gate"] * 2


def test_an_advisory_file_that_cannot_be_imported_stops_the_gate(checkout: Path) -> None:
    (checkout / "empty.json").touch()
    assert make(checkout, "gate", "ADVISORIES=empty.json").returncode == 2
    assert [call[0] for call in calls(checkout)] == ["advisories"]
    assert list((checkout / ".cache").iterdir()) == []


def run_venv(folder: Path, path: Path, python: str = "") -> subprocess.CompletedProcess[str]:
    """`.ci/venv base` where PATH holds the POSIX tools it needs and what else is in `path`."""
    for tool in ("cat", "cksum", "dirname", "rm"):
        (path / tool).symlink_to(shutil.which(tool) or tool)
    shutil.copytree(ROOT / ".ci", folder / ".ci")
    return subprocess.run(
        ["/bin/sh", ".ci/venv", "base"],
        cwd=folder,
        env={"PATH": str(path), "PYTHON": python},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("python", "said"),
    [("", "no Python 3.11 or newer on PATH"), ("python3", "PYTHON=python3 is no Python 3.11")],
)
def test_a_machine_without_a_python_new_enough_is_told_so(
    tmp_path: Path, python: str, said: str
) -> None:
    path = tmp_path / "bin"
    script(path / "python3", "#!/bin/sh\nexit 1\n")  # what an old one answers
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    done = run_venv(checkout, path, python)
    assert done.returncode == 2
    assert said in done.stderr
    assert not (checkout / ".venv").exists()
