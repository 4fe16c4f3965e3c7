"""`tidegate waive`: what it writes lets the change through, once it is on the base branch."""

import json
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tidegate.tests.real import Answer, GitRepo, Tidegate
from tidegate.tests.scanners.secrets.samples import noise

NAME = "tidegate.waivers.toml"
BAD = "import pickle\n\n\ndef load(data):\n    return pickle.loads(data)\n"
KEY = "gh" + f"p_{noise(36)}"
OTHER_KEY = "gh" + f"p_{noise(36, seed=3)}"
REASON = "we wrote the pickles ourselves"


PRINT = "0f" * 16
FINDING = {
    "fingerprint": PRINT,
    "tool": "bandit",
    "rule": "B301",
    "cwe": 502,
    "severity": "MEDIUM",
    "path": "b.py",
    "line": 5,
    "decision": "block",
    "decided_by": "block-severity = MEDIUM",
}
LOW = FINDING | {"fingerprint": "1" * 32, "line": 6, "decision": "report", "decided_by": "below"}
REPORT = {
    "schema": "tidegate/gate/1",
    "head": None,
    "range": {"worktree": False, "staged": False},
    "findings": [FINDING, LOW, FINDING | {"fingerprint": "0f" + "1" * 30}],
    "skipped": [],
}


def day(days: int = 30) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()


WHY = ("--reason", REASON, "--until", day(), "--owner", "ada@example.com")


@pytest.fixture
def hot(repo: GitRepo) -> GitRepo:
    """A branch that brings a defect, a file that nothing can read, and a token."""
    repo.commit({"a.py": "x = 1\n"})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({"b.py": BAD})
    return repo


def gate(repo: GitRepo, tidegate: Tidegate) -> dict[str, Any]:
    answer = tidegate("gate", "--base", "main", "--format", "json", cwd=repo.path)
    document: dict[str, Any] = json.loads(answer.out)
    return document


def waive(repo: GitRepo, tidegate: Tidegate, *args: str) -> Answer:
    return tidegate("waive", *args, "--base", "main", cwd=repo.path)


def blocking(document: dict[str, Any]) -> str:
    (name,) = [f["fingerprint"] for f in document["findings"] if f["decision"] == "block"]
    return str(name)


def land(repo: GitRepo) -> None:
    """Commit the waivers of the work tree to the base branch."""
    data = (repo.path / NAME).read_bytes()
    (repo.path / NAME).unlink()
    repo.git("checkout", "-q", "main")
    repo.commit({NAME: data})
    repo.git("checkout", "-q", "feature")


def written(repo: GitRepo) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = tomllib.loads((repo.path / NAME).read_text())["waiver"]
    return entries


def test_a_finding_is_waived_by_how_its_name_begins(hot: GitRepo, tidegate: Tidegate) -> None:
    name = blocking(gate(hot, tidegate))
    answer = waive(hot, tidegate, name[:8], *WHY, "--ticket", "OPS-12")
    assert (answer.code, answer.err) == (0, "")
    assert "B301 in b.py:5" in answer.out
    assert "counts once it stands there" in answer.out
    (entry,) = written(hot)
    assert entry == {
        "fingerprint": name,
        "severity-at-most": "MEDIUM",
        "owner": "ada@example.com",
        "reason": REASON,
        "until": (datetime.now(UTC) + timedelta(days=30)).date(),
        "ticket": "OPS-12",
    }
    assert gate(hot, tidegate)["verdict"] == "BLOCK", "it is not on the base branch"
    land(hot)
    assert gate(hot, tidegate)["verdict"] == "PASS"
    again = waive(hot, tidegate, name, *WHY)
    assert (again.code, "stops nothing: waived" in again.err) == (2, True)


def test_a_report_serves_in_the_place_of_a_run(
    hot: GitRepo, tidegate_anew: Tidegate, tmp_path: Path
) -> None:
    report = tmp_path / "verdict.json"
    tidegate_anew("gate", "--base=main", f"--output=json={report}", cwd=hot.path)
    name = blocking(json.loads(report.read_text()))
    hot.git("checkout", "-q", "main")
    answer = tidegate_anew("waive", "b.py:5", *WHY, "--verdict", str(report), cwd=hot.path)
    assert answer.code == 0
    assert written(hot)[0]["fingerprint"] == name


def test_what_stands_in_the_file_stays(hot: GitRepo, told: Callable[..., Answer]) -> None:
    match = '# ours\r\n[[waiver]]\r\nmatch = { rule = "B301", path = "old.py" }\r\n'
    before = f"{match}owner = 'é'\r\nreason = 'see the minutes'\r\nuntil = {day(3)} # soon"
    (hot.path / NAME).write_bytes(before.encode())
    assert told(PRINT, *WHY).code == 0
    assert (hot.path / NAME).read_bytes().startswith(before.encode())
    assert len(written(hot)) == 2
    kept = (hot.path / NAME).read_bytes()
    twice = told(PRINT, *WHY)
    assert (twice.code, "waiver 2 names it already" in twice.err) == (2, True)
    assert (hot.path / NAME).read_bytes() == kept


