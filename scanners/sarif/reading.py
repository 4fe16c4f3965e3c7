"""SARIF files to results, each file in a worker process of its own."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ...processes import Lost, map_partitions
from ...records.finding import Skipped
from ..interface import Context
from .failures import Failure, failures_of
from .fields import Table, items, tables, text
from .log import NotRead, read_runs
from .places import Places
from .results import NoFinding, Result, Run
from .rules import rules_of

_CUT = "have the tool write it again, or leave out the results that are no SARIF"


@dataclass(frozen=True, slots=True)
class Imported:
    """What one file says: `read` = its results + `left_out` + `no_findings` + `malformed`."""

    file: str
    results: tuple[Result, ...] = ()
    failures: tuple[Failure, ...] = ()
    read: int = 0
    left_out: int = 0
    """Findings that were not wanted."""
    no_findings: int = 0
    malformed: int = 0
    tools: Mapping[str, str] = field(default_factory=dict)
    """Version by name, also of those that found nothing."""
    revisions: frozenset[str] = frozenset()
    """The commits that the results are said to be of."""


def import_files(
    files: Sequence[Path],
    root: Path,
    context: Context,
    wanted: Callable[[Result], bool] = lambda _result: True,
) -> list[Imported]:
    """What each file says of the tree at `root`; of the findings only those `wanted`.

    A file that cannot be read, or takes too long, is a failure, never silence.
    """
    folder = str(root.resolve())
    answers = map_partitions(
        lambda file: _imported(file, folder, wanted),
        files,
        workers=min(context.workers, MAX_WORKERS),
        timeout=context.file_timeout,
    )
    return [
        _lost(file, answer) if isinstance(answer, Lost) else answer
        for file, answer in zip(files, answers, strict=True)
    ]


MAX_WORKERS = 1
"""One file after the other: a large one takes over a GiB while it is read."""


def _lost(file: Path, lost: Lost) -> Imported:
    remedy = "import a file a tool, or raise file-timeout"
    return _unread(file, f"SARIF import {lost.reason}", lost.detail, remedy)


def _unread(file: Path, reason: str, detail: str, remedy: str) -> Imported:
    gap = Skipped(what=str(file), reason=reason, detail=detail, remedy=remedy)
    return Imported(str(file), failures=(Failure(gap),))


def _imported(file: Path, root: str, wanted: Callable[[Result], bool]) -> Imported:
    import gc

    gc.disable()  # a log is a tree: to look for cycles in it takes longer than to read it
    try:
        runs = read_runs(file)
    except NotRead as error:
        return _unread(file, error.reason, error.detail, error.remedy)
    sums: Counter[str] = Counter()
    results: list[Result] = []
    failures: list[Failure] = []
    tools: dict[str, str] = {}
    for node in runs:
        run = Run(rules_of(node), Places(node, root))
        failures += failures_of(node, run.rules, run.places, file.name)
        results += _results(run, node, wanted, sums)
        tools[run.rules.tool] = run.rules.version
    if sums[NoFinding.MALFORMED]:
        failures.append(_malformed(file, sums))
    return Imported(
        str(file),
        tuple(results),
        tuple(failures),
        read=sums["read"],
        left_out=sums["left out"],
        no_findings=sums[NoFinding.NOT_A_FAILURE],
        malformed=sums[NoFinding.MALFORMED],
        tools=tools,
        revisions=frozenset(revision for node in runs for revision in _revisions(node)),
    )


def _results(
    run: Run, node: Table, wanted: Callable[[Result], bool], sums: Counter[str]
) -> Iterator[Result]:
    """The findings of a run, counted; what is read of the log is let go."""
    waiting = items(node, "results")
    waiting.reverse()
    while waiting:
        answer = run.read(waiting.pop())
        sums["read"] += 1
        if isinstance(answer, NoFinding):
            sums[answer] += 1
        elif wanted(answer):
            yield answer
        else:
            sums["left out"] += 1


def _malformed(file: Path, sums: Mapping[str, int]) -> Failure:
    detail = f"{sums[NoFinding.MALFORMED]} of {sums['read']}"
    return Failure(
        Skipped(
            what=f"results in {file.name}", reason="malformed results", detail=detail, remedy=_CUT
        )
    )


def _revisions(node: Table) -> Iterator[str]:
    for details in tables(node, "versionControlProvenance"):
        if revision := text(details, "revisionId"):
            yield revision


def summary(file: Imported, findings: int, elsewhere: str = "") -> str:
    """One line with what became of each result of a file."""
    tools = " and ".join(sorted(file.tools)) or "no tool"
    parts = [
        f"{findings} findings here",
        *([elsewhere] if elsewhere else []),
        f"{file.no_findings} that tell of no defect",
        f"{file.malformed} malformed",
    ]
    return f"{file.file} ({tools}): {file.read} results: {', '.join(parts)}"
