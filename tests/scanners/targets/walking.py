"""Trees of a test and what a walk meets there."""

from pathlib import Path

from tidegate.scanners.interface import Kind
from tidegate.scanners.targets.walk import Walked, walk

LIMIT = 1000


def put(folder: Path, *names: str, text: str = "import os\n") -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def walked(root: Path, *paths: str) -> Walked:
    return walk([Path(path) for path in paths or (".",)], root, LIMIT)


def kinds(found: Walked) -> dict[str, Kind]:
    files = {file.path: file.kind for file in found.target.files}
    assert len(files) == len(found.target.files)
    return files


def gaps(found: Walked) -> dict[str, str]:
    return {gap.what: gap.reason for gap in found.skipped}
