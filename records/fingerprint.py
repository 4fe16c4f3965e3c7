"""Names for findings that survive moved lines, versioned from the first day."""

from collections import Counter
from collections.abc import Iterable
from hashlib import blake2b

from .finding import Finding

VERSION = "tidegate/v1"


def fingerprints(findings: Iterable[Finding]) -> list[str]:
    """A name for each finding: 32 hexadecimal digits, the same wherever its lines move.

    It is blake2b over rule, path, scope, normalised code and the how-manieth finding with
    all of these it is in its file, counted in the order given.
    """
    seen: Counter[tuple[str, ...]] = Counter()
    names = []
    for finding in findings:
        identity = (finding.tool, finding.rule, finding.path, finding.scope, finding.snippet)
        names.append(_digest((*identity, str(seen[identity]))))
        seen[identity] += 1
    return names


def _digest(fields: tuple[str, ...]) -> str:
    text = "\0".join((VERSION, *fields))
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
