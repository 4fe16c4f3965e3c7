"""A file that starts to use syntax which is too new for this Python stays the file it was."""

from collections.abc import Mapping

import pytest

from tidegate.gate.run import Request, run_gate
from tidegate.records.run import GateRun, State, Verdict
from tidegate.scanners.interface import Scanner
from tidegate.scanners.python.ruff.scanner import STOOD_IN
from tidegate.scanners.registry import QUICK, SCANNERS
from tidegate.tests.gate.gating import changed, gated, reasons
from tidegate.tests.real import GitRepo
from tidegate.tests.scanners.python.newer import NEWER, UNTOLD

OLD = (
    "import os\nimport subprocess\n\n\ndef old(x):\n    os.system('ls ' + x)\n"
    "    subprocess.run(\n        x, shell=True)\n    assert x, 'x'\n    return eval(x)\n"
)
MORE = "\n\ndef more(y):\n    os.system(y)\n"


def states(run: GateRun) -> dict[tuple[str, str], State]:
    return {(item.finding.scope, item.finding.rule): item.state for item in run.findings}


def test_old_findings_are_no_news_and_a_new_one_blocks(repo: GitRepo) -> None:
    run = changed(repo, {"a.py": OLD}, {"a.py": f"type X = int\n{NEWER}{OLD}{MORE}"})
    assert run.verdict is Verdict.BLOCK
    found = states(run)
    assert found.pop(("more", "B605")) is State.NEW
    assert set(found.values()) == {State.EXISTING}
    assert {rule for _, rule in found} >= {"B101", "B307", "B404", "B602", "B605"}
    assert not run.skipped
    assert [notice for notice in run.notices if STOOD_IN in notice and notice.endswith(": a.py")]


def test_what_only_ruff_can_read_blocks_and_is_known_the_next_time(repo: GitRepo) -> None:
    more = f"\n\ndef more(b):\n    os.system({UNTOLD})\n"
    run = changed(repo, {"a.py": OLD}, {"a.py": OLD + more})
    assert run.verdict is Verdict.BLOCK
    assert states(run).pop(("more", "S605")) is State.NEW
    repo.git("checkout", "-q", "-b", "later")
    repo.commit({"a.py": f"# note\n{more}\n{OLD}"})
    assert gated(repo, base="feature").verdict is Verdict.PASS


def test_newer_syntax_alone_passes_and_keeps_the_names(repo: GitRepo) -> None:
    before = changed(repo, {"b.py": "x = 1\n"}, {"a.py": OLD})
    repo.git("checkout", "-q", "-b", "later")
    repo.commit({"a.py": NEWER + OLD})
    after = gated(repo)
    assert {item.finding.tool for item in after.findings} == {"bandit"}
    assert any(STOOD_IN in notice for notice in after.notices)
    assert {item.fingerprint for item in after.findings} == {
        item.fingerprint for item in before.findings
    }
    run = gated(repo, base="feature")
    assert (run.verdict, {item.state for item in run.findings}) == (
        Verdict.PASS,
        {State.EXISTING},
    )


def test_what_stood_in_newer_syntax_is_known_when_it_goes(repo: GitRepo) -> None:
    run = changed(repo, {"a.py": NEWER + OLD}, {"a.py": OLD})
    assert run.verdict is Verdict.PASS
    assert {item.state for item in run.findings} == {State.EXISTING}


@pytest.mark.parametrize("scanners", [SCANNERS, QUICK])
def test_a_planted_ruff_and_its_settings_decide_nothing(
    repo: GitRepo, scanners: Mapping[str, Scanner], monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = repo.path / "MARK"
    ignore_all = '[lint]\nselect = []\nignore = ["ALL"]\n'
    repo.commit({"a.py": "x = 1\n"})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit(
        {
            "bin/ruff": f"#!/bin/sh\ntouch {mark}\necho '[]'\n",
            "ruff.toml": ignore_all,
            ".ruff.toml": ignore_all,
            "pyproject.toml": '[tool.ruff.lint]\nignore = ["ALL"]\n',
            "a.py": f"import os\n{NEWER}{MORE}",
        }
    )
    (repo.path / "bin/ruff").chmod(0o755)
    monkeypatch.setenv("PATH", f"{repo.path / 'bin'}:/usr/bin:/bin")
    monkeypatch.chdir(repo.path)
    request = Request(repo=repo.path, base="main", flags={"database": "/nonexistent"}, env={})
    run = run_gate(request, scanners)
    assert run.verdict is Verdict.BLOCK
    assert not mark.exists()


def test_the_quick_profile_matches_its_own_findings(repo: GitRepo) -> None:
    repo.commit({"a.py": OLD})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({"a.py": "# note\n\n" + OLD + MORE})
    run = gated(repo, scanners=QUICK)
    new = [item.finding.scope for item in run.findings if item.state is State.NEW]
    assert (run.verdict, new) == (Verdict.BLOCK, ["more"])
    assert run.versions["ruff"]


def test_what_was_python_by_its_content_stays_python(repo: GitRepo) -> None:
    call = "import subprocess\nsubprocess.call(input(), shell=True)\n"
    run = changed(repo, {"deploy": "import os\nf(1)\n"}, {"deploy": f"[*{UNTOLD}]\n" * 4 + call})
    assert run.verdict is Verdict.BLOCK


def test_an_unread_statement_is_a_gap_once(repo: GitRepo) -> None:
    unread = "import torch\nz = [*torch.load(p) for a in b]\n"
    assert changed(repo, {"a.py": OLD}, {"a.py": OLD + unread}).verdict is Verdict.INCOMPLETE
    repo.git("checkout", "-q", "-b", "later")
    repo.commit({"a.py": f"# note\n{OLD}{unread}"})
    assert gated(repo, base="feature").verdict is Verdict.PASS


def test_a_row_of_comment_signs_between_strings_does_not_hold_the_scanner_up(
    repo: GitRepo,
) -> None:
    text = f'a = "b"\n{"#" * 60}\nprint "c"\n'
    run = changed(repo, {"a.txt": "a\n"}, {"old.py": text}, file_timeout="8")
    assert reasons(run) == {"old.py": "cannot be parsed"}
