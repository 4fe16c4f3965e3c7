"""What a line of a policy can ask of a finding or of a gap, key by key."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase

from ...records.finding import Finding, Level, Package, Skipped
from ...records.fingerprint import defect
from ...records.path_class import PathClass, path_class
from ...records.path_glob import matches_glob
from ...records.run import State
from ...scanners.python.code import SECRET_RULES
from ...scanners.sarif.secrecy import is_secret_tool


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A finding or a gap as the lines of a policy see it."""

    tool: str
    paths: tuple[str, ...] = ()
    """Where it is and, where the change moved its file, where that was; none where no file is."""
    finding: Finding | None = None
    state: State | None = None
    gap: Skipped | None = None
    today: date | None = None
    """In UTC; without it no age is known."""


def of_finding(
    finding: Finding,
    state: State | None = None,
    former: Collection[str] = (),
    today: date | None = None,
) -> Subject:
    """A finding; `former` are the paths that the change moved its file from.

    Without a state, as in a tree that is compared with nothing, it is in any of them.
    """
    paths = (finding.path, *former)
    return Subject(tool=finding.tool, paths=paths, finding=finding, state=state, today=today)


def of_gap(gap: Skipped, former: Collection[str] = ()) -> Subject:
    """A gap, as `of_finding`."""
    return Subject(tool=gap.tool, paths=(gap.path, *former) if gap.path else (), gap=gap)


Answer = bool | None
"""Whether something holds; None where that is not known."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key of `match`: how its value is read, and when it holds."""

    read: Callable[[object], object]
    """What is wanted, None where the value does not fit."""
    takes: str
    holds: Callable[[Subject, object], Answer]
    of_findings: bool = True
    of_gaps: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """One key of a line with what it wants."""

    key: str
    wanted: object
    shown: str
    """The value as its file holds it."""

    def holds(self, subject: Subject) -> Answer:
        """Whether the subject is as wanted."""
        return KEYS[self.key].holds(subject, self.wanted)


def _texts(value: object) -> tuple[str, ...] | None:
    found = [value] if isinstance(value, str) else value
    if isinstance(found, list) and found and all(isinstance(each, str) and each for each in found):
        return tuple(found)
    return None


def _classes(value: object) -> tuple[PathClass, ...] | None:
    names = _texts(value)
    known = {str(kind): kind for kind in PathClass}
    return tuple(known[name] for name in names) if names and known.keys() >= {*names} else None


def _states(value: object) -> tuple[State, ...] | None:
    known = {"new": State.NEW, "edited": State.EDITED}
    return (known[value],) if isinstance(value, str) and value in known else None


_MAX_CWE = 2**31


def _weaknesses(value: object) -> tuple[int, ...] | None:
    found = value if isinstance(value, list) else [value]
    numbers = [each for each in found if type(each) is int and 0 < each < _MAX_CWE]
    return tuple(numbers) if numbers and len(numbers) == len(found) else None


def _level(value: object) -> Level | None:
    name = value.upper() if isinstance(value, str) else ""
    return Level(name) if name in {*Level} - {Level.UNKNOWN} else None


