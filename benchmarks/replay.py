"""Gate the changes of a repository's history: verdicts, new findings, time, agreement, moves.

    python -m benchmarks.replay --repo DIR [--repo DIR …] --ranges 100 --json

The ranges are spread evenly over the whole first-parent history by a fixed rule; one in five is
of ten changes at once. Each is gated twice in this process and every fourth a third time as the
process that a CI job starts: all have to say the same, timings apart. Pure moves are changes of
the history that move Python files as they are, and commits made here that only rename folders
and files of head: in a file that was moved whole nothing may be new or edited.

Without `--database` pins are looked up in a database that knows one package, which nobody uses.
Nothing is written to DIR. Exits 1 where the gate crashes, disagrees or calls a pure move new.
"""

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles
from typing import Any

from tidegate.benchmarks.gating import Bench, Outcome
from tidegate.benchmarks.moves import Workshop, everything, moves
from tidegate.benchmarks.spans import Kind, moving_spans, spans
from tidegate.records.run import State
from tidegate.repository.git import Git
from tidegate.repository.objects import list_tree
from tidegate.scanners.advisories.importing import import_files

EVERY_PROCESS = 4
"""One in so many ranges is gated as a process too."""
REPLAYED = (Kind.LANDED, Kind.SQUASHED)


@dataclass(frozen=True, slots=True)
class Wanted:
    """How much of each kind."""

    ranges: int
    moves: int


def invented(folder: Path) -> Path:
    """An advisory database of one advisory of today, for a package that nobody uses."""
    events = [{"introduced": "0"}, {"fixed": "1"}]
    affected = {
        "package": {"ecosystem": "PyPI", "name": "tidegate-unheard-of"},
        "ranges": [{"type": "ECOSYSTEM", "events": events}],
    }
    today = datetime.now(UTC).isoformat()
    record = {"id": "TIDEGATE-0", "modified": today, "affected": [affected]}
    source, database = folder / "osv.json", folder / "advisories.db"
    source.write_text(json.dumps(record), "utf-8")
    import_files([source], database)
    return database


def replayed(repo: Path, wanted: Wanted, database: Path, place: Path) -> Iterator[Outcome]:
    """Every outcome of one repository; commits of our own are made in `place`."""
    git = Git.open(repo)
    head = git.output("rev-parse", "--verify", "HEAD").decode("ascii").strip()
    bench = Bench(git, database)
    for number, span in enumerate(spans(git, head, wanted.ranges)):
        yield bench.outcome(span, as_process=number % EVERY_PROCESS == 0)
    for span in moving_spans(git, head, wanted.moves):
        yield bench.outcome(span, as_process=False)
    yield from _synthetic(git, head, wanted.moves, database, place)


def _synthetic(git: Git, head: str, wanted: int, database: Path, place: Path) -> Iterator[Outcome]:
    """The move of everything, which tells what files hold findings; then moves of these."""
    workshop = Workshop.beside(git, place)
    bench = Bench(Git.open(place), database)
    paths = [entry.path for entry in list_tree(git, head)]
    all_of_it = everything(paths)
    outcome = bench.outcome(workshop.commit(head, all_of_it, "everything"), as_process=False)
    yield outcome
    found = frozenset(outcome.holding)
    holding = [old for old, new in all_of_it.items() if new in found]
    for about, made in moves(paths, holding, wanted):
        if made:
            yield bench.outcome(workshop.commit(head, made, about), as_process=False)


