"""Gate historical changes of a repository: verdict, new findings, time, crashes, agreement.

    python -m benchmarks.replay --repo DIR --ranges 20 --json

The changes are spread evenly over the newest first-parent changes. Each is gated twice,
each time as a process of its own, so that the times are those of a CI job.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

VOLATILE = ("timings",)


@dataclass(frozen=True, slots=True)
class Range:
    """What lands with one first-parent change."""

    base: str
    head: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the gate made of one range."""

    base: str
    head: str
    verdict: str
    files: int
    findings: Mapping[str, int]
    """Findings by state."""
    blocking: int
    skipped: int
    milliseconds: tuple[float, ...]
    """Wall time of each run."""
    crashed: bool
    agrees: bool
    """Whether the second run said the same."""


def ranges(repo: Path, wanted: int, among: int) -> list[Range]:
    """`wanted` changes, evenly spread over the newest `among` first-parent changes."""
    command = ["git", "-C", str(repo), "rev-list", "--first-parent", "--parents", f"-n{among}"]
    out = subprocess.run([*command, "HEAD"], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in out.splitlines()]
    changes = [Range(row[1], row[2] if len(row) > 2 else row[0]) for row in rows if len(row) > 1]
    step = max(1, len(changes) // wanted)
    return changes[::step][:wanted]


def gate(repo: Path, change: Range, extra: Sequence[str]) -> tuple[dict[str, Any] | None, float]:
    """The gate's JSON, or None where it crashed, and the milliseconds it took."""
    command = [sys.executable, "-P", "-m", "tidegate", "gate", "--format", "json"]
    command += ["--repo", str(repo), "--base", change.base, "--head", change.head, *extra]
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, check=False, env=dict(os.environ))
    spent = (time.perf_counter() - start) * 1000
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        print(done.stderr.decode(errors="replace"), file=sys.stderr)
        return None, spent
    return (answer if answer["exit_code"] == done.returncode else None), spent


def outcome(repo: Path, change: Range, extra: Sequence[str]) -> tuple[Outcome, list[Any]]:
    """Two runs over one range, and the new findings of the first."""
    (first, once), (second, again) = (gate(repo, change, extra) for _ in range(2))
    findings = first["findings"] if first else []
    states = [finding["state"] for finding in findings]
    result = Outcome(
        base=change.base,
        head=change.head,
        verdict=first["verdict"] if first else "CRASH",
        files=first["coverage"]["seen"] if first else 0,
        findings={state: states.count(state) for state in sorted(set(states))},
        blocking=sum(finding["decision"] == "block" for finding in findings),
        skipped=len(first["skipped"]) if first else 0,
        milliseconds=(round(once, 1), round(again, 1)),
        crashed=first is None or second is None,
        agrees=_lasting(first) == _lasting(second),
    )
    fresh = [finding for finding in findings if finding["state"] in ("new", "edited")]
    return result, [{"head": change.head, **finding} for finding in fresh]


def _lasting(answer: dict[str, Any] | None) -> dict[str, Any] | None:
    return answer and {key: value for key, value in answer.items() if key not in VOLATILE}


def summary(outcomes: Sequence[Outcome]) -> dict[str, object]:
    """The figures over all ranges; times are those of the first runs."""
    times = sorted(item.milliseconds[0] for item in outcomes)
    verdicts = [item.verdict for item in outcomes]
    return {
        "ranges": len(outcomes),
        "verdicts": {verdict: verdicts.count(verdict) for verdict in sorted(set(verdicts))},
        "new": sum(item.findings.get("new", 0) for item in outcomes),
        "edited": sum(item.findings.get("edited", 0) for item in outcomes),
        "crashes": sum(item.crashed for item in outcomes),
        "disagreements": sum(not item.agrees for item in outcomes),
        "median_ms": statistics.median(times),
        "p95_ms": times[int(len(times) * 0.95)] if len(times) > 1 else times[0],
    }


def main() -> None:
    """Replay and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repo", type=Path, required=True)
    parser.add_argument("--ranges", type=int, default=20)
    parser.add_argument("--among", type=int, default=2000, help="newest first-parent changes")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("gate_options", nargs="*", help="after --, passed to the gate")
    given = parser.parse_args()
    outcomes, fresh = [], []
    for change in ranges(given.repo, given.ranges, given.among):
        result, findings = outcome(given.repo, change, given.gate_options)
        outcomes.append(result)
        fresh += findings
        if not given.json:
            print(
                f"{result.head[:12]} {result.verdict:<10} {result.milliseconds[0]:7.0f} ms "
                f"{result.files:4} files {dict(result.findings)}"
            )
    figures = summary(outcomes)
    if given.json:
        rows = [asdict(item) for item in outcomes]
        document = {"schema": "tidegate/replay/1", "summary": figures}
        print(json.dumps(document | {"ranges": rows, "new_findings": fresh}, indent=2))
    else:
        print(json.dumps(figures))
    sys.exit(1 if figures["crashes"] or figures["disagreements"] else 0)


if __name__ == "__main__":
    main()
