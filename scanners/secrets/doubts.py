"""What looks like a secret and is none, and what more likely is an example than one in use."""

import re
from pathlib import PurePosixPath

from ...records.finding import Level
from ...records.path_class import PathClass, path_class
from .rules import Rule, Sort
from .text import Text

DIGEST_NAMES = re.compile(
    r"(?:^|[^a-z])(?:rev|sha\d*|commit|digest|hash|hash[_-]?\w+|checksum|integrity|md5|blake\w*|etag"
    r"|fingerprint|uuid|guid|crc\d*|resolved|version|node|revision)[\"'\]]?\s*[=:(,]\s*[b]?[\"']?$",
    re.IGNORECASE,
)
"""Before a random string: it is a name for content."""
PLACEHOLDER = re.compile(
    r"(?:x+|(?:your|my|the|some|any|a|an|new|old|not)[_\W].*"
    r"|(?:your|my|some|wrong|bad|invalid|correct|fake|mock|sample|demo|change|replace|enter|insert"
    r"|test|foo|bar|baz|spam|default)[a-z]*[_\W\d]?\w{0,8}"
    r"|.*(?:example|placeholder|redacted|changeme|dummy|not.?a.?real).*"
    r"|(?:[a-z]*[_-])?(?:pass(?:word|wd|phrase)?|pwd|secret|token|key|credentials?|auth)[\d!]{0,4}"
    r"|user(?:name)?|login|admin|root|guest|none|null|nil|true|false|yes|no|undefined|string|str|bytes"
    r"|int|object|required|optional|hidden|value|read|write|always|inherit|basic|bearer|abc\w{0,3}"
    r"|qwerty\w*|\d{1,6})",
    re.IGNORECASE | re.DOTALL,
)
REFERENCE = re.compile(
    r"\$[({\w]|\{\{|\{\w*\}|%\(|%[sdr]\b|<\w|^[%@&*]|^(?:~|\.{1,2})?/|://|\.\.\.|…"
)
"""The value comes from elsewhere, or is the place of a file."""
WORDS = re.compile(
    r"[a-z]+(?:[_. -][a-z]+)*|[A-Z]+(?:_[A-Z]+)*|[A-Z]?[a-z]{2,}(?:[A-Z][a-z]{2,})*|.*\s.*",
    re.DOTALL,
)
"""A word, a name in a program, a sentence: weak as a password, and seldom meant as one."""
CALL = re.compile(r"[\w.-]+[\[(]")
EXAMPLE_FOLDERS = frozenset({"doc", "docs", "example", "examples", "sample", "samples", "demo"})


def is_no_secret(rule: Rule, line: str, value: str) -> bool:
    """Whether detect-secrets' own heuristics rule it out."""
    from detect_secrets.filters import heuristic

    if rule.sort is Sort.SHAPE:
        return False
    if (
        heuristic.is_templated_secret(value)
        or heuristic.is_prefixed_with_dollar_sign(value)
        or heuristic.is_not_alphanumeric_string(value)
        or heuristic.is_sequential_string(value)
    ):
        return True
    if rule.sort is Sort.RANDOM:
        return (
            heuristic.is_potential_uuid(value)
            or heuristic.is_likely_id_string(value, line)
            or heuristic.is_indirect_reference(line)
            or DIGEST_NAMES.search(line[: max(0, line.find(value))]) is not None
        )
    return f'"{value}' not in line and f"'{value}" not in line and CALL.match(value) is not None


def rating(rule: Rule, path: str, kind: Text, value: str) -> tuple[Level, Level]:
    """Severity and confidence of what a rule found.

    A shape that is like no other text is believed wherever it stands: keys are lost in tests
    and in documents too.
    """
    is_doubtful = (
        PLACEHOLDER.fullmatch(value) is not None
        or (rule.confidence is not Level.HIGH and _is_for_show(path, kind))
        or (rule.sort is Sort.NAMED and _comes_from_elsewhere(value))
    )
    return rule.severity, Level.LOW if is_doubtful else rule.confidence


def _is_for_show(path: str, kind: Text) -> bool:
    return (
        kind is Text.PROSE
        or path_class(path) is PathClass.TESTS
        or not EXAMPLE_FOLDERS.isdisjoint(PurePosixPath(path.casefold()).parts[:-1])
    )


def _comes_from_elsewhere(value: str) -> bool:
    return (
        REFERENCE.search(value) is not None
        or WORDS.fullmatch(value) is not None
        or len(set(value)) < 4
    )
