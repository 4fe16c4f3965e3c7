"""What a commit's message says of other commits and of its own purpose."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

ID = r"[0-9a-f]{7,64}"
_ANY_ID = re.compile(r"[0-9a-f]{7}", re.IGNORECASE)
OBJECT_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_LIST = rf"{ID}(?:(?:\s*,\s*(?:and\s+)?|\s+and\s+|\s+){ID})*\b(?!\.\.)"
_REVERTS = re.compile(
    rf"\bThis\s+reverts\s+commits?\s+"
    rf"(?:(?P<after>{ID})(?P<with>[\^~])?\.\.\.?(?P<last>{ID})"
    rf"|(?P<ids>{_LIST})(?:,?\s+reversing\s+changes\s+made\s+to\s+(?P<base>{ID}))?)",
    re.IGNORECASE,
)
_BY_THE_WAY = re.compile(
    rf"\b(?:revert(?:s|ed|ing)?|back(?:s|ed|ing)?\s+out)\s+(?:commits?\s+|changes?\s+)?({ID})\b",
    re.IGNORECASE,
)
_CAUSE = re.compile(
    r"\b(?:introduced|regress(?:ed|ion)|broken|broke|caused|added|bug)\s+"
    r"(?:in|by|from|since|with|via)\s+"
    rf"(?:commit\s+|change\s+|revision\s+)?[\[(`]*(?P<id>{ID})\b",
    re.IGNORECASE,
)
_FIXES_TRAILER = re.compile(rf"^\s*Fixes:?\s+(?:commit\s+)?({ID})\b", re.IGNORECASE | re.MULTILINE)
_PICKED = re.compile(rf"\(cherry[- ]picked from commit ({ID})\)", re.IGNORECASE)
_ISSUE = re.compile(
    r"(?<![\w/#&])(?:GH-|#)(\d{1,7})\b|/(?:issues|pull|merge_requests)/(\d{1,7})\b"
    r"|\b([A-Z][A-Z0-9]{1,9}-\d{1,6})\b"
)
_NO_ISSUE = frozenset({"UTF", "ISO", "SHA", "CVE", "PEP", "RFC", "CP", "PY", "GHSA", "MD"})
_FIX = re.compile(
    r"\b(?:fix(?:e[sd]|ing|up)?|hot-?fix(?:e[sd])?|bug(?:s|fix(?:e[sd])?)?|defects?|regress(?:ions?|ed)"
    r"|crash(?:e[sd]|ing)?|broken|revert(?:s|ed|ing)?|(?:correct|repair|resolv)(?:s|ed|es|ing)?"
    r"|work\s?around)\b",
    re.IGNORECASE,
)
_NO_FAULT = re.compile(
    r"\b(?:fix(?:e[sd]|ing)?|correct(?:s|ed|ing)?|bug\s?fix(?:es)?)\b.{0,40}?"
    r"\b(?:typos?|spelling|grammar|wording|docs?|docstrings?|documentation|readme|comments?"
    r"|whitespaces?|indentation|formatting|lint(?:ing|er)?|flake8|pep-?8|pylint|ruff|black|isort|mypy"
    r"|changelog|release notes|links?|copyright|licen[cs]e|[EFW]\d{3}"
    r"|type[ -](?:hints?|annotations?|ignores?))\b",
    re.IGNORECASE,
)
_TRIVIAL_PREFIX = re.compile(
    r"^\[?(?:docs?|style|chore|ci|tests?|build|lint|typing|mypy)(?:\([^)]*\))?(?:!?:|\])", re.I
)
_HASTE = re.compile(
    r"\b(?:hot-?fix(?:e[sd])?|fix-?up|follow-?up|quick fix|emergency|urgent|oops|forgot(?:ten)?"
    r"|regress(?:ion|ed)|broken? (?:by|in|since)|brown ?bag|unbreak)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Reverted:
    """What a message says is undone; ids as they stand there, perhaps abbreviated."""

    sha: str
    """The commit; of a range the last one."""
    after: str = ""
    """Of a range, or of a merge, the commit before it; empty for `sha` alone."""
    includes_after: bool = False
    """The range begins with `after` itself (`A^..B`)."""
    embedded: bool = False
    """It is said beside the point: indented, as in a squashed list, or in passing."""


@dataclass(frozen=True, slots=True)
class Said:
    """What one message says."""

    reverts: tuple[Reverted, ...]
    introduced_in: tuple[str, ...]
    """Ids of the commits that it names as the cause."""
    picked_from: tuple[str, ...]
    """Ids of the commits that it was copied from."""
    is_fix: bool
    """The subject speaks of a fault of the product that is mended, or of a revert."""
    is_hasty: bool
    """The subject speaks of a fault that was found at once."""


def read_message(message: str) -> Said:
    """Everything that a message says, each thing once and in the order it is said."""
    subject, _, _rest = message.partition("\n")
    is_fix, is_hasty = is_fix_like(subject), _HASTE.search(subject) is not None
    if not _ANY_ID.search(message):
        return Said((), (), (), is_fix, is_hasty)
    reverts = tuple(dict.fromkeys(_reverts(message, subject)))
    undone = {each.sha for each in reverts}
    picked = tuple(dict.fromkeys(_PICKED.findall(message)))
    causes = [match["id"] for match in _CAUSE.finditer(message)] + _FIXES_TRAILER.findall(message)
    other = undone.union(picked)
    return Said(
        reverts=reverts,
        introduced_in=tuple(dict.fromkeys(c.lower() for c in causes if c.lower() not in other)),
        picked_from=picked,
        is_fix=is_fix,
        is_hasty=is_hasty,
    )


def is_fix_like(subject: str) -> bool:
    """The subject speaks of a fault, and of none that only readers of the source meet."""
    if not _FIX.search(subject) or _TRIVIAL_PREFIX.search(subject):
        return False
    return bool(_FIX.search(_NO_FAULT.sub("", subject)))


def _reverts(message: str, subject: str) -> Iterator[Reverted]:
    for match in _REVERTS.finditer(message):
        line_start = message.rfind("\n", 0, match.start()) + 1
        embedded = bool(
            message[line_start : match.start()].strip(" \t") or match.start() > line_start
        )
        if match["last"]:
            yield Reverted(
                match["last"].lower(), match["after"].lower(), bool(match["with"]), embedded
            )
            continue
        for sha in re.findall(ID, match["ids"]):
            yield Reverted(sha.lower(), (match["base"] or "").lower(), embedded=embedded)
    in_full = {sha for match in _REVERTS.finditer(message) for sha in re.findall(ID, match[0])}
    for sha in _BY_THE_WAY.findall(subject):
        if sha not in in_full:
            yield Reverted(sha.lower(), embedded=True)


def issues_in(message: str) -> tuple[str, ...]:
    """The issues and pull requests that a message names: numbers, or keys such as ABC-12."""
    return tuple(dict.fromkeys(_issues(message)))


def _issues(message: str) -> Iterator[str]:
    for number, linked, key in _ISSUE.findall(message):
        if not key:
            yield number or linked
        elif key.partition("-")[0] not in _NO_ISSUE:
            yield key


class KnownIds:
    """The commits that came so far, to be found by the start of their ids.

    Only what came before is known to a message: a later commit never makes an old
    abbreviation ambiguous.
    """

    def __init__(self) -> None:
        self._by_start: dict[str, list[str]] = {}

    def add(self, sha: str) -> None:
        """Know one more commit."""
        self._by_start.setdefault(sha[:7], []).append(sha)

    def resolve(self, start: str) -> str | None:
        """The one commit whose id starts so; None where there is none, or several."""
        found = [sha for sha in self._by_start.get(start[:7], ()) if sha.startswith(start)]
        return found[0] if len(found) == 1 else None
