"""What counts as new between two releases, by our matching and by the identities of others.

    python -m benchmarks.matching --old DIR --new DIR --json

Both trees are scanned with bandit's rules. The identities are held against the same findings:
the line, and what bandit compares for its baseline, as a multiset and as the set that it is.

What is called edited is listed with what differs. None of it may be called existing: other code
under the same name can be the same rule with an input that an attacker chooses, and the same code
in another function can be dead code that a request reaches now, even where the old function is
gone, since whoever writes the change is who takes it away. So a class or a function that was
renamed is existing only with all of its code as it was: the stages of `gate/matching.py` ask that.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from pathlib import Path
from typing import Any

from tidegate.gate.matching import match
from tidegate.records.finding import Finding
from tidegate.records.fingerprint import defect
from tidegate.records.run import State
from tidegate.scanners.interface import Context
from tidegate.scanners.registry import SCANNERS
from tidegate.scanners.run import look
from tidegate.scanners.targets.walk import walk

Identity = Callable[[Finding], Hashable]
MAX_FILE_BYTES = 4 * 1024 * 1024


def findings(tree: Path) -> tuple[Finding, ...]:
    """Every finding of bandit's rules in the Python files of a tree."""
    context = Context(database=Path("/nonexistent"), max_file_bytes=MAX_FILE_BYTES)
    target = walk([tree], tree, MAX_FILE_BYTES).target
    (looked,) = look([target], context, {"bandit": SCANNERS["bandit"]})
    return looked.findings


def by_line(finding: Finding) -> Hashable:
    """Path, rule and line."""
    return finding.path, finding.rule, finding.line


def as_bandit(finding: Finding) -> Hashable:
    """What bandit compares for its baseline: no place but the file."""
    told = finding.message, finding.severity, finding.confidence
    return finding.path, finding.rule, *told


def beyond(old: Sequence[Finding], new: Sequence[Finding], identity: Identity) -> dict[str, int]:
    """New findings under an identity, each old one used up once, and without that."""
    known = Counter(map(identity, old))
    left = Counter(map(identity, new)) - known
    unseen = sum(identity(finding) not in known for finding in new)
    return {"multiset": left.total(), "set": unseen}


def place(finding: Finding) -> str:
    """Where a finding is, for the reader of the list."""
    return f"{finding.path}:{finding.line} {finding.rule} {finding.scope}"


def difference(finding: Finding, old: Sequence[Finding]) -> str:
    """Why a finding that was edited is none of the old ones."""
    same = [f for f in old if (f.path, *defect(f)) == (finding.path, *defect(finding))]
    alike = {f.scope for f in same if f.snippet == finding.snippet}
    if not alike:
        return "other code"
    if finding.scope in alike:
        return "the same code, once more or with a higher rating"
    return "the same code in another function, which does other things beside it"


def compared(old: Sequence[Finding], new: Sequence[Finding]) -> dict[str, Any]:
    """Counts under each identity, and the findings that ours calls new or edited."""
    ours = match(old, new, {})
    states = Counter(ours.states)
    return {
        "old": len(old),
        "new": len(new),
        "by line": beyond(old, new, by_line),
        "bandit's baseline": beyond(old, new, as_bandit),
        "ours": {
            "existing": states[State.EXISTING],
            "edited": states[State.EDITED],
            "new": states[State.NEW],
            "fixed": len(ours.fixed),
        },
        "told new": [place(f) for f, s in zip(new, ours.states, strict=True) if s is State.NEW],
        "told edited": [
            f"{place(f)}: {difference(f, old)}"
            for f, s in zip(new, ours.states, strict=True)
            if s is State.EDITED
        ],
    }


def main() -> int:
    """Scan, match, print."""
    parser = argparse.ArgumentParser(description="New findings between two releases.")
    parser.add_argument("--old", type=Path, required=True)
    parser.add_argument("--new", type=Path, required=True)
    parser.add_argument("--json", action="store_true", help="print JSON")
    asked = parser.parse_args()
    old, new = findings(asked.old.resolve()), findings(asked.new.resolve())
    document = {"schema": "tidegate/matching-benchmark/1", **compared(old, new)}
    if asked.json:
        print(json.dumps(document, indent=2))
    else:
        for name, value in document.items():
            shown = "\n".join(["", *map(str, value)]) if isinstance(value, list) else value
            print(f"{name:18} {shown}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
