"""Bandit's own manager, over bytes instead of files, with bandit's own plugins only."""

import io
import warnings
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, distribution
from typing import Any

from .identity import Location

ENTRY_POINT_GROUPS = ("bandit.plugins", "bandit.blacklists", "bandit.formatters")


@dataclass(frozen=True, slots=True)
class Issue:
    """What bandit says of one place, as it says it: the text may hold a secret."""

    rule: str
    text: str
    location: Location
    severity: str
    confidence: str
    cwe: int
    url: str


class Unparsable(Exception):
    """Bandit could not look at this file."""


def issues_of(path: str, source: bytes, *, obey_nosec: bool) -> list[Issue]:
    """Everything bandit finds in `source`, in its order.

    Raises Unparsable where bandit alone would skip the file and exit 0.
    """
    manager = _manager(obey_nosec=obey_nosec)
    manager.results, manager.skipped, manager.scores = [], [], []
    manager._parse_file(path, io.BytesIO(source), [path])
    if manager.skipped:
        raise Unparsable(manager.skipped[0][1])
    return [_issue(found) for found in manager.results]


def _issue(found: Any) -> Issue:  # noqa: ANN401 - bandit ships no types
    from bandit.core.docs_utils import get_url

    return Issue(
        rule=found.test_id,
        text=found.text,
        location=Location(
            line=found.lineno,
            end_line=max([found.lineno, *found.linerange]),
            column=found.col_offset,
            end_column=found.end_col_offset,
        ),
        severity=found.severity,
        confidence=found.confidence,
        cwe=found.cwe.id,
        url=get_url(found.test_id),
    )


@cache
def _manager(*, obey_nosec: bool) -> Any:  # noqa: ANN401 - bandit ships no types
    _offer_only_bandits_own_plugins()
    with warnings.catch_warnings():
        # Bandit passes stevedore an argument that is deprecated there.
        warnings.simplefilter("ignore", DeprecationWarning)
        from bandit.core.config import BanditConfig
        from bandit.core.manager import BanditManager
    # No configuration file: one in the judged tree must not choose what is found.
    return BanditManager(BanditConfig(), "file", quiet=True, ignore_nosec=not obey_nosec)


def _offer_only_bandits_own_plugins() -> None:
    """Keep bandit from importing plug-ins of other packages.

    Bandit loads every `bandit.plugins` entry point of the environment, and stevedore takes
    the list from a cache file in the home folder; what its table in memory holds, it uses.
    """
    from stevedore.extension import ExtensionManager

    ExtensionManager.ENTRY_POINT_CACHE.update(
        {group: own_entry_points(group) for group in ENTRY_POINT_GROUPS}
    )


def own_entry_points(group: str) -> list[EntryPoint]:
    """The entry points of `group` that lead into bandit itself."""
    return [
        entry
        for entry in distribution("bandit").entry_points.select(group=group)
        if entry.module.startswith("bandit.")
    ]
