"""Whoever writes a change cannot change what judges it, nor what judges the next one."""

from collections.abc import Callable

import pytest

from tidegate.errors import ConfigError
from tidegate.gate.baseline_file import written
from tidegate.gate.run import Request, run_gate
from tidegate.records.run import Decision, GateRun, Judged, Verdict
from tidegate.scanners.registry import SCANNERS
from tidegate.tests.gate.gating import BAD, GOOD, Files, criss_cross, gated
from tidegate.tests.real import GitRepo, Tidegate

STRICT = 'mode = "enforce"\nblock-severity = "LOW"\n'
LAX = 'mode = "observe"\n'
WORKFLOW = "on: pull_request\njobs:\n  gate:\n    steps:\n      - run: tidegate gate\n"
WAIVER = (
    '[[waiver]]\nmatch = { rule = "B301", path = "a.py" }\nowner = "eve@example.com"\n'
    'reason = "nobody will look"\nuntil = 2030-01-01\n'
)
PROJECT = '[project]\nname = "x"\n\n[tool.tidegate]\nblock-severity = "LOW"\n'
BASE: Files = {
    "a.py": GOOD,
    "tidegate.toml": STRICT,
    ".github/workflows/gate.yml": WORKFLOW,
    "pyproject.toml": "[tool.poe.tasks]\ngate = 'tidegate gate'\n",
    "ci/gate": "#!/bin/sh\nexec tidegate gate\n",
    "requirements/ci.txt": "tidegate==1.0\n",
    ".gitattributes": "tidegate.baseline merge=union\n",
}


def judge_findings(run: GateRun) -> list[Judged]:
    return [item for item in run.findings if item.finding.rule in ("TG101", "TG102")]


def blocking(run: GateRun) -> list[tuple[str, str]]:
    return [
        (item.finding.rule, item.finding.path)
        for item in judge_findings(run)
        if item.decision is Decision.BLOCK
    ]


def branch(repo: GitRepo, name: str, files: Files) -> None:
    repo.git("checkout", "-q", "-b", name, "main")
    repo.commit(files)


EDITS: dict[str, tuple[Files, list[tuple[str, str]]]] = {
    "a policy edit": ({"tidegate.toml": LAX}, [("TG101", "tidegate.toml")]),
    "a deleted policy": ({"tidegate.toml": None}, [("TG101", "tidegate.toml")]),
    "a policy renamed away": (
        {"tidegate.toml": None, "old/settings.toml": STRICT},
        [("TG101", "tidegate.toml")],
    ),
    "a broken policy": ({"tidegate.toml": "mod = 1\n"}, [("TG102", "tidegate.toml")]),
    "a policy line without a reason": (
        {"tidegate.toml": '[[policy]]\nmatch = { rule = "B301" }\naction = "ignore"\n'},
        [("TG102", "tidegate.toml")],
    ),
    "a mode for a folder": ({"sub/tidegate.toml": LAX}, [("TG102", "sub/tidegate.toml")]),
    "a folder for the policy": (
        {"tidegate.toml": None, "tidegate.toml/x.toml": STRICT},
        [("TG102", "tidegate.toml")],
    ),
    "a second policy": ({"pyproject.toml": PROJECT}, [("TG102", "pyproject.toml")]),
    "a policy of a folder": (
        {"sub/tidegate.toml": "block-severity = 'HIGH'\n"},
        [("TG101", "sub/tidegate.toml")],
    ),
    "added waivers": (
        {"tidegate.waivers.toml": WAIVER},
        [("TG101", "tidegate.waivers.toml")],
    ),
    "broken waivers": (
        {"tidegate.waivers.toml": "[[waiver]]\n"},
        [("TG102", "tidegate.waivers.toml")],
    ),
    "an added baseline": ({"tidegate.baseline": written([])}, [("TG101", "tidegate.baseline")]),
    "a broken baseline": ({"tidegate.baseline": "x\n"}, [("TG102", "tidegate.baseline")]),
    "a lock of models": ({"tidegate.models.lock": "x\n"}, [("TG101", "tidegate.models.lock")]),
    "a merge driver": (
        {".gitattributes": "tidegate.toml merge=ours\n"},
        [("TG101", ".gitattributes")],
    ),
    "a CI edit": (
        {".github/workflows/gate.yml": WORKFLOW.replace("gate\n", "gate || true\n")},
        [("TG101", ".github/workflows/gate.yml")],
    ),
    "a CI step taken out": (
        {".github/workflows/gate.yml": WORKFLOW.replace("tidegate gate", "echo PASS")},
        [("TG101", ".github/workflows/gate.yml")],
    ),
    "a CI file deleted": (
        {".github/workflows/gate.yml": None},
        [("TG101", ".github/workflows/gate.yml")],
    ),
    "a CI file renamed": (
        {".github/workflows/gate.yml": None, ".github/workflows/gate.off": WORKFLOW},
        [("TG101", ".github/workflows/gate.off"), ("TG101", ".github/workflows/gate.yml")],
    ),
    "a CI file of another system": (
        {".gitlab-ci.yml": "gate: {script: [tidegate gate --mode observe]}\n"},
        [("TG101", ".gitlab-ci.yml")],
    ),
    "a script of CI": ({"ci/gate": "#!/bin/sh\nexit 0\n"}, [("TG101", "ci/gate")]),
    "a task that runs nothing": (
        {"pyproject.toml": "[tool.poe.tasks]\ngate = 'true'\n"},
        [("TG101", "pyproject.toml")],
    ),
    "another Tidegate": (
        {"requirements/ci.txt": "tidegate==0.9\n"},
        [("TG101", "requirements/ci.txt")],
    ),
}


