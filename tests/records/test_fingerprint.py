import pytest

from tidegate.records.finding import Finding, Level
from tidegate.records.fingerprint import bandit_rule, defect, fingerprints


def finding(tool: str, rule: str) -> Finding:
    return Finding(
        tool=tool,
        rule=rule,
        message="m",
        path="a.py",
        line=1,
        end_line=1,
        severity=Level.LOW,
        confidence=Level.LOW,
        remedy="r",
    )


@pytest.mark.parametrize(
    ("code", "rule"),
    [("S602", "B602"), ("PLE2502", "B613"), ("S1", "B1"), ("SIM102", "SIM102"), ("S", "S")],
)
def test_ruff_s_rules_have_bandit_s_names(code: str, rule: str) -> None:
    assert bandit_rule(code) == rule
    assert defect(finding("ruff", code)) == ("bandit", rule)


def test_rules_of_other_tools_keep_theirs() -> None:
    assert defect(finding("bandit", "B602")) == ("bandit", "B602")
    assert defect(finding("other", "S602")) == ("other", "S602")


def test_a_fingerprint_is_that_of_the_defect() -> None:
    by_bandit, by_ruff = finding("bandit", "B602"), finding("ruff", "S602")
    assert fingerprints([by_bandit]) == fingerprints([by_ruff])
    assert fingerprints([by_bandit]) != fingerprints([finding("ruff", "S603")])
    assert len(set(fingerprints([by_bandit, by_ruff]))) == 2, "two defects of one file"
