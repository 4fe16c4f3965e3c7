"""A proposed policy as the text of tidegate.toml: numbers as comments above each line."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from ..gate.adoption import Proposal
from ..records.finding import Finding
from ..records.path_class import PathClass, path_class
from .bandit_policy import toml_text

_WHERE = {
    PathClass.PRODUCT: "product code",
    PathClass.VENDORED: "vendored code",
    PathClass.MIGRATIONS: "migrations",
    PathClass.TESTS: "tests",
}
_DONE = {"ignore": "ignored there", "warn": "told there, and no reason to block"}


def adoption_lines(
    proposed: Sequence[Proposal], findings: Sequence[Finding], files: Iterable[str]
) -> str:
    """TOML for the end of a configuration file."""
    counting = [each for each in proposed if each.counts]
    suggested = [each for each in proposed if not each.counts]
    parts = [_classes(findings, files), *map(_counting, counting)]
    if suggested:
        parts.append(_INTRODUCTION)
        parts += map(_suggested, suggested)
    return "".join(f"\n{part}" for part in parts)


_INTRODUCTION = """\
# Suggestions, which decide nothing as they stand: what follows is about code that may ship, or
# about what was not looked at. Take the `#` away and write a reason where you answer for it.
"""


def numbers(proposed: Proposal) -> str:
    """What a line is about and how much it matches, in words."""
    match = dict(proposed.match)
    if "rule" in match:
        where = _WHERE[PathClass(match["path-class"])]
        return f"{match['rule']}: {proposed.here} of {proposed.total} in {where}"
    if "path" in match:
        return f"{toml_text(match['path'])}: {_found(proposed.here)}"
    return f"not looked at, {toml_text(match['skipped'])}: {proposed.here}"


def told(proposed: Proposal) -> str:
    """A line that counts, in words: 'B101: 413 of 426 in tests: ignored there'."""
    return f"{numbers(proposed)}: {_DONE[proposed.action]}"


def _counting(proposed: Proposal) -> str:
    reason = toml_text(proposed.reason)
    return f"# {told(proposed)}\n[[policy]]\n{_match(proposed)}\nreason = {reason}\n"


def _suggested(proposed: Proposal) -> str:
    lines = ["[[policy]]", *_match(proposed).splitlines(), 'reason = "" # ten characters or more']
    return f"# {numbers(proposed)}\n" + "".join(f"# {line}\n" for line in lines)


def _match(proposed: Proposal) -> str:
    wanted = ", ".join(f"{key} = {toml_text(value)}" for key, value in proposed.match)
    return f"match = {{ {wanted} }}\naction = {toml_text(proposed.action)}"


def _classes(findings: Sequence[Finding], files: Iterable[str]) -> str:
    """How the tree divides, so that its owner sees what is taken for tests."""
    found = Counter(path_class(finding.path) for finding in findings)
    seen = Counter(map(path_class, files))
    lines = [
        f"# - {_WHERE[kind]}: {_counted(seen[kind], 'file')}, {_found(found[kind])}\n"
        for kind in PathClass
        if seen[kind]
    ]
    return "".join(["# Proposed by `tidegate init --adopt`. The files that git tracks:\n", *lines])


def _found(count: int) -> str:
    return _counted(count, "finding")


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def told_all(proposed: Iterable[Proposal]) -> Iterator[str]:
    """A line for each that counts, and one for all that are suggested."""
    rest = 0
    for each in proposed:
        if each.counts:
            yield told(each)
        else:
            rest += 1
    if rest:
        yield f"{_counted(rest, 'suggestion')} about code that may ship, commented out"
