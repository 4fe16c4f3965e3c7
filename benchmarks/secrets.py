"""What the search for secrets finds in leaky-repo, beside detect-secrets, and what it costs.

    python -m benchmarks.secrets --leaky DIR --tree DIR --tree DIR --json

`--leaky` is a checkout of github.com/Plazmaz/leaky-repo, whose own table says how many lines
of each file are a risk; lines found count up to that number. Each `--tree` is a tree without
secrets in use: what is found there is a false alarm, and one that blocks under the default
policy a grave one. Both tools run in turn. No value is printed.
"""

import argparse
import csv
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from tidegate.config import Settings
from tidegate.records.finding import Finding
from tidegate.scanners.interface import Context, Kind, SourceFile
from tidegate.scanners.secrets import scanner
from tidegate.scanners.secrets.rules import BY_ID

META = ".leaky-meta"
LEFT_OUT = {".git", META}


@dataclass(frozen=True, slots=True)
class Tree:
    """A target of every file below a folder."""

    root: Path
    files: tuple[SourceFile, ...]

    def read(self, path: str) -> bytes:
        """The bytes of a file."""
        return (self.root / path).read_bytes()


@dataclass(frozen=True, slots=True)
class Corpus:
    """Lines and files of leaky-repo that a tool finds, of those that are a risk."""

    tool: str
    lines: int
    files: int
    alarms: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Alarms:
    """What is found in a tree without secrets."""

    tree: str
    files: int
    alarms: Mapping[str, int]
    blocking: Mapping[str, int]
    seconds: float
    cli_alarms: int
    cli_seconds: float


def tree_of(root: Path) -> Tree:
    """The regular files below a folder."""
    paths = (path.relative_to(root) for path in sorted(root.rglob("*")) if path.is_file())
    kept = [path.as_posix() for path in paths if LEFT_OUT.isdisjoint(path.parts)]
    return Tree(root, tuple(SourceFile(path, Kind.OTHER) for path in kept))


def ours(root: Path) -> tuple[list[Finding], float]:
    """Our findings and the seconds of one process, loading detect-secrets among them."""
    start = time.perf_counter()
    context = Context(Path("none"), max_file_bytes=2**30)
    items = list(scanner.scan(tree_of(root), context))
    return [item for item in items if isinstance(item, Finding)], time.perf_counter() - start


def theirs(root: Path) -> tuple[dict[str, list[int]], float]:
    """The lines that detect-secrets' command line names, by file, and its seconds."""
    start = time.perf_counter()
    command = [sys.executable, "-P", "-m", "detect_secrets", "scan", "--all-files", "."]
    done = subprocess.run(command, cwd=root, capture_output=True, check=True)
    results = json.loads(done.stdout)["results"]
    spent = time.perf_counter() - start
    found = {name: [row["line_number"] for row in rows] for name, rows in results.items()}
    return {n: rows for n, rows in found.items() if not n.startswith(META)}, spent


def risks(root: Path) -> Iterator[tuple[str, int]]:
    """The files of leaky-repo and how many of their lines are a risk."""
    rows = (root / META / "secrets.csv").read_text("utf-8").splitlines()
    for row in csv.reader(line for line in rows if line.strip() and not line.startswith("#")):
        yield row[0], int(row[1])


def counted(root: Path, tool: str, found: Mapping[str, list[int]], seconds: float) -> Corpus:
    """Each file's lines, up to those at risk."""
    hits = [min(risk, len(set(found.get(name, ())))) for name, risk in risks(root)]
    alarms = sum(map(len, found.values()))
    return Corpus(tool, sum(hits), sum(hit > 0 for hit in hits), alarms, round(seconds, 2))


def by_file(findings: list[Finding]) -> dict[str, list[int]]:
    """The lines found, by file."""
    found: dict[str, list[int]] = {}
    for finding in findings:
        found.setdefault(finding.path, []).append(finding.line)
    return found


def corpus(root: Path) -> tuple[list[Corpus], dict[str, int]]:
    """Both tools over leaky-repo, and the lines that would be lost without each rule."""
    lines, spent = theirs(root)
    findings, seconds = ours(root)
    plugins = [finding for finding in findings if BY_ID[finding.rule].plugin]
    rows = [
        counted(root, "detect-secrets", lines, spent),
        counted(root, "tidegate", by_file(findings), seconds),
        counted(root, "tidegate, detect-secrets' rules only", by_file(plugins), seconds),
    ]
    lost = {}
    for rule in sorted({finding.rule for finding in findings}):
        rest = by_file([finding for finding in findings if finding.rule != rule])
        lost[rule] = rows[1].lines - counted(root, rule, rest, 0).lines
    return rows, lost


def blocks(finding: Finding) -> bool:
    """Whether a new one would block under the default policy."""
    default = Settings()
    return finding.severity.reaches(default.block_severity) and finding.confidence.reaches(
        default.block_confidence
    )


def alarms(root: Path) -> Alarms:
    """Both tools over a tree without secrets."""
    lines, spent = theirs(root)
    findings, seconds = ours(root)
    return Alarms(
        tree=root.name,
        files=len(tree_of(root).files),
        alarms=dict(Counter(finding.rule for finding in findings)),
        blocking=dict(Counter(finding.rule for finding in findings if blocks(finding))),
        seconds=round(seconds, 2),
        cli_alarms=sum(map(len, lines.values())),
        cli_seconds=round(spent, 2),
    )


def main() -> None:
    """Measure and print; exits 1 where we find fewer lines than detect-secrets."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leaky", type=Path)
    parser.add_argument("--tree", type=Path, action="append", default=[])
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    rows, lost = corpus(given.leaky) if given.leaky else ([], {})
    trees = [alarms(tree) for tree in given.tree]
    if given.json:
        schema = {"schema": "tidegate/secrets-benchmark/1"}
        tables = {"leaky_repo": [*map(asdict, rows)], "trees": [*map(asdict, trees)]}
        print(json.dumps({**schema, **tables, "lost_without": lost}, indent=2))
    else:
        for table in (*map(asdict, rows), *map(asdict, trees)):
            print(json.dumps(table))
        print("lines lost without a rule:", json.dumps(lost))
    sys.exit(1 if rows and rows[1].lines < rows[0].lines else 0)


if __name__ == "__main__":
    main()
