"""`scan`, `init`, `doctor`, `config show`, and what happens when a run goes wrong."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tidegate import config
from tidegate.cli.crash import report_crash
from tidegate.cli.doctor import check_ruff
from tidegate.cli.options import Format
from tidegate.reports.formats import RENDERERS
from tidegate.tests.real import GitRepo, Tidegate

BAD = "import pickle\n\n\ndef load(data):\n    return pickle.loads(data)\n"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A folder with one defect of medium severity and one of low."""
    folder = tmp_path / "tree"
    (folder / "pkg").mkdir(parents=True)
    (folder / "pkg" / "bad.py").write_text(BAD)
    return folder


def test_scan_prints_every_finding_and_exits_0(tree: Path, tidegate: Tidegate) -> None:
    answer = tidegate("scan", cwd=tree)
    assert answer.code == 0
    assert "pkg/bad.py:5: B301" in answer.out
    assert "pkg/bad.py:1: B403" in answer.out


def test_scan_sees_what_git_ignores_where_it_is_asked_to(repo: GitRepo, tidegate: Tidegate) -> None:
    repo.write({"ignored.py": BAD, ".gitignore": "ignored.py\n"})
    assert "ignored.py:5" not in tidegate("scan", cwd=repo.path).out
    assert "ignored.py:5" in tidegate("scan", "--ignored", cwd=repo.path).out


@pytest.mark.parametrize(("level", "code"), [("LOW", 1), ("MEDIUM", 1), ("HIGH", 0)])
def test_scan_fails_on_the_severity_asked_for(
    tree: Path, tidegate: Tidegate, level: str, code: int
) -> None:
    assert tidegate("scan", "--fail-on", level, cwd=tree).code == code


def test_scan_exits_3_where_something_was_skipped(tree: Path, tidegate: Tidegate) -> None:
    (tree / "broken.py").write_text("def f(:\n")
    answer = tidegate("scan", cwd=tree)
    assert answer.code == 3
    assert "broken.py: cannot be parsed" in answer.out
    assert tidegate("scan", "--fail-on", "LOW", cwd=tree).code == 1


def test_a_project_that_declares_ranges_is_told_the_remedy_and_what_until_then(
    tmp_path: Path, tidegate: Tidegate
) -> None:
    names = "".join(f'"name{number}>=3", ' for number in range(5))
    (tmp_path / "pyproject.toml").write_text(f"[project]\ndependencies = [{names}]\n")
    answer = tidegate("scan", cwd=tmp_path)
    following, until, last = answer.out.splitlines()[-3:]
    assert (answer.code, following.startswith("Next: lock it: `uv lock`")) == (3, True)
    assert "exit code 3" in until
    assert last.startswith("Scanned (exit 3): no findings, 5 not looked at, 1 file")
    (tmp_path / "bad.py").write_text(BAD)
    failed = tidegate("scan", "--fail-on", "MEDIUM", cwd=tmp_path)
    assert (failed.code, "Next: " in failed.out) == (1, False)


def test_scan_names_paths_from_the_current_folder(tree: Path, tidegate: Tidegate) -> None:
    answer = tidegate("scan", "pkg", "--format", "json", cwd=tree)
    document = json.loads(answer.out)
    assert document["schema"] == "tidegate/scan/1"
    assert {finding["path"] for finding in document["findings"]} == {"pkg/bad.py"}
    files = document["coverage"]
    told = files["scanned"] + files["out_of_scope"] + sum(files["skipped"].values())
    assert files["seen"] == told == 1


def test_scan_names_what_lies_elsewhere_as_it_was_named(tree: Path, tidegate: Tidegate) -> None:
    """As docs/json.md says."""

    def paths(cwd: Path, *args: str) -> set[str]:
        document = json.loads(tidegate("scan", *args, "--format", "json", cwd=cwd).out)
        return {finding["path"] for finding in document["findings"]}

    (tree / "beside").mkdir()
    assert paths(tree, str(tree / "pkg")) == {"pkg/bad.py"}
    assert paths(tree / "beside", "../pkg") == {"../pkg/bad.py"}
    assert paths(tree / "beside", str(tree / "pkg")) == {f"{tree}/pkg/bad.py"}


def test_scan_and_gate_give_a_finding_the_same_name(repo: GitRepo, tidegate: Tidegate) -> None:
    repo.commit({"a.py": "x = 1\n"})
    repo.commit({"b.py": BAD})
    scanned = json.loads(tidegate("scan", "--format", "json", cwd=repo.path).out)
    gated = json.loads(tidegate("gate", "--base=HEAD^", "--format=json", cwd=repo.path).out)
    names = {finding["fingerprint"] for finding in gated["findings"]}
    assert names == {finding["fingerprint"] for finding in scanned["findings"]} != set()


def test_scan_of_nothing_there_is_wrong_usage(tree: Path, tidegate: Tidegate) -> None:
    answer = tidegate("scan", "nowhere", cwd=tree)
    assert (answer.code, "nowhere" in answer.err) == (2, True)


def test_every_format_has_a_renderer() -> None:
    assert set(RENDERERS) == set(Format)


def test_init_writes_once_and_the_gate_can_read_it(repo: GitRepo, tidegate_anew: Tidegate) -> None:
    assert tidegate_anew("init", cwd=repo.path).code == 0
    repo.commit({})
    assert tidegate_anew("gate", "--base", "HEAD", cwd=repo.path).code == 0
    again = tidegate_anew("init", cwd=repo.path)
    assert (again.code, "already" in again.err) == (2, True)