def test_the_control_run_blocks(repo: GitRepo) -> None:
    repo.commit(BASE)
    branch(repo, "control", {"b.py": BAD})
    control = gated(repo)
    assert control.verdict is Verdict.BLOCK
    assert judge_findings(control) == []


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_of_what_judges_blocks(repo: GitRepo, name: str) -> None:
    edit, expected = EDITS[name]
    repo.commit(BASE)
    branch(repo, "attack", {path: None for path, content in edit.items() if content is None})
    repo.commit({path: content for path, content in edit.items() if content is not None})
    repo.commit({"b.py": BAD})
    attack = gated(repo)
    assert (attack.verdict, attack.exit_code) == (Verdict.BLOCK, 1)
    assert blocking(attack) == expected, "and so it blocks without the other file too"
    assert any(item.finding.rule == "B301" for item in attack.findings)


def a_link(repo: GitRepo) -> None:
    (repo.path / "tidegate.toml").unlink()
    (repo.path / "tidegate.toml").symlink_to("lax.toml")
    repo.commit({"lax.toml": LAX})


def a_link_of_the_same_text(repo: GitRepo) -> None:
    (repo.path / "tidegate.toml").unlink()
    (repo.path / "tidegate.toml").symlink_to(STRICT)
    repo.commit({})


def a_submodule(repo: GitRepo) -> None:
    head = repo.git("rev-parse", "HEAD")
    repo.git("update-index", "--cacheinfo", f"160000,{head},tidegate.toml")
    repo.git("commit", "-q", "-m", "submodule")


@pytest.mark.parametrize("attack", [a_link, a_link_of_the_same_text, a_submodule])
def test_what_is_no_file_cannot_stand_for_the_policy(
    repo: GitRepo, attack: Callable[[GitRepo], None]
) -> None:
    repo.commit(BASE)
    branch(repo, "control", {"b.py": BAD})
    assert gated(repo).verdict is Verdict.BLOCK
    branch(repo, "attack", {})
    attack(repo)
    run = gated(repo)
    assert blocking(run) == [("TG102", "tidegate.toml")]
    accepted = gated(repo, accept_judge_change=run.judge_digest)
    assert accepted.verdict is Verdict.BLOCK, "what breaks every later gate cannot be accepted"


