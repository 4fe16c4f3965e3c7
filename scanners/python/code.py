"""The Python of a file or a notebook, and what is said where it cannot be looked at."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ...records.finding import Skipped, identity_of
from ..interface import Kind, SourceFile

SECRET_RULES = frozenset({"B105", "B106", "B107"})
"""Bandit's rules that point at a password: no text of theirs may hold it."""
UNPARSABLE = "cannot be parsed"
HOLLOWED = "newer syntax that bandit's rules cannot read"
LASTING_GAPS = frozenset(
    {
        UNPARSABLE,
        "cannot be read as a notebook",
        "notebook cell cannot be parsed",
        "rule failed",
        HOLLOWED,
    }
)
"""Reasons that come of the code, not of the machine."""
RUFF_FAILED = "ruff failed"
NO_MEMORY = "memory ran out"
MORE_MEMORY = "run it again, or take the file apart"
MEND = "make it parse with the Python that runs Tidegate, or run a newer Python"


@dataclass(frozen=True, slots=True)
class Code:
    """Python source and where its lines stand in the file."""

    path: str
    source: bytes
    lines: Sequence[int] = ()

    def place(self, line: int) -> int:
        """The line of the file that a line of the source stands on."""
        return self.lines[line - 1] if 0 < line <= len(self.lines) else line


def code_of(
    file: SourceFile, data: bytes, tool: str, is_newer: Callable[[str], bool]
) -> Iterator[Code | Skipped]:
    """The Python in the file, if it has any, and the parts of it that `tool` cannot look at.

    `is_newer` says whether a cell is Python that this one is too old for; it may raise
    RuffFailed.
    """
    if file.kind is not Kind.NOTEBOOK:
        yield Code(file.path, data)
        return
    from .magics import parses
    from .notebooks import BrokenNotebook, python_of_notebook
    from .ruff.run import REINSTALL, RuffFailed

    failed = ""
    try:
        notebook = python_of_notebook(data)
        if notebook.gaps:
            notebook = python_of_notebook(data, lambda cell: parses(cell) or is_newer(cell))
    except BrokenNotebook as error:
        yield gap(file.path, "cannot be read as a notebook", str(error), tool)
        return
    except RuffFailed as error:
        failed = f"; ruff: {error}"
    for left_out in notebook.gaps:
        detail = f"cell {left_out.cell}: {left_out.reason}{failed}"
        if failed:
            yield gap(file.path, RUFF_FAILED, detail, tool, REINSTALL)
        else:
            yield gap(file.path, "notebook cell cannot be parsed", detail, tool)
    yield Code(file.path, notebook.source, notebook.lines)


def why_unparsable(source: bytes) -> str:
    """Where and why the parser gives up, in its own words; empty where it does not."""
    import ast

    try:
        ast.parse(source)
    except SyntaxError as error:
        return f"line {error.lineno}: {error.msg}" if error.lineno else str(error.msg)
    except (ValueError, RecursionError, MemoryError) as error:
        return str(error)
    return ""


def gap(
    path: str, reason: str, detail: str, tool: str, remedy: str = MEND, *, part: str = ""
) -> Skipped:
    """What `tool` could not look at in this file, or only in `part` of its text."""
    return Skipped(
        what=path,
        reason=reason,
        detail=detail,
        remedy=remedy,
        path=path,
        tool=tool,
        identity=identity_of(part) if part else "",
    )