def summary(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The figures over all outcomes of one kind or several; times in milliseconds."""
    fresh = [finding for o in outcomes for finding in o.fresh]
    processes = [o.times.process for o in outcomes if o.times.process is not None]
    processors = [o.times.process_cpu for o in outcomes if o.times.process_cpu is not None]
    return {
        "ranges": len(outcomes),
        "verdicts": _added({o.verdict: 1} for o in outcomes),
        "findings": _added(o.findings or {} for o in outcomes),
        "ranges with new or edited": sum(bool(o.fresh) for o in outcomes),
        "new or edited": len(fresh),
        "of these in files unread at the base": sum(f.base_unread for f in fresh),
        "of the others on no changed line": sum(
            not (f.on_changed_lines or f.base_unread) for f in fresh
        ),
        "new or edited in files moved whole": sum(f.moved_whole for f in fresh),
        "incomplete because of": _added(
            dict.fromkeys(o.incomplete or {}, 1) for o in outcomes if o.verdict == "INCOMPLETE"
        ),
        "crashes": sum(bool(o.crash) for o in outcomes),
        "disagreements": sum(not o.agrees for o in outcomes),
        "gate ms": spread([o.times.first for o in outcomes]),
        "process ms": spread(processes),
        "process cpu ms": spread(processors),
    }


def _added(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total = sum(map(Counter, counts), Counter[str]())
    return {str(name): count for name, count in sorted(total.items())}


def spread(values: Sequence[float]) -> dict[str, float]:
    """Number, median, 95th percentile and largest of some values; nothing of fewer than two."""
    if len(values) < 2:
        return {}
    cuts = quantiles(values, n=100, method="inclusive")
    return {"runs": len(values), "p50": round(cuts[49]), "p95": round(cuts[94]), "max": max(values)}


def failed(outcomes: Iterable[Outcome]) -> bool:
    """Whether anything is as it may not be."""
    return any(o.crash or not o.agrees or any(f.moved_whole for f in o.fresh) for o in outcomes)


def repository(repo: Path, wanted: Wanted, database: Path) -> tuple[dict[str, Any], bool]:
    """The figures of one repository and whether any of them is as it may not be."""
    outcomes = []
    with tempfile.TemporaryDirectory() as place:
        for outcome in replayed(repo, wanted, database, Path(place) / "moves.git"):
            print(line(repo.name, outcome), file=sys.stderr)
            outcomes.append(outcome)
    by_kind = {kind: [o for o in outcomes if o.span.kind is kind] for kind in Kind}
    figures: dict[str, Any] = {
        "name": repo.name,
        "head": Git.open(repo).output("rev-parse", "HEAD").decode("ascii").strip(),
        "replayed": summary([o for kind in REPLAYED for o in by_kind[kind]]),
        "moved in history": summary(by_kind[Kind.MOVED]),
        "synthetic moves": summary(by_kind[Kind.SYNTHETIC]),
        "ranges": [asdict(outcome) for outcome in outcomes],
    }
    return figures, failed(outcomes)


def line(name: str, outcome: Outcome) -> str:
    """One outcome for the one who waits."""
    counts = {state: (outcome.findings or {}).get(state, 0) for state in State}
    told = " ".join(f"{state} {count}" for state, count in counts.items() if count)
    odd = "" if outcome.agrees else " DISAGREES"
    return (
        f"{name} {outcome.span.kind:<9} {outcome.span.head[:12]} {outcome.verdict:<10} "
        f"{outcome.times.first:7.0f} ms {outcome.files:5} files {told}{odd} {outcome.crash}"
    )


def listed(figures: Mapping[str, Any]) -> Iterator[str]:
    """The figures of one repository for people, with the text of each new finding."""
    for key, value in figures.items():
        if key != "ranges":
            yield f"{key}: {value}"
    for row in figures["ranges"]:
        span = row["span"]
        for told in row["fresh"]:
            mark = "" if told["on_changed_lines"] else "  ON NO CHANGED LINE"
            yield f"{span['head'][:12]} {told['path']}:{told['line']} {told['state']}{mark}"
            yield f"    {told['rule']} {told['scope']}: {told['message']}"
            yield f"    {told['snippet']}"


def main() -> int:
    """Replay and print."""
    parser = argparse.ArgumentParser(description="Gate the changes of repositories' histories.")
    parser.add_argument("--repo", type=Path, action="append", required=True)
    parser.add_argument("--ranges", type=int, default=100, help="ranges of each repository (100)")
    parser.add_argument("--moves", type=int, default=20, help="pure moves of either kind (20)")
    parser.add_argument("--database", type=Path, help="an advisory database")
    parser.add_argument("--json", action="store_true", help="print JSON")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        database = asked.database or invented(Path(folder))
        wanted = Wanted(asked.ranges, asked.moves)
        found = [repository(repo.resolve(), wanted, database) for repo in asked.repo]
    repositories = [figures for figures, _ in found]
    if asked.json:
        print(json.dumps({"schema": "tidegate/replay/2", "repositories": repositories}, indent=2))
    else:
        print("\n".join(text for figures in repositories for text in listed(figures)))
    return 1 if any(wrong for _, wrong in found) else 0


if __name__ == "__main__":
    sys.exit(main())