def test_one_that_expired_is_renewed(
    hot: GitRepo, tidegate: Tidegate, told: Callable[..., Answer]
) -> None:
    old = f'[[waiver]]\nfingerprint = "{PRINT}"\nowner = "a"\nreason = "{REASON}"\nuntil = '
    (hot.path / NAME).write_text(f"{old}{day(-1)}\n")
    assert tidegate("waive", "--check", cwd=hot.path).code == 1
    assert told(PRINT, *WHY).code == 0
    assert [entry["until"].isoformat() for entry in written(hot)] == [day(-1), day()]


@pytest.fixture
def told(hot: GitRepo, tidegate: Tidegate, tmp_path: Path) -> Callable[..., Answer]:
    """Waive by a report that was kept, which is sooner than a run."""
    report = tmp_path / "verdict.json"
    report.write_text(json.dumps(REPORT))
    kept = ("--verdict", str(report))
    return lambda *args: tidegate("waive", *args, *kept, cwd=hot.path)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--reason", "too short"], "less than 10"),
        (["--reason", "    "], "reason is missing"),
        (["--until", ""], "needs both --until DATE and --reason TEXT"),
        (["--until", "soon"], "'soon' is no day"),
        (["--until", "2027-09-31"], "for month"),
        (["--until", day(-1)], "would not count"),
        (["--until", day(181)], "name a day up to"),
        (["--owner", "\x1b[31m"], "control characters"),
    ],
)
def test_an_entry_that_would_not_count_is_not_written(
    hot: GitRepo, told: Callable[..., Answer], args: list[str], said: str
) -> None:
    answer = told(PRINT, *WHY, *args)
    assert (answer.code, said in answer.err) == (2, True)
    assert not (hot.path / NAME).exists()


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["2" * 32], "no finding is called"),
        ([""], "no finding is called"),
        (["0f"], "2 findings are called 0f"),
        (["1" * 32], "stops nothing: report, below"),
        (["b.py:5"], f"2 findings are called b.py:5: {PRINT[:12]} (B301), 0f1111111111 (B301)"),
        (["b.py:6"], "no finding is called"),
        (["--skipped", "b.py"], "no gap is about"),
        ([], "name a finding"),
        ([PRINT, "--skipped", "b.py"], "name a finding"),
        ([PRINT, "--check"], "name a finding"),
    ],
)
def test_what_is_not_there_cannot_be_waived(
    hot: GitRepo, told: Callable[..., Answer], args: list[str], said: str
) -> None:
    answer = told(*args, *WHY)
    assert (answer.code, said in answer.err) == (2, True)
    assert not (hot.path / NAME).exists()


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"schema": "tidegate/gate/1"}', '{"schema": "tidegate/scan/1"}']
)
def test_another_file_is_no_report(
    hot: GitRepo, tidegate: Tidegate, tmp_path: Path, text: str
) -> None:
    report = tmp_path / "verdict.json"
    report.write_text(text)
    answer = tidegate("waive", "0f", *WHY, "--verdict", str(report), cwd=hot.path)
    assert answer.code == 2
    assert "what to do" in answer.err


def test_a_broken_file_is_left_alone(hot: GitRepo, told: Callable[..., Answer]) -> None:
    (hot.path / NAME).write_text("[[waiver]\n")
    answer = told(PRINT, *WHY)
    assert (answer.code, "not valid TOML" in answer.err) == (2, True)
    assert (hot.path / NAME).read_text() == "[[waiver]\n"
    (hot.path / NAME).unlink()
    (hot.path / NAME).symlink_to("elsewhere")
    assert told(PRINT, *WHY).code == 2
    assert not (hot.path / "elsewhere").exists()


def test_a_gap_is_waived_for_the_content_it_has(repo: GitRepo, tidegate: Tidegate) -> None:
    repo.commit({"a.py": "x = 1\n"})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({"ext/fast[1].so": b"\x7fELF 1"})
    assert gate(repo, tidegate)["verdict"] == "INCOMPLETE"
    answer = waive(repo, tidegate, "--skipped", "ext/fast[1].so", *WHY)
    assert (answer.code, answer.err) == (0, "")
    land(repo)
    assert gate(repo, tidegate)["verdict"] == "PASS"
    repo.commit({"ext/fast[1].so": b"\x7fELF 2"})
    assert gate(repo, tidegate)["verdict"] == "INCOMPLETE"
    assert waive(repo, tidegate, "--skipped", "ext/fast[1].so", "--content=any", *WHY).code == 0
    land(repo)
    repo.commit({"ext/fast[1].so": b"\x7fELF 3"})
    assert gate(repo, tidegate)["verdict"] == "PASS"


