"""Ruff's copies of bandit's rules: the scanner of the quick profile, and of newer syntax."""

from collections.abc import Iterator, Mapping

from ...records.finding import Finding, Skipped
from ..interface import Context, Kind, Target
from .code import LASTING_GAPS, UNPARSABLE, Code, code_of, gap

KINDS = frozenset({Kind.PYTHON, Kind.NOTEBOOK})
TOOL = "ruff"


def versions(context: Context) -> Mapping[str, str]:  # noqa: ARG001 - the seam's signature
    """Ruff's version."""
    from importlib.metadata import version

    return {TOOL: version(TOOL)}


def cache_key(context: Context) -> str:
    """Ruff's version: its rules follow from it, and no setting reaches it."""
    return f"{TOOL} {versions(context)[TOOL]}"


def is_lasting(left_out: Skipped) -> bool:
    """Whether the gap comes of the code alone."""
    return left_out.reason in LASTING_GAPS


def scan(target: Target, context: Context) -> Iterator[Finding | Skipped]:
    """Ruff's findings of every file, `# nosec` or not, and what it cannot read."""
    for file in target.files:
        for item in code_of(file, target.read(file.path), TOOL):
            if isinstance(item, Skipped):
                yield item
            else:
                yield from read_code(item, context)


def read_code(
    code: Code, context: Context, tool: str = TOOL, why: str = ""
) -> Iterator[Finding | Skipped]:
    """What ruff finds in `code`, in the stead of `tool`, which could not read it, and `why`."""
    from .ruff_findings import NotText, findings, text_of
    from .ruff_run import REINSTALL, RuffFailed, ask_ruff

    try:
        text = text_of(code.source)
        # The rest of the file's time is for what the worker does itself.
        answer = ask_ruff(text, context.file_timeout / 2)
    except NotText as error:
        yield gap(code.path, UNPARSABLE, why or str(error), tool)
        return
    except RuffFailed as error:
        yield gap(code.path, "ruff failed", _both(why, str(error)), tool, REINSTALL)
        return
    yield from findings(code, text, answer)
    if answer.unreadable:
        yield gap(code.path, UNPARSABLE, _both(why, answer.unreadable), tool)


def _both(why: str, ruffs: str) -> str:
    return f"{why}; ruff: {ruffs}" if why else ruffs
