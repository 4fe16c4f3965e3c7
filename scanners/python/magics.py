"""IPython's cells as plain Python: magics neutralised, lines kept where they are."""

import re
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from string import Formatter

UNPARSED = "cell does not parse as Python"
UNKNOWN_MAGIC = "cell under an unknown magic does not parse as Python"
MAX_LINE = 10_000
"""Characters; longer lines are not taken apart."""

PYTHON_MAGICS = frozenset({
    "time", "timeit", "prun", "memit", "mprun", "lprun", "debug", "px", "pinfo", "config",
    "snakeviz", "pyinstrument", "scalene",
})  # fmt: skip
"""What follows them is run as Python."""
PYTHON_CELLS = PYTHON_MAGICS | frozenset(
    {"capture", "python", "python3", "python2", "pypy", "script"}
)
FOREIGN_CELLS = frozenset({
    "!", "bash", "sh", "cmd", "system", "sx", "html", "HTML", "javascript", "js", "latex",
    "markdown", "svg", "SVG", "perl", "ruby", "R", "julia", "octave", "cu", "cpp", "sql",
    "bigquery", "mermaid",
})  # fmt: skip
EXPANDED_CELLS = frozenset({"!", "sx", "system"})
"""IPython evaluates the braces of their whole body; of other cells, those of the first line."""
FILE_CELLS = frozenset({"writefile", "file"})
AUTOMAGICS = frozenset({
    "pip", "conda", "mamba", "cd", "ls", "ll", "pwd", "cat", "cp", "mv", "rm", "mkdir", "rmdir",
    "who", "whos", "matplotlib", "load_ext", "reload_ext", "run", "env", "time", "timeit",
    "prun",
})  # fmt: skip
"""IPython takes these for magics without their `%` in a cell of one line."""

_CELL_MAGIC = re.compile(r"\s*%%\s*(!|\w*)(.*)")
_LINE_MAGIC = re.compile(r"(?P<target>[\w.,\[\]'\" ]+=\s*)?(?P<escape>%%?|!!?)\s*(?P<rest>.*)")
_HELP = re.compile(r"\?{1,2}\s*%{0,2}[\w.*]*\s*|%{0,2}[\w.*\[\]]+\s*\?{1,2}\s*")
_LEXEME = re.compile(
    r"""#.*|(?P<triple>'{3}|"{3})|'(?:[^'\\]|\\.)*'?|"(?:[^"\\]|\\.)*"?"""
    r"""|(?P<open>[(\[{])|(?P<close>[)\]}])"""
)


@dataclass(frozen=True, slots=True)
class Plain:
    """As many lines as the cell had; blank where `gap` says why they are left out."""

    lines: list[str]
    gap: str = ""


def parses(source: str, mode: str = "exec") -> bool:
    """Whether it is Python by its grammar, and within the parser's limits."""
    import ast

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(source, mode=mode)
            source.encode()
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True


def as_python(cell: Sequence[str], is_python: Callable[[str], bool] = parses) -> Plain:
    """The lines of a code cell with everything that is IPython's only made harmless.

    What a magic would run as Python stays. A cell that by then is not what `is_python`
    takes for it is a gap, unless its magic says that it is another language.
    """
    lines, first = list(cell), 0
    unparsed = UNPARSED
    while found := _leading_magic(lines, first):
        at, name, rest = found
        if name in FOREIGN_CELLS or _is_foreign_script(name, rest):
            text = "\n".join([rest, *lines[at + 1 :]]) if name in EXPANDED_CELLS else rest
            blank = [""] * (len(lines) - at - 1)
            return Plain([*lines[:at], _expanded(text), *blank])
        if name in FILE_CELLS and not rest.strip().lower().endswith((".py", ".pyw", ".pyi")):
            unparsed = ""
        elif name not in PYTHON_CELLS | FILE_CELLS:
            unparsed = UNKNOWN_MAGIC
        lines[at] = _statement(rest) if name in PYTHON_MAGICS else _expanded(rest)
        first = at + 1
    if first and not any(line.strip() for line in lines[first:]):
        unparsed = ""
    for version in (lines, _neutralised(lines), _automagic(lines)):
        if is_python("\n".join(version) + "\n"):
            return Plain(version)
    return Plain([""] * len(lines), unparsed)


