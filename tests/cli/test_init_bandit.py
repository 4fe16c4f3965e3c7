"""`tidegate init` beside a configuration of bandit."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.cli.bandit_policy import policy_lines
from tidegate.cli.init import starting_file
from tidegate.scanners.bandit_configuration import BanditConfiguration
from tidegate.tests.real import GitRepo, Tidegate

BANDIT = "[bandit]\nskips = B101\nexclude = ./old\nlevel = 2\n"
PROJECT = '[tool.bandit]\nskips = ["B404"]\n[tool.bandit.assert_used]\nskips = ["*_test.py"]\n'


def test_what_bandit_left_out_becomes_lines_of_the_policy(
    repo: GitRepo, tidegate: Tidegate
) -> None:
    repo.commit({".bandit": BANDIT, "pyproject.toml": PROJECT})
    answer = tidegate("init", cwd=repo.path)
    assert answer.code == 0
    assert ".bandit: 2 lines of the policy, 1 not translated" in answer.out
    assert "[tool.bandit] of pyproject.toml: 2 lines of the policy\n" in answer.out
    repo.commit({"old/a.py": "eval(input())\n"})
    repo.commit({"old/b.py": "eval(input())\n"})
    assert tidegate("gate", "--base", "HEAD^", cwd=repo.path).code == 0, "bandit left it out too"
    written = (repo.path / "tidegate.toml").read_text()
    assert '# - "level: no policy says this"\n' in written
    assert tomllib.loads(written)["policy"] == [
        {
            "match": {"rule": ["B101", "S101"]},
            "action": "ignore",
            "reason": ".bandit skipped B101",
        },
        {
            "match": {"tool": ["bandit", "ruff"], "path": ["old/**"]},
            "action": "ignore",
            "reason": ".bandit left these files out",
        },
        {
            "match": {"rule": ["B404", "S404"]},
            "action": "ignore",
            "reason": "[tool.bandit] of pyproject.toml skipped B404",
        },
        {
            "match": {"rule": ["B101", "S101"], "path": ["**/*_test.py"]},
            "action": "ignore",
            "reason": "[tool.bandit] of pyproject.toml skipped B101 in these files",
        },
    ]


def test_a_link_in_the_place_of_bandits_file_is_not_followed(
    repo: GitRepo, tidegate: Tidegate
) -> None:
    repo.write({"other": BANDIT})
    (repo.path / ".bandit").symlink_to("other")
    assert ".bandit: 0 lines of the policy, 1 not translated" in tidegate("init", cwd=repo.path).out
    assert "policy" not in tomllib.loads((repo.path / "tidegate.toml").read_text())


texts = st.text(st.characters(exclude_categories=()), max_size=20)


@given(st.lists(texts, min_size=1), st.lists(texts))
def test_no_text_of_bandits_file_leaves_its_place(paths: list[str], left: list[str]) -> None:
    found = BanditConfiguration(source=".bandit", excluded=tuple(paths), left=tuple(left))
    [line] = tomllib.loads(starting_file() + policy_lines([found]))["policy"]
    wanted = [path.encode("utf-8", "replace").decode() for path in paths]
    assert line["match"] == {"tool": ["bandit", "ruff"], "path": wanted}


@pytest.mark.parametrize(("rule", "ruff"), [("B101", "S101"), ("B613", "PLE2502")])
def test_ruffs_name_of_a_rule_goes_with_it(rule: str, ruff: str) -> None:
    found = BanditConfiguration(source=".bandit", skips=(rule,))
    [line] = tomllib.loads(policy_lines([found]))["policy"]
    assert line["match"] == {"rule": [rule, ruff]}