def test_a_branch_does_not_bring_back_what_the_base_branch_dropped(repo: GitRepo) -> None:
    """Git merges a line that one side deletes and the other moves to where it was moved to."""
    filler = "".join(f"# line {number}\n" for number in range(20))
    repo.commit({"tidegate.toml": 'mode = "observe"\n' + filler + "workers = 2\n"})
    branch(repo, "attack", {"tidegate.toml": filler + 'workers = 2\nmode = "observe"\n'})
    assert judge_findings(gated(repo)) == [], "it says the same as the one at the base"
    repo.git("checkout", "-q", "main")
    repo.commit({"tidegate.toml": filler + "workers = 2\n"})
    repo.git("checkout", "-q", "-b", "merged")
    repo.git("merge", "-q", "--no-edit", "attack")
    assert "observe" in (repo.path / "tidegate.toml").read_text(), "this is what would land"
    run = gated(repo, head="attack")
    assert (run.verdict, run.exit_code) == (Verdict.BLOCK, 1)
    assert "up to date" in judge_findings(run)[0].finding.remedy


def test_an_old_branch_without_the_policy_takes_nothing_away(repo: GitRepo) -> None:
    repo.commit({"a.py": GOOD})
    branch(repo, "old", {"b.py": "assert input()\n"})
    repo.git("checkout", "-q", "main")
    repo.commit({"tidegate.toml": STRICT})
    run = gated(repo, head="old")
    assert run.verdict is Verdict.BLOCK, "the strict policy of the tip decides"
    assert judge_findings(run) == []


def test_with_two_merge_bases_a_policy_that_one_has_is_not_dropped(repo: GitRepo) -> None:
    repo.commit({"a.py": GOOD})
    control = criss_cross(repo, {"tidegate.toml": STRICT}, {"b.py": GOOD})
    assert judge_findings(control) == [], "both sides have it: nothing to tell"
    repo.commit({"c.py": "assert input()\n"})
    assert gated(repo, base="left").verdict is Verdict.BLOCK
    repo.commit({"tidegate.toml": None, "c.py": None})
    dropped = gated(repo, base="left")
    assert len(dropped.range.merge_bases) == 2
    assert blocking(dropped) == [("TG101", "tidegate.toml")]


def test_a_digest_accepts_only_the_content_it_was_made_of(repo: GitRepo) -> None:
    repo.commit(BASE)
    branch(repo, "feature", {"tidegate.toml": STRICT + "workers = 3\n"})
    shown = gated(repo)
    assert blocking(shown) == [("TG101", "tidegate.toml")]
    digest = shown.judge_digest
    assert digest in judge_findings(shown)[0].finding.remedy
    accepted = gated(repo, accept_judge_change=digest)
    assert (accepted.verdict, accepted.exit_code) == (Verdict.PASS, 0)
    [item] = judge_findings(accepted)
    assert item.decision is Decision.REPORT
    assert "accepted with --accept-judge-change" in item.decided_by
    repo.commit({"tidegate.toml": LAX})
    swapped = gated(repo, accept_judge_change=digest)
    assert blocking(swapped) == [("TG101", "tidegate.toml")]
    assert "other content" in judge_findings(swapped)[0].decided_by
    repo.commit({"tidegate.toml": STRICT + "workers = 3\n", "ci/gate": "exit 0\n"})
    more = gated(repo, accept_judge_change=digest)
    assert blocking(more) == [("TG101", "ci/gate"), ("TG101", "tidegate.toml")]


def test_a_digest_does_not_hold_once_the_base_branch_has_another_policy(repo: GitRepo) -> None:
    repo.commit(BASE)
    branch(repo, "feature", {"tidegate.toml": LAX})
    digest = gated(repo).judge_digest
    repo.git("checkout", "-q", "main")
    repo.commit({"c.py": GOOD})
    assert gated(repo, head="feature", accept_judge_change=digest).verdict is Verdict.PASS
    repo.commit({"tidegate.toml": STRICT + "workers = 4\n"})
    assert gated(repo, head="feature", accept_judge_change=digest).verdict is Verdict.BLOCK


