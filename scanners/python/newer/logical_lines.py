"""The logical lines of Python source, also of source that this Python is too old to parse.

Only what decides where a line ends is read: brackets, comments and strings, with the fields
of f-strings and t-strings, in which newer Pythons allow the quotes of the string itself. What
is broken is read on all the same.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

_SPACE = " \t\f"
_BETWEEN = re.compile(r"(?:\s|\\\n|#[^\n]*+)*+")
"""It gives nothing back: a row of `#` can be cut into comments in countless ways."""
_CODE = re.compile(
    r"""(?P<string>(?P<prefix>(?:(?<!\w)(?i:[rubft]|[bft]r|r[bft]))?)(?P<quote>'''|\"\"\"|'|"))
    | (?P<comment>\#[^\n]*) | (?P<join>\\\n) | (?P<newline>\n)
    | (?P<open>[(\[{]) | (?P<close>[)\]}]) | (?P<colon>:)
    | (?P<display>![A-Za-z]\w*(?=\s*[:}]) | =(?=\s*[:!}])) | \w+""",
    re.VERBOSE,
)
_TEXT = re.compile(r"\\N\{[^}\n]*\} | \\[^{}] | \{\{? | \} | ''' | \"\"\" | ['\"\n]", re.VERBOSE)
_END = {
    "'": re.compile(r"(?:[^'\\\n]|\\.)*'?", re.DOTALL),
    '"': re.compile(r'(?:[^"\\\n]|\\.)*"?', re.DOTALL),
    "'''": re.compile(r"(?:[^'\\]|\\.|'(?!''))*(?:''')?", re.DOTALL),
    '"""': re.compile(r'(?:[^"\\]|\\.|"(?!""))*(?:""")?', re.DOTALL),
}


@dataclass(frozen=True, slots=True)
class LogicalLine:
    """A simple statement or the head of a block; several of them where `;` or `:` joins them."""

    line: int
    """Where it begins, counted from 1."""
    indent: str
    text: str
    """From its first character to its last, the comments in and behind it included."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What stands where in a source."""

    lines: tuple[LogicalLine, ...]
    comments: Mapping[int, str]
    """By the number of their line."""


class _In(Enum):
    """What the reader is inside of."""

    BRACKET = auto()
    STRING = auto()
    """A string with fields."""
    FIELD = auto()
    SPEC = auto()
    """What follows the colon in a field: text, with fields."""


@dataclass(slots=True)
class _Reader:
    text: str
    at: int = 0
    inside: list[tuple[_In, str]] = field(default_factory=list)
    """From the outside in; with the quote of a string."""
    comments: list[tuple[int, str]] = field(default_factory=list)
    """Offsets and texts."""
    strings: list[tuple[int, int]] = field(default_factory=list)
    """Offsets of the outermost ones, prefix and quotes included."""
    string_start: int = 0
    around_fields: list[tuple[int, int, str]] = field(default_factory=list)
    """Offsets of what is no code in strings with fields, and what tells them as tuples."""
    last_string: tuple[int, bool] = (-1, False)
    """Where it ended, and whether it or one that it goes on from has fields."""

    def end_of_line(self) -> int:
        """Read to the end of the logical line and give the offset after its line break."""
        while self.at < len(self.text):
            start, is_text = self.at, self._is_in(_In.STRING, _In.SPEC)
            found = (_TEXT if is_text else _CODE).search(self.text, self.at)
            if found is None:
                self._end_text()
                break
            self.at = found.end()
            if is_text:
                is_end = self._read_text(found)
                self.around_fields.append((start, self.at, ")" if is_end else ""))
            elif found["newline"] and not self.inside:
                break
            else:
                self._read_code(found)
        self.inside.clear()
        return self.at

    def _is_in(self, *places: _In) -> bool:
        return bool(self.inside) and self.inside[-1][0] in places

    def _end_text(self) -> None:
        self.at = len(self.text)
        if any(where is _In.STRING for where, _ in self.inside):
            self.strings.append((self.string_start, self.at))

    def _read_code(self, found: re.Match[str]) -> None:
        if found["comment"]:
            self.comments.append((found.start(), found[0]))
        elif found["quote"]:
            self._open_string(found)
        elif found["open"]:
            self.inside.append((_In.BRACKET, ""))
        elif found["close"] and self.inside:
            if self._is_in(_In.FIELD):
                self.around_fields.append((*found.span(), ","))
            self.inside.pop()
        elif self._is_in(_In.FIELD) and (found["colon"] or found["display"]):
            self.around_fields.append((*found.span(), "," if found["colon"] else ""))
            if found["colon"]:
                self.inside.append((_In.SPEC, ""))

    def _open_string(self, found: re.Match[str]) -> None:
        prefix, quote = found["prefix"].lower(), found["quote"]
        is_outermost = all(where is _In.BRACKET for where, _ in self.inside)
        if is_outermost:
            self.string_start = found.start()
        is_more = self._goes_on(found.start())
        if "f" in prefix or "t" in prefix:
            self.around_fields.append((*found.span(), "+(" if is_more else "("))
            self.inside.append((_In.STRING, quote))
        elif end := _END[quote].match(self.text, self.at):
            self.at = end.end()
            has_fields = is_more and self.last_string[1]
            if has_fields:
                self.around_fields.append((found.start(), self.at, ""))
            self.last_string = (self.at, has_fields)
            if is_outermost:
                self.strings.append((self.string_start, self.at))

    def _goes_on(self, start: int) -> bool:
        """Whether a string here is the same one as that before."""
        end = self.last_string[0]
        return end >= 0 and _BETWEEN.fullmatch(self.text, end, start) is not None

    def _close_string(self, depth: int, end: int) -> None:
        del self.inside[depth:]
        self.at = end
        self.last_string = (end, True)
        if all(where is _In.BRACKET for where, _ in self.inside):
            self.strings.append((self.string_start, end))

    def _read_text(self, found: re.Match[str]) -> bool:
        """Whether it ends a string."""
        mark, where = found[0], self.inside[-1][0]
        if mark == "{{" and where is _In.SPEC:
            self.at -= 1
            mark = "{"
        if mark == "{":
            self.inside.append((_In.FIELD, ""))
        elif mark == "}" and where is _In.SPEC:
            del self.inside[-2:]
        return mark[0] in "'\"\n" and self._ends_string(found)

    def _ends_string(self, found: re.Match[str]) -> bool:
        """At a quote, or at a line break, which ends strings of one quote that lack it."""
        at = max(n for n, (where, _) in enumerate(self.inside) if where is _In.STRING)
        quote = self.inside[at][1]
        if found[0] == "\n":
            if len(quote) == 1:
                self._close_string(at, found.start())
        elif self.text.startswith(quote, found.start()):
            self._close_string(at, found.start() + len(quote))
            return True
        else:
            self.at = found.start() + 1
        return False


def layout_of(text: str) -> Layout:
    r"""That of `text`, whose line breaks are `\n`."""
    reader, number = _Reader(text), 1
    lines: list[LogicalLine] = []
    comments: dict[int, str] = {}
    while reader.at < len(text):
        start = reader.at
        whole = text[start : reader.end_of_line()]
        for at, comment in reader.comments:
            comments[number + text.count("\n", start, at)] = comment
        reader.comments.clear()
        code = whole.strip(_SPACE + "\n")
        if code and not code.startswith("#"):
            indent = whole[: len(whole) - len(whole.lstrip(_SPACE))]
            lines.append(LogicalLine(number, indent, code))
        number += whole.count("\n")
    return Layout(tuple(lines), comments)


@dataclass(frozen=True, slots=True)
class Outline:
    """What in a statement is no code: offsets from and to."""

    comments: tuple[tuple[int, int], ...]
    strings: tuple[tuple[int, int], ...]
    """The outermost ones, prefix and quotes included."""
    around_fields: tuple[tuple[int, int, str], ...]
    """In strings with fields; the marks make tuples of the fields."""


def outline(statement: str) -> Outline:
    """That of one statement, or of several."""
    reader = _Reader(statement)
    while reader.at < len(statement):
        reader.end_of_line()
    comments = ((at, at + len(comment)) for at, comment in reader.comments)
    return Outline(tuple(comments), tuple(reader.strings), tuple(reader.around_fields))
