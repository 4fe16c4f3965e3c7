import warnings

import pytest

from tidegate.scanners.python.bandit.remedies import FALLBACK, REMEDIES, remedy_for

NOT_FOR_CODE = {"B001"}
"""Bandit's own name for all of its blacklists together."""


def bandits_rules() -> set[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        from bandit.core.extension_loader import MANAGER

    plugins = {plugin.plugin._test_id for plugin in MANAGER.plugins}
    return (plugins | set(MANAGER.blacklist_by_id) | set(MANAGER.builtin)) - NOT_FOR_CODE


def test_every_rule_of_bandit_has_a_remedy_and_no_other() -> None:
    assert set(REMEDIES) == bandits_rules()


@pytest.mark.parametrize("rule", sorted(REMEDIES))
def test_a_remedy_is_one_short_line(rule: str) -> None:
    remedy = remedy_for(rule)
    assert remedy.isprintable()
    assert 10 < len(remedy) <= 90
    assert remedy != FALLBACK
    assert not remedy.endswith(".")


def test_an_unknown_rule_gets_a_general_remedy() -> None:
    assert remedy_for("B999") == FALLBACK
