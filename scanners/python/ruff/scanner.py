"""Ruff's copies of bandit's rules: the scanner of the quick profile, and of newer syntax."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ....records.finding import Remark, Skipped
from ...interface import Context, Kind, Said, Target
from ..code import LASTING_GAPS, RUFF_FAILED, UNPARSABLE, Code, code_of, gap

if TYPE_CHECKING:
    from .beyond import Known

KINDS = frozenset({Kind.PYTHON, Kind.NOTEBOOK})
TOOL = "ruff"
MAX_CELLS = 100
"""Broken cells of one notebook, in any of their readings, that ruff is asked about."""
STOOD_IN = "syntax too new for this Python; bandit's rules read what they can, ruff's the rest"


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
    known: "Known | None" = None,
    program: Path | None = None,
) -> Iterator[Said]:
    """What ruff finds in `code`, in the stead of `tool`, which could not read it, and `why`.

    Where `tool` could read some of it, `known`, only what is not to be found in that alone.
    `program` is the ruff of this environment unless another is given.
    """
    from ..newer.syntax import NotText, text_of
    from .beyond import beyond
    from .findings import findings
    from .run import REINSTALL, RuffFailed, ask_ruff

    # The rest of the file's time is for what the worker does itself.
    ask = partial(ask_ruff, timeout=context.file_timeout / 3, program=program)
    try:
        text = text_of(code.source)
        answer = ask(text)
        found = list(findings(code, text, answer, known.readable if known else None))
        left = beyond(known, found, ask) if known else [finding for _, finding in found]
    except NotText as error:
        yield gap(code.path, UNPARSABLE, why or str(error), tool)
        return
    except RuffFailed as error:
        yield gap(code.path, RUFF_FAILED, _both(why, str(error)), tool, REINSTALL)
        return
    yield from left
    if answer.unreadable:
        yield gap(code.path, UNPARSABLE, _both(why, answer.unreadable), tool)
    elif why:
        yield Remark(text=STOOD_IN, path=code.path)


def reader(context: Context) -> Callable[[str], bool]:
    """What tells whether ruff can read a text; it asks MAX_CELLS times and no more.

    It raises RuffFailed.
    """
    from .run import ask_ruff

    left = MAX_CELLS

    def reads(text: str) -> bool:
        nonlocal left
        left -= 1
        return left >= 0 and not ask_ruff(text, context.file_timeout / 10).unreadable

    return reads


def _both(why: str, ruffs: str) -> str:
    return f"{why}; ruff: {ruffs}" if why else ruffs
