"""Attacks on waivers: a control run shows what blocks, and under attack it blocks still."""

from datetime import UTC, datetime, timedelta

import pytest

from tidegate.gate.waiver_entries import FILE_NAME
from tidegate.records.run import Decision, GateRun, Judged, Verdict
from tidegate.tests.gate.gating import gated
from tidegate.tests.real import GitRepo

SHELL = "import subprocess\n\n\ndef run(request):\n    subprocess.call({}, shell=True)\n"
HARMLESS, EVIL = "name()", "request.args['x']"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def entry(what: str, days: int = 30) -> str:
    until = (NOW + timedelta(days=days)).date()
    rest = f'owner = "ada"\nreason = "the name is a constant"\nuntil = {until}\n'
    return f"[[waiver]]\n{what}\n{rest}"


def gate(repo: GitRepo) -> GateRun:
    return gated(repo, now=NOW.timestamp)


def the_blocking(run: GateRun) -> Judged:
    (found,) = [item for item in run.findings if item.decision is Decision.BLOCK]
    return found


@pytest.fixture
def blocked(repo: GitRepo) -> Judged:
    """A branch that brings one shell call, which blocks: the control run."""
    repo.commit({"README": "x\n"})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({"app.py": SHELL.format(HARMLESS)})
    run = gate(repo)
    assert run.verdict is Verdict.BLOCK
    return the_blocking(run)


def on_main(repo: GitRepo, text: str | None) -> None:
    """Commit a waivers file to the base branch, and go back to the change."""
    repo.git("checkout", "-q", "main")
    repo.commit({FILE_NAME: text})
    repo.git("checkout", "-q", "feature")


def waive(repo: GitRepo, found: Judged, days: int = 30) -> GateRun:
    on_main(repo, entry(f'fingerprint = "{found.fingerprint}"', days))
    return gate(repo)


def test_a_waiver_at_the_base_tip_lets_through(repo: GitRepo, blocked: Judged) -> None:
    run = waive(repo, blocked)
    assert run.verdict is Verdict.PASS
    (found,) = [item for item in run.findings if item.decision is Decision.WAIVED]
    assert found.decided_by == "waiver of ada until 2026-12-23: the name is a constant"


def test_a_waiver_that_the_change_brings_waives_nothing(repo: GitRepo, blocked: Judged) -> None:
    repo.commit({FILE_NAME: entry(f'fingerprint = "{blocked.fingerprint}"')})
    assert the_blocking(gate(repo)).finding.path == "app.py"


def test_an_edit_of_the_waivers_waives_nothing_more(repo: GitRepo, blocked: Judged) -> None:
    on_main(repo, entry(f'fingerprint = "{"0" * 32}"'))
    repo.git("rebase", "-q", "main")
    repo.commit({FILE_NAME: entry(f'fingerprint = "{blocked.fingerprint}"')})
    assert gate(repo).verdict is Verdict.BLOCK


def test_a_waiver_of_an_old_branch_is_gone_with_the_base(repo: GitRepo, blocked: Judged) -> None:
    assert waive(repo, blocked).verdict is Verdict.PASS
    repo.git("rebase", "-q", "main")
    on_main(repo, None)
    run = gate(repo)
    assert (repo.path / FILE_NAME).is_file(), "the change has it still, as its merge base has"
    assert run.verdict is Verdict.BLOCK


@pytest.mark.parametrize("staged", [True, False])
def test_a_file_on_disk_waives_nothing(repo: GitRepo, blocked: Judged, staged: bool) -> None:
    repo.write({FILE_NAME: entry(f'fingerprint = "{blocked.fingerprint}"')})
    if staged:
        repo.git("add", "-A")
    run = gated(repo, now=NOW.timestamp, worktree=True)
    assert run.verdict is Verdict.BLOCK


def test_a_worse_one_of_the_same_rule_blocks(repo: GitRepo, blocked: Judged) -> None:
    assert waive(repo, blocked).verdict is Verdict.PASS
    repo.commit({"app.py": SHELL.format(EVIL)})
    assert the_blocking(gate(repo)).finding.rule == blocked.finding.rule


