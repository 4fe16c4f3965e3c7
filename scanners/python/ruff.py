"""Ruff's copies of bandit's rules: the scanner of the quick profile, and of newer syntax."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ...records.finding import Remark, Skipped
from ..interface import Context, Kind, Said, Target
from .code import LASTING_GAPS, UNPARSABLE, Code, code_of, gap

if TYPE_CHECKING:
    from .newer_syntax import ReadableTree
    from .ruff_run import Answer

KINDS = frozenset({Kind.PYTHON, Kind.NOTEBOOK})
TOOL = "ruff"
MAX_CELLS = 100
"""Broken cells of one notebook, in any of their readings, that ruff is asked about."""
STOOD_IN = "too new for this Python, so that ruff's rules stand in for bandit's there"


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


def scan(target: Target, context: Context) -> Iterator[Said]:
    """Ruff's findings of every file, `# nosec` or not, and what it cannot read."""
    for file in target.files:
        for item in code_of(file, target.read(file.path), TOOL, reader(context)):
            if isinstance(item, Skipped):
                yield item
            else:
                yield from read_code(item, context)


def read_code(
    code: Code,
    context: Context,
    tool: str = TOOL,
    why: str = "",
    readable: "ReadableTree | None" = None,
    program: Path | None = None,
) -> Iterator[Said]:
    """What ruff finds in `code`, in the stead of `tool`, which could not read it, and `why`.

    Where `tool` could read some of it, `readable`, only in what is missing there. `program`
    is the ruff of this environment unless another is given.
    """
    from .newer_syntax import NotText, text_of
    from .ruff_findings import findings
    from .ruff_run import REINSTALL, RuffFailed, ask_ruff

    try:
        text = text_of(code.source)
        # The rest of the file's time is for what the worker does itself.
        answer = ask_ruff(text, context.file_timeout / 2, program)
    except NotText as error:
        yield gap(code.path, UNPARSABLE, why or str(error), tool)
        return
    except RuffFailed as error:
        yield gap(code.path, "ruff failed", _both(why, str(error)), tool, REINSTALL)
        return
    yield from findings(code, text, _beyond(answer, readable))
    if answer.unreadable:
        yield gap(code.path, UNPARSABLE, _both(why, answer.unreadable), tool)
    elif why:
        yield Remark(text=STOOD_IN, path=code.path)


def _beyond(answer: "Answer", readable: "ReadableTree | None") -> "Answer":
    """The answer without what stands on lines that were read already."""
    if readable is None:
        return answer
    left = tuple(item for item in answer.found if item.mark.line in readable.missing)
    return replace(answer, found=left)


def reader(context: Context) -> Callable[[str], bool]:
    """What tells whether ruff can read a text; it asks MAX_CELLS times and no more."""
    from .ruff_run import RuffFailed, ask_ruff

    left = MAX_CELLS

    def reads(text: str) -> bool:
        nonlocal left
        left -= 1
        try:
            return left >= 0 and not ask_ruff(text, context.file_timeout / 10).unreadable
        except RuffFailed:
            return False

    return reads


def _both(why: str, ruffs: str) -> str:
    return f"{why}; ruff: {ruffs}" if why else ruffs
