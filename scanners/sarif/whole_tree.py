"""What other tools say of a tree that is scanned: every finding, nothing to compare it with."""

from collections.abc import Callable, Sequence
from pathlib import Path

from ...records.finding import Finding
from ..interface import Context
from .reading import import_files, summary
from .reading_code import names
from .told import Told
from .witnesses import alike, joined


def add_imports(
    own: Sequence[Finding],
    files: Sequence[Path],
    root: Path,
    read: Callable[[str], bytes],
    context: Context,
) -> Told:
    """`own` and what the files tell of the tree at `root`, what several found as one finding."""
    found = import_files(files, root, context)
    sources: list[list[Finding]] = [list(own)]
    for file in found:
        named = [item.finding for item in names(read, file.results, context)]
        sources += [[f for f in named if f.tool == tool] for tool in file.tools]
    together = [
        joined([sources[source][position] for source, position in places])
        for places in alike(sources)
    ]
    return Told(
        tuple(sorted(together, key=lambda f: (f.path, f.line, f.tool, f.rule, f.message))),
        tuple(failure.skipped for file in found for failure in file.failures),
        tuple(summary(file, len(file.results)) for file in found),
        {name: version for file in found for name, version in file.tools.items() if version},
    )