def _leading_magic(lines: Sequence[str], first: int) -> tuple[int, str, str] | None:
    """The cell magic that the first line with text bears: its line, name and the rest."""
    for at in range(first, len(lines)):
        if lines[at].strip():
            found = _CELL_MAGIC.fullmatch(lines[at])
            return (at, found[1], found[2]) if found else None
    return None


def _is_foreign_script(name: str, rest: str) -> bool:
    return name == "script" and "py" not in rest


def _statement(text: str) -> str:
    """The Python after a magic's options: the longest ending, word by word, that parses."""
    words = list(re.finditer(r"\S+", text[:MAX_LINE]))
    for word in words[:12]:
        if parses(text[word.start() :]):
            return text[word.start() :]
    return text.strip()


def _neutralised(lines: Sequence[str]) -> list[str]:
    """The cell without the indentation of its first line, its magics made plain Python."""
    first = next((line for line in lines if line.strip()), "")
    indent = first[: len(first) - len(first.lstrip())]
    lines = [line.removeprefix(indent) for line in lines]
    done: list[str] = []
    state = _State()
    while len(done) < len(lines):
        line, more = lines[len(done)], 0
        if state.at_statement:
            text, more = _continued(lines, len(done))
            plain = _plain(text)
            line, more = (line, 0) if plain is None else (plain, more)
        state.feed(line)
        done += [line] + [""] * more
    return done


def _continued(lines: Sequence[str], at: int) -> tuple[str, int]:
    """The line with those that a backslash joins to it, and how many these are."""
    text, more = lines[at], 0
    while text.endswith("\\") and at + more + 1 < len(lines) and len(text) <= MAX_LINE:
        more += 1
        text = text[:-1] + " " + lines[at + more]
    return text, more


@dataclass(slots=True)
class _State:
    """Whether the next line begins a statement, as far as quotes and brackets tell."""

    depth: int = 0
    quote: str = ""
    continued: bool = False

    @property
    def at_statement(self) -> bool:
        return not (self.depth or self.quote or self.continued)

    def feed(self, line: str) -> None:
        at = 0
        while True:
            if self.quote:
                end = _end_of(line, self.quote, at)
                if end is None:
                    return
                at, self.quote = end, ""
            found = _LEXEME.search(line, at)
            if found is None:
                break
            at = found.end()
            self.quote = found["triple"] or ""
            self.depth = max(self.depth + bool(found["open"]) - bool(found["close"]), 0)
        self.continued = line.endswith("\\")


def _end_of(line: str, quote: str, at: int) -> int | None:
    found = re.compile(rf"(?:[^\\]|\\.)*?{quote}").match(line, at)
    return found.end() if found else None


def _plain(line: str) -> str | None:
    """Plain Python for a line that is IPython's; None where it is none, or too long."""
    text = line.lstrip()
    indent = line[: len(line) - len(text)]
    if len(line) > MAX_LINE:
        return None
    if _HELP.fullmatch(text):
        return indent + "pass"
    found = _LINE_MAGIC.fullmatch(text)
    if found is None:
        return None
    target = found["target"] or ""
    if target and not parses(target + "None"):
        return None
    name, _, rest = found["rest"].partition(" ")
    if found["escape"].startswith("%") and name in PYTHON_MAGICS and rest.strip():
        return indent + target + _statement(rest)
    return indent + target + (_expanded(text) or ("None" if target else "pass"))


def _expanded(text: str) -> str:
    """The calls in braces: IPython evaluates these before a magic or the shell runs.

    It takes the text apart with the same Formatter, and expands nothing where that fails.
    """
    try:
        fields = [(name, spec) for _, name, spec, _ in Formatter().parse(text) if name]
    except ValueError:
        return ""
    expressions = [(f"{name}:{spec}" if spec else name).strip() for name, spec in fields]
    calls = [e.replace("\n", " ") for e in expressions if "(" in e and parses(e, "eval")]
    return f"({', '.join(calls)},)" if calls else ""


def _automagic(lines: Sequence[str]) -> list[str]:
    """The cell of one line that names a magic without its `%`."""
    full = [line for line in lines if line.strip()]
    if len(full) != 1 or full[0].split()[0] not in AUTOMAGICS:
        return list(lines)
    return _neutralised(["%" + line.lstrip() if line.strip() else "" for line in lines])
