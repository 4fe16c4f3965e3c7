"""Names for findings that survive moved lines, versioned from the first day."""

from collections import Counter
from collections.abc import Iterable
from hashlib import blake2b

from .finding import Finding

VERSION = "tidegate/v1"


def fingerprints(findings: Iterable[Finding]) -> list[str]:
    """A name for each finding: 32 hexadecimal digits, the same wherever its lines move.

    It is blake2b over defect, path, scope, normalised code and the how-manieth finding with
    all of these it is in its file, counted in the order given.
    """
    seen: Counter[tuple[str, ...]] = Counter()
    names = []
    for finding in findings:
        identity = (*defect(finding), finding.path, finding.scope, finding.snippet)
        names.append(_digest((*identity, str(seen[identity]))))
        seen[identity] += 1
    return names


def defect(finding: Finding) -> tuple[str, str]:
    """Tool and rule, the same whichever of two tools with the same rules found it."""
    return defect_of(finding.tool, finding.rule)


def defect_of(tool: str, rule: str) -> tuple[str, str]:
    """As `defect`, of a tool and its rule."""
    return ("bandit", bandit_rule(rule)) if tool == "ruff" else (tool, rule)


def bandit_rule(code: str) -> str:
    """Bandit's name of ruff's rule: B602 for S602; `code` where it has none."""
    if code == "PLE2502":
        return "B613"
    number = code.removeprefix("S")
    return f"B{number}" if code.startswith("S") and number.isdecimal() else code


def _digest(fields: tuple[str, ...]) -> str:
    text = "\0".join((VERSION, *fields))
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