def test_a_gap_is_named_by_its_reason_where_that_is_of_one_thing(
    hot: GitRepo, told: Callable[..., Answer], tmp_path: Path
) -> None:
    gap = {"what": "c.so", "path": "", "tool": "", "reason": "compiled code"}
    gap |= {"decision": "incomplete", "decided_by": "unseen"}
    report = tmp_path / "verdict.json"
    report.write_text(json.dumps(REPORT | {"skipped": [gap, gap | {"what": "d.so"}]}))
    answer = told("--skipped", "compiled code", *WHY)
    assert (answer.code, "2 gaps are compiled code: c.so, d.so" in answer.err) == (2, True)
    answer = told("--skipped", "e.so", *WHY)
    assert (answer.code, "name what was not looked at: c.so, d.so" in answer.err) == (2, True)
    report.write_text(json.dumps(REPORT | {"skipped": [gap]}))
    answer = told("--skipped", "compiled code", *WHY)
    assert (answer.code, answer.err) == (0, "")
    assert [each["match"]["what"] for each in written(hot)] == ["c.so"]


def test_a_password_is_waived_for_the_content_it_stands_in(
    repo: GitRepo, tidegate: Tidegate
) -> None:
    repo.commit({"tidegate.toml": 'block-severity = "LOW"\n'})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({"a.py": 'password = "correct-horse"\n'})
    found = [f for f in gate(repo, tidegate)["findings"] if f["decision"] == "block"]
    for item in found:
        assert waive(repo, tidegate, item["fingerprint"], *WHY).code == 0
    blob = repo.git("rev-parse", "HEAD:a.py")
    assert {entry["blob"] for entry in written(repo)} == {blob}
    assert "correct-horse" not in (repo.path / NAME).read_text()
    land(repo)
    assert gate(repo, tidegate)["verdict"] == "PASS"
    repo.commit({"a.py": 'password = "battery-staple"\n'})
    assert gate(repo, tidegate)["verdict"] == "BLOCK"


def test_a_secret_of_an_earlier_commit_is_waived_for_the_content_it_stood_in(
    repo: GitRepo, tidegate: Tidegate
) -> None:
    repo.commit({"a.py": "x = 1\n"})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({"a.cfg": "key = 'AKIA" + "IOSFODNN7ABCDEFG'\n"})
    repo.commit({"a.cfg": "key = ''\n"})
    [found] = gate(repo, tidegate)["findings"]
    assert waive(repo, tidegate, found["fingerprint"], *WHY).code == 0
    blob = repo.git("rev-parse", "HEAD^:a.cfg")
    assert [entry["blob"] for entry in written(repo)] == [blob] == [found["past_blob"]]
    land(repo)
    assert gate(repo, tidegate)["verdict"] == "PASS"


def test_the_owner_is_who_git_says(hot: GitRepo, told: Callable[..., Answer]) -> None:
    unknown = told(PRINT, *WHY[:4])
    assert (unknown.code, "--owner" in unknown.err) == (2, True)
    hot.git("config", "user.email", "grace@example.com")
    assert told(PRINT, *WHY[:4]).code == 0
    assert written(hot)[0]["owner"] == "grace@example.com"


def test_a_key_of_the_history_is_waived_for_the_commit_that_holds_it(
    repo: GitRepo, tidegate: Tidegate
) -> None:
    """Another key of the same name in the same file has the same fingerprint."""
    repo.commit({"a.txt": "a\n"})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({"b.txt": f"token = {KEY}\n"})
    blob = repo.git("rev-parse", "HEAD:b.txt")
    repo.commit({"b.txt": None})
    (item,) = [f for f in gate(repo, tidegate)["findings"] if f["decision"] == "block"]
    assert "rewrite the branch" in item["remedy"]
    answer = waive(repo, tidegate, "b.txt:1", *WHY)
    assert (answer.code, answer.err) == (0, "")
    assert [entry["blob"] for entry in written(repo)] == [blob]
    land(repo)
    assert gate(repo, tidegate)["verdict"] == "PASS"
    repo.git("reset", "-q", "--hard", "main")
    repo.commit({"b.txt": f"token = {OTHER_KEY}\n"})
    repo.commit({"b.txt": None})
    (other,) = gate(repo, tidegate)["findings"]
    assert (other["fingerprint"], other["decision"]) == (item["fingerprint"], "block")


def test_what_is_not_committed_is_not_waived_without_a_word_of_what_any_lets_pass(
    repo: GitRepo, tidegate: Tidegate
) -> None:
    repo.commit({"a.txt": "a\n"})
    repo.write({"a.txt": f"token = {KEY}\n"})
    answer = tidegate("waive", "a.txt:1", *WHY, "--worktree", "--base", "main", cwd=repo.path)
    assert answer.code == 2
    assert "lets any other secret of that name in it pass" in answer.err
