"""The rules about where dependencies come from: each with why it matters and what to do."""

from dataclasses import dataclass

from ...records.finding import Finding, Level

TOOL = "tidegate"
_MAX_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; its id never changes its meaning."""

    id: str
    name: str
    severity: Level
    why: str
    remedy: str
    cwe: int


INDEX_OPTION = Rule(
    "TG201",
    "index-option",
    Level.MEDIUM,
    "it decides where packages are looked for, and whoever runs that index supplies them",
    "set the index in the configuration of the machine, or have it reviewed",
    829,
)
OUTSIDE_INDEX = Rule(
    "TG202",
    "outside-index",
    Level.MEDIUM,
    "what does not come from the index was released by nobody and can change under its version",
    "depend on a release from the index, or have the address and its content reviewed",
    829,
)
UNDECLARED_INDEX = Rule(
    "TG203",
    "undeclared-index",
    Level.HIGH,
    "the lock takes packages from an index that the project does not declare",
    "declare the index in the project's configuration, or lock anew",
    829,
)
MOVED_INDEX = Rule(
    "TG204",
    "moved-index",
    Level.HIGH,
    "a package that came from one index comes from another: dependency confusion looks like this",
    "check who may publish the name on the new index, or lock anew",
    829,
)
CHANGED_HASH = Rule(
    "TG205",
    "changed-hash",
    Level.HIGH,
    "released files never change: other content under the same version is not the release",
    "lock anew from the index and compare; a hash that still differs is an incident",
    354,
)
MISSING_HASH = Rule(
    "TG206",
    "missing-hash",
    Level.MEDIUM,
    "whatever the index answers is installed, where the other packages of the file are checked",
    "lock anew, so that it has a hash like the others",
    353,
)
FOREIGN_FILE = Rule(
    "TG207",
    "foreign-file",
    Level.HIGH,
    "the file is taken from another host than those of all other packages of its index",
    "lock anew, so that the files come from where the index keeps them",
    829,
)
ADDED_FILE = Rule(
    "TG208",
    "added-file",
    Level.LOW,
    "more files may be installed for the same version than before",
    "compare with the files of the release on the index",
    353,
)
DROPPED_HASHES = Rule(
    "TG209",
    "dropped-hashes",
    Level.MEDIUM,
    "what was checked against hashes is installed unchecked from here on",
    "lock with hashes",
    353,
)
RULES = (
    INDEX_OPTION,
    OUTSIDE_INDEX,
    UNDECLARED_INDEX,
    MOVED_INDEX,
    CHANGED_HASH,
    MISSING_HASH,
    FOREIGN_FILE,
    ADDED_FILE,
    DROPPED_HASHES,
)


def found(
    rule: Rule, what: str, path: str, line: int, *, snippet: str, severity: Level | None = None
) -> Finding:
    """A finding; `what` and `snippet` hold nothing secret, and the snippet no line or version."""
    return Finding(
        tool=TOOL,
        rule=rule.id,
        message=f"{what[:_MAX_SHOWN]}: {rule.why}",
        path=path,
        line=line,
        end_line=line,
        severity=severity or rule.severity,
        confidence=Level.HIGH,
        cwe=rule.cwe,
        remedy=rule.remedy,
        snippet=snippet,
    )
