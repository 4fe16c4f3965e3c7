"""Statements of newer Python in the words of an older one: what is code in them stays code.

Every line stays on its line. Names of type parameters may end up among those of arguments and
bases, which no rule looks at.
"""

import re

from .masking import blank, code_only

SPACE = r"(?:\s|\\\n)"
"""Between the words of a statement: a line break may be joined."""
_DEFINITION = re.compile(rf"(?:(?:async{SPACE}+)?def|class){SPACE}+\w+{SPACE}*\[")
_UNPARENTHESIZED = re.compile(r"except\s*\*?\s*([^():\s][^():]*)(?=:)")
_LAZY = re.compile(rf"lazy{SPACE}+(?=(?:import|from)\b)")
_ALIAS = re.compile(rf"(?:^|[;:]){SPACE}*(?P<word>type{SPACE}+)\w+{SPACE}*(?P<mark>[\[=])")
_MORE = re.compile(rf"\]{SPACE}*\(")
_PARAMETERS = re.compile(r"(?P<open>[(\[{])|(?P<close>[)\]}])|[:=,*]")


def in_older_syntax(statement: str) -> str:
    """The same statement, where it is known how to say it; else as it is."""
    for rewriting in (_with_arguments, _without_commas, _with_annotations, _eager):
        statement = rewriting(statement)
    return statement


def _with_arguments(statement: str) -> str:
    """`def f[T: A](x)` as `def f(T: A, x)`, `class A[T: B](C)` as `class A(T| B, C)`."""
    found = _DEFINITION.match(statement)
    if not found:
        return statement
    end, changes = _type_parameters(code_only(statement), found.end() - 1)
    if end < 0:
        return statement
    more = _MORE.match(statement, end)
    changes[found.end() - 1] = "("
    changes[end] = "," if more else ")"
    if more:
        changes[more.end() - 1] = " "
    if statement.startswith("class"):
        changes |= {at: "|" for at, mark in changes.items() if mark == ":"}
    return _changed(statement, changes)


def _type_parameters(code: str, start: int) -> tuple[int, dict[int, str]]:
    """Where the brackets end that begin at `start`, or -1, and what to write in them.

    A bound follows a colon, a default as well or, behind a bound, a stroke.
    """
    changes: dict[int, str] = {}
    depth, is_bound, last_comma = 0, False, -1
    for found in _PARAMETERS.finditer(code, start):
        at, mark = found.start(), found[0]
        depth += bool(found["open"]) - bool(found["close"])
        if not depth:
            if last_comma >= 0 and not code[last_comma + 1 : at].strip():
                changes[last_comma] = " "
            return at, changes
        if depth > 1:
            continue
        if mark == ",":
            is_bound, last_comma = False, at
        elif mark == "*":
            changes[at] = " "
        elif mark in ":=":
            changes[at] = "|" if is_bound else ":"
            is_bound = True
    return -1, {}


def _without_commas(statement: str) -> str:
    """`except A, B:` as `except A| B:`, which calls neither."""
    if not (found := _UNPARENTHESIZED.match(statement)):
        return statement
    start, end = found.span(1)
    return statement[:start] + found[1].replace(",", "|") + statement[end:]


def _with_annotations(statement: str) -> str:
    """`type X = int` as `X = int` with a colon, so that no rule takes it for an assignment."""
    code = code_only(statement)
    changes: dict[int, str] = {}
    for found in _ALIAS.finditer(code):
        mark = found.start("mark")
        if found["mark"] == "[":
            end, inner = _type_parameters(code, mark)
            changes |= inner
            mark = code.find("=", end) if end >= 0 else -1
        if mark < 0:
            return statement
        changes |= dict.fromkeys(range(*found.span("word")), "")
        changes[mark] = ":"
    return _changed(statement, changes)


def _eager(statement: str) -> str:
    """`lazy import os` as `import os`."""
    return _LAZY.sub("", statement, count=1)


def _changed(statement: str, changes: dict[int, str]) -> str:
    return "".join(changes.get(at, mark) for at, mark in enumerate(statement))


def hollow(statement: str) -> str:
    """What does nothing on as many lines."""
    return f"({blank(statement[1:-1])})"


def simple_statements(statement: str) -> list[str]:
    """The parts of a logical line that semicolons part, spaces included."""
    cuts = [at for at, mark in enumerate(code_only(statement)) if mark == ";"]
    starts, ends = [0, *(at + 1 for at in cuts)], [*cuts, len(statement)]
    return [statement[start:end] for start, end in zip(starts, ends, strict=True)]