def _truth(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _number(high: float) -> Callable[[object], object]:
    def read(value: object) -> object:
        fits = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= high
        return value if fits else None

    return read


def _fits(text: str, globs: object) -> bool:
    return any(fnmatchcase(text, str(glob)) for glob in _many(globs))


def _tool(subject: Subject, wanted: object) -> Answer:
    if subject.finding is None:
        return _fits(subject.tool, wanted)
    return _of_names(subject.finding, 0, wanted)


def _rule(subject: Subject, wanted: object) -> Answer:
    return subject.finding is not None and _of_names(subject.finding, 1, wanted)


def _of_names(finding: Finding, part: int, wanted: object) -> Answer:
    """Ruff's copies of bandit's rules bear both names; what a witness calls it is in doubt."""
    names = ((finding.tool, finding.rule), defect(finding))
    if any(_fits(name[part], wanted) for name in names):
        return True
    witnesses = (witness.rpartition(" ")[::2] for witness in finding.witnesses)
    return None if any(_fits(name[part], wanted) for name in witnesses) else False


def _reason(subject: Subject, wanted: object) -> Answer:
    return subject.gap is not None and _fits(subject.gap.reason, wanted)


def _many(wanted: object) -> tuple[object, ...]:
    return wanted if isinstance(wanted, tuple) else ()


def _of_paths(fits: Callable[[str, object], bool]) -> Callable[[Subject, object], Answer]:
    """Of a file that the change moved both paths count; where they differ, it is not known."""

    def holds(subject: Subject, wanted: object) -> Answer:
        answers = {fits(path, wanted) for path in subject.paths}
        return None if len(answers) > 1 else answers == {True}

    return holds


def _of_level(get: Callable[[Finding], Level]) -> Callable[[Subject, object], Answer]:
    def holds(subject: Subject, wanted: object) -> Answer:
        level = get(subject.finding) if subject.finding else Level.UNKNOWN
        if level is Level.UNKNOWN or not isinstance(wanted, Level):
            return None
        return level.reaches(wanted)

    return holds


def _of_package(
    get: Callable[[Package], object], fits: Callable[[object, object], bool]
) -> Callable[[Subject, object], Answer]:
    """Of a finding that is about no package nothing holds."""

    def holds(subject: Subject, wanted: object) -> Answer:
        package = subject.finding.package if subject.finding else None
        if package is None:
            return False
        fact = get(package)
        return None if fact is None else fits(fact, wanted)

    return holds


def _same(fact: object, wanted: object) -> bool:
    return fact == wanted


def _at_least(fact: object, wanted: object) -> bool:
    return float(str(fact)) >= float(str(wanted))


_WEAKNESSES_OF_SECRETS = frozenset({259, 321, 798})


def _is_secret(finding: Finding) -> bool:
    tool, rule = defect(finding)
    own = tool == "bandit" and rule in SECRET_RULES
    return own or is_secret_tool(tool) or finding.cwe in _WEAKNESSES_OF_SECRETS


def _secret(subject: Subject, wanted: object) -> Answer:
    return subject.finding is not None and _is_secret(subject.finding) is wanted


def _weakness(subject: Subject, wanted: object) -> Answer:
    number = subject.finding.cwe if subject.finding else None
    return None if number is None else number in _many(wanted)


def _published(subject: Subject, wanted: object) -> Answer:
    """A day to come, by mistake or malice, is none: what it tells of is not known."""
    package = subject.finding.package if subject.finding else None
    if package is None:
        return False
    try:
        days = (subject.today - date.fromisoformat(package.published)).days if subject.today else -1
    except ValueError:
        days = -1
    return None if days < 0 else days <= float(str(wanted))


def _state(subject: Subject, wanted: object) -> Answer:
    return subject.state is None or subject.state in _many(wanted)


_GLOBS = "a text or a list of texts, in which * stands for any characters"
_LEVELS = '"LOW", "MEDIUM", "HIGH" or "CRITICAL"'
_TRUTH = "true or false"

KEYS: dict[str, Key] = {
    "tool": Key(_texts, _GLOBS, _tool, of_gaps=True),
    "rule": Key(_texts, _GLOBS, _rule),
    "path": Key(
        _texts,
        "a path or a list of paths from the folder of the file, in which * stands for any "
        "characters of one name and ** for any folders",
        _of_paths(lambda path, globs: any(matches_glob(path, str(each)) for each in _many(globs))),
        of_gaps=True,
    ),
    "path-class": Key(
        _classes,
        '"product", "tests", "migrations" or "vendored", or a list of them',
        _of_paths(lambda path, kinds: path_class(path) in _many(kinds)),
        of_gaps=True,
    ),
    "cwe": Key(_weaknesses, "a number of the CWE or a list of them", _weakness),
    "severity": Key(_level, _LEVELS, _of_level(lambda finding: finding.severity)),
    "confidence": Key(_level, _LEVELS, _of_level(lambda finding: finding.confidence)),
    "state": Key(_states, '"new" or "edited"', _state),
    "secret": Key(_truth, _TRUTH, _secret),
    "kev": Key(_truth, _TRUTH, _of_package(lambda package: package.kev, _same)),
    "malicious": Key(_truth, _TRUTH, _of_package(lambda package: package.is_malicious, _same)),
    "fix-available": Key(
        _truth,
        _TRUTH,
        _of_package(lambda package: bool(package.upgrade or package.fix_versions), _same),
    ),
    "epss-at-least": Key(
        _number(1), "a number from 0 to 1", _of_package(lambda package: package.epss, _at_least)
    ),
    "cvss-at-least": Key(
        _number(10), "a number from 0 to 10", _of_package(lambda package: package.cvss, _at_least)
    ),
    "published-within-days": Key(_number(36_500), "a number of days", _published),
    "skipped": Key(
        _texts,
        _GLOBS,
        _reason,
        of_findings=False,
        of_gaps=True,
    ),
}
