"""Bandit through the seam: its findings, with secrets masked and `# nosec` told, not obeyed."""

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ....records.finding import Finding, Level, Skipped
from ...collection import no_garbage_collection
from ...interface import Context, Kind, Said, SourceFile, Target
from ..code import (
    HOLLOWED,
    LASTING_GAPS,
    MORE_MEMORY,
    NO_MEMORY,
    SECRET_RULES,
    Code,
    code_of,
    gap,
    why_unparsable,
)
from ..ruff import scanner as ruff
from .remedies import remedy_for

if TYPE_CHECKING:
    from ..identity import Identities
    from ..newer.identity import NewerIdentities
    from ..newer.syntax import ReadableTree
    from .issue import Examined, Issue

TOOL = "bandit"
KINDS = frozenset({Kind.PYTHON, Kind.NOTEBOOK})
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")
"""Bandit prints objects with their addresses (B202): other ones in each run."""


def versions(context: Context) -> Mapping[str, str]:
    """Bandit's version, and whether it runs under its own driver because we know no better.

    And ruff's, for what is too new for this Python.
    """
    from importlib.metadata import version

    from .sources import is_verified

    found = {"bandit": version("bandit"), **ruff.versions(context)}
    return found if is_verified() else found | {"bandit driver": "bandit's own, which is slower"}


def cache_key(context: Context) -> str:
    """Bandit's version and sources, from which its driver follows; and ruff's."""
    from importlib.metadata import version

    from .sources import sources_digest

    return f"bandit {version('bandit')} {sources_digest()} {ruff.cache_key(context)}"


def is_lasting(left_out: Skipped) -> bool:
    """Whether the gap comes of the code alone."""
    return left_out.reason in LASTING_GAPS


def scan(target: Target, context: Context) -> Iterator[Said]:
    """Bandit's findings of every file, `# nosec` or not.

    Ruff's of what cannot be put in syntax that this Python parses, and what neither can read.
    """
    for file in target.files:
        data = target.read(file.path)
        with no_garbage_collection():
            items = list(_scan_file(file, data, context))
        yield from items


def _scan_file(file: SourceFile, data: bytes, context: Context) -> Iterator[Said]:
    for item in code_of(file, data, TOOL, ruff.reader(context)):
        if isinstance(item, Skipped):
            yield item
        else:
            yield from _scan_code(item, context)


def _scan_code(code: Code, context: Context) -> Iterator[Said]:
    from .engine import Unparsable, examine

    try:
        examined = examine(code.path, code.source)
    except Unparsable as error:
        yield from _scan_newer(code, context, why_unparsable(code.source) or str(error))
    else:
        from ..identity import Identities

        lines = [issue.location.line for issue in examined.issues]
        yield from _failures(code, examined)
        if lines:
            yield from _findings(code, examined, Identities(code.source, lines, examined.tree))


def _scan_newer(code: Code, context: Context, why: str) -> Iterator[Said]:
    """Bandit's rules on what this Python can parse of the code, and ruff's on the rest."""
    from ..newer.identity import NewerIdentities
    from ..newer.syntax import readable_code
    from ..ruff.beyond import Known
    from .engine import OutOfMemory, Unparsable, examine

    known = None
    try:
        if readable := readable_code(code.source):
            examined = examine(code.path, readable.encoded())
            named = NewerIdentities(readable, [i.location.line for i in examined.issues])
            known = Known(readable, list(_findings(code, examined, named)))
            yield from _failures(code, examined)
            yield from known.findings
    except (OutOfMemory, MemoryError):
        yield gap(code.path, NO_MEMORY, why, TOOL, MORE_MEMORY)
    except Unparsable:
        pass  # then all of it is ruff's
    items = list(ruff.read_code(code, context, TOOL, why, known))
    yield from items
    if any(isinstance(item, Skipped) for item in items):
        return  # that all of it could not be looked at is told
    if known:
        yield from _hollowed(code, known.readable)
    else:
        yield gap(code.path, HOLLOWED, why, TOOL)


def _hollowed(code: Code, readable: "ReadableTree") -> Iterator[Skipped]:
    """What ruff alone reads, which lacks some of bandit's rules."""
    from ..newer.syntax import may_act

    for part in readable.hollowed:
        if may_act(part.text):
            line = code.place(part.line)
            yield gap(code.path, HOLLOWED, f"line {line}", TOOL, part=part.text)


def _failures(code: Code, examined: "Examined") -> Iterator[Skipped]:
    for failure in examined.failures:
        yield gap(code.path, "rule failed", failure, TOOL, "write the call in its usual form")


def _findings(
    code: Code, examined: "Examined", named: "Identities | NewerIdentities"
) -> Iterator[Finding]:
    for issue in examined.issues:
        yield _finding(code, issue, named)


def _finding(code: Code, issue: "Issue", identities: "Identities | NewerIdentities") -> Finding:
    secret = issue.rule in SECRET_RULES
    identity = identities.at(issue.location, mask_strings=secret)
    return Finding(
        tool=TOOL,
        rule=issue.rule,
        message=issue.text.partition(":")[0] if secret else _ADDRESS.sub("", issue.text),
        path=code.path,
        line=code.place(issue.location.line),
        end_line=code.place(issue.location.end_line),
        severity=_level(issue.severity),
        confidence=_level(issue.confidence),
        remedy=remedy_for(issue.rule),
        cwe=issue.cwe or None,
        url=issue.url,
        scope=identity.scope,
        snippet=identity.code,
        body=identity.body,
        suppressed="nosec" if issue.hush else "",
    )


def _level(name: str) -> Level:
    return Level(name) if name in Level.__members__ else Level.UNKNOWN