def test_a_second_one_that_looks_the_same_blocks(repo: GitRepo, blocked: Judged) -> None:
    assert waive(repo, blocked).verdict is Verdict.PASS
    twice = SHELL.format(HARMLESS) + "    subprocess.call(name(), shell=True)\n"
    repo.commit({"app.py": twice})
    assert gate(repo).verdict is Verdict.BLOCK


def test_the_same_one_elsewhere_blocks(repo: GitRepo, blocked: Judged) -> None:
    assert waive(repo, blocked).verdict is Verdict.PASS
    repo.commit({"app.py": None, "web.py": SHELL.format(HARMLESS)})
    assert gate(repo).verdict is Verdict.BLOCK


def test_a_graver_one_than_its_pattern_names_blocks(repo: GitRepo, blocked: Judged) -> None:
    assert blocked.finding.severity == "HIGH"
    match = 'match = { rule = "B602", path = "app.py" }'
    on_main(repo, entry(match))
    assert gate(repo).verdict is Verdict.PASS
    on_main(repo, entry(f'{match}\nseverity-at-most = "MEDIUM"'))
    assert gate(repo).verdict is Verdict.BLOCK


@pytest.mark.parametrize("days", [0, 30, 180])
def test_a_waiver_counts_up_to_its_last_day(repo: GitRepo, blocked: Judged, days: int) -> None:
    assert waive(repo, blocked, days).verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("days", "said"), [(-1, "expired on 2026-11-22"), (181, "waiver-max-days = 180")]
)
def test_a_waiver_counts_on_no_other_day(
    repo: GitRepo, blocked: Judged, days: int, said: str
) -> None:
    run = waive(repo, blocked, days)
    assert the_blocking(run).finding == blocked.finding
    assert any(said in notice for notice in run.notices)


def test_a_change_cannot_make_waivers_last_longer(repo: GitRepo, blocked: Judged) -> None:
    assert waive(repo, blocked, 200).verdict is Verdict.BLOCK
    repo.commit({"tidegate.toml": "waiver-max-days = 3650\n"})
    assert gate(repo).verdict is Verdict.BLOCK


@pytest.mark.usefixtures("blocked")
@pytest.mark.parametrize("path", ["app.py", "**/*.py"])
def test_a_waiver_for_findings_waives_no_gap(repo: GitRepo, path: str) -> None:
    on_main(repo, entry(f'match = {{ rule = "B602", path = "{path}" }}'))
    assert gate(repo).verdict is Verdict.PASS
    repo.commit({"app.py": "def f(:\n"})
    assert gate(repo).verdict is Verdict.INCOMPLETE


TOKEN = 'API_TOKEN = "{}"\n'
FIRST, SECOND = ("ghp_" + letter * 36 for letter in ("aB3dE9", "xY7zW1"))


def token(text: str) -> str:
    """The shape of a key, made up so that no file of ours holds one."""
    return TOKEN.format(text[:40])


def test_a_secret_in_the_place_of_a_waived_one_blocks(repo: GitRepo) -> None:
    repo.commit({"README": "x\n"})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({"settings.ini": token(FIRST)})
    found = the_blocking(gate(repo))
    assert found.finding.tool == "secrets"
    blob = repo.git("rev-parse", "HEAD:settings.ini")
    on_main(repo, entry(f'fingerprint = "{found.fingerprint}"\nblob = "{blob}"'))
    assert gate(repo).verdict is Verdict.PASS
    repo.git("reset", "-q", "--hard", "main")
    repo.commit({"settings.ini": token(SECOND)})
    assert the_blocking(gate(repo)).fingerprint == found.fingerprint


