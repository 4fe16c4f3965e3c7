"""Changes made up for tests: bugs come with size, and files that are changed often."""

import csv
import gzip
import random
from pathlib import Path

from tidegate.models.calibration import sigmoid
from tidegate.models.features import NAMES
from tidegate.models.training.table import TABLE, Changes

DAY = 86_400.0


def made_up(count: int, seed: int = 0, project: str = "made-up", first_day: int = 0) -> Changes:
    """`count` changes, one a day."""
    chance = random.Random(seed)
    rows, labels = [], []
    for _ in range(count):
        row = _change(chance)
        risk = sigmoid(-3.5 + 0.03 * row[4] + 0.025 * row[10])
        rows.append(row)
        labels.append(int(chance.random() < risk))
    times = tuple(1.5e9 + DAY * (first_day + day) for day in range(count))
    return Changes(project, times, tuple(labels), tuple(rows))


def _change(chance: random.Random) -> tuple[float, ...]:
    files = chance.randint(1, 8)
    folders = chance.randint(1, files)
    added, deleted = int(chance.expovariate(1 / 40)), int(chance.expovariate(1 / 15))
    spread = chance.random() * (files - 1) ** 0.5
    people, times = chance.randint(1, 9), chance.randint(2, 80)
    done = float(chance.randint(1, 900))
    return (
        *(1.0, float(folders), float(files), spread, float(added), float(deleted)),
        *(float(chance.randint(10, 3000)), float(chance.random() < 0.3), float(people)),
        *(chance.random() * 300, float(times), done, done / 7, done // 3 + 1),
    )


def write_table(folder: Path, parts: list[tuple[str, Changes]]) -> Path:
    """The table of `parts`, each a part and the changes in it."""
    (folder / TABLE).parent.mkdir()
    with gzip.open(folder / TABLE, "wt", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["project", "commit", "row", "part", "ts", "y", *NAMES])
        for part, changes in parts:
            for time, label, row in zip(changes.times, changes.labels, changes.rows, strict=True):
                table.writerow([changes.project, "c", 0, part, time, label, *row])
    return folder