@pytest.mark.parametrize("edit", [WAIVER * 4, WAIVER * 3 + "broken\n"])
def test_a_file_that_the_base_branch_made_one_that_judges(repo: GitRepo, edit: str) -> None:
    repo.commit({**BASE, "draft.toml": WAIVER * 3})
    branch(repo, "feature", {"draft.toml": edit})
    assert blocking(gated(repo)) == [], "nothing judges by it"
    repo.git("checkout", "-q", "main")
    repo.commit({"draft.toml": None, "tidegate.waivers.toml": WAIVER * 3})
    repo.git("merge", "-q", "--no-commit", "feature")
    assert (repo.path / "tidegate.waivers.toml").read_text() == edit, "git follows the rename"
    repo.git("merge", "--abort")
    run = gated(repo, head="feature")
    assert [path for _, path in blocking(run)] == ["tidegate.waivers.toml"]
    assert gated(repo, head="feature", accept_judge_change=run.judge_digest).verdict is (
        Verdict.PASS if edit.endswith(WAIVER) else Verdict.BLOCK
    )


def test_a_policy_that_takes_for_ever_to_read_is_a_gap(repo: GitRepo) -> None:
    repo.commit({**BASE, "tidegate.toml": STRICT + "file-timeout = 0.5\n"})
    branch(repo, "feature", {"sub/tidegate.toml": ".".join("a" * 50_000) + " = 1\n"})
    run = gated(repo)
    assert run.verdict is Verdict.INCOMPLETE
    assert [item.skipped.reason for item in run.skipped if item.skipped.what == "what judges"] == [
        "reading timed out"
    ]


def test_an_accepted_change_lets_nothing_else_pass(repo: GitRepo) -> None:
    repo.commit(BASE)
    branch(repo, "feature", {"tidegate.toml": LAX, "b.py": BAD})
    run = gated(repo, accept_judge_change=gated(repo).judge_digest)
    assert run.verdict is Verdict.BLOCK
    assert blocking(run) == []


def test_no_variable_of_the_environment_accepts(repo: GitRepo) -> None:
    repo.commit(BASE)
    branch(repo, "feature", {"tidegate.toml": LAX})
    digest = gated(repo).judge_digest
    request = Request(
        repo=repo.path, base="main", env={"TIDEGATE_ACCEPT_JUDGE_CHANGE": digest}, flags={}
    )
    with pytest.raises(ConfigError, match="TIDEGATE_ACCEPT_JUDGE_CHANGE"):
        run_gate(request, SCANNERS)


def test_the_command_line_says_what_to_do_and_does_it(repo: GitRepo, tidegate: Tidegate) -> None:
    repo.commit(BASE)
    branch(repo, "feature", {"tidegate.toml": LAX})
    call = ("gate", "--base", "main")
    shown = tidegate(*call, cwd=repo.path)
    assert shown.code == 1
    assert "tidegate.toml:1: TG101" in shown.out
    assert "mode from enforce to observe" in shown.out
    flag, digest = shown.out.split("Next: ")[1].split("\n")[0].split()[-2:]
    assert flag == "--accept-judge-change"
    accepted = tidegate(*call, flag, digest, cwd=repo.path)
    assert accepted.code == 0
    assert f"Accepted: the change to what judges, digest {digest}\n" in accepted.out
    refused = tidegate(*call, flag, digest[::-1], cwd=repo.path)
    assert (refused.code, "Accepted: " in refused.out) == (1, False)
    wrong = tidegate(*call, flag, "yes", cwd=repo.path)
    assert (wrong.code, "40 hexadecimal digits" in wrong.err) == (2, True)
