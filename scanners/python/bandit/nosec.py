"""Which lines of a file carry a `# nosec` comment, and what it hides there."""

import re
import tokenize
from collections.abc import Mapping, Sequence, Set
from io import BytesIO

from .issue import Hush

NosecLines = Mapping[int, Set[str] | None]
"""By the line of each comment the rules it hides, none for all of them; None: no `nosec`."""
_NOSEC = re.compile(r"#\s*nosec:?\s*([^#\s][^#]*)?")
_RULE = re.compile(r"B\d+")
_CODING = re.compile(rb"coding[:=][ \t]*([-\w.]+)")


def is_plain(source: bytes) -> bool:
    """Whether it is UTF-8 and nothing in its first lines may declare another encoding."""
    head = b"\n".join(source.split(b"\n", 2)[:2])
    if any(name.lower() not in (b"utf-8", b"utf8") for name in _CODING.findall(head)):
        return False
    try:
        source.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def nosec_lines(source: bytes) -> NosecLines:
    """The comments of `source` as bandit reads them.

    Raises SyntaxError and UnicodeDecodeError where bandit's reading of them fails.
    """
    if b"nosec" not in source and is_plain(source):
        return {}  # tokenizing takes longer than everything else
    from bandit.core.manager import _parse_nosec_comment

    lines: dict[int, Set[str] | None] = {}
    try:
        for token in tokenize.tokenize(BytesIO(source).readline):
            if token.type == tokenize.COMMENT:
                lines[token.start[0]] = _parse_nosec_comment(token.string)
    except tokenize.TokenError:
        pass  # bandit goes on with the lines read so far
    return lines


def hushes(comments: Mapping[int, str], rule: str, around: Sequence[int]) -> bool:
    """Whether a comment on these lines hides the rule, read without bandit.

    A comment that names rules in words only is taken for one that names another.
    """
    found = [match for at in around if (match := _NOSEC.search(comments.get(at, "")))]
    return any(not named[1] or rule in _RULE.findall(named[1]) for named in found)


def hush_of(nosec: NosecLines, rule: str, line: int | None, around: Sequence[int]) -> Hush:
    """What the comments do to an issue.

    `line` is the one the plugin named, if it did; `around` are those of the code it is about.
    """
    first = next((rules for at in around if (rules := nosec.get(at)) is not None), None)
    own = None if line is None else nosec.get(line)
    if first is None and own is None:
        return Hush.NONE
    rules = (first or set()) | (own or set())
    if not rules:
        return Hush.BLANKET
    return Hush.NAMED if rule in rules else Hush.NONE
