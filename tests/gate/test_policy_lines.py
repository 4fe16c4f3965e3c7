"""What a line of a policy matches, and that a line that is half understood is an error."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tidegate.errors import ConfigError
from tidegate.gate.policies.conditions import of_finding
from tidegate.records.finding import Level, Package
from tidegate.records.run import State
from tidegate.tests.gate.policies import PLAIN, WHY, file_of, line


@pytest.mark.parametrize(
    ("match", "changes", "holds"),
    [
        ('tool = "bandit"', {}, True),
        ('tool = "ban*"', {}, True),
        ('tool = ["x", "bandit"]', {}, True),
        ('rule = "b307"', {}, False),
        ('rule = "B602"', {"tool": "ruff", "rule": "S602"}, True),
        ('tool = "ruff", rule = "S602"', {"tool": "ruff", "rule": "S602"}, True),
        ('tool = "semgrep"', {"witnesses": ("semgrep py.eval",)}, None),
        ('rule = "py.*"', {"witnesses": ("semgrep py.eval",)}, None),
        ('path = "src/**"', {"path": "src/x/a.py"}, True),
        ('path = "*.py"', {"path": "src/a.py"}, False),
        ('path = ["b.py", "**/a.py"]', {}, True),
        ('path-class = "tests"', {"path": "tests/a.py"}, True),
        ('path-class = ["tests", "vendored"]', {}, False),
        ("cwe = 95", {}, True),
        ("cwe = [78, 95]", {}, True),
        ("cwe = 95", {"cwe": None}, None),
        ('severity = "medium"', {}, True),
        ('severity = "HIGH"', {}, False),
        ('severity = "HIGH"', {"severity": Level.UNKNOWN}, None),
        ('confidence = "LOW"', {"confidence": Level.UNKNOWN}, None),
        ('state = "new"', {}, True),
        ('state = "edited"', {}, False),
        ("secret = true", {}, False),
        ("secret = true", {"rule": "B105"}, True),
        ("secret = true", {"tool": "ruff", "rule": "S105"}, True),
        ("secret = true", {"tool": "gitleaks"}, True),
        ("secret = true", {"cwe": 798}, True),
        ("secret = false", {}, True),
        ("kev = true", {}, False),
        ("kev = false", {}, False),
        ("kev = true", {"package": {}}, None),
        ("kev = false", {"package": {}}, None),
        ("kev = true", {"package": {"kev": True}}, True),
        ("kev = false", {"package": {"kev": False}}, True),
        ("epss-at-least = 0.5", {"package": {}}, None),
        ("epss-at-least = 0.5", {"package": {"epss": 0.5}}, True),
        ("epss-at-least = 0.5", {"package": {"epss": 0.4}}, False),
        ("cvss-at-least = 7", {"package": {}}, None),
        ("cvss-at-least = 7", {"package": {"cvss": 9.8}}, True),
        ("fix-available = true", {"package": {}}, False),
        ("fix-available = true", {"package": {"upgrade": "3"}}, True),
        ("fix-available = false", {"package": {}}, True),
        ("published-within-days = 7", {}, False),
        ("published-within-days = 7", {"package": {}}, None),
        ("published-within-days = 7", {"package": {"published": "yesterday"}}, None),
        ("published-within-days = 7", {"package": {"published": "2026-11-16"}}, True),
        ("published-within-days = 7", {"package": {"published": "2026-11-15"}}, False),
        ("published-within-days = 0", {"package": {"published": "2026-11-24"}}, None),
        ("malicious = true", {"package": {}}, False),
        ("malicious = true", {"package": {"aliases": ("MAL-1",)}}, True),
        ('rule = "B307", kev = true', {"package": {}}, None),
        ('rule = "B308", kev = true', {"package": {}}, False),
        ('skipped = "*"', {}, False),
    ],
)
def test_what_a_line_matches(match: str, changes: dict[str, Any], holds: bool | None) -> None:
    facts = {key: value for key, value in changes.items() if key != "package"}
    finding = replace(PLAIN, **facts)
    if "package" in changes:
        package = Package(name="x", version="1", advisory="PYSEC-1")
        finding = replace(finding, package=replace(package, **changes["package"]))
    for action, applies in (("block", holds is not False), ("warn", holds is True)):
        (read,) = file_of(line(match, action)).lines
        subject = of_finding(finding, State.NEW, today=date(2026, 11, 23))
        assert read.holds(subject) is holds
        assert read.applies(subject) is applies


BROKEN = {
    "policy = 3": "no list of tables",
    "[[policy]]\n" + WHY: "line 1 has no action",
    line('rule = "B1"', "allow"): "line 1: action = 'allow' does not fit",
    line('rule = "B1"', "deny"): "one of block, warn, ignore",
    line('rule = "B1"', "block").replace(
        "we looked at it twice", "short"
    ): "less than 10 characters",
    line('rule = "B1"', "block").partition("reason")[0]: "line 1 has no reason",
    line("", "block"): "matches nothing",
    line('rule = "B1"', "block") + line('path-clas = "x"', "warn"): "line 2, match: unknown key",
    line('path-clas = "x"', "warn"): "did you mean 'path-class'",
    line('path-class = "docs"', "warn"): "it takes",
    line('severity = "UNKNOWN"', "warn"): "it takes",
    line("cwe = true", "warn"): "it takes",
    line("cwe = []", "warn"): "it takes",
    line(f"cwe = 0x{'f' * 5000}", "warn"): "a huge number does not fit",
    line(f"cvss-at-least = 0x{'f' * 5000}", "warn"): "a huge number does not fit",
    line("kev = 1", "warn"): "it takes",
    line("epss-at-least = 2", "warn"): "it takes",
    line("published-within-days = -1", "warn"): "it takes",
    line("cvss-at-least = nan", "warn"): "it takes",
    line('state = "existing"', "warn"): "it takes",
    line("rule = []", "warn"): "it takes",
    line('skipped = "*", rule = "B1"', "warn"): "write a line for each",
    line('rule = "B1"', "warn") + "colour = 1\n": "unknown key 'colour'",
}


@pytest.mark.parametrize("text", BROKEN, ids=BROKEN.values())
def test_a_line_that_is_half_understood_is_an_error(text: str) -> None:
    with pytest.raises(ConfigError, match=r"^tidegate\.toml at 1a2b3c") as caught:
        file_of(text)
    assert BROKEN[text] in str(caught.value)