def test_other_content_in_the_place_of_a_waived_gap_counts(repo: GitRepo) -> None:
    repo.commit({"README": "x\n"})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({"fast.so": b"\x7fELF 1"})
    assert gate(repo).verdict is Verdict.INCOMPLETE
    blob = repo.git("rev-parse", "HEAD:fast.so")
    on_main(repo, entry(f'match = {{ skipped = "compiled code", path = "*.so" }}\nblob = "{blob}"'))
    run = gate(repo)
    assert run.verdict is Verdict.PASS
    assert [item.decision for item in run.skipped] == [Decision.WAIVED]
    repo.commit({"fast.so": b"\x7fELF 2"})
    assert gate(repo).verdict is Verdict.INCOMPLETE
    repo.commit({"fast.so": b"\x7fELF 1", "more.so": b"\x7fELF 2"})
    assert gate(repo).verdict is Verdict.INCOMPLETE


def test_a_waiver_of_one_content_covers_no_secret_of_an_earlier_commit(repo: GitRepo) -> None:
    known, other = "key = 'AKIA" + "IOSFODNN7ABCDEFG'\n", "key = 'AKIA" + "ZZSFODNN7ABCDQQQ'\n"
    repo.commit({"README": "x\n"})
    repo.git("checkout", "-q", "-b", "first")
    repo.commit({"a.cfg": known})
    what = f'blob = "{repo.git("rev-parse", "HEAD:a.cfg")}"\n'
    repo.git("checkout", "-q", "main")
    pattern = 'match = { tool = "secrets", rule = "aws-access-key", path = "a.cfg" }'
    repo.commit({FILE_NAME: entry(what + pattern)})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({"a.cfg": known})
    assert gate(repo).verdict is Verdict.PASS
    repo.git("checkout", "-q", "-b", "attack", "main")
    repo.commit({"a.cfg": other})
    repo.commit({"a.cfg": known})
    found = the_blocking(gate(repo))
    assert "history keeps it" in found.finding.message
    assert found.past_blob == repo.git("rev-parse", "HEAD^:a.cfg")
    repo.git("checkout", "-q", "main")
    repo.commit(
        {FILE_NAME: entry(what + pattern) + entry(f'blob = "{found.past_blob}"\n' + pattern)}
    )
    repo.git("checkout", "-q", "attack")
    assert gate(repo).verdict is Verdict.PASS


@pytest.mark.parametrize("where", ['path = "legacy/**"', 'path = "**/*.py", path-class = "tests"'])
def test_no_file_is_moved_to_where_a_waiver_covers_it(repo: GitRepo, where: str) -> None:
    other = "".join(f"def add_{n}(a):\n    return a + {n}\n\n\n" for n in range(20))
    there = "legacy/x.py" if "legacy" in where else "legacy/tests/x.py"
    repo.commit({"app/x.py": other, FILE_NAME: entry(f'match = {{ rule = "B602", {where} }}')})
    repo.git("checkout", "-q", "-b", "new")
    repo.commit({there: SHELL.format(EVIL)})
    assert gate(repo).verdict is Verdict.PASS, "what is new there is waived"
    repo.git("checkout", "-q", "-b", "moved", "main")
    repo.commit({"app/x.py": None, there: other + SHELL.format(EVIL)})
    assert the_blocking(gate(repo)).finding.path == there


def test_no_gap_is_moved_to_where_a_waiver_covers_it(repo: GitRepo) -> None:
    other = "".join(f"def add_{n}(a):\n    return a + {n}\n\n\n" for n in range(20))
    match = 'match = { skipped = "*", path = "legacy/**" }'
    repo.commit({"app/x.py": other, FILE_NAME: entry(match)})
    repo.git("checkout", "-q", "-b", "new")
    repo.commit({"legacy/x.py": "def f(:\n"})
    assert gate(repo).verdict is Verdict.PASS, "what is new there is waived"
    repo.git("checkout", "-q", "-b", "moved", "main")
    repo.commit({"app/x.py": None, "legacy/x.py": other + "def f(:\n"})
    assert gate(repo).verdict is Verdict.INCOMPLETE
