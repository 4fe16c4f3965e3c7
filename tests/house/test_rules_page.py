"""Each rule of Tidegate's own has a page that says why, and an example that is true."""

import re
from pathlib import Path

import pytest

from tidegate.gate.judge_changed import BROKEN, CHANGED
from tidegate.records.run import State
from tidegate.reports import summary
from tidegate.scanners.dependencies.rules import RULES as DEPENDENCY_RULES
from tidegate.scanners.dependencies.rules import Rule as DependencyRule
from tidegate.scanners.secrets.rules import RULES as SECRET_RULES
from tidegate.scanners.secrets.rules import Rule as SecretRule
from tidegate.tests.gate.gating import changed
from tidegate.tests.real import GitRepo, Tidegate
from tidegate.tests.scanners.secrets.samples import SAMPLES

TEXT = (Path(__file__).parents[2] / "docs" / "rules.md").read_text("utf-8")
PAGES = dict(re.findall(r"^### (\S+)[^\n]*\n(.*?)(?=^##|\Z)", TEXT, re.MULTILINE | re.DOTALL))
RULES = {
    CHANGED,
    BROKEN,
    *(rule.id for rule in DEPENDENCY_RULES),
    *(rule.id for rule in SECRET_RULES),
}


def block(page: str, kind: str) -> str:
    """The first block of code of a kind."""
    found: str = re.findall(rf"^```{kind}\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)[0]
    return found


def test_each_rule_has_a_page_and_each_page_a_rule() -> None:
    assert set(PAGES) == RULES


@pytest.mark.parametrize("rule", sorted(RULES))
def test_a_page_says_why_shows_an_example_and_what_to_do(rule: str) -> None:
    page = PAGES[rule]
    why, _, rest = page.partition("```")
    assert len(why.split()) > 10
    assert rest
    assert len(page.partition("**What to do.** ")[2].split()) > 1


def sides(diff: str) -> tuple[str, str, str]:
    """The file of an example, as it was and as the change leaves it."""
    first, *lines = re.sub(r"(\w)\1\1\1…", lambda found: found[1] * 64, diff).splitlines()
    before = "".join(f"{line[1:]}\n" for line in lines if line[:1] != "+")
    after = "".join(f"{line[1:]}\n" for line in lines if line[:1] != "-")
    return first.removeprefix(" # "), before, after


@pytest.mark.parametrize("rule", DEPENDENCY_RULES, ids=lambda rule: rule.id)
def test_the_example_of_a_change_gets_what_the_page_says(
    rule: DependencyRule, repo: GitRepo
) -> None:
    page = PAGES[rule.id]
    name, before, after = sides(block(page, "diff"))
    run = changed(repo, {name: before}, {name: after})
    told = [
        f"{summary.place(item.finding)}: {item.finding.rule} [{summary.weight(item.finding)}] "
        f"{item.finding.message}"
        for item in run.findings
        if item.state is State.NEW
    ]
    assert block(page, "text").strip() in told


@pytest.mark.parametrize("rule", SECRET_RULES, ids=lambda rule: rule.id)
def test_the_example_of_a_secret_is_one_with_its_middle_left_out(rule: SecretRule) -> None:
    page = PAGES[rule.id]
    shown = "(?s:.+)".join(map(re.escape, block(page, "text").rstrip("\n").split("…")))
    assert re.fullmatch(shown, SAMPLES[rule.id][1])
    words = " ".join(page.split())
    title = f"{rule.title}: {rule.severity}, with {rule.confidence} confidence."
    assert words.startswith(title)


def test_the_page_itself_holds_nothing_that_would_block(tmp_path: Path, tidegate: Tidegate) -> None:
    (tmp_path / "rules.md").write_text(TEXT)
    answer = tidegate("scan", "--fail-on", "LOW", "rules.md", cwd=tmp_path)
    assert answer.code == 0, answer.out
