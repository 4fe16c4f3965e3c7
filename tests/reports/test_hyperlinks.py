"""Links of the text report: to known documentation, and to nothing that a tree could name."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.records.finding import Finding, Level
from tidegate.records.run import GateRun, Located, ScanRun
from tidegate.reports import text
from tidegate.reports.hyperlinks import documentation, linked

PAGE = "https://bandit.readthedocs.io/en/1.9.4/plugins/b102_exec_used.html"
FINDING = Finding(
    tool="bandit",
    rule="B102",
    message="exec",
    path="a.py",
    line=1,
    end_line=1,
    severity=Level.MEDIUM,
    confidence=Level.HIGH,
    remedy="",
    url=PAGE,
)
LINK = re.compile(r"\x1b\]8;;([^\x1b]*)\x1b\\([^\x1b]*)\x1b\]8;;\x1b\\")


def test_a_link_adds_an_address_and_nothing_else(gate_run: Callable[..., GateRun]) -> None:
    found = gate_run().findings
    run = gate_run(findings=tuple(replace(item, finding=FINDING) for item in found))
    shown = text.gate(run, colour=False, links=True)
    assert {*LINK.findall(shown)} == {(PAGE, "B102")}
    assert LINK.sub(r"\2", shown) == text.gate(run, colour=False)


def test_many_that_are_alike_have_one_link() -> None:
    many = tuple(Located(finding=FINDING, fingerprint=str(n)) for n in range(20))
    shown = text.scan(ScanRun(exit_code=0, findings=many), colour=False, links=True)
    assert LINK.findall(shown) == [(PAGE, "B102")]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://evil.example/b102",
        "https://bandit.readthedocs.io.evil.example/",
        "http://bandit.readthedocs.io/",
        "https://cwe.mitre.org/\x1b]0;title\x07",
        "https://cwe.mitre.org/\x1b\\",
        "https://cwe.mitre.org/a b",
        "javascript:alert(1)",
        "file:///etc/passwd",
    ],
)
def test_an_address_of_elsewhere_is_no_link(url: str) -> None:
    assert documentation(replace(FINDING, url=url)) == ""


@given(st.text(), st.text())
def test_no_text_gets_into_the_address(rest: str, rule: str) -> None:
    finding = replace(FINDING, url=f"https://osv.dev/{rest}", rule=rule)
    address = documentation(finding)
    assert address.isascii()
    assert address.isprintable()
    shown = text.Paint(colour=False, links=True).rule(finding)
    assert LINK.sub(r"\2", shown).isprintable()


def test_without_an_address_the_text_is_as_it_was() -> None:
    assert linked("B102", "") == "B102"
