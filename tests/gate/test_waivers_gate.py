"""The waivers file in a whole gate: where it is read, and what is told of it."""

import json
from html import unescape

import pytest

from tidegate.errors import ConfigError
from tidegate.gate.waiver_entries import FILE_NAME
from tidegate.records.run import GateRun, Verdict
from tidegate.reports.formats import RENDERERS
from tidegate.tests.gate.gating import BAD, GOOD, changed, gated
from tidegate.tests.real import GitRepo

NOW = 1_795_435_200.0  # 2026-11-23, 12:00 UTC
MATCH = 'match = { rule = "B301", path = "a.py" }'
OWNED = 'owner = "ada"\nreason = "our own pickles only"\nuntil = 2026-12-01\n'
WAIVED = f"[[waiver]]\n{MATCH}\n{OWNED}"


def gate(repo: GitRepo) -> GateRun:
    return gated(repo, now=lambda: NOW)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[[waiver]\n", "not valid TOML"),
        (f"[[waiver]]\n{MATCH}\n", "waiver 1: owner is missing"),
        (f"{WAIVED}[[waiver]]\n{OWNED}", "waiver 2 has to name one thing"),
    ],
)
def test_a_broken_file_at_the_base_tip_is_an_error(repo: GitRepo, text: str, why: str) -> None:
    with pytest.raises(ConfigError, match=rf"{FILE_NAME} at [0-9a-f]{{12}}.*{why}"):
        changed(repo, {FILE_NAME: text, "a.py": GOOD}, {"a.py": BAD})


def test_a_link_in_the_place_of_the_file_is_an_error(repo: GitRepo) -> None:
    repo.write({"elsewhere.toml": WAIVED})
    (repo.path / FILE_NAME).symlink_to("elsewhere.toml")
    with pytest.raises(ConfigError, match="not a regular file"):
        changed(repo, {"a.py": GOOD}, {"a.py": BAD})


@pytest.fixture
def waived(repo: GitRepo) -> GitRepo:
    """A change whose one blocking finding is waived."""
    repo.commit({FILE_NAME: WAIVED, "a.py": GOOD})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({"a.py": BAD})
    return repo


def test_what_is_waived_is_shown_with_who_answers_for_it(waived: GitRepo) -> None:
    run = gate(waived)
    assert run.verdict is Verdict.PASS
    told = "waiver of ada until 2026-12-01: our own pickles only"
    for name in ("text", "markdown"):
        assert told in unescape(RENDERERS[name].gate(run, colour=False))
    findings = json.loads(RENDERERS["json"].gate(run, colour=False))["findings"]
    (found,) = [item for item in findings if item["rule"] == "B301"]
    assert (found["decision"], found["decided_by"]) == ("waived", told)
    results = json.loads(RENDERERS["sarif"].gate(run, colour=False))["runs"][0]["results"]
    (result,) = [item for item in results if item["ruleId"] == "B301"]
    assert result["suppressions"] == [
        {"kind": "external", "justification": told, "status": "accepted"}
    ]
    assert result["level"] != "error"


def test_the_last_days_are_told(waived: GitRepo) -> None:
    ends = "waiver 1 (ada: B301 in a.py) ends in 8 days, on 2026-12-01"
    assert any(ends in notice for notice in gate(waived).notices)


def test_a_waiver_whose_finding_goes_away_is_told(repo: GitRepo) -> None:
    repo.commit({FILE_NAME: WAIVED, "a.py": BAD})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({"a.py": GOOD})
    told = "waiver 1 (ada: B301 in a.py) covers nothing after this change: remove it"
    assert told in gate(repo).notices
    repo.commit({"a.py": f"x = 1\n{BAD}"})
    assert told not in gate(repo).notices


def test_a_waiver_hushes_what_nosec_cannot(repo: GitRepo) -> None:
    repo.commit({"a.py": GOOD})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({"a.py": BAD.replace("(data)\n", "(data)  # nosec\n")})
    assert gate(repo).verdict is Verdict.BLOCK
    repo.git("checkout", "-q", "main")
    repo.commit({FILE_NAME: WAIVED})
    repo.git("checkout", "-q", "feature")
    assert gate(repo).verdict is Verdict.PASS


def test_a_gap_of_several_reasons_needs_a_waiver_for_each(repo: GitRepo) -> None:
    repo.commit({"README": "x\n"})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({"a.py": "def f(:\n", "b.so": b"\x7fELF"})
    assert gate(repo).verdict is Verdict.INCOMPLETE
    one = f'[[waiver]]\nmatch = {{ skipped = "cannot be parsed", path = "a.py" }}\n{OWNED}'
    two = f'[[waiver]]\nmatch = {{ skipped = "compiled*", what = "b.so" }}\n{OWNED}'
    for text, verdict in [(one, Verdict.INCOMPLETE), (one + two, Verdict.PASS)]:
        repo.git("checkout", "-q", "main")
        repo.commit({FILE_NAME: text})
        repo.git("checkout", "-q", "feature")
        assert gate(repo).verdict is verdict
