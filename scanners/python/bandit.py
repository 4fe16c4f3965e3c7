"""Bandit through the seam: its findings, with secrets masked and `# nosec` told, not obeyed."""

import gc
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...records.finding import Finding, Level, Skipped
from ..interface import Context, Kind, SourceFile, Target
from .bandit_remedies import remedy_for

if TYPE_CHECKING:
    from .bandit_issue import Issue
    from .identity import Identities

KINDS = frozenset({Kind.PYTHON, Kind.NOTEBOOK})
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")
"""Bandit prints objects with their addresses (B202): other ones in each run."""
SECRET_RULES = frozenset({"B105", "B106", "B107"})
LASTING_GAPS = frozenset(
    {
        "cannot be parsed",
        "cannot be read as a notebook",
        "notebook cell cannot be parsed",
        "rule failed",
    }
)
"""Reasons that come of the code, not of the machine."""


def versions(context: Context) -> Mapping[str, str]:  # noqa: ARG001 - the seam's signature
    """Bandit's version, and whether it runs under its own driver because we know no better."""
    from importlib.metadata import version

    from .bandit_engine import is_verified

    found = {"bandit": version("bandit")}
    return found if is_verified() else found | {"bandit driver": "bandit's own, which is slower"}


def cache_key(context: Context) -> str:  # noqa: ARG001 - the seam's signature
    """Bandit's version and sources: what of it is under another driver follows from them."""
    from importlib.metadata import version

    from .bandit_engine import sources_digest

    return f"bandit {version('bandit')} {sources_digest()}"


def is_lasting(gap: Skipped) -> bool:
    """Whether the gap comes of the code alone."""
    return gap.reason in LASTING_GAPS


def scan(target: Target, context: Context) -> Iterator[Finding | Skipped]:  # noqa: ARG001 - the seam's signature
    """Bandit's findings of every file, `# nosec` or not, and what it cannot parse."""
    for file in target.files:
        data = target.read(file.path)
        with no_garbage_collection():
            items = list(_scan_file(file, data))
        yield from items


@contextmanager
def no_garbage_collection() -> Iterator[None]:
    """For the time of one file: the collector would walk trees that have no cycles."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@dataclass(frozen=True, slots=True)
class _Code:
    """Python source and where its lines stand in the file."""

    path: str
    source: bytes
    lines: Sequence[int] = ()

    def place(self, line: int) -> int:
        return self.lines[line - 1] if 0 < line <= len(self.lines) else line


def _scan_file(file: SourceFile, data: bytes) -> Iterator[Finding | Skipped]:
    if file.kind is not Kind.NOTEBOOK:
        yield from _scan_code(_Code(file.path, data))
        return
    from .notebooks import BrokenNotebook, python_of_notebook

    try:
        notebook = python_of_notebook(data)
    except BrokenNotebook as error:
        yield _skipped(file.path, "cannot be read as a notebook", str(error))
        return
    for gap in notebook.gaps:
        yield _skipped(
            file.path, "notebook cell cannot be parsed", f"cell {gap.cell}: {gap.reason}"
        )
    yield from _scan_code(_Code(file.path, notebook.source, notebook.lines))


def _scan_code(code: _Code) -> Iterator[Finding | Skipped]:
    from .bandit_engine import Unparsable, examine
    from .identity import Identities

    try:
        examined = examine(code.path, code.source)
    except Unparsable as error:
        yield _skipped(code.path, "cannot be parsed", _why(code.source) or str(error))
        return
    for failure in examined.failures:
        yield _skipped(code.path, "rule failed", failure, "write the call in its usual form")
    if not examined.issues:
        return
    lines = [issue.location.line for issue in examined.issues]
    identities = Identities(code.source, lines, examined.tree)
    for issue in examined.issues:
        yield _finding(code, issue, identities)


def _finding(code: _Code, issue: "Issue", identities: "Identities") -> Finding:
    secret = issue.rule in SECRET_RULES
    identity = identities.at(issue.location, mask_strings=secret)
    return Finding(
        tool="bandit",
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


def _why(source: bytes) -> str:
    """Where and why the parser gives up, in its own words; empty where it does not."""
    import ast

    try:
        ast.parse(source)
    except SyntaxError as error:
        return f"line {error.lineno}: {error.msg}" if error.lineno else str(error.msg)
    except (ValueError, RecursionError, MemoryError) as error:
        return str(error)
    return ""


MEND = "make it parse with the Python that runs Tidegate, or run a newer Python"


def _skipped(path: str, reason: str, detail: str, remedy: str = MEND) -> Skipped:
    return Skipped(
        what=path,
        reason=reason,
        detail=detail,
        remedy=remedy,
        path=path,
        tool="bandit",
    )
