"""What stands where the policy should is never taken for no policy."""

import pytest

from tidegate.errors import ConfigError
from tidegate.tests.gate.gating import GOOD, gated
from tidegate.tests.real import GitRepo

STRICT = 'block-severity = "LOW"\n'


@pytest.mark.parametrize("name", ["tidegate.toml", "pyproject.toml"])
def test_a_link_in_the_place_of_the_policy_is_an_error(repo: GitRepo, name: str) -> None:
    repo.write({"policy/strict.toml": STRICT})
    (repo.path / name).symlink_to("policy/strict.toml")
    repo.commit({"a.py": GOOD})
    with pytest.raises(ConfigError, match=rf"{name} at [0-9a-f]{{12}} .*not a regular file"):
        gated(repo, base="HEAD")


def test_a_folder_in_the_place_of_the_policy_is_an_error(repo: GitRepo) -> None:
    repo.commit({"tidegate.toml/a.toml": STRICT, "a.py": GOOD})
    with pytest.raises(ConfigError, match="not a regular file"):
        gated(repo, base="HEAD")


def test_a_policy_beyond_all_size_is_an_error(repo: GitRepo) -> None:
    repo.commit({"tidegate.toml": STRICT + "#" * (16 * 1024 * 1024)})
    with pytest.raises(ConfigError, match="too large"):
        gated(repo, base="HEAD")


def test_a_change_that_makes_the_policy_a_link_is_judged_by_the_old_one(repo: GitRepo) -> None:
    repo.commit({"tidegate.toml": STRICT, "lax": 'mode = "observe"\n'})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({"tidegate.toml": None, "a.py": "assert input()\n"})
    (repo.path / "tidegate.toml").symlink_to("lax")
    repo.commit({})
    assert gated(repo).exit_code == 1, "assert is LOW"
