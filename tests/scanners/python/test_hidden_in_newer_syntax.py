"""Newer syntax hides no code: whatever stands in it or beside it is found, and found once."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.records.finding import Finding
from tidegate.records.fingerprint import bandit_rule, fingerprints
from tidegate.scanners.python.bandit.engine import examine
from tidegate.scanners.python.code import HOLLOWED
from tidegate.scanners.registry import SCANNERS
from tidegate.tests.scanners.python.newer import NEWER, UNTOLD, found, gaps, scanned

RUN = "os.system(y)"


def rules(items: list[Finding]) -> list[str]:
    return sorted(bandit_rule(item.rule) for item in items)


INSIDE = [
    f"class A[T: {RUN}]: pass\n",
    f"class A[T: (int, {RUN})](B): pass\n",
    f"class A[**P = {RUN}](B,):\n    pass\n",
    f"async def f[\n    # why ]\n    T: '](',\n\n    *U = {RUN},\n](a, /, b): pass\n",
    f"def f[T: int = {RUN},](): pass\n",
    f"type X = {RUN}\n",
    f"type X[T: {RUN}, *U, **P] = int\n",
    f"type X[T = {RUN}] = int; type Y = int\n",
    f"x = 1; type X = int; {RUN}\n",
    f"if x: {RUN}; type X = int\n",
    f"if x: {RUN}; z = {UNTOLD}\nelse: z = 1\n",
    f"if {UNTOLD}: {RUN}\n",
    f"z = {UNTOLD}; {RUN}\n",
    f"z = [*a for a\n  in b]; {RUN}\n",
    f"z = ({UNTOLD}, lambda: {RUN})\n",
    f"z = ({UNTOLD},\n\n    [{RUN}])\n",
    f"z = {UNTOLD} \\\n  + {RUN}\n",
    f"@a\n@b({UNTOLD}, {RUN})\ndef f(): pass\n",
    f"@a\n@b({UNTOLD})\ndef f():\n    {RUN}\n",
    f"match {UNTOLD}:\n    case 1 if {RUN}: pass\n",
    f"match z:\n    case (1 | 2) if {UNTOLD} or {RUN}:\n        pass\n",
    f"match z:\n    case (1) if {UNTOLD}:\n        {RUN}\n",
    f"match {RUN}:\n    case 1: z = {UNTOLD}\n",
    f"with (a({UNTOLD}) as b,\n      {RUN} as c):\n    pass\n",
    f"class A({UNTOLD}, metaclass={RUN}): pass\n",
    f"def f(a={UNTOLD}, b={RUN}): pass\n",
    f"while {UNTOLD}:\n    {RUN}\n",
    f"try: pass\nexcept A, B: {RUN}\n",
    f"try: pass\nexcept A, {RUN}: pass\n",
    f"try: pass\nexcept* A, B:\n    {RUN}\n",
    f"try: z = {UNTOLD}\nfinally: {RUN}\n",
    f"\x0cz = {UNTOLD}\n\x0c{RUN}\n",
    f"z = '\x0b\u2028\x85'; w = {UNTOLD}\n{RUN}\n",
    f"z = {UNTOLD}\n\\\n{RUN}\n",
    f'z = f"{{{RUN}}}" + f"{{d["a"]}}"\n',
    f'z = f"{{x:{{{RUN}}}}}{{"}}"}}"\n',
    f"z = f\"{{'\\''}}\" 'b' f'{{{RUN}!r:>3}}' 'c'\n",
    f"z = f'{{'''a'b'''}}{{ {RUN} = }}'\n",
    f"z = f\"{{ # '''}}\"\n    {RUN}\n}}\"\n",
    f"z = f'''{{\n'''\\''''''\n}}{{{RUN}}}'''\n",
    f'z = rt"\\{{{RUN}}}{{{{}}}}"\n',
    f'z = t"{{(yield {RUN})}}"\n',
    f'z = f"{{f"{{f"{{{RUN}}}"}}"}}"\n',
    f"z = {UNTOLD} # '''\n{RUN}\nw = ''''''\n",
    f"z = t\"{{x!r:'''}}\"\n{RUN}\nw = t\"{{x!r:'''}}\"\n",
]


@pytest.mark.parametrize("source", INSIDE)
def test_a_call_in_or_beside_newer_syntax_is_found_once(source: str) -> None:
    text = f"import os\n{source}"
    for written in (text, text.replace("\n", "\r\n"), f"\ufeff{text}"):
        items = scanned(written)
        assert rules([item for item in items if isinstance(item, Finding)]) == ["B605"]
        assert not gaps(items) or UNTOLD in source or "except A, os." in source
        assert {gap.reason for gap in gaps(items)} <= {HOLLOWED}


RENAMED = [
    "import os as o; type X = int\n",
    "type X = int; import os as o\n",
    f"import os as o; z = {UNTOLD}\n",
    f"z = {UNTOLD}; import os as o\n",
    "lazy import os as o\n",
    f"if {UNTOLD}: import os as o\n",
    f"try: import os as o; z = {UNTOLD}\nfinally: pass\n",
]


@pytest.mark.parametrize("new", RENAMED)
def test_what_a_newer_statement_imports_has_its_meaning_elsewhere(new: str) -> None:
    (theirs,) = found("import os as o\n\n\ndef f(y):\n    o.system(y)\n")
    (ours,) = found(f"{new}\n\ndef f(y):\n    o.system(y)\n")
    assert fingerprints([ours]) == fingerprints([theirs])


@pytest.mark.parametrize(
    "new", ["import torch as t; type X = int", f"import torch as t; z = {UNTOLD}"]
)
def test_rules_that_ruff_lacks_know_what_newer_lines_import(new: str) -> None:
    assert rules(found(f"{new}\nt.load(x)\n")) == ["B614"]
    assert rules(found('import torch\ntorch.load(f"{d["a"]}", t"{x}")\n')) == ["B614"]


def test_another_finding_on_the_line_hides_none() -> None:
    source = f"import os as s\nif {UNTOLD}: import os as o; s = 1\ns.system(y); o.system(y)\n"
    assert rules(found(source)) == ["B605", "B605"]


def test_a_finding_of_both_is_told_once() -> None:
    assert rules(found(f"if {UNTOLD}: import os\nos.system(y)\n")) == ["B605"]
    query = 'def f(cur, x):\n    cur.execute("SELECT * FROM a WHERE b = " f"{x["a"]}")\n'
    assert rules(found(query)) == ["B608"]
    login = 'def f(\n    user=f"{d["a"]}",\n    password="hunter2"): pass\n'
    assert rules(found(login, "ruff")) == rules(found(login)) == ["B107"]


def test_one_of_bandit_s_findings_stands_for_one_of_ruff_s() -> None:
    source = f"import os\nif {UNTOLD}: {RUN}; {RUN}\n"
    assert [item.tool for item in found(source)] == ["bandit", "ruff"]


def test_a_decorator_that_is_too_new_leaves_the_function_to_bandit() -> None:
    (finding,) = found(f"@a\n@b({UNTOLD})\ndef f():\n    {RUN}\n")
    assert (finding.tool, finding.scope) == ("bandit", "f")


def test_what_stands_in_for_newer_syntax_is_no_finding() -> None:
    for new in ("type X = int", f"z = {UNTOLD}", 'z = t""', "type password = 'hunter2'"):
        source = f"try:\n    x\nexcept Exception:\n    {new}\n"
        assert not found(source)
        assert not found(f"for a in b:\n    try: x\n    except Exception: {new}\n")
    assert not found('password = t"hunter2"\n')
    assert not found(f"@f({UNTOLD})\ndef f(): pass\nwhile {UNTOLD}: pass\n")


def test_an_encoding_is_undone_once() -> None:
    source = f"# coding: utf-7\nimport os\nz = {UNTOLD}\nx = 1 +-ACM- {RUN}\n".encode()
    assert b"# os" not in source
    assert rules(found(source)) == ["B605"]
    assert not examine("a.py", b"# coding: utf-7\nx = 1 +ACM- eval(y)\n").issues
    latin = f"# coding: latin-1\nz = '\xe9', eval(y); {NEWER}".encode("latin-1")
    assert rules(found(latin.replace(b"; try", b"\ntry"))) == ["B307"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_what_is_in_no_encoding_of_python_is_a_gap(encoding: str) -> None:
    items = scanned(f"z = {UNTOLD}\neval(x)\n".encode(encoding))
    assert gaps(items)


def test_a_comment_in_a_newer_statement_hides_what_is_on_its_line_only() -> None:
    source = f"import os\nz = ({UNTOLD}, # nosec\n    {RUN},\n    {RUN}) # nosec\n"
    source += f'z = t"# nosec {{{RUN}}}"\nz = f"{{x!r:# nosec}}{{{RUN}}}{{d["a"]}}"\n'
    hushed = {item.line: bool(item.suppressed) for item in found(source)}
    assert hushed == {3: False, 4: True, 5: False, 6: False}


def nested(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    shapes = ["f({}, {})", "[{}, {}]", "(lambda: {}, {})", "[*a for a in ({}, {})]", "{}[{}]"]
    texts = ['f"{{{}}}{{{}:>3}}"', "t'a{{{}!r}}' + f'{{x:{{{}}}}}'", 'f"""{{\n{}\n}}{{{}=}}"""']
    return st.builds(str.format, st.sampled_from(shapes + texts), inner, inner)


expressions = st.recursive(
    st.sampled_from([RUN, "x", "d['a']", '"}"', "'#'"]), nested, max_leaves=6
)
STATEMENTS = ["z = {}", "type X = ({})", "if {}: z = {}", "z = {}; type X = ({})", "return {}"]
STATEMENTS += ["class A[T: ({})](B): z = {}", "def f[T: ({}), *U = ({}),](a): pass"]
STATEMENTS += ["try: z = {}\nexcept A, B: {}", "for a in {}:\n    {}", "@f({})\ndef f(a={}): pass"]
statements = st.builds(str.format, st.sampled_from(STATEMENTS), expressions, expressions)


@settings(max_examples=60, deadline=None)
@given(st.lists(statements, min_size=1, max_size=3))
def test_calls_are_found_wherever_they_are_planted(parts: list[str]) -> None:
    source = "import os\n" + "\n".join(parts) + "\n"
    items = scanned(source)
    planted = source.count(RUN)
    findings = [item for item in items if isinstance(item, Finding)]
    assert len([item for item in findings if bandit_rule(item.rule) == "B605"]) == planted
    assert {gap.reason for gap in gaps(items)} <= {HOLLOWED}


LOADED = [
    "def f\\\n[T](x=torch.load(p)): return x\n",
    "class C \\\n  [T](Base, x=torch.load(p)): pass\n",
    "def f[T]\\\n(x=torch.load(p)): return x\n",
    "type \\\n X = torch.load(p)\n",
    "lazy \\\n import os; torch.load(p)\n",
    'y = 0 if"{"else 0\ntorch.load(p)\ntype X = int\n',
]


@pytest.mark.parametrize("source", LOADED)
def test_bandit_reads_what_backslashes_join_and_what_a_keyword_touches(source: str) -> None:
    items = scanned(f"import torch\n{source}")
    assert "B614" in rules([item for item in items if isinstance(item, Finding)])
    assert not gaps(items)


@pytest.mark.parametrize(
    "source",
    [
        "z = [*torch.load(p) for a in b]\n",
        "@torch.load([*a for a in b])\ndef f(): pass\n",
        "if [*a for a in b]: import torch\n",
        "try: pass\nexcept A, torch.load(p): pass\n",
    ],
)
def test_what_only_ruff_reads_is_a_gap_where_it_acts(source: str) -> None:
    (gap,) = gaps(scanned(f"import torch\n{source}"))
    assert (gap.reason, gap.is_part) == (HOLLOWED, True)
    assert SCANNERS["bandit"].is_lasting(gap)
    assert not gaps(scanned(f"z = {UNTOLD}\n"))
