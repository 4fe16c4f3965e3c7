"""Bandit over bytes instead of files, with bandit's own plugins only.

The lean driver runs where bandit's sources are those that its gates were read from; any other
bandit runs under its own manager, which takes several times as long.
"""

import io
import logging
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from importlib.metadata import EntryPoint, distribution
from typing import TYPE_CHECKING, Any

from .issue import Examined, Hush, Issue, issue_of
from .sources import is_verified

if TYPE_CHECKING:
    from .lean_driver import LeanDriver

ENTRY_POINT_GROUPS = ("bandit.plugins", "bandit.blacklists", "bandit.formatters")


class Unparsable(Exception):
    """Bandit could not look at this file."""


class OutOfMemory(Unparsable):
    """Nor may it be the file's fault."""


def examine(path: str, source: bytes) -> Examined:
    """What bandit finds in `source`.

    Raises Unparsable where bandit alone would skip the file and exit 0, and OutOfMemory, which
    is what the parser says of too complex a file as well.
    """
    if not is_verified():
        return examine_by_manager(path, source)
    driver = _lean_driver()
    from .lean_driver import TooDeep

    try:
        return driver.examine(path, source)
    except TooDeep:
        return examine_by_manager(path, source)
    except SyntaxError as error:
        raise Unparsable("syntax error while parsing AST from file") from error
    except MemoryError as error:
        raise OutOfMemory("exception while scanning file") from error
    except Exception as error:  # bandit takes whatever else the parser raises for this
        raise Unparsable("exception while scanning file") from error


@cache
def _lean_driver() -> "LeanDriver":
    plugins = bandit_manager(obey_nosec=False).b_ts.tests  # first: it makes bandit importable
    from .lean_driver import LeanDriver

    return LeanDriver(plugins)


def examine_by_manager(path: str, source: bytes) -> Examined:
    """What `examine` says, by bandit's own manager. Raises Unparsable."""
    failures: list[str] = []
    with _failures_told_to(failures.append):
        issues = _run_manager(path, source, obey_nosec=False)
    if b"nosec" not in source:
        return Examined(tuple(issues), tuple(failures))
    told = Counter(_run_manager(path, source, obey_nosec=True))
    marked = []
    for issue in issues:
        is_told = told[issue] > 0
        told[issue] -= is_told
        # The manager does not say which kind of comment it was.
        marked.append(issue if is_told else replace(issue, hush=Hush.BLANKET))
    return Examined(tuple(marked), tuple(failures))


@contextmanager
def _failures_told_to(failed: Callable[[str], None]) -> Iterator[None]:
    """Hear what bandit's tester logs as an error: a plugin that raised, and nothing else."""

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            failed(record.getMessage().partition(" on file ")[0])

    log, listener = logging.getLogger("bandit.core.tester"), Listener(logging.ERROR)
    log.addHandler(listener)
    try:
        yield
    finally:
        log.removeHandler(listener)


def _run_manager(path: str, source: bytes, *, obey_nosec: bool) -> list[Issue]:
    manager = bandit_manager(obey_nosec=obey_nosec)
    manager.results, manager.skipped, manager.scores = [], [], []
    manager._parse_file(path, io.BytesIO(source), [path])
    if manager.skipped:
        raise Unparsable(manager.skipped[0][1])
    return [issue_of(found, Hush.NONE) for found in manager.results]


@cache
def bandit_manager(*, obey_nosec: bool) -> Any:  # noqa: ANN401 - bandit ships no types
    """Bandit's manager as its command line makes it."""
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