def test_doctor_says_what_is_there_and_what_is_not(tmp_path: Path, tidegate_anew: Tidegate) -> None:
    answer = tidegate_anew("doctor")
    assert answer.code == 0
    for name in ("bandit", "pip-audit", "ruff", "git", "python"):
        assert any(line.split()[:2] == ["ok", name] for line in answer.out.splitlines())
    assert "tidegate advisories import" in answer.out
    without_git = tidegate_anew("doctor", env={"PATH": str(tmp_path)})
    assert (without_git.code, "MISSING git" in without_git.out) == (3, True)


def test_doctor_looks_for_the_program_and_not_only_the_package(tmp_path: Path) -> None:
    missing = check_ruff([str(tmp_path)])
    assert (missing.found, missing.needed) == ("", True)
    assert str(tmp_path) in missing.remedy
    assert "reinstall" in missing.remedy
    broken = tmp_path / "ruff"
    broken.write_text("#!/bin/sh\necho cannot execute >&2\nexit 126\n")
    broken.chmod(0o755)
    assert "cannot execute" in check_ruff([str(tmp_path)]).remedy


def test_config_show_tells_where_each_value_came_from(
    repo: GitRepo, tidegate_anew: Tidegate
) -> None:
    first = repo.commit({"tidegate.toml": "workers = 3\n"})
    repo.commit({"tidegate.toml": "workers = 4\ncache = 'x.db'\n"})
    env = {"TIDEGATE_MODE": "warn"}
    now = tidegate_anew("config", "show", "--origin", cwd=repo.path, env=env).out
    lines = {line.partition(" ")[0]: line for line in now.splitlines()}
    assert set(lines) == set(config.OPTIONS)
    assert lines["workers"].startswith("workers = 4")
    assert lines["workers"].endswith("# file tidegate.toml")
    assert lines["cache"].endswith("# file tidegate.toml, not used: by flag or environment only")
    assert lines["mode"].endswith("# environment TIDEGATE_MODE")
    assert lines["database"].endswith("# default")
    then = json.loads(tidegate_anew("config", "show", "--at", first, "--json", cwd=repo.path).out)
    assert then["settings"]["workers"] == {
        "value": 3,
        "origin": f"file tidegate.toml at {first[:12]}",
    }


def test_an_interrupt_ends_with_130_and_leaves_no_worker(tree: Path) -> None:
    (tree / "long.py").write_text("x = [1, 2, 3]\n" * 200_000)
    command = [sys.executable, "-P", "-m", "tidegate", "scan", "--file-timeout", "100"]
    env = {"PATH": os.environ["PATH"], "HOME": str(tree)}
    process = subprocess.Popen(
        command, cwd=tree, env=env, stderr=subprocess.PIPE, start_new_session=True
    )
    time.sleep(1.5)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert b"Traceback" not in err
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)


def test_an_internal_error_leaves_a_report(tmp_path: Path) -> None:
    said = report_crash(RuntimeError("odd"), {"XDG_STATE_HOME": str(tmp_path)})
    (report,) = (tmp_path / "tidegate").iterdir()
    assert "RuntimeError: odd" in report.read_text()
    assert str(report) in said
    unwritable = report_crash(RuntimeError("odd"), {"XDG_STATE_HOME": "/dev/null"})
    assert "no report could be written" in unwritable


HOSTILE = "\x1b[31mred\r\n::error::planted \u202e ##[group]"


@pytest.mark.parametrize("state", ["", "/dev/null"])
def test_what_an_internal_error_quotes_steers_nothing(tmp_path: Path, state: str) -> None:
    said = report_crash(RuntimeError(HOSTILE), {"XDG_STATE_HOME": state or str(tmp_path)})
    assert r"\x1b[31mred" in said
    assert said.replace("\n", "").isprintable()
    assert not [line for line in said.splitlines() if line.startswith("::")]
    assert "##[" not in said


def test_an_internal_error_of_a_user_without_a_home_is_told(tmp_path: Path) -> None:
    program = (
        "import os, pathlib; from tidegate.cli.crash import report_crash\n"
        "pathlib.Path.home = lambda: (_ for _ in ()).throw(RuntimeError('no home'))\n"
        "print(report_crash(ValueError('odd'), {}))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env={}, capture_output=True, check=False
    )
    assert b"ValueError: odd (no report could be written)" in done.stdout


def test_an_internal_error_is_code_4(repo: GitRepo, tmp_path: Path) -> None:
    program = (
        "import sys; from tidegate.cli import main, gate; from tidegate.gate import run\n"
        "run.run_gate = lambda *a: 1 / 0\n"
        "sys.argv = ['tidegate', 'gate']; main.main()\n"
    )
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=repo.path, env=env, capture_output=True, check=False
    )
    assert done.returncode == 4
    assert b"ZeroDivisionError" in done.stderr
    assert len(list((tmp_path / ".local/state/tidegate").iterdir())) == 1


def test_an_error_says_nothing_that_a_terminal_obeys(repo: GitRepo) -> None:
    command = [sys.executable, "-m", "tidegate", "advisories", "import", "no\x1b]0;title\x07file"]
    done = subprocess.run(command, cwd=repo.path, capture_output=True, check=False)
    assert done.returncode != 0
    assert b"file" in done.stderr
    assert b"\x1b" not in done.stderr
