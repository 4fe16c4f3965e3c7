"""A proposed policy as text: it says what was measured, and nothing in it leaves its place."""

import tomllib
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tidegate.cli.adoption_text import adoption_lines, told_all
from tidegate.cli.init import starting_file
from tidegate.gate.adoption import Proposal, proposals
from tidegate.gate.policies.lines import Action
from tidegate.gate.replayed import layer_of
from tidegate.records.finding import Skipped
from tidegate.tests.gate.test_adoption import ASSERT, IN_PRODUCT

GRAVE = replace(IN_PRODUCT, rule="B608", path="docs/a.py")


def test_each_line_stands_under_its_numbers() -> None:
    findings = [*[ASSERT] * 413, *[IN_PRODUCT] * 13, *[GRAVE] * 12]
    gaps = [Skipped(what="a", reason="too large", tool="bandit")] * 11
    text = adoption_lines(proposals(findings, gaps), findings, ["tests/test_a.py", "pkg/a.py"])
    assert "# - tests: 1 file, 413 findings\n" in text
    assert "# B101: 413 of 426 in tests: ignored there\n[[policy]]\n" in text
    assert '# B101: 13 of 426 in product code\n# [[policy]]\n# match = { rule = "B101"' in text
    assert '# "docs/**": 12 findings\n# [[policy]]\n' in text
    assert '# not looked at, "too large": 11\n# [[policy]]\n' in text
    assert [*told_all(proposals(findings, gaps))] == [
        "B101: 413 of 426 in tests: ignored there",
        "4 suggestions about code that may ship, commented out",
    ]


def test_what_is_written_is_a_policy_and_a_suggestion_wants_a_reason() -> None:
    findings = [*[ASSERT] * 3, *[IN_PRODUCT] * 13]
    lines = adoption_lines(proposals(findings), findings, ["pkg/a.py"])
    assert len(layer_of(starting_file() + lines).lines) == 1
    taken = "".join(
        line.removeprefix("# ")
        if line.startswith(("# [[", "# match", "# action", "# reason"))
        else line
        for line in lines.splitlines(keepends=True)
    )
    assert [line["reason"] for line in tomllib.loads(taken)["policy"]][1:] == [""]


texts = st.text(st.characters(exclude_categories=()), max_size=20)


@given(texts, texts)
def test_no_text_of_a_tree_becomes_a_line(reason: str, path: str) -> None:
    hostile = [
        Proposal(match=(("skipped", reason),), action=Action.WARN, here=10, total=10),
        Proposal(match=(("path", path),), action=Action.WARN, here=10, total=10),
    ]
    assert "policy" not in tomllib.loads(adoption_lines(hostile, [], [path]))
