"""The table of labelled changes that training and the benchmark read.

CSV, gzip: project, commit, row, part (train or test), ts (seconds), y (1 where the change
brought a bug), and the metrics by name. The rows of a project are in the order of time.
"""

import csv
import gzip
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path

from ...errors import UsageError
from ..features import NAMES, checked

TABLE = Path("risk", "issta21.csv.gz")
"""Where it lies in the folder of the data."""


@dataclass(frozen=True, slots=True)
class Changes:
    """Labelled changes of one project, oldest first."""

    project: str
    times: tuple[float, ...]
    labels: tuple[int, ...]
    rows: tuple[tuple[float, ...], ...]
    """Metrics in the order of `features.NAMES`."""


def read_changes(data: Path, part: str) -> dict[str, Changes]:
    """The changes of each project that has rows in `part`; other rows are not kept.

    Raises UsageError where the table is missing, malformed or not in the order of time.
    """
    path = data / TABLE
    try:
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            kept = [line for line in csv.DictReader(file) if line["part"] == part]
        grouped = groupby(kept, key=lambda line: line["project"])
        return {project: _changes(project, list(lines)) for project, lines in grouped}
    except (OSError, EOFError, KeyError, TypeError, ValueError) as error:
        raise UsageError(f"{path} cannot be read: {error!r}", "name its folder by --data") from None


def _changes(project: str, lines: list[dict[str, str]]) -> Changes:
    times = tuple(float(line["ts"]) for line in lines)
    if any(later < earlier for earlier, later in pairwise(times)):
        raise UsageError(f"the changes of {project} are not in the order of time", "sort by ts")
    labels = tuple(int(line["y"]) for line in lines)
    rows = tuple(checked([float(line[name]) for name in NAMES]) for line in lines)
    return Changes(project, times, labels, rows)
