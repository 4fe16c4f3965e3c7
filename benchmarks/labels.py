"""Reverts as an oracle of SZZ: it is to find the commit that a revert names, unread.

    python -m benchmarks.labels --repo DIR [--repo DIR …] --json

Every commit that says which commit it reverts is treated as a fix; what it names, and came before
it, is the truth. Precision is the share of the found commits that a revert names; recall the share
of the named ones that are found. Of a merge or a range that is reverted each commit counts as
named, and one is enough. `change` counts by what landed rather than by commits. The filters are
added one after the other, and each is left out of the whole once. A second, smaller oracle is
"introduced in". Nothing is written to DIR.

The filters were chosen on the reverts of requests, scrapy, pipenv, poetry, pdm, bandit, pydantic
and DefectDojo; pytest, wagtail, pip and ansible were run once that was done.
"""

import argparse
import json
import resource
import time
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from tidegate.analysis.history.labels.formatting import is_format_only
from tidegate.analysis.history.labels.labeller import Labeller
from tidegate.analysis.history.labels.mentions import undone
from tidegate.analysis.history.labels.szz import ALL_FILTERS, PLAIN, Filters
from tidegate.analysis.history.messages import Said, read_message
from tidegate.analysis.history.origins import Origins
from tidegate.records.history import CommitDiff, FileChange, Hunk, TracedHunk
from tidegate.repository.git import Git
from tidegate.repository.history.mailmap import Mailmap
from tidegate.repository.history.stream import open_history, read_changes

ORACLES = ("revert", "introduced-in")
LEVELS = ("commit", "change")


def steps() -> Iterator[tuple[str, Filters]]:
    """Each set of filters that is measured, by its name."""
    filters = PLAIN
    yield "plain", filters
    names = [each.name for each in fields(Filters)]
    for name in names:
        filters = replace(filters, **{name: True})
        yield f"+ {name}", filters
    for name in names:
        yield f"all but {name}", replace(ALL_FILTERS, **{name: False})


@dataclass(slots=True)
class Tally:
    """Counts of one oracle under one set of filters."""

    found: int = 0
    right: int = 0
    named: int = 0
    recalled: int = 0

    def add(self, found: Set[str], named: Sequence[Set[str]]) -> None:
        """One fix: the commits found behind it, and those that it names."""
        self.found += len(found)
        self.right += len(found & set().union(*named))
        self.named += len(named)
        self.recalled += sum(not found.isdisjoint(each) for each in named)

    def row(self) -> dict[str, float]:
        """The shares, with the counts they are of."""
        return {
            "precision": round(self.right / max(1, self.found), 3),
            "recall": round(self.recalled / max(1, self.named), 3),
            "found": self.found,
            "named": self.named,
        }


@dataclass(slots=True)
class Measured:
    """What one repository, or all, came to."""

    tallies: dict[tuple[str, str, str], Tally] = field(default_factory=dict)
    """By oracle, level and filters."""

    def add(self, key: tuple[str, str, str], found: Set[str], named: Sequence[Set[str]]) -> None:
        """Count one fix."""
        self.tallies.setdefault(key, Tally()).add(found, named)

    def pool(self, other: "Measured") -> None:
        """Add another repository's counts."""
        for key, tally in other.tallies.items():
            mine = self.tallies.setdefault(key, Tally())
            for each in fields(Tally):
                setattr(mine, each.name, getattr(mine, each.name) + getattr(tally, each.name))

    def rows(self) -> list[dict[str, Any]]:
        """A row for each oracle, level and set of filters."""
        return [
            {"oracle": oracle, "level": level, "filters": filters, **tally.row()}
            for (oracle, level, filters), tally in self.tallies.items()
        ]


def keeps_lines(_diff: CommitDiff, file: FileChange, hunk: Hunk) -> bool:
    """The lines of a hunk are as they were but for their looks."""
    return is_format_only(file.path, hunk.removed, hunk.added)


def named_by(said: Said, labeller: Labeller) -> dict[str, list[set[str]]]:
    """By oracle, what a message names and came before: a set where one of several is enough."""
    known = labeller.ancestry
    reverted = [set(undone(each, known)) for each in said.reverts if not each.embedded]
    causes = [known.ids.resolve(each) for each in said.introduced_in]
    return {
        "revert": [each for each in reverted if each],
        "introduced-in": [] if any(reverted) else [{sha} for sha in causes if sha],
    }


def measured(repo: Path, *, transparent: bool) -> tuple[Measured, int]:
    """The figures of one repository, and how many commits it has."""
    git = Git.open(repo)
    history = open_history(git, git.output("rev-parse", "HEAD").decode().strip())
    if history is None:
        raise SystemExit(f"{repo}: no history")
    origins = Origins(transparent=keeps_lines if transparent else None)
    labeller, found, shas = Labeller(), Measured(), list[str]()
    landing: dict[str, str] = {}
    fixes: list[tuple[str, str, dict[str, float], list[set[str]]]] = []
    for change in read_changes(history, Mailmap()):
        for diff in change.diffs:
            traced = origins.learn(diff, len(shas))
            said = read_message(diff.commit.message)
            for oracle, named in named_by(said, labeller).items():
                if not named or diff.commit.is_merge or not diff.files:
                    continue
                hunks = [
                    TracedHunk(each.file, each.hunk, tuple(shas[n] for n in each.origins))
                    for each in traced
                ]
                for name, filters in steps():
                    fixes.append((oracle, name, labeller.traced_to(diff, hunks, filters), named))
            labeller.remember(diff, said)
            shas.append(diff.commit.sha)
            landing[diff.commit.sha] = change.commit.sha
    for oracle, name, shares, named in fixes:
        found.add((oracle, "commit", name), set(shares), named)
        landed = [{landing[sha] for sha in each} for each in named]
        found.add((oracle, "change", name), {landing[sha] for sha in shares}, landed)
    return found, len(shas)


def report(repos: Sequence[Path], *, transparent: bool) -> dict[str, Any]:
    """The figures of each repository and of all together."""
    pooled, rows = Measured(), []
    for repo in repos:
        start = time.process_time()
        found, commits = measured(repo, transparent=transparent)
        pooled.pool(found)
        seconds = round(time.process_time() - start, 1)
        rows.append(
            {"repo": str(repo), "commits": commits, "cpu_seconds": seconds, "rows": found.rows()}
        )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"schema": 1, "repos": rows, "pooled": pooled.rows(), "peak_kilobytes": peak}


def told(row: Mapping[str, Any]) -> str:
    """One row as a line."""
    name = f"{row['oracle']:14}{row['level']:8}{row['filters']:24}"
    return f"{name} P {row['precision']:.3f}  R {row['recall']:.3f}  of {row['named']}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--repo", type=Path, action="append", required=True)
    parser.add_argument(
        "--transparent", action="store_true", help="lines whose looks change keep their origin"
    )
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = report(options.repo, transparent=options.transparent)
    if options.json:
        print(json.dumps(found, indent=1))
        return
    for repo in found["repos"]:
        print(f"{repo['repo']}: {repo['commits']} commits, {repo['cpu_seconds']} s")
        for row in repo["rows"]:
            if row["filters"] in ("plain", "+ share"):
                print(" ", told(row))
    for row in found["pooled"]:
        print(told(row))


if __name__ == "__main__":
    main()
