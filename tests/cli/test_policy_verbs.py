"""`tidegate policy explain` and `check`, as processes."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

import tidegate as package
from tidegate.tests.gate.gating import GOOD
from tidegate.tests.real import GitRepo, Tidegate

POLICY = """\
[[policy]]
match = { rule = "B101", path-class = "tests" }
action = "ignore"
reason = "asserts are what tests are made of"

[[policy]]
match = { rule = "B1*" }
action = "block"
reason = "we want none of these"

[[policy]]
match = { rule = "B101" }
action = "warn"
reason = "an earlier line takes it"

[[policy]]
match = { kev = true }
action = "block"
reason = "it is being exploited"
"""
FOLDER = """\
[[policy]]
match = { path = "*.sql" }
action = "block"
reason = "nothing of this kind"
"""


DOCUMENT = (Path(package.__file__).parent / "docs" / "json.md").read_text("utf-8")


def documented(schema: str) -> set[str]:
    (section,) = (part for part in DOCUMENT.split("\n## ") if part.startswith(schema))
    return set(re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE))


def keys(node: dict[str, Any], above: str = "", open_object: str = "") -> set[str]:
    found = set()
    for name, value in node.items():
        key = f"{above}{name}"
        found.add(key)
        if name == open_object:
            found.add(f"{key}.*")
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            found |= keys(value[0], f"{key}[].", open_object)
    return found


@pytest.fixture
def feature(repo: GitRepo) -> GitRepo:
    repo.commit({"a.py": GOOD, "tidegate.toml": POLICY, "app/tidegate.toml": FOLDER})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({"app/b.py": "assert input()\n", "tests/test_b.py": "assert input()\n"})
    return repo


def test_explain_tells_each_line_and_what_would_change_it(
    feature: GitRepo, tidegate: Tidegate
) -> None:
    gated = json.loads(tidegate("gate", "--base", "main", "--format", "json", cwd=feature.path).out)
    names = {item["path"]: item["fingerprint"] for item in gated["findings"]}
    place = ["policy", "explain", names["app/b.py"][:12], "--base", "main"]
    answer = tidegate(*place, cwd=feature.path)
    assert answer.code == 0, answer.err
    tip = gated["range"]["base_tip"][:12]
    told = answer.out
    assert told.startswith("app/b.py:1: B101 [LOW/HIGH, new]\ndecided: block: tidegate.toml at ")
    assert f"tidegate.toml at {tip} says block: tidegate.toml at {tip}, policy line 2" in told
    assert '    path-class = "tests": no\n' in told
    assert "  line 2 (block): decides\n" in told
    assert "  line 3 (warn): an earlier line decides\n" in told
    assert "  line 4 (block): does not apply\n" in told
    assert f"app/tidegate.toml at {tip} says nothing\n" in told
    assert "have a waiver on the base branch\n" in told
    assert "without line 2 tidegate.toml at" in told
    assert "says report (tidegate.toml at" in told
    found = json.loads(tidegate(*place, "--json", cwd=feature.path).out)
    assert found["schema"] == "tidegate/policy-explanation/1"
    assert [line["decides"] for line in found["policies"][0]["lines"]] == [
        False,
        True,
        False,
        False,
    ]
    assert found["decision"] == "block"
    assert keys(found, open_object="match") == documented(found["schema"])


@pytest.mark.parametrize("name", ["", "zz"])
def test_explain_names_one_finding_or_none(feature: GitRepo, tidegate: Tidegate, name: str) -> None:
    answer = tidegate("policy", "explain", name, "--base", "main", cwd=feature.path)
    assert (answer.code, answer.out) == (2, "")
    assert "a fingerprint that begins with" in answer.err


def test_explain_takes_the_place_that_the_gate_shows(
    feature: GitRepo, tidegate_anew: Tidegate
) -> None:
    answer = tidegate_anew("policy", "explain", "app/b.py:1", "--base", "main", cwd=feature.path)
    assert answer.out.startswith("app/b.py:1: B101 [LOW/HIGH, new]\ndecided: block: ")
    feature.commit({"app/b.py": "assert eval(input())\n"})
    answer = tidegate_anew("policy", "explain", "app/b.py:1", "--base", "main", cwd=feature.path)
    assert (answer.code, answer.out) == (2, "")
    assert "2 findings of this gate are called app/b.py:1: " in answer.err
    assert "(B101)" in answer.err


def test_check_tells_lines_that_never_come_into_play(feature: GitRepo, tidegate: Tidegate) -> None:
    answer = tidegate("policy", "check", cwd=feature.path)
    assert answer.code == 0, answer.err
    line_2 = "tidegate.toml, policy line 2 (block): decides 1 of 2 that it matches"
    line_3 = "tidegate.toml, policy line 3 (warn): never decides"
    assert answer.out.splitlines() == [
        "tidegate.toml, policy line 1 (ignore): decides 1 of 1 that it matches",
        f"{line_2}, the others go to line 1",
        f"{line_3}, all 2 that it matches go to line 1, 2",
        "tidegate.toml, policy line 4 (block): matches nothing here",
        "app/tidegate.toml, policy line 1 (block): matches nothing here",
        "the policy is valid: 5 lines",
    ]
    found = json.loads(tidegate("policy", "check", "--json", cwd=feature.path).out)
    assert found["schema"] == "tidegate/policy-check/1"
    assert [line["decided"] for line in found["lines"]] == [1, 1, 0, 0, 0]
    assert keys(found) == documented(found["schema"])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("tidegate.toml", POLICY.replace('"ignore"', '"allow"')),
        ("app/tidegate.toml", 'mode = "observe"\n'),
    ],
)
def test_check_refuses_what_is_broken(
    feature: GitRepo, tidegate: Tidegate, name: str, text: str
) -> None:
    feature.write({name: text})
    answer = tidegate("policy", "check", "--repo", str(feature.path))
    assert answer.code == 2
    assert name in answer.err
    feature.write({"tidegate.toml": POLICY.replace("B101", "B1"), "app/tidegate.toml": ""})
    assert tidegate("policy", "check", "--repo", str(feature.path)).code == 0


def test_check_counts_a_single_line_as_one(repo: GitRepo, tidegate_anew: Tidegate) -> None:
    repo.write({"tidegate.toml": FOLDER})
    told = tidegate_anew("policy", "check", cwd=repo.path).out
    assert told.endswith("\nthe policy is valid: 1 line\n")


def test_check_refuses_a_policy_at_the_top_of_the_project_file(
    repo: GitRepo, tidegate: Tidegate
) -> None:
    repo.write({"pyproject.toml": FOLDER})
    answer = tidegate("policy", "check", cwd=repo.path)
    assert answer.code == 2
    assert "pyproject.toml: [[policy]] at the top level is not read" in answer.err
    assert "[[tool.tidegate.policy]]" in answer.err
    repo.write({"pyproject.toml": FOLDER.replace("[[policy]]", "[[tool.tidegate.policy]]")})
    assert tidegate("policy", "check", cwd=repo.path).out.endswith("valid: 1 line\n")
    repo.write({"pyproject.toml": "[[policy]]\nname = 'of another tool'\n"})
    assert tidegate("policy", "check", cwd=repo.path).code == 0


def test_check_of_a_folder_without_a_policy(repo: GitRepo, tidegate: Tidegate) -> None:
    assert tidegate("policy", "check", cwd=repo.path).out == "the policy is valid: 0 lines\n"
